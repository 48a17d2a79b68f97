#include "config.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "assert_str.h"
#include "http/status.h"

static void status_has_the_registered_reasons(void **state)
{
    (void)state;
    assert_str(ow_status_reason(200), "OK");
    assert_str(ow_status_reason(404), "Not Found");
    assert_str(ow_status_reason(429), "Too Many Requests");
    assert_str(ow_status_reason(511), "Network Authentication Required");
}

static void status_reason_of_an_unknown_code_is_empty(void **state)
{
    (void)state;
    assert_str(ow_status_reason(299), "");
    assert_str(ow_status_reason(0), "");
    assert_str(ow_status_reason(-1), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(status_has_the_registered_reasons),
        cmocka_unit_test(status_reason_of_an_unknown_code_is_empty),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
