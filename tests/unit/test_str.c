#include "config.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/str.h"

static void str_cut_gives_all_when_byte_is_absent(void **state)
{
    struct ow_str rest = OW_STR("abc");

    (void)state;
    assert_true(ow_str_equal(ow_str_cut(&rest, ','), OW_STR("abc")));
    assert_null(rest.ptr);
}

static void str_cut_splits_at_first_byte(void **state)
{
    struct ow_str rest = OW_STR("a,b,c");

    (void)state;
    assert_true(ow_str_equal(ow_str_cut(&rest, ','), OW_STR("a")));
    assert_true(ow_str_equal(rest, OW_STR("b,c")));
}

static void str_parse_u64_refuses_overflow_and_signs(void **state)
{
    uint64_t value = 7;

    (void)state;
    assert_int_equal(ow_str_parse_u64(OW_STR("18446744073709551615"), &value), 0);
    assert_true(value == UINT64_MAX);
    assert_int_equal(ow_str_parse_u64(OW_STR("18446744073709551616"), &value),
                     -ERANGE);
    assert_int_equal(ow_str_parse_u64(OW_STR("-1"), &value), -EINVAL);
    assert_int_equal(ow_str_parse_u64(OW_STR(""), &value), -EINVAL);
    assert_true(value == UINT64_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(str_cut_gives_all_when_byte_is_absent),
        cmocka_unit_test(str_cut_splits_at_first_byte),
        cmocka_unit_test(str_parse_u64_refuses_overflow_and_signs),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
