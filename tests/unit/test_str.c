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
    assert_int_equal(ow_str_parse_u64(OW_STR("18446744073709551615"), &value),
                     0);
    assert_true(value == UINT64_MAX);
    assert_int_equal(ow_str_parse_u64(OW_STR("18446744073709551616"), &value),
                     -ERANGE);
    assert_int_equal(ow_str_parse_u64(OW_STR("-1"), &value), -EINVAL);
    assert_int_equal(ow_str_parse_u64(OW_STR(""), &value), -EINVAL);
    assert_true(value == UINT64_MAX);
}

static void str_u64_writes_each_digit(void **state)
{
    char room[OW_STR_U64];

    (void)state;
    assert_true(ow_str_equal(ow_str_u64(0, room), OW_STR("0")));
    assert_true(ow_str_equal(ow_str_u64(1090, room), OW_STR("1090")));
    assert_true(ow_str_equal(ow_str_u64(UINT64_MAX, room),
                             OW_STR("18446744073709551615")));
}

static void str_from_null_is_absent(void **state)
{
    (void)state;
    assert_null(ow_str_from(NULL).ptr);
    assert_non_null(ow_str_from("").ptr);
    assert_int_equal(ow_str_from("abc").len, 3);
}

static void str_equal_compares_bytes(void **state)
{
    (void)state;
    assert_true(ow_str_equal(OW_STR("a\0b"), OW_STR("a\0b")));
    assert_false(ow_str_equal(OW_STR("a\0b"), OW_STR("a\0c")));
    assert_false(ow_str_equal(OW_STR("a"), OW_STR("A")));
    assert_true(ow_str_equal((struct ow_str){NULL, 0}, OW_STR("")));
}

static void str_equal_case_folds_ascii_alone(void **state)
{
    (void)state;
    assert_true(
        ow_str_equal_case(OW_STR("Content-TYPE"), OW_STR("content-type")));
    assert_false(ow_str_equal_case(OW_STR("a"), OW_STR("ab")));
    /* '@' and '`', '[' and '{' are 32 apart as well. */
    assert_false(ow_str_equal_case(OW_STR("@["), OW_STR("`{")));
    assert_false(ow_str_equal_case(OW_STR("\xc3\x84"), OW_STR("\xc3\xa4")));
}

static void str_starts_and_ends_with_the_empty_one(void **state)
{
    (void)state;
    assert_true(ow_str_starts(OW_STR("abc"), OW_STR("ab")));
    assert_true(ow_str_ends(OW_STR("abc"), OW_STR("bc")));
    assert_true(ow_str_starts(OW_STR("abc"), OW_STR("")));
    assert_true(ow_str_ends((struct ow_str){NULL, 0}, OW_STR("")));
    assert_false(ow_str_starts(OW_STR("ab"), OW_STR("abc")));
    assert_false(ow_str_ends(OW_STR("bc"), OW_STR("abc")));
}

static void str_is_joined_when_nothing_else_is_there(void **state)
{
    (void)state;
    assert_true(
        ow_str_is_joined(OW_STR("a/b/c"), OW_STR("a"), '/', OW_STR("b/c")));
    assert_true(ow_str_is_joined(OW_STR("/b"), (struct ow_str){NULL, 0}, '/',
                                 OW_STR("b")));
    assert_false(
        ow_str_is_joined(OW_STR("a:b"), OW_STR("a"), '/', OW_STR("b")));
    assert_false(ow_str_is_joined(OW_STR("ab"), OW_STR("a"), '/', OW_STR("b")));
    assert_false(
        ow_str_is_joined(OW_STR("a/bc"), OW_STR("a"), '/', OW_STR("b")));
    assert_false(
        ow_str_is_joined(OW_STR("x/b"), OW_STR("a"), '/', OW_STR("b")));
    assert_false(
        ow_str_is_joined(OW_STR("a/x"), OW_STR("a"), '/', OW_STR("b")));
}

static void str_find_byte_gives_the_length_when_there_is_none(void **state)
{
    (void)state;
    assert_int_equal(ow_str_find_byte(OW_STR("a,b,c"), ',', 0), 1);
    assert_int_equal(ow_str_find_byte(OW_STR("a,b,c"), ',', 2), 3);
    assert_int_equal(ow_str_find_byte(OW_STR("a,b,c"), ';', 0), 5);
    assert_int_equal(ow_str_find_byte(OW_STR("abc"), 'a', 3), 3);
    assert_int_equal(ow_str_find_byte(OW_STR("abc"), 'a', 9), 3);
    assert_int_equal(ow_str_find_byte((struct ow_str){NULL, 0}, 'a', 0), 0);
}

static void str_trim_takes_spaces_and_tabs_alone(void **state)
{
    (void)state;
    assert_true(ow_str_equal(ow_str_trim(OW_STR(" \t a b\t ")), OW_STR("a b")));
    assert_true(ow_str_equal(ow_str_trim(OW_STR("\r\na")), OW_STR("\r\na")));
    assert_int_equal(ow_str_trim(OW_STR(" \t ")).len, 0);
    assert_int_equal(ow_str_trim((struct ow_str){NULL, 0}).len, 0);
}

static void str_hex_takes_digits_of_either_case(void **state)
{
    const char digits[] = "0123456789abcdef", others[] = "/:@G`g \0\xe1";

    (void)state;
    for (int i = 0; i < 16; i++)
        assert_int_equal(ow_str_hex(digits[i]), i);
    assert_int_equal(ow_str_hex('A'), 10);
    assert_int_equal(ow_str_hex('F'), 15);
    for (size_t i = 0; i < sizeof others - 1; i++)
        assert_int_equal(ow_str_hex(others[i]), -1);
}

static void str_cut_tells_empty_rest_from_none(void **state)
{
    struct ow_str rest = OW_STR("a,");

    (void)state;
    ow_str_cut(&rest, ',');
    assert_non_null(rest.ptr);
    assert_int_equal(rest.len, 0);
    assert_int_equal(ow_str_cut(&rest, ',').len, 0);
    assert_null(rest.ptr);
    assert_null(ow_str_cut(&rest, ',').ptr);
}

static void str_count_byte_counts_each(void **state)
{
    (void)state;
    assert_int_equal(ow_str_count_byte(OW_STR("/a//b"), '/'), 3);
    assert_int_equal(ow_str_count_byte(OW_STR("ab"), '/'), 0);
    assert_int_equal(ow_str_count_byte((struct ow_str){NULL, 0}, '/'), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(str_count_byte_counts_each),
        cmocka_unit_test(str_cut_gives_all_when_byte_is_absent),
        cmocka_unit_test(str_cut_splits_at_first_byte),
        cmocka_unit_test(str_parse_u64_refuses_overflow_and_signs),
        cmocka_unit_test(str_u64_writes_each_digit),
        cmocka_unit_test(str_from_null_is_absent),
        cmocka_unit_test(str_equal_compares_bytes),
        cmocka_unit_test(str_equal_case_folds_ascii_alone),
        cmocka_unit_test(str_starts_and_ends_with_the_empty_one),
        cmocka_unit_test(str_is_joined_when_nothing_else_is_there),
        cmocka_unit_test(str_find_byte_gives_the_length_when_there_is_none),
        cmocka_unit_test(str_trim_takes_spaces_and_tabs_alone),
        cmocka_unit_test(str_hex_takes_digits_of_either_case),
        cmocka_unit_test(str_cut_tells_empty_rest_from_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
