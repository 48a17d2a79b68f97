/*
 * HTTP/2 against nghttp2's own client: WebSockets, prior knowledge, upgrades
 * from HTTP/1.1.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/limits.h"
#include "h2_lab.h"
#include "wire/h2.h"

#define MS             1000000

#define OPEN_WEBSOCKET ":protocol: websocket\nsec-websocket-version: 13\n"
/* Two letters of text, masked with 1 (RFC 6455, 5.3). */
#define FRAME(a, b) "\x81\x82\x01\x01\x01\x01" a b

static void h2_carries_a_websocket(void **state)
{
    struct h2_lab *lab = *state;

    h2_lab_init(lab,
                "{'when': {'upgrade': 'websocket', 'method': 'GET', 'path': "
                "'/ws'}, 'then': {'websocket': [{'on': 'text', 'send': "
                "{'text': 'you said {{ msg.text }}'}}]}}, {'then': {'text': "
                "'x'}}");
    lab->keeps_open = true;
    h2_lab_run(lab);
    int id = h2_lab_request(lab, "CONNECT", "/ws", OPEN_WEBSOCKET,
                            FRAME("I", "h") FRAME("H", "n"));
    int other = h2_lab_get(lab, "/");
    h2_lab_run(lab);
    assert_int_equal(h2_lab_stream(lab, id)->status, 200);
    assert_string_equal(h2_lab_body(lab, id),
                        "\x81\x0byou said Hi\x81\x0byou said Io");
    assert_has_not(h2_lab_head(lab, id), "accept");
    assert_string_equal(h2_lab_body(lab, other), "x");
    assert_false(h2_lab_stream(lab, id)->is_closed);
    nghttp2_submit_rst_stream(lab->client, 0, id, OW_H2_CANCEL);
    h2_lab_run(lab);
    assert_int_equal(ow_serve_end(lab->serve), OW_SERVE_OPEN);
    assert_int_equal(h2_lab_journal(lab, "\"protocol\":\"h2\""), 2);
}

static void h2_keeps_what_a_websocket_gets_too_soon(void **state)
{
    struct h2_lab *lab = *state;

    h2_lab_init(lab,
                "{'then': {'delay': '1s', 'websocket': [{'expect': "
                "'text'}, {'send': {'text': 'ok'}}, {'close': 1000}]}}");
    lab->keeps_open = true;
    h2_lab_run(lab);
    int id =
        h2_lab_request(lab, "CONNECT", "/", OPEN_WEBSOCKET, FRAME("I", "h"));
    h2_lab_run(lab);
    assert_string_equal(h2_lab_body(lab, id), "");
    h2_lab_wait(lab, 1500 * MS);
    assert_has(h2_lab_body(lab, id), "\x81\x02ok\x88");
}

/* Room is what it waits for, although something is due in an hour. */
static void h2_websocket_goes_on_when_there_is_room(void **state)
{
    struct h2_lab *lab = *state;

    h2_lab_init(lab,
                "{'then': {'websocket': [{'every': '1h', 'send': 'tick'}, "
                "{'send': '{{ ([[x]]):rep(900000) }}'}]}}");
    lab->keeps_open = true;
    h2_lab_run(lab);
    int id = h2_lab_request(lab, "CONNECT", "/", OPEN_WEBSOCKET, "");
    h2_lab_run(lab);
    assert_int_equal(h2_lab_stream(lab, id)->body.len, 10 + 900000);
}

static void h2_websocket_ends_with_its_client(void **state)
{
    struct h2_lab *lab = *state;

    h2_lab_init(lab, "{'then': {'websocket': [{'expect': 'binary'}]}}");
    h2_lab_run(lab);
    int id =
        h2_lab_request(lab, "CONNECT", "/", OPEN_WEBSOCKET, FRAME("I", "h"));
    h2_lab_wait(lab, 60000 * (int64_t)MS);
    assert_int_equal(h2_lab_stream(lab, id)->status, 200);
    assert_true(h2_lab_stream(lab, id)->is_closed);
    assert_int_equal(ow_serve_end(lab->serve), OW_SERVE_OPEN);
}

static void h2_takes_no_more_than_a_websocket_reads(void **state)
{
    struct h2_lab *lab = *state;

    h2_lab_init(lab,
                "{'when': {'upgrade': 'websocket'}, 'then': {'delay': "
                "'1s', 'websocket': [{'close': 1000}]}}, {'then': "
                "{'text': 'x'}}");
    lab->keeps_open = true;
    h2_lab_run(lab);
    int id = h2_lab_request(lab, "CONNECT", "/", OPEN_WEBSOCKET, "");
    h2_lab_stream(lab, id)->upload = NULL;
    h2_lab_stream(lab, id)->left = 50000000;
    h2_lab_run(lab);
    assert_int_equal(h2_lab_stream(lab, id)->left,
                     50000000 - OW_LIMIT_H2_STREAM_WINDOW);
}

static void connect_plain(struct h2_lab *lab)
{
    static const struct ow_program program = {.name = "test", .pid = 7};
    struct ow_serve_peer peer = {
        .host = "a.test", .port = 80, .program = &program};

    lab->serve = ow_serve_free(lab->serve);
    lab->serve = ow_serve_new(&lab->env, &peer);
}

static void h2_comes_with_prior_knowledge(void **state)
{
    struct h2_lab *lab = *state;
    const uint8_t *bytes;
    ssize_t n;

    h2_lab_init(lab, "{'then': {'text': 'x'}}");
    connect_plain(lab);
    int id = h2_lab_get(lab, "/");
    /* The preface a byte at a time: it might still become a request. */
    while ((n = nghttp2_session_mem_send(lab->client, &bytes)) > 0)
        for (ssize_t i = 0; i < n; i++)
            ow_serve_feed(lab->serve, (const char *)bytes + i, 1);
    h2_lab_run(lab);
    assert_string_equal(h2_lab_body(lab, id), "x");
    assert_int_equal(h2_lab_journal(lab, "\"protocol\":\"h2\""), 1);
}

static void h2_preface_that_is_none_is_h1(void **state)
{
    struct h2_lab *lab = *state;

    h2_lab_init(lab, "{'then': {'text': 'x'}}");
    connect_plain(lab);
    h2_lab_send_raw(lab, "PR", 2);
    h2_lab_send_raw(lab, "OPFIND / HTTP/1.1\r\nHost: a\r\n\r\n", 30);
    ow_serve_run(lab->serve);
    assert_int_equal(h2_lab_journal(lab, "\"method\":\"PROPFIND\""), 1);
    assert_int_equal(h2_lab_journal(lab, "\"protocol\":\"http/1.1\""), 1);
}

#define UPGRADE                                                                \
    "GET / HTTP/1.1\r\nHost: a.test\r\nConnection: Upgrade, "                  \
    "HTTP2-Settings\r\n"                                                       \
    "Upgrade: h2c\r\n"

static void h2_is_upgraded_to(void **state)
{
    struct h2_lab *lab = *state;

    h2_lab_init(lab, "{'then': {'text': 'x'}}");
    connect_plain(lab);
    nghttp2_session_upgrade2(lab->client, NULL, 0, 0, NULL);
    h2_lab_send_raw(lab, UPGRADE "HTTP2-Settings: \r\n\r\n",
                    sizeof UPGRADE "HTTP2-Settings: \r\n\r\n" - 1);
    ow_serve_run(lab->serve);
    struct ow_buf *out = ow_serve_out(lab->serve);
    const char *end = memmem(ow_buf_data(out), out->len, "\r\n\r\n", 4);
    assert_true(ow_str_starts(ow_buf_peek(out), OW_STR("HTTP/1.1 101 ")));
    assert_non_null(end);
    ow_buf_consume(out, (size_t)(end + 4 - ow_buf_data(out)));
    h2_lab_run(lab);
    assert_string_equal(h2_lab_body(lab, 1), "x");
    int id = h2_lab_get(lab, "/");
    h2_lab_run(lab);
    assert_string_equal(h2_lab_body(lab, id), "x");
    assert_int_equal(h2_lab_journal(lab, "\"protocol\":\"h2\""), 2);
}

static void h2_is_not_upgraded_to_by_bad_settings(void **state)
{
    static const char *const wrong[] = {
        UPGRADE "\r\n",
        UPGRADE "HTTP2-Settings: ?\r\n\r\n",
        UPGRADE "HTTP2-Settings: AAMAAABk\r\nHTTP2-Settings: \r\n\r\n",
        UPGRADE "HTTP2-Settings: AAMA\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a.test\r\nUpgrade: h2c\r\nHTTP2-Settings: "
        "\r\n\r\n",
    };
    struct h2_lab *lab = *state;

    h2_lab_init(lab, "{'then': {'text': 'x'}}");
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        connect_plain(lab);
        h2_lab_send_raw(lab, wrong[i], strlen(wrong[i]));
        ow_serve_run(lab->serve);
        struct ow_str out = ow_buf_peek(ow_serve_out(lab->serve));
        if (!ow_str_starts(out, OW_STR("HTTP/1.1 200 OK\r\n")))
            fail_msg("%s: %.*s", wrong[i], OW_STR_ARGS(out));
    }
}

static void h2_is_not_spoken_without_its_library(void **state)
{
    struct h2_lab *lab = *state;

    h2_lab_init(lab, "{'then': {'text': 'x'}}");
    ow_err_set(&lab->env.h2->why, 0, "HTTP/2 needs what is not there");
    h2_lab_get(lab, "/");
    h2_lab_run(lab);
    assert_int_equal(ow_serve_end(lab->serve), OW_SERVE_RESET);
    assert_int_equal(h2_lab_journal(lab, "HTTP/2 needs what is not there"), 1);
}

#define TEST(name)                                                             \
    cmocka_unit_test_setup_teardown(name, h2_lab_set_up, h2_lab_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(h2_carries_a_websocket),
        TEST(h2_keeps_what_a_websocket_gets_too_soon),
        TEST(h2_websocket_goes_on_when_there_is_room),
        TEST(h2_websocket_ends_with_its_client),
        TEST(h2_takes_no_more_than_a_websocket_reads),
        TEST(h2_comes_with_prior_knowledge),
        TEST(h2_preface_that_is_none_is_h1),
        TEST(h2_is_upgraded_to),
        TEST(h2_is_not_upgraded_to_by_bad_settings),
        TEST(h2_is_not_spoken_without_its_library),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
