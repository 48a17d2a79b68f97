#include "config.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/jsonw.h"

/* Releases it, too. */
static void expect(struct ow_buf *buf, const char *expected)
{
    assert_int_equal(buf->len, strlen(expected));
    assert_memory_equal(ow_buf_data(buf), expected, buf->len);
    ow_buf_release(buf);
}

static void check_string(struct ow_str s, const char *expected)
{
    struct ow_buf buf = {0};
    struct ow_jsonw w = {.buf = &buf};

    ow_jsonw_string(&w, s);
    assert_int_equal(w.error, 0);
    expect(&buf, expected);
}

static void jsonw_escapes_what_json_asks_for(void **state)
{
    (void)state;
    check_string(OW_STR("plain"), "\"plain\"");
    check_string(OW_STR(""), "\"\"");
    check_string(OW_STR("a\"b\\c"), "\"a\\\"b\\\\c\"");
    check_string(OW_STR("\n\r\t\b\f"), "\"\\n\\r\\t\\b\\f\"");
    check_string(OW_STR("\0\x1f\x7f"), "\"\\u0000\\u001f\\u007f\"");
    check_string(OW_STR("\"\""), "\"\\\"\\\"\"");
}

static void jsonw_keeps_valid_utf8(void **state)
{
    (void)state;
    check_string(OW_STR("na\xc3\xafve \xe2\x82\xac \xf0\x9f\x98\x80"),
                 "\"na\xc3\xafve \xe2\x82\xac \xf0\x9f\x98\x80\"");
    check_string(OW_STR("\xed\x9f\xbf\xee\x80\x80\xf4\x8f\xbf\xbf"),
                 "\"\xed\x9f\xbf\xee\x80\x80\xf4\x8f\xbf\xbf\"");
}

static void jsonw_replaces_each_byte_of_invalid_utf8(void **state)
{
    (void)state;
    check_string(OW_STR("a\xff"
                        "b"),
                 "\"a\\ufffdb\"");
    /* Cut off, overlong, surrogate, above U+10FFFF. */
    check_string(OW_STR("\xe2\x82"), "\"\\ufffd\\ufffd\"");
    check_string(OW_STR("\xc0\x80"), "\"\\ufffd\\ufffd\"");
    check_string(OW_STR("\xe0\x80\x80"), "\"\\ufffd\\ufffd\\ufffd\"");
    check_string(OW_STR("\xed\xa0\x80"), "\"\\ufffd\\ufffd\\ufffd\"");
    check_string(OW_STR("\xf4\x90\x80\x80"),
                 "\"\\ufffd\\ufffd\\ufffd\\ufffd\"");
    check_string(OW_STR("\xf5\x80\x80\x80"),
                 "\"\\ufffd\\ufffd\\ufffd\\ufffd\"");
}

static void check_text(struct ow_str text, const char *expected)
{
    struct ow_buf buf = {0};
    struct ow_jsonw w = {.buf = &buf};

    ow_jsonw_begin(&w, '{');
    ow_jsonw_text(&w, "a", text);
    ow_jsonw_text(&w, "b", text);
    ow_jsonw_end(&w, '}');
    assert_int_equal(w.error, 0);
    expect(&buf, expected);
}

static void jsonw_writes_a_member_for_a_text_that_is_there(void **state)
{
    (void)state;
    check_text(OW_STR("x y"), "{\"a\":\"x y\",\"b\":\"x y\"}");
    check_text(OW_STR(""), "{\"a\":\"\",\"b\":\"\"}");
    check_text(OW_STR("x\n"), "{\"a\":\"x\\n\",\"b\":\"x\\n\"}");
    check_text((struct ow_str){NULL, 0}, "{}");
}

static void check_ms(int64_t ns, const char *expected)
{
    struct ow_buf buf = {0};
    struct ow_jsonw w = {.buf = &buf};

    ow_jsonw_ms(&w, ns);
    expect(&buf, expected);
}

static void jsonw_writes_milliseconds_without_needless_digits(void **state)
{
    (void)state;
    check_ms(0, "0");
    check_ms(300000000, "300");
    check_ms(1500000, "1.5");
    check_ms(12340000, "12.34");
    check_ms(7001, "0.007");
    check_ms(999999, "1");
    check_ms(-5, "0");
}

static void jsonw_puts_commas_between_values_and_keys(void **state)
{
    struct ow_buf buf = {0};
    struct ow_jsonw w = {.buf = &buf};
    static const char expected[] = "{\"a\":1,\"b\":[\"x\",null,[]],\"c\":{}}";

    (void)state;
    ow_jsonw_begin(&w, '{');
    ow_jsonw_key(&w, "a");
    ow_jsonw_u64(&w, 1);
    ow_jsonw_key(&w, "b");
    ow_jsonw_begin(&w, '[');
    ow_jsonw_string(&w, OW_STR("x"));
    ow_jsonw_null(&w);
    ow_jsonw_begin(&w, '[');
    ow_jsonw_end(&w, ']');
    ow_jsonw_end(&w, ']');
    ow_jsonw_key(&w, "c");
    ow_jsonw_begin(&w, '{');
    ow_jsonw_end(&w, '}');
    ow_jsonw_end(&w, '}');
    assert_int_equal(buf.len, sizeof expected - 1);
    assert_memory_equal(ow_buf_data(&buf), expected, buf.len);
    ow_buf_release(&buf);
}

static void jsonw_keeps_its_first_error(void **state)
{
    struct ow_buf buf;
    struct ow_jsonw w = {.buf = &buf};

    (void)state;
    ow_buf_init(&buf, 8);
    ow_jsonw_string(&w, OW_STR("more than eight bytes"));
    assert_int_equal(w.error, -ENOBUFS);
    size_t len = buf.len;
    ow_jsonw_u64(&w, 1);
    assert_int_equal(buf.len, len);
    ow_buf_release(&buf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(jsonw_escapes_what_json_asks_for),
        cmocka_unit_test(jsonw_keeps_valid_utf8),
        cmocka_unit_test(jsonw_replaces_each_byte_of_invalid_utf8),
        cmocka_unit_test(jsonw_writes_a_member_for_a_text_that_is_there),
        cmocka_unit_test(jsonw_writes_milliseconds_without_needless_digits),
        cmocka_unit_test(jsonw_puts_commas_between_values_and_keys),
        cmocka_unit_test(jsonw_keeps_its_first_error),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
