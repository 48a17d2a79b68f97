#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "http/date.h"

#define SECOND INT64_C(1000000000)

static void date_formats_as_http_wants_it(void **state)
{
    struct ow_date date = {0};

    (void)state;
    assert_string_equal(ow_date_get(&date, 784111777 * SECOND).ptr,
                        "Sun, 06 Nov 1994 08:49:37 GMT");
    assert_string_equal(ow_date_get(&date, 0).ptr,
                        "Thu, 01 Jan 1970 00:00:00 GMT");
    assert_int_equal(ow_date_get(&date, 0).len, 29);
}

static void date_follows_the_seconds_both_ways(void **state)
{
    struct ow_date date = {0};

    (void)state;
    ow_date_get(&date, 100 * SECOND);
    assert_string_equal(ow_date_get(&date, 101 * SECOND - 1).ptr,
                        "Thu, 01 Jan 1970 00:01:40 GMT");
    assert_string_equal(ow_date_get(&date, 101 * SECOND).ptr,
                        "Thu, 01 Jan 1970 00:01:41 GMT");
    assert_string_equal(ow_date_get(&date, 99 * SECOND).ptr,
                        "Thu, 01 Jan 1970 00:01:39 GMT");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(date_formats_as_http_wants_it),
        cmocka_unit_test(date_follows_the_seconds_both_ways),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
