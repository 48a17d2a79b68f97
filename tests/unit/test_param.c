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
#include "http/param.h"

static void param_value_is_before_the_first_semicolon(void **state)
{
    struct ow_str rest = OW_STR(" text/html ; charset=utf-8");

    (void)state;
    assert_str(ow_param_cut_value(&rest), "text/html");
    assert_str(rest, " charset=utf-8");
    rest = OW_STR("text/html");
    assert_str(ow_param_cut_value(&rest), "text/html");
    assert_null(rest.ptr);
}

static void param_next_takes_quotes_off(void **state)
{
    struct ow_str rest =
        OW_STR(" a=1; B = \"x;y\" ;;c;d=\"q\\\"r\\\\s\\t\"; e=\"open");
    struct ow_str name, value;
    struct ow_arena arena;

    (void)state;
    ow_arena_init(&arena);
    assert_int_equal(ow_param_next(&rest, &arena, &name, &value), 1);
    assert_str(name, "a");
    assert_str(value, "1");
    assert_int_equal(ow_param_next(&rest, &arena, &name, &value), 1);
    assert_str(name, "B");
    assert_str(value, "x;y");
    assert_int_equal(ow_param_next(&rest, &arena, &name, &value), 1);
    assert_str(name, "c");
    assert_null(value.ptr);
    assert_int_equal(ow_param_next(&rest, &arena, &name, &value), 1);
    assert_str(value, "q\"r\\s\\t");
    assert_int_equal(ow_param_next(&rest, &arena, &name, &value), 1);
    assert_str(value, "open");
    assert_int_equal(ow_param_next(&rest, &arena, &name, &value), 0);
    ow_arena_release(&arena);
}

static void param_find_looks_without_case(void **state)
{
    struct ow_str value = OW_STR("before");

    (void)state;
    assert_int_equal(ow_param_find(OW_STR("a=1;Boundary=xyz"), NULL,
                                   OW_STR("boundary"), &value),
                     1);
    assert_str(value, "xyz");
    assert_int_equal(ow_param_find(OW_STR("a=1;b"), NULL, OW_STR("c"), &value),
                     0);
    assert_str(value, "xyz");
    assert_int_equal(
        ow_param_find((struct ow_str){NULL, 0}, NULL, OW_STR("c"), &value), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(param_value_is_before_the_first_semicolon),
        cmocka_unit_test(param_next_takes_quotes_off),
        cmocka_unit_test(param_find_looks_without_case),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
