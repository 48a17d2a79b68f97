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
#include "http/fields.h"

static void fields_are_found_without_case_in_order(void **state)
{
    struct ow_fields fields = {0};
    struct ow_arena arena;

    (void)state;
    ow_arena_init(&arena);
    ow_fields_add(&fields, &arena, OW_STR("Accept"), OW_STR("a"));
    ow_fields_add(&fields, &arena, OW_STR("X"), OW_STR("b"));
    ow_fields_add(&fields, &arena, OW_STR("ACCEPT"), OW_STR("c"));
    const struct ow_field *field = ow_fields_find(&fields, OW_STR("accept"));
    assert_str(field->value, "a");
    field = ow_fields_next(&fields, field);
    assert_str(field->value, "c");
    assert_null(ow_fields_next(&fields, field));
    assert_null(ow_fields_find(&fields, OW_STR("Accep")));
    ow_arena_release(&arena);
}

static void fields_grow_and_keep_their_order(void **state)
{
    struct ow_fields fields = {0};
    struct ow_arena arena;

    (void)state;
    ow_arena_init(&arena);
    for (int i = 0; i < 100; i++)
        assert_int_equal(ow_fields_add(&fields, &arena, OW_STR("x"),
                                       ow_arena_printf(&arena, "%d", i)),
                         0);
    assert_int_equal(fields.n, 100);
    assert_str(fields.items[0].value, "0");
    assert_str(fields.items[99].value, "99");
    ow_arena_release(&arena);
}

static bool has(const char *value, const char *token)
{
    struct ow_field field = {OW_STR("Connection"), ow_str_from(value)};
    struct ow_fields fields = {&field, 1, 1};

    return ow_fields_has_token(&fields, OW_STR("connection"),
                               ow_str_from(token));
}

static void fields_has_token_reads_lists(void **state)
{
    (void)state;
    assert_true(has("close", "close"));
    assert_true(has("keep-alive, Upgrade", "upgrade"));
    assert_true(has(" a ,\tCLOSE ;q=1, b", "close"));
    assert_false(has("closed", "close"));
    assert_false(has("a;close", "close"));
    assert_false(has("", "close"));
}

static void fields_has_token_reads_all_fields_of_the_name(void **state)
{
    struct ow_field items[] = {{OW_STR("TE"), OW_STR("a")},
                               {OW_STR("X"), OW_STR("c")},
                               {OW_STR("te"), OW_STR("b")}};
    struct ow_fields fields = {items, 3, 3};

    (void)state;
    assert_true(ow_fields_has_token(&fields, OW_STR("TE"), OW_STR("b")));
    assert_false(ow_fields_has_token(&fields, OW_STR("TE"), OW_STR("c")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_are_found_without_case_in_order),
        cmocka_unit_test(fields_grow_and_keep_their_order),
        cmocka_unit_test(fields_has_token_reads_lists),
        cmocka_unit_test(fields_has_token_reads_all_fields_of_the_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
