/*
 * HTTP/2 against nghttp2's own client, in memory: requests, answers, windows,
 * limits. What a rule breaks: test_h2_faults.c; what else a connection can be:
 * test_h2_openings.c; what a broken client sends: tests/wire/h2.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/limits.h"
#include "h2_lab.h"
#include "wire/h2.h"

#define MS 1000000

static void h2_answers_a_request(void **state)
{
    struct h2_lab *lab = *state;

    h2_lab_init(lab,
                "{'when': {'path': '/v1/{id}'}, "
                "'then': {'json': {'id': '{{ p.id }}'}}}");
    int id = h2_lab_get(lab, "/v1/7?x=1");
    h2_lab_run(lab);
    struct h2_lab_stream *stream = h2_lab_stream(lab, id);
    assert_int_equal(stream->status, 200);
    assert_string_equal(h2_lab_body(lab, id), "{\"id\":\"7\"}");
    assert_has(h2_lab_head(lab, id), "content-type: application/json\n");
    assert_has(h2_lab_head(lab, id), "content-length: 10\n");
    assert_has(h2_lab_head(lab, id), "date: ");
    assert_true(stream->is_closed);
    assert_int_equal(stream->error, 0);
    assert_int_equal(h2_lab_journal(lab, "\"protocol\":\"h2\""), 1);
    assert_int_equal(h2_lab_journal(lab, "\"url\":\"https://a.test/v1/7?x=1\""),
                     1);
}

static void h2_shows_rules_a_request_as_h1_does(void **state)
{
    struct h2_lab *lab = *state;

    h2_lab_init(lab,
                "{'when': {'method': 'POST', 'headers': {'host': "
                "'a.test', 'X-Key': 'k'}, 'cookies': {'a': '1', 'b': "
                "'2'}, 'json': {'n': 1}}, 'then': {'text': '{{ "
                "req.headers.cookie }}'}}");
    int id = h2_lab_request(lab, "POST", "/",
                            "x-key: k\ncookie: a=1\nx: y\ncookie: b=2\n",
                            "{\"n\": 1}");
    h2_lab_run(lab);
    assert_string_equal(h2_lab_body(lab, id), "a=1; b=2");
}

static void h2_answers_streams_each_in_its_time(void **state)
{
    struct h2_lab *lab = *state;

    h2_lab_init(lab,
                "{'when': {'path': '/slow'}, 'then': {'stream': {'sse': ['a', "
                "'b', 'c'], 'every': '20ms', 'first': '20ms'}}}, {'then': "
                "{'text': 'fast'}}");
    int slow = h2_lab_get(lab, "/slow"), other = h2_lab_get(lab, "/slow");
    int fast = h2_lab_get(lab, "/");
    h2_lab_wait(lab, 5 * MS);
    assert_string_equal(h2_lab_body(lab, fast), "fast");
    assert_int_equal(h2_lab_stream(lab, slow)->status, 200);
    assert_string_equal(h2_lab_body(lab, slow), "");
    int late = h2_lab_get(lab, "/slow");
    h2_lab_wait(lab, 15 * MS);
    assert_string_equal(h2_lab_body(lab, slow), "data: a\n\n");
    assert_string_equal(h2_lab_body(lab, other), "data: a\n\n");
    assert_string_equal(h2_lab_body(lab, late), "");
    h2_lab_wait(lab, 5 * MS);
    assert_string_equal(h2_lab_body(lab, late), "data: a\n\n");
    h2_lab_wait(lab, 100 * MS);
    assert_string_equal(h2_lab_body(lab, late),
                        "data: a\n\ndata: b\n\ndata: c\n\n");
    assert_true(h2_lab_stream(lab, late)->is_closed);
    assert_int_equal(h2_lab_journal(lab, "\"ended\":\"sent\""), 3);
}

static void h2_sends_a_piece_as_a_frame(void **state)
{
    struct h2_lab *lab = *state;

    h2_lab_init(lab, "{'then': {'stream': {'chunks': ['abc', 'de', 'f']}}}");
    int id = h2_lab_get(lab, "/");
    h2_lab_run(lab);
    assert_string_equal(h2_lab_body(lab, id), "abcdef");
    assert_memory_equal(ow_buf_data(&h2_lab_stream(lab, id)->frames), "3 2 1 ",
                        6);
}

static void h2_sends_trailers(void **state)
{
    struct h2_lab *lab = *state;

    h2_lab_init(lab, "{'then': {'text': 'x', 'trailers': {'X-Sum': 'A'}}}");
    int id = h2_lab_get(lab, "/");
    h2_lab_run(lab);
    assert_string_equal(h2_lab_body(lab, id), "x");
    struct ow_str trailers = ow_buf_peek(&h2_lab_stream(lab, id)->trailers);
    assert_true(ow_str_equal(trailers, OW_STR("x-sum: A\n")));
}

static void h2_leaves_out_what_belongs_to_h1(void **state)
{
    struct h2_lab *lab = *state;

    h2_lab_init(lab,
                "{'then': {'text': 'x', 'headers': {'Connection': "
                "'keep-alive', 'Keep-Alive': 'timeout=5', "
                "'X-Own': 'Yes'}}}");
    int id = h2_lab_get(lab, "/");
    h2_lab_run(lab);
    assert_int_equal(h2_lab_stream(lab, id)->status, 200);
    assert_has(h2_lab_head(lab, id), "x-own: Yes\n");
    assert_has_not(h2_lab_head(lab, id), "keep-alive");
    assert_has_not(h2_lab_head(lab, id), "chunked");
    assert_false(lab->has_goaway);
}

static void h2_says_goaway_for_connection_close(void **state)
{
    struct h2_lab *lab = *state;

    h2_lab_init(lab,
                "{'then': {'text': 'x', 'headers': {'Connection': "
                "'close'}}}");
    int id = h2_lab_get(lab, "/");
    h2_lab_run(lab);
    assert_string_equal(h2_lab_body(lab, id), "x");
    assert_true(lab->has_goaway);
    assert_int_equal(lab->goaway_error, OW_H2_NO_ERROR);
    assert_int_equal(lab->goaway_last, id);
    assert_int_equal(ow_serve_end(lab->serve), OW_SERVE_CLOSE);
}

static void h2_sends_no_body_where_there_is_none(void **state)
{
    struct h2_lab *lab = *state;

    h2_lab_init(lab,
                "{'when': {'path': '/204'}, 'then': {'status': 204}}, "
                "{'when': {'path': '/304'}, 'then': {'status': 304}}, "
                "{'then': {'text': 'twelve bytes'}}");
    int none = h2_lab_get(lab, "/204"), same = h2_lab_get(lab, "/304");
    int head = h2_lab_request(lab, "HEAD", "/", NULL, NULL);
    h2_lab_run(lab);
    assert_int_equal(h2_lab_stream(lab, none)->status, 204);
    assert_int_equal(h2_lab_stream(lab, same)->status, 304);
    assert_int_equal(h2_lab_stream(lab, head)->status, 200);
    assert_has(h2_lab_head(lab, head), "content-length: 12\n");
    for (int id = none; id <= head; id += 2) {
        assert_true(h2_lab_stream(lab, id)->is_closed);
        assert_int_equal(h2_lab_stream(lab, id)->frames.len, 0);
    }
}

static void h2_lets_an_expecting_client_go_on(void **state)
{
    struct h2_lab *lab = *state;

    h2_lab_init(lab, "{'when': {'body': 'abc'}, 'then': {'text': 'x'}}");
    int id = h2_lab_request(lab, "PUT", "/", "expect: 100-continue\n", "abc");
    h2_lab_run(lab);
    struct ow_str interim = ow_buf_peek(&h2_lab_stream(lab, id)->interim);
    assert_true(ow_str_equal(interim, OW_STR(":status: 100\n")));
    assert_int_equal(h2_lab_stream(lab, id)->status, 200);
}

static void h2_takes_uploads_larger_than_any_window(void **state)
{
    struct h2_lab *lab = *state;
    size_t len = 5 * OW_LIMIT_H2_STREAM_WINDOW + 1;

    h2_lab_init(lab, "{'then': {'text': 'x'}}");
    int first = h2_lab_upload(lab, "/", len);
    int second = h2_lab_upload(lab, "/", 4 * (size_t)OW_LIMIT_H2_WINDOW);
    h2_lab_run(lab);
    assert_string_equal(h2_lab_body(lab, first), "x");
    assert_string_equal(h2_lab_body(lab, second), "x");
    char text[64];
    snprintf(text, sizeof text, "\"request_bytes\":%zu,", len);
    assert_int_equal(h2_lab_journal(lab, text), 1);
}

/* A file of that many bytes. */
static void make_file(const char *path, size_t len)
{
    FILE *out = fopen(path, "w");

    assert_non_null(out);
    for (size_t i = 0; i < len; i++)
        fputc("0123456789"[i % 10], out);
    fclose(out);
}

static void h2_keeps_little_for_clients_that_do_not_read(void **state)
{
    struct h2_lab *lab = *state;
    char path[] = "/tmp/offwire-h2-XXXXXX", rules[128];
    size_t len = 3000000, queued = 0;

    close(mkstemp(path));
    make_file(path, len);
    snprintf(rules, sizeof rules, "{'then': {'file': '%s'}}", path);
    h2_lab_init(lab, rules);
    lab->holds_windows = true;
    int ids[20];
    for (int i = 0; i < 20; i++)
        ids[i] = h2_lab_get(lab, "/");
    h2_lab_run(lab);
    for (int i = 0; i < 20; i++)
        queued += h2_lab_stream(lab, ids[i])->body.len;
    assert_int_equal(queued, 65535); /* the connection's window */
    assert_true(lab->due == OW_SERVE_NEVER);
    /* When it reads again all comes, and whole. */
    lab->holds_windows = false;
    nghttp2_session_consume_connection(lab->client, 65535);
    for (int i = 0; i < 20; i++)
        nghttp2_session_consume_stream(lab->client, ids[i],
                                       h2_lab_stream(lab, ids[i])->body.len);
    h2_lab_run(lab);
    unlink(path);
    for (int i = 0; i < 20; i++) {
        struct ow_buf *body = &h2_lab_stream(lab, ids[i])->body;
        assert_int_equal(body->len, len);
        assert_int_equal(ow_buf_data(body)[len - 1], '9');
        assert_true(h2_lab_stream(lab, ids[i])->is_closed);
    }
}

static void h2_waits_for_a_tiny_window(void **state)
{
    struct h2_lab *lab = *state;

    h2_lab_init(lab,
                "{'then': {'text': 'a text of some length', 'trailers': "
                "{'t': '1'}}}");
    h2_lab_connect(lab, 3);
    int id = h2_lab_get(lab, "/");
    h2_lab_run(lab);
    assert_string_equal(h2_lab_body(lab, id), "a text of some length");
    assert_int_equal(h2_lab_stream(lab, id)->trailers.len, 5);
    assert_true(h2_lab_stream(lab, id)->is_closed);
}

static void h2_tells_the_journal_who_cancelled(void **state)
{
    struct h2_lab *lab = *state;

    h2_lab_init(lab, "{'then': {'text': 'x', 'delay': '1s'}}");
    int id = h2_lab_get(lab, "/"), other = h2_lab_get(lab, "/");
    h2_lab_run(lab);
    nghttp2_submit_rst_stream(lab->client, 0, id, OW_H2_CANCEL);
    h2_lab_wait(lab, 2000 * MS);
    assert_int_equal(h2_lab_journal(lab, "\"ended\":\"left\""), 1);
    assert_string_equal(h2_lab_body(lab, other), "x");
    assert_string_equal(h2_lab_body(lab, id), "");
}

static void h2_refuses_more_streams_than_it_says(void **state)
{
    struct h2_lab *lab = *state;
    int n = 0;

    h2_lab_init(lab, "{'then': {'text': 'x', 'delay': '1s'}}");
    h2_lab_run(lab);
    for (int i = 0; i < OW_LIMIT_H2_STREAMS + 10; i++)
        h2_lab_get(lab, "/");
    h2_lab_run(lab);
    assert_int_equal(h2_lab_journal(lab, "\"event\":\"request\""),
                     OW_LIMIT_H2_STREAMS);
    h2_lab_wait(lab, 2000 * MS);
    for (int i = 0; i < OW_LIMIT_H2_STREAMS + 10; i++)
        n += h2_lab_stream(lab, 2 * i + 1)->status == 200;
    assert_int_equal(n, OW_LIMIT_H2_STREAMS + 10);
}

static void h2_calms_a_client_that_cancels_all(void **state)
{
    struct h2_lab *lab = *state;
    int n = 0;

    h2_lab_init(lab, "{'then': {'text': 'x', 'delay': '1s'}}");
    for (; n <= OW_LIMIT_H2_CANCELLED + 1 && !lab->has_goaway; n++) {
        int id = h2_lab_get(lab, "/");
        h2_lab_run(lab);
        nghttp2_submit_rst_stream(lab->client, 0, id, OW_H2_CANCEL);
        h2_lab_run(lab);
    }
    assert_true(lab->has_goaway);
    assert_int_equal(lab->goaway_error, OW_H2_ENHANCE_YOUR_CALM);
    assert_int_equal(n, OW_LIMIT_H2_CANCELLED + 1);
    assert_int_equal(h2_lab_journal(lab, "too many streams were cancelled"), 1);
    assert_int_equal(ow_serve_end(lab->serve), OW_SERVE_CLOSE);
}

static void h2_refuses_a_head_over_the_limit(void **state)
{
    struct h2_lab *lab = *state;
    struct ow_buf fields = {0};

    h2_lab_init(lab, "{'then': {'text': 'x'}}");
    for (int i = 0; i < 22; i++) {
        ow_buf_printf(&fields, "x-%d: ", i);
        for (int k = 0; k < 3000; k++)
            ow_buf_append(&fields, "y", 1);
        ow_buf_append(&fields, "\n", 1);
    }
    ow_buf_append(&fields, "", 1);
    int id = h2_lab_request(lab, "GET", "/", ow_buf_data(&fields), NULL);
    h2_lab_run(lab);
    ow_buf_release(&fields);
    assert_int_equal(h2_lab_stream(lab, id)->status, 431);
    /* The connection goes on: other streams have no part in it. */
    assert_false(lab->has_goaway);
    assert_int_equal(h2_lab_journal(lab, "\"event\":\"bad-request\""), 1);
}

static void h2_takes_requests_with_trailers(void **state)
{
    struct h2_lab *lab = *state;
    nghttp2_nv fields[] = {
        {(uint8_t *)":method", (uint8_t *)"POST", 7, 4, 0},
        {(uint8_t *)":scheme", (uint8_t *)"https", 7, 5, 0},
        {(uint8_t *)":path", (uint8_t *)"/", 5, 1, 0},
        {(uint8_t *)":authority", (uint8_t *)"a.test", 10, 6, 0},
    };
    nghttp2_nv trailer = {(uint8_t *)"x-sum", (uint8_t *)"1", 5, 1, 0};

    h2_lab_init(lab, "{'then': {'text': 'x'}}");
    int id = nghttp2_submit_headers(lab->client, NGHTTP2_FLAG_NONE, -1, NULL,
                                    fields, 4, NULL);
    h2_lab_run(lab);
    assert_int_equal(h2_lab_journal(lab, "\"request\""), 0);
    nghttp2_submit_headers(lab->client, NGHTTP2_FLAG_END_STREAM, id, NULL,
                           &trailer, 1, NULL);
    h2_lab_run(lab);
    assert_string_equal(h2_lab_body(lab, id), "x");
}

static void h2_knows_errors_by_name(void **state)
{
    struct h2_lab *lab = *state;
    const char *const *names = ow_h2_error_names();

    h2_lab_init(lab, "{'then': {'text': 'x'}}");
    assert_string_equal(names[OW_H2_REFUSED_STREAM], "REFUSED_STREAM");
    assert_string_equal(names[OW_H2_HTTP_1_1_REQUIRED], "HTTP_1_1_REQUIRED");
    assert_null(names[OW_H2_HTTP_1_1_REQUIRED + 1]);
}

#define TEST(name)                                                             \
    cmocka_unit_test_setup_teardown(name, h2_lab_set_up, h2_lab_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(h2_answers_a_request),
        TEST(h2_shows_rules_a_request_as_h1_does),
        TEST(h2_answers_streams_each_in_its_time),
        TEST(h2_sends_a_piece_as_a_frame),
        TEST(h2_sends_trailers),
        TEST(h2_leaves_out_what_belongs_to_h1),
        TEST(h2_says_goaway_for_connection_close),
        TEST(h2_sends_no_body_where_there_is_none),
        TEST(h2_lets_an_expecting_client_go_on),
        TEST(h2_takes_uploads_larger_than_any_window),
        TEST(h2_keeps_little_for_clients_that_do_not_read),
        TEST(h2_waits_for_a_tiny_window),
        TEST(h2_tells_the_journal_who_cancelled),
        TEST(h2_refuses_more_streams_than_it_says),
        TEST(h2_calms_a_client_that_cancels_all),
        TEST(h2_refuses_a_head_over_the_limit),
        TEST(h2_takes_requests_with_trailers),
        TEST(h2_knows_errors_by_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
