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
#include "http/url.h"

static struct ow_url split(const char *text)
{
    struct ow_url url;

    assert_int_equal(ow_url_split(ow_str_from(text), &url), 0);
    return url;
}

static void url_splits_origin_form(void **state)
{
    struct ow_url url = split("/a/b?c=d?e");

    (void)state;
    assert_int_equal(url.form, OW_URL_ORIGIN);
    assert_str(url.path, "/a/b");
    assert_str(url.query, "c=d?e");
    assert_null(url.host.ptr);
    assert_null(split("/a").query.ptr);
    assert_str(split("/a?").query, "");
    assert_str(split("//x/y").path, "//x/y");
    assert_str(split("/a:b//").path, "/a:b//");
}

static void url_leaves_fragments_out(void **state)
{
    (void)state;
    assert_str(split("/a#b?c").path, "/a");
    assert_null(split("/a#b?c").query.ptr);
    assert_str(split("/a?b#c").query, "b");
    assert_str(split("http://x#f").path, "/");
}

static void url_splits_absolute_form(void **state)
{
    struct ow_url url = split("HTTPS://u:p@Api.example.com:8443/a?b");

    (void)state;
    assert_int_equal(url.form, OW_URL_ABSOLUTE);
    assert_str(url.scheme, "HTTPS");
    assert_str(url.host, "Api.example.com");
    assert_int_equal(url.port, 8443);
    assert_str(url.path, "/a");
    assert_str(url.query, "b");
    url = split("http://[::1]?q");
    assert_str(url.host, "::1");
    assert_int_equal(url.port, 0);
    assert_str(url.path, "/");
    assert_str(url.query, "q");
}

static void url_splits_authority_and_asterisk_form(void **state)
{
    struct ow_url url = split("example.com:443");

    (void)state;
    assert_int_equal(url.form, OW_URL_AUTHORITY);
    assert_str(url.host, "example.com");
    assert_int_equal(url.port, 443);
    assert_int_equal(split("*").form, OW_URL_ASTERISK);
    assert_str(split("*").path, "*");
}

static void url_refuses_what_is_no_target(void **state)
{
    static const char *const bad[] = {
        "",
        "a",
        "a/b",
        "example.com",
        "http:/x",
        "http://",
        "http:///a",
        "://x/",
        "1http://x/",
        "http://:80/",
        "http://x:y/",
        "x:",
        "x:0",
        "x:65536",
        "**",
        "http://a b/",
        "?a",
        "http://x:1:2",
        "http://[::1",
        "#",
    };
    struct ow_url url;

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (ow_url_split(ow_str_from(bad[i]), &url) == 0)
            fail_msg("\"%s\" was taken", bad[i]);
}

static void url_splits_hosts_and_ports(void **state)
{
    struct ow_str host;
    uint16_t port = 7;

    (void)state;
    assert_int_equal(ow_url_split_authority(OW_STR("x"), &host, &port), 0);
    assert_str(host, "x");
    assert_int_equal(port, 0);
    assert_int_equal(ow_url_split_authority(OW_STR("x:"), &host, &port), 0);
    assert_int_equal(port, 0);
    assert_int_equal(
        ow_url_split_authority(OW_STR("[fe80::1]:65535"), &host, &port), 0);
    assert_str(host, "fe80::1");
    assert_int_equal(port, 65535);
}

static void url_refuses_what_is_no_authority(void **state)
{
    static const char *const bad[] = {
        "",    ":80", "x:y",  "x:65536", "x:1:2",
        "[]",  "[",   "[x]",  "[::1",    "[::1]x",
        "a b", "a/b", "a@b",  "a,b",     "a\x01",
        "a#b", "a?b", "x:-1", "x: 80",   "x:99999999999999999999",
    };
    struct ow_str host = OW_STR("before");
    uint16_t port = 7;

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (ow_url_split_authority(ow_str_from(bad[i]), &host, &port) == 0)
            fail_msg("\"%s\" was taken", bad[i]);
    assert_str(host, "before");
    assert_int_equal(port, 7);
}

static void url_normal_host_has_one_form(void **state)
{
    static const char *const pairs[][2] = {
        {"Example.COM", "example.com"},
        {"example.com.", "example.com"},
        {"na\xc3\xafve.Example", "xn--nave-6pa.example"},
        {"XN--NAVE-6PA.example", "xn--nave-6pa.example"},
        {"[::1]", "::1"},
        {"0:0:0::0001", "::1"},
        {"2001:DB8::0:1", "2001:db8::1"},
        {"127.0.0.1", "127.0.0.1"},
    };
    struct ow_arena arena;

    (void)state;
    ow_arena_init(&arena);
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        struct ow_str host;
        assert_int_equal(
            ow_url_normal_host(&arena, ow_str_from(pairs[i][0]), &host), 0);
        assert_string_equal(host.ptr, pairs[i][1]);
        assert_int_equal(host.len, strlen(pairs[i][1]));
    }
    ow_arena_release(&arena);
}

static void url_normal_host_refuses_what_is_none(void **state)
{
    static const char *const bad[] = {"",     ".",    "a..b", "::g",
                                      "1:2",  "a b",  "a/b",  "[]",
                                      "[a]]", "\xff", "a:80", "x\x7f"};
    struct ow_arena arena;
    struct ow_str host;

    (void)state;
    ow_arena_init(&arena);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (ow_url_normal_host(&arena, ow_str_from(bad[i]), &host) == 0)
            fail_msg("\"%s\" was taken", bad[i]);
    assert_int_equal(ow_url_normal_host(&arena, OW_STR("a\0b"), &host),
                     -EINVAL);
    ow_arena_release(&arena);
}

static void url_knows_default_ports(void **state)
{
    (void)state;
    assert_int_equal(ow_url_default_port(OW_STR("HTTPS")), 443);
    assert_int_equal(ow_url_default_port(OW_STR("wss")), 443);
    assert_int_equal(ow_url_default_port(OW_STR("http")), 80);
    assert_int_equal(ow_url_default_port(OW_STR("ws")), 80);
    assert_int_equal(ow_url_default_port(OW_STR("ftp")), 0);
}

static void url_decodes_escapes(void **state)
{
    struct ow_arena arena;

    (void)state;
    ow_arena_init(&arena);
    assert_str(ow_url_decode(&arena, OW_STR("a%20b%2Fc"), false), "a b/c");
    assert_str(ow_url_decode(&arena, OW_STR("%e2%82%AC"), false),
               "\xe2\x82\xac");
    assert_str(ow_url_decode(&arena, OW_STR("a%00b"), false), "a\0b");
    assert_str(ow_url_decode(&arena, OW_STR("a+b"), false), "a+b");
    assert_str(ow_url_decode(&arena, OW_STR("a+b%2b"), true), "a b+");
    ow_arena_release(&arena);
}

static void url_leaves_broken_escapes_alone(void **state)
{
    struct ow_arena arena;

    (void)state;
    ow_arena_init(&arena);
    assert_str(ow_url_decode(&arena, OW_STR("100%"), false), "100%");
    assert_str(ow_url_decode(&arena, OW_STR("%4"), false), "%4");
    assert_str(ow_url_decode(&arena, OW_STR("%zz%41"), false), "%zzA");
    assert_str(ow_url_decode(&arena, OW_STR("%%41"), false), "%A");
    assert_str(ow_url_decode(&arena, OW_STR("%@1"), false), "%@1");
    ow_arena_release(&arena);
}

static void url_does_not_copy_what_has_no_escape(void **state)
{
    struct ow_str plain = OW_STR("/v1/models");

    (void)state;
    assert_ptr_equal(ow_url_decode(NULL, plain, true).ptr, plain.ptr);
    assert_null(ow_url_decode(NULL, (struct ow_str){NULL, 0}, true).ptr);
}

static void url_escapes_what_no_request_can_have(void **state)
{
    static const char *const rows[][2] = {
        {"http://a.test/b?c=d%20e#f", "http://a.test/b?c=d%20e#f"},
        {"http://a.test/\xc3\xbc?\xc3\xbc=1 2",
         "http://a.test/%C3%BC?%C3%BC=1%202"},
        {"http://b\xc3\xbc.test/\xc3\xbc", "http://b\xc3\xbc.test/%C3%BC"},
        {"http://a.test?\x7f", "http://a.test?%7F"},
        {"http://a.test", "http://a.test"},
        {"not a url", "not a url"},
        {"/a b", "/a b"},
        {"", ""},
    };
    struct ow_arena arena;

    (void)state;
    ow_arena_init(&arena);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_string_equal(ow_url_escape(&arena, ow_str_from(rows[i][0])).ptr,
                            rows[i][1]);
    ow_arena_release(&arena);
}

static void url_encodes_any_text_for_a_query(void **state)
{
    struct ow_arena arena;

    (void)state;
    ow_arena_init(&arena);
    assert_string_equal(
        ow_url_encode(&arena, OW_STR("aZ09-._~ &=+/\xc3\xbc%\0")).ptr,
        "aZ09-._~%20%26%3D%2B%2F%C3%BC%25%00");
    assert_string_equal(ow_url_encode(&arena, OW_STR("")).ptr, "");
    ow_arena_release(&arena);
}

static void url_parses_queries(void **state)
{
    struct ow_fields params = {0};
    struct ow_arena arena;

    (void)state;
    ow_arena_init(&arena);
    assert_int_equal(
        ow_url_parse_query(OW_STR("a=1&&b=x%26y=z&c&=d&e=+"), &arena, &params),
        0);
    assert_int_equal(params.n, 5);
    assert_str(params.items[0].name, "a");
    assert_str(params.items[0].value, "1");
    assert_str(params.items[1].value, "x&y=z");
    assert_str(params.items[2].name, "c");
    assert_str(params.items[2].value, "");
    assert_str(params.items[3].name, "");
    assert_str(params.items[3].value, "d");
    assert_str(params.items[4].value, " ");
    assert_int_equal(
        ow_url_parse_query((struct ow_str){NULL, 0}, &arena, &params), 0);
    assert_int_equal(params.n, 5);
    ow_arena_release(&arena);
}

static void url_bounds_the_pairs_of_a_query(void **state)
{
    struct ow_fields params = {0};
    struct ow_arena arena;
    static char text[2 * OW_LIMIT_PARAMS + 1];

    (void)state;
    ow_arena_init(&arena);
    memset(text, '&', sizeof text);
    for (size_t i = 0; i < sizeof text; i += 2)
        text[i] = 'a';
    struct ow_str query = {text, sizeof text};
    assert_int_equal(ow_url_parse_query(query, &arena, &params), -E2BIG);
    assert_int_equal(params.n, OW_LIMIT_PARAMS);
    ow_arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(url_splits_origin_form),
        cmocka_unit_test(url_leaves_fragments_out),
        cmocka_unit_test(url_splits_absolute_form),
        cmocka_unit_test(url_splits_authority_and_asterisk_form),
        cmocka_unit_test(url_refuses_what_is_no_target),
        cmocka_unit_test(url_splits_hosts_and_ports),
        cmocka_unit_test(url_refuses_what_is_no_authority),
        cmocka_unit_test(url_normal_host_has_one_form),
        cmocka_unit_test(url_normal_host_refuses_what_is_none),
        cmocka_unit_test(url_knows_default_ports),
        cmocka_unit_test(url_decodes_escapes),
        cmocka_unit_test(url_leaves_broken_escapes_alone),
        cmocka_unit_test(url_does_not_copy_what_has_no_escape),
        cmocka_unit_test(url_escapes_what_no_request_can_have),
        cmocka_unit_test(url_encodes_any_text_for_a_query),
        cmocka_unit_test(url_parses_queries),
        cmocka_unit_test(url_bounds_the_pairs_of_a_query),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
