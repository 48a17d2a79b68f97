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
#include "base/err.h"

static void err_set_formats_and_returns_the_code(void **state)
{
    struct ow_err err;

    (void)state;
    assert_int_equal(ow_err_set(&err, -EINVAL, "no file \"%s\"", "x"), -EINVAL);
    assert_string_equal(err.text, "no file \"x\"");
}

static void err_is_one_line_whatever_it_quotes(void **state)
{
    struct ow_err err;

    (void)state;
    ow_err_set(&err, -EINVAL, "unknown key \"%s\"", "a\n\x1b[31m\x7f\xc3\xaf");
    assert_string_equal(err.text, "unknown key \"a??[31m?\xc3\xaf\"");
    ow_err_prefix(&err, -EINVAL, "my\n.json");
    assert_memory_equal(err.text, "my?.json: unknown", 17);
}

static void err_may_be_null(void **state)
{
    (void)state;
    assert_int_equal(ow_err_set(NULL, -ENOMEM, "x"), -ENOMEM);
    assert_int_equal(ow_err_prefix(NULL, -ENOMEM, "x"), -ENOMEM);
}

static void err_set_cuts_off_what_is_too_long(void **state)
{
    struct ow_err err;
    char text[3000];

    (void)state;
    memset(text, 'a', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    ow_err_set(&err, -EINVAL, "%s", text);
    assert_int_equal(strlen(err.text), sizeof err.text - 1);
}

static void err_prefix_stands_before_the_sentence(void **state)
{
    struct ow_err err;

    (void)state;
    ow_err_set(&err, -EINVAL, "expected a string");
    assert_int_equal(ow_err_prefix(&err, -EPERM, "my.json:3"), -EPERM);
    assert_string_equal(err.text, "my.json:3: expected a string");
}

static void err_prefix_keeps_within_its_room(void **state)
{
    struct ow_err err;
    char what[3000];

    (void)state;
    memset(what, 'p', sizeof what - 1);
    what[sizeof what - 1] = '\0';
    memset(err.text, 'a', sizeof err.text - 1);
    err.text[sizeof err.text - 1] = '\0';
    ow_err_prefix(&err, -EINVAL, what);
    assert_int_equal(strlen(err.text), sizeof err.text - 1);
    assert_int_equal(err.text[0], 'p');
    assert_int_equal(err.text[sizeof err.text - 2], 'a');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(err_set_formats_and_returns_the_code),
        cmocka_unit_test(err_is_one_line_whatever_it_quotes),
        cmocka_unit_test(err_may_be_null),
        cmocka_unit_test(err_set_cuts_off_what_is_too_long),
        cmocka_unit_test(err_prefix_stands_before_the_sentence),
        cmocka_unit_test(err_prefix_keeps_within_its_room),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
