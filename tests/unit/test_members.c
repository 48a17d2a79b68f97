#include "config.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/members.h"

static void is_text(struct ow_str s, const char *text)
{
    assert_non_null(s.ptr);
    assert_int_equal(s.len, strlen(text));
    assert_memory_equal(s.ptr, text, s.len);
}

static struct ow_str find(const char *json, const char *key)
{
    return ow_members_find(ow_str_from(json), ow_str_from(key));
}

static void find_gives_values_as_they_are_written(void **state)
{
    static const char json[] =
        "{\"a\":1.50,\"b\":\"x\\\"},:\",\"c\":{\"a\":[1,{\"z\":2}],\"b\":\"]\"}"
        ","
        "\"d\":[],\"e\":true,\"f\":null}";

    (void)state;
    is_text(find(json, "a"), "1.50");
    is_text(find(json, "b"), "\"x\\\"},:\"");
    is_text(find(json, "c"), "{\"a\":[1,{\"z\":2}],\"b\":\"]\"}");
    is_text(find(json, "d"), "[]");
    is_text(find(json, "e"), "true");
    is_text(find(json, "f"), "null");
    assert_null(find(json, "z").ptr);
    assert_null(find("{}", "a").ptr);
}

static void find_takes_no_object_apart_that_is_none(void **state)
{
    static const char *const broken[] = {
        "",      "{",    "}",       "[]", "\"a\":1", "{\"a\"}", "{\"a\":}",
        "{a:1}", "{\"a", "{\"a\\}", "1",  "{:}",     "{,}",     "{\"a\" :1}",
    };

    (void)state;
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++)
        assert_null(find(broken[i], "b").ptr);
    /* What ends too early is still within its bounds. */
    find("{\"a\":[[[}", "a");
    find("{\"a\":\"x}", "a");
}

static int merge(const char *base, const char *over, struct ow_buf *out)
{
    ow_buf_clear(out, 0);
    return ow_members_merge(ow_str_from(base), ow_str_from(over), out);
}

static void merge_keeps_places_and_appends(void **state)
{
    struct ow_buf out = {0};

    (void)state;
    assert_int_equal(merge("{\"a\":1,\"b\":2}", "{\"c\":[3],\"a\":{}}", &out),
                     0);
    is_text(ow_buf_peek(&out), "{\"a\":{},\"b\":2,\"c\":[3]}");
    assert_int_equal(merge("{}", "{}", &out), 0);
    is_text(ow_buf_peek(&out), "{}");
    assert_int_equal(merge("{}", "{\"a\":1}", &out), 0);
    is_text(ow_buf_peek(&out), "{\"a\":1}");
    assert_int_equal(merge("{\"a\":1}", "{}", &out), 0);
    is_text(ow_buf_peek(&out), "{\"a\":1}");
    assert_int_equal(merge("[]", "{}", &out), -EINVAL);
    assert_int_equal(merge("{}", "null", &out), -EINVAL);
    ow_buf_release(&out);
}

static void merge_knows_its_bound(void **state)
{
    struct ow_buf out;

    (void)state;
    ow_buf_init(&out, 8);
    assert_int_equal(merge("{\"a\":1}", "{\"b\":2}", &out), -ENOBUFS);
    ow_buf_release(&out);
}

static void split_takes_the_named_out(void **state)
{
    static const struct ow_str names[] = {{"b", 1}, {"z", 1}};
    struct ow_buf named = {0}, others = {0};

    (void)state;
    assert_int_equal(
        ow_members_split(OW_STR("{\"a\":1,\"b\":[2],\"c\":{\"b\":3}}"), names,
                         2, &named, &others),
        0);
    assert_true(ow_str_equal(ow_buf_peek(&named), OW_STR("{\"b\":[2]}")));
    assert_true(ow_str_equal(ow_buf_peek(&others),
                             OW_STR("{\"a\":1,\"c\":{\"b\":3}}")));
    assert_int_equal(ow_members_split(OW_STR("[]"), names, 2, &named, &others),
                     -EINVAL);
    ow_buf_release(&named);
    ow_buf_release(&others);
}

static bool is(const char *value, const char *text)
{
    return ow_members_is_text(ow_str_from(value), ow_str_from(text));
}

static void is_text_compares_what_is_meant(void **state)
{
    (void)state;
    assert_true(is("\"abc\"", "abc"));
    assert_true(is("\"\"", ""));
    assert_true(is("\"a\\u00e9\\\"\"", "a\xc3\xa9\""));
    assert_true(is("12", "12"));
    assert_true(is("true", "true"));
    assert_false(is("\"abc\"", "ab"));
    assert_false(is("\"12\"", "\"12\""));
    assert_false(is("\"a\\\"", "a"));
    assert_false(is("[1]", "1"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(find_gives_values_as_they_are_written),
        cmocka_unit_test(find_takes_no_object_apart_that_is_none),
        cmocka_unit_test(merge_keeps_places_and_appends),
        cmocka_unit_test(merge_knows_its_bound),
        cmocka_unit_test(split_takes_the_named_out),
        cmocka_unit_test(is_text_compares_what_is_meant),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
