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
#include "failmalloc.h"
#include "http/cookies.h"
#include "http/form.h"
#include "http/request.h"
#include "http/url.h"
#include "wire/h1.h"
#include "wire/sse.h"

/* Every allocation of base, http and wire fails once: what called says -ENOMEM,
 * breaks nothing, and leaves nothing behind (a sanitizer or valgrind looks). */

typedef int subject_fn(void);

static void fail_each(subject_fn *subject)
{
    bool done = false;

    for (long n = 0; !done; n++) {
        failmalloc_arm(n);
        int r = subject();
        done = !failmalloc_disarm();
        assert_int_equal(r, done ? 0 : -ENOMEM);
        assert_true(n > 0 || !done);
    }
}

static int decode_h1(void)
{
    static const char head[] =
        "POST /a HTTP/1.1\r\nHost: x\r\n"
        "Transfer-Encoding: chunked\r\n\r\n";
    static const char rest[] = "1\r\na\r\n0\r\nT: v\r\n\r\n";
    struct ow_h1_event event = {.kind = OW_H1_MORE};
    struct ow_h1 *h1 = ow_h1_new();
    struct ow_str in = {head, sizeof head - 1};
    ssize_t used = 0;

    if (!h1)
        return -ENOMEM;
    while (used >= 0 && event.kind != OW_H1_END) {
        used = ow_h1_feed(h1, in.ptr, in.len, &event);
        if (used < 0)
            break;
        in = (struct ow_str){in.ptr + used, in.len - (size_t)used};
        if (event.kind == OW_H1_HEAD)
            in = (struct ow_str){rest, sizeof rest - 1};
    }
    ow_h1_free(h1);
    return used < 0 ? (int)used : 0;
}

static int encode_h1(void)
{
    struct ow_field items[] = {{OW_STR("A"), OW_STR("1")}};
    struct ow_fields trailers = {items, 1, 1};
    static const char bytes[1000];
    struct ow_buf buf;

    ow_buf_init(&buf, 0);
    int r = ow_h1_write_status(&buf, 200, OW_STR("OK"));
    if (r == 0)
        r = ow_h1_write_chunk(&buf, bytes, sizeof bytes);
    if (r == 0)
        r = ow_h1_write_chunk(&buf, bytes, sizeof bytes);
    if (r == 0)
        r = ow_h1_write_last_chunk(&buf, &trailers);
    ow_buf_release(&buf);
    return r;
}

static int parse_form(void)
{
    struct ow_str body = OW_STR(
        "--b\r\nContent-Disposition: form-data; name=\"a\\\"b\"; "
        "filename*=utf-8''%20\r\n\r\nx\r\n--b--");
    struct ow_form form;
    struct ow_arena arena;

    ow_arena_init(&arena);
    int r = ow_form_parse(OW_STR("multipart/form-data; boundary=b"), body, true,
                          &arena, &form);
    ow_arena_release(&arena);
    return r;
}

static int parse_lists(void)
{
    struct ow_field item = {OW_STR("Cookie"), OW_STR("a=b; c=d")};
    struct ow_fields headers = {&item, 1, 1}, cookies = {0}, params = {0};
    struct ow_arena arena;
    struct ow_str host;
    char query[2000];

    memset(query, '+', sizeof query);
    ow_arena_init(&arena);
    int r = ow_cookies_parse(&headers, &arena, &cookies);
    if (r == 0)
        r = ow_url_normal_host(&arena, OW_STR("EXAMPLE.com"), &host);
    for (int i = 0; r == 0 && i < 5; i++)
        r = ow_url_parse_query((struct ow_str){query, sizeof query}, &arena,
                               &params);
    ow_arena_release(&arena);
    return r;
}

static int keep_body(void)
{
    static const char bytes[3000];
    struct ow_body body;
    char hex[OW_BODY_HASH + 1];

    ow_body_init(&body, 4000);
    int r = ow_body_feed(&body, bytes, sizeof bytes);
    if (r == 0)
        r = ow_body_feed(&body, bytes, sizeof bytes);
    if (r == 0)
        ow_body_hash(&body, hex);
    ow_body_release(&body);
    return r;
}

static int format_event(void)
{
    static const char bytes[3000];
    struct ow_sse_event event = {
        .event = OW_STR("token"), .data = {bytes, sizeof bytes}, .retry_ms = 7};
    struct ow_buf buf;

    ow_buf_init(&buf, 0);
    int r = ow_sse_format(&buf, &event);
    if (r < 0)
        assert_int_equal(buf.len, 0);
    ow_buf_release(&buf);
    return r;
}

static void no_memory_while_h1_decodes(void **state)
{
    (void)state;
    fail_each(decode_h1);
}

static void no_memory_while_h1_encodes(void **state)
{
    (void)state;
    fail_each(encode_h1);
}

static void no_memory_for_a_form(void **state)
{
    (void)state;
    fail_each(parse_form);
}

static void no_memory_for_cookies_hosts_and_queries(void **state)
{
    (void)state;
    fail_each(parse_lists);
}

static void no_memory_for_a_body(void **state)
{
    (void)state;
    fail_each(keep_body);
}

static void no_memory_for_an_event(void **state)
{
    (void)state;
    fail_each(format_event);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_memory_while_h1_decodes),
        cmocka_unit_test(no_memory_while_h1_encodes),
        cmocka_unit_test(no_memory_for_a_form),
        cmocka_unit_test(no_memory_for_cookies_hosts_and_queries),
        cmocka_unit_test(no_memory_for_a_body),
        cmocka_unit_test(no_memory_for_an_event),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
