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
#include "wire/h1.h"

/* What comes out for which bytes stands in tests/wire/h1; here is what a
 * caller sees of the codec between the events, and the encoder. */

static void feed(struct ow_h1 *h1, const char *text, enum ow_h1_kind want,
                 size_t want_used)
{
    struct ow_h1_event event;
    ssize_t used = ow_h1_feed(h1, text, strlen(text), &event);

    assert_int_equal(used, want_used);
    assert_int_equal(event.kind, want);
}

static void h1_stops_behind_each_event(void **state)
{
    static const char text[] = "GET / HTTP/1.1\r\nHost: x\r\n\r\nGET /2";
    struct ow_h1 *h1 = ow_h1_new();

    (void)state;
    feed(h1, text, OW_H1_HEAD, sizeof text - 1 - 6);
    feed(h1, "GET /2", OW_H1_END, 0);
    feed(h1, "GET /2", OW_H1_END, 0);
    ow_h1_next(h1);
    feed(h1, "GET /2", OW_H1_MORE, 6);
    ow_h1_free(h1);
}

static void h1_keeps_the_head_until_next(void **state)
{
    struct ow_h1 *h1 = ow_h1_new();
    char piece[] = "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n";
    struct ow_h1_event event;

    (void)state;
    feed(h1, piece, OW_H1_HEAD, sizeof piece - 1);
    memset(piece, 'z', sizeof piece - 1);
    assert_int_equal(ow_h1_feed(h1, "hel", 3, &event), 3);
    assert_str(event.bytes, "hel");
    assert_str(ow_h1_head(h1)->method, "POST");
    assert_str(ow_h1_head(h1)->target, "/a");
    assert_str(ow_h1_head(h1)->raw,
               "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n");
    assert_str(ow_h1_head(h1)->fields.items[1].value, "5");
    assert_int_equal(ow_h1_head(h1)->length, 5);
    ow_h1_free(h1);
}

static void h1_gives_body_bytes_without_copying(void **state)
{
    struct ow_h1 *h1 = ow_h1_new();
    struct ow_h1_event event;
    static const char body[] = "5\r\nhello\r\n";

    (void)state;
    feed(h1, "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n",
         OW_H1_HEAD, 56);
    assert_int_equal(ow_h1_feed(h1, body, sizeof body - 1, &event), 8);
    assert_int_equal(event.kind, OW_H1_BODY);
    assert_ptr_equal(event.bytes.ptr, body + 3);
    assert_int_equal(event.bytes.len, 5);
    ow_h1_free(h1);
}

static void h1_tells_when_a_message_is_open(void **state)
{
    struct ow_h1 *h1 = ow_h1_new();

    (void)state;
    assert_false(ow_h1_is_mid_message(h1));
    feed(h1, "\r\n", OW_H1_MORE, 2);
    assert_false(ow_h1_is_mid_message(h1));
    feed(h1, "G", OW_H1_MORE, 1);
    assert_true(ow_h1_is_mid_message(h1));
    feed(h1, "ET / HTTP/1.0\r\n\r\n", OW_H1_HEAD, 17);
    assert_false(ow_h1_is_mid_message(h1));
    feed(h1, "", OW_H1_END, 0);
    ow_h1_next(h1);
    assert_false(ow_h1_is_mid_message(h1));
    ow_h1_free(h1);
}

static void h1_fails_for_good(void **state)
{
    struct ow_h1 *h1 = ow_h1_new();
    struct ow_h1_event event = {.kind = OW_H1_END};

    (void)state;
    assert_int_equal(ow_h1_feed(h1, "\x16", 1, &event), -EBADMSG);
    assert_int_equal(event.kind, OW_H1_END);
    assert_int_equal(ow_h1_problem_status(h1), 400);
    assert_string_equal(ow_h1_problem(h1),
                        "byte 0x16 where a request should begin");
    assert_int_equal(ow_h1_feed(h1, "GET / HTTP/1.0\r\n\r\n", 18, &event),
                     -EBADMSG);
    assert_int_equal(ow_h1_feed(h1, "", 0, &event), -EBADMSG);
    ow_h1_free(h1);
}

static void h1_uses_no_new_memory_for_the_next_request(void **state)
{
    static const char text[] = "GET /v1 HTTP/1.1\r\nHost: x\r\nA: b\r\n\r\n";
    struct ow_h1 *h1 = ow_h1_new();
    const char *raw = NULL;
    const struct ow_field *items = NULL;

    (void)state;
    for (int i = 0; i < 10; i++) {
        feed(h1, text, OW_H1_HEAD, sizeof text - 1);
        if (i > 0) {
            assert_ptr_equal(ow_h1_head(h1)->raw.ptr, raw);
            assert_ptr_equal(ow_h1_head(h1)->fields.items, items);
        }
        raw = ow_h1_head(h1)->raw.ptr;
        items = ow_h1_head(h1)->fields.items;
        feed(h1, "", OW_H1_END, 0);
        ow_h1_next(h1);
    }
    ow_h1_free(h1);
}

static void h1_free_takes_null(void **state)
{
    (void)state;
    assert_null(ow_h1_free(NULL));
}

static void h1_writes_a_head(void **state)
{
    struct ow_buf buf;

    (void)state;
    ow_buf_init(&buf, 0);
    ow_h1_write_status(&buf, 200, (struct ow_str){NULL, 0});
    ow_h1_write_field(&buf, OW_STR("Content-Length"), OW_STR("0"));
    ow_h1_write_field(&buf, OW_STR("X-Empty"), OW_STR(""));
    ow_h1_write_head_end(&buf);
    assert_buf(buf,
               "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n"
               "X-Empty: \r\n\r\n");
    ow_buf_release(&buf);
}

static void h1_writes_any_status_of_three_digits(void **state)
{
    struct ow_buf buf;

    (void)state;
    ow_buf_init(&buf, 0);
    assert_int_equal(ow_h1_write_status(&buf, 599, (struct ow_str){NULL, 0}),
                     0);
    assert_int_equal(ow_h1_write_status(&buf, 404, OW_STR("Gone Fishing")), 0);
    assert_int_equal(ow_h1_write_status(&buf, 204, OW_STR("")), 0);
    assert_int_equal(ow_h1_write_status(&buf, 99, OW_STR("")), -EINVAL);
    assert_int_equal(ow_h1_write_status(&buf, 1000, OW_STR("")), -EINVAL);
    assert_buf(buf,
               "HTTP/1.1 599 \r\nHTTP/1.1 404 Gone Fishing\r\n"
               "HTTP/1.1 204 \r\n");
    ow_buf_release(&buf);
}

static void h1_write_keeps_a_field_on_its_line(void **state)
{
    struct ow_buf buf;

    (void)state;
    ow_buf_init(&buf, 0);
    ow_h1_write_field(&buf, OW_STR("A"), OW_STR("b\r\nC: d\0e"));
    ow_h1_write_status(&buf, 200, OW_STR("a\nb"));
    assert_buf(buf, "A: b  C: d e\r\nHTTP/1.1 200 a b\r\n");
    ow_buf_release(&buf);
}

static void h1_writes_chunks(void **state)
{
    struct ow_field items[] = {{OW_STR("A"), OW_STR("1")},
                               {OW_STR("B"), OW_STR("2")}};
    struct ow_fields trailers = {items, 2, 2};
    static const char zeros[4096];
    struct ow_buf buf;

    (void)state;
    ow_buf_init(&buf, 0);
    ow_h1_write_chunk(&buf, "hello", 5);
    ow_h1_write_chunk(&buf, "", 0);
    ow_h1_write_chunk(&buf, "0123456789abcdef", 16);
    assert_buf(buf, "5\r\nhello\r\n10\r\n0123456789abcdef\r\n");
    ow_buf_clear(&buf, SIZE_MAX);
    ow_h1_write_last_chunk(&buf, NULL);
    ow_h1_write_last_chunk(&buf, &trailers);
    assert_buf(buf, "0\r\n\r\n0\r\nA: 1\r\nB: 2\r\n\r\n");
    ow_buf_clear(&buf, SIZE_MAX);
    ow_h1_write_chunk(&buf, zeros, sizeof zeros);
    assert_int_equal(buf.len, 4 + 2 + 4096 + 2);
    assert_memory_equal(ow_buf_data(&buf), "1000\r\n", 6);
    ow_buf_release(&buf);
}

static void h1_writes_wholly_or_not_at_all(void **state)
{
    struct ow_field item = {OW_STR("A"), OW_STR("1")};
    struct ow_fields trailers = {&item, 1, 1};
    struct ow_buf buf;

    (void)state;
    ow_buf_init(&buf, 10);
    ow_buf_append(&buf, "12345", 5);
    assert_int_equal(ow_h1_write_status(&buf, 200, OW_STR("")), -ENOBUFS);
    assert_int_equal(ow_h1_write_field(&buf, OW_STR("A"), OW_STR("b")),
                     -ENOBUFS);
    assert_int_equal(ow_h1_write_chunk(&buf, "a", 1), -ENOBUFS);
    assert_int_equal(ow_h1_write_last_chunk(&buf, &trailers), -ENOBUFS);
    assert_buf(buf, "12345");
    assert_int_equal(ow_h1_write_last_chunk(&buf, NULL), 0);
    assert_buf(buf, "123450\r\n\r\n");
    ow_buf_release(&buf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(h1_stops_behind_each_event),
        cmocka_unit_test(h1_keeps_the_head_until_next),
        cmocka_unit_test(h1_gives_body_bytes_without_copying),
        cmocka_unit_test(h1_tells_when_a_message_is_open),
        cmocka_unit_test(h1_fails_for_good),
        cmocka_unit_test(h1_uses_no_new_memory_for_the_next_request),
        cmocka_unit_test(h1_free_takes_null),
        cmocka_unit_test(h1_writes_a_head),
        cmocka_unit_test(h1_writes_any_status_of_three_digits),
        cmocka_unit_test(h1_write_keeps_a_field_on_its_line),
        cmocka_unit_test(h1_writes_chunks),
        cmocka_unit_test(h1_writes_wholly_or_not_at_all),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
