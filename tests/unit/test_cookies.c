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
#include "base/limits.h"
#include "http/cookies.h"

static void cookies_come_from_all_fields_in_order(void **state)
{
    struct ow_field items[] = {
        {OW_STR("Cookie"), OW_STR("a=1; b=\"x y\";c=d=e ;; f; =g")},
        {OW_STR("Accept"), OW_STR("h=1")},
        {OW_STR("cookie"), OW_STR("A=2")}};
    struct ow_fields headers = {items, 3, 3}, cookies = {0};
    struct ow_arena arena;

    (void)state;
    ow_arena_init(&arena);
    assert_int_equal(ow_cookies_parse(&headers, &arena, &cookies), 0);
    assert_int_equal(cookies.n, 6);
    assert_str(cookies.items[0].name, "a");
    assert_str(cookies.items[0].value, "1");
    assert_str(cookies.items[1].value, "\"x y\"");
    assert_str(cookies.items[2].value, "d=e");
    assert_str(cookies.items[3].name, "f");
    assert_str(cookies.items[3].value, "");
    assert_str(cookies.items[4].name, "");
    assert_str(cookies.items[4].value, "g");
    assert_str(ow_cookies_find(&cookies, OW_STR("A"))->value, "2");
    assert_null(ow_cookies_find(&cookies, OW_STR("B")));
    ow_arena_release(&arena);
}

static void cookies_without_a_field_are_none(void **state)
{
    struct ow_fields headers = {0}, cookies = {0};

    (void)state;
    assert_int_equal(ow_cookies_parse(&headers, NULL, &cookies), 0);
    assert_int_equal(cookies.n, 0);
}

static void cookies_are_bounded(void **state)
{
    static char text[2 * OW_LIMIT_PARAMS + 2];
    struct ow_field field = {OW_STR("Cookie"), {text, sizeof text}};
    struct ow_fields headers = {&field, 1, 1}, cookies = {0};
    struct ow_arena arena;

    (void)state;
    ow_arena_init(&arena);
    memset(text, ';', sizeof text);
    for (size_t i = 0; i < sizeof text; i += 2)
        text[i] = 'a';
    assert_int_equal(ow_cookies_parse(&headers, &arena, &cookies), -E2BIG);
    assert_int_equal(cookies.n, OW_LIMIT_PARAMS);
    ow_arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cookies_come_from_all_fields_in_order),
        cmocka_unit_test(cookies_without_a_field_are_none),
        cmocka_unit_test(cookies_are_bounded),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
