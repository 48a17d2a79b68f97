/*
 * What cases of WebSockets cannot show: bounds, back-pressure both ways, and
 * clients that only send. The dialogues are in tests/cases/websocket.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../lib/serve_lab.h"
#include "base/limits.h"
#include "exchange/serve.h"

/* A frame more may be in the buffer than it is said to hold. */
#define SLACK (64 * 1024)

static struct ow_buf *out_of(struct serve_lab *lab)
{
    return ow_serve_out(lab->serve);
}

/* Takes all there is, as a client that reads does; how many bytes it was. */
static uint64_t drain(struct serve_lab *lab)
{
    uint64_t total = 0;

    lab->due = ow_serve_run(lab->serve);
    while (out_of(lab)->len > 0) {
        total += out_of(lab)->len;
        ow_buf_consume(out_of(lab), out_of(lab)->len);
        lab->due = ow_serve_run(lab->serve);
    }
    return total;
}

/* The script with single quotes for double ones; its WebSocket is open. */
static void open_script(struct serve_lab *lab, const char *script)
{
    struct ow_buf rule = {0};

    ow_buf_printf(&rule, "{'when': {}, 'then': {'websocket': %s}}%c", script,
                  '\0');
    serve_lab_open(lab, "a.test", ow_buf_data(&rule));
    ow_buf_release(&rule);
    serve_lab_feed(lab,
                   "GET / HTTP/1.1\r\nHost: a.test\r\n"
                   "Upgrade: websocket\r\nConnection: Upgrade\r\n"
                   "Sec-WebSocket-Version: 13\r\n"
                   "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
}

/* A masked frame of len bytes x; the mask is zero. */
static void feed_frame(struct serve_lab *lab, int first, size_t len)
{
    struct ow_buf frame = {0};
    unsigned char head[14] = {(unsigned char)first, 0x80};
    size_t n = 2;

    int bytes = len > 65535 ? 8 : len > 125 ? 2 : 0;

    head[1] |= (unsigned char)(bytes == 8 ? 127 : bytes == 2 ? 126 : len);
    for (int i = bytes - 1; i >= 0; i--)
        head[n++] = (unsigned char)((uint64_t)len >> (8 * i));
    ow_buf_append(&frame, head, n + 4);
    memset(ow_buf_reserve(&frame, len + 1), 'x', len);
    ow_buf_commit(&frame, len);
    for (size_t at = 0; at < frame.len; at += OW_LIMIT_IO) {
        size_t left = frame.len - at;
        ow_serve_feed(lab->serve, ow_buf_data(&frame) + at,
                      left < OW_LIMIT_IO ? left : OW_LIMIT_IO);
        lab->due = ow_serve_run(lab->serve);
    }
    ow_buf_release(&frame);
}

static size_t count(struct serve_lab *lab, const char *what)
{
    struct ow_str text = ow_journal_text(lab->env.journal);
    size_t n = 0, len = strlen(what);

    for (size_t i = 0; i + len <= text.len; i++)
        n += memcmp(text.ptr + i, what, len) == 0;
    return n;
}

static void client_that_asks_and_leaves_at_once_is_let_go(void **state)
{
    struct serve_lab *lab = *state;

    open_script(lab, "[{'on': 'text', 'send': 'never'}]");
    ow_serve_eof(lab->serve);
    ow_serve_run(lab->serve);
    assert_int_equal(ow_serve_end(lab->serve), OW_SERVE_CLOSE);
}

static void flood_waits_for_a_client_that_does_not_read(void **state)
{
    struct serve_lab *lab = *state;

    open_script(lab, "[{'repeat': 'forever', 'send': ['0123456789']}]");
    for (int i = 0; i < 100; i++)
        lab->due = ow_serve_run(lab->serve);
    assert_int_equal(lab->due, OW_SERVE_NEVER);
    assert_in_range(out_of(lab)->len, OW_LIMIT_OUT_HIGH,
                    OW_LIMIT_OUT_HIGH + SLACK);
    /* As soon as it reads, more is there. */
    ow_buf_consume(out_of(lab), out_of(lab)->len);
    for (int i = 0; i < 100; i++)
        lab->due = ow_serve_run(lab->serve);
    assert_in_range(out_of(lab)->len, OW_LIMIT_OUT_HIGH,
                    OW_LIMIT_OUT_HIGH + SLACK);
}

static void flood_lets_others_have_their_turn(void **state)
{
    struct serve_lab *lab = *state;

    open_script(lab, "[{'repeat': 'forever', 'send': ['0123456789']}]");
    lab->due = ow_serve_run(lab->serve);
    assert_int_equal(lab->due, 0);
    assert_in_range(out_of(lab)->len, 1, OW_LIMIT_OUT_HIGH - 1);
}

static void client_that_only_sends_is_not_read_for_ever(void **state)
{
    struct serve_lab *lab = *state;
    size_t sent = 0;

    open_script(lab, "[{'on': 'message', 'send': {'echo': true}}]");
    drain(lab);
    while (ow_serve_wants_read(lab->serve) && sent < 10000) {
        feed_frame(lab, 0x82, 1000);
        sent++;
    }
    assert_in_range(sent, 200, 1000);
    assert_in_range(out_of(lab)->len, OW_LIMIT_OUT_HIGH,
                    OW_LIMIT_OUT_HIGH + SLACK);
    /* All is answered when it reads at last. */
    assert_int_equal(drain(lab), sent * 1004);
    assert_true(ow_serve_wants_read(lab->serve));
}

static void pings_without_reading_are_not_read_for_ever(void **state)
{
    struct serve_lab *lab = *state;
    size_t sent = 0;

    open_script(lab, "[]");
    while (ow_serve_wants_read(lab->serve) && sent < 100000) {
        feed_frame(lab, 0x89, 100);
        sent++;
    }
    assert_in_range(sent, 1000, 10000);
    assert_in_range(out_of(lab)->len, 1, OW_LIMIT_OUT_HIGH + SLACK);
}

static void messages_before_their_step_are_kept_in_bounds(void **state)
{
    struct serve_lab *lab = *state;
    size_t sent = 0;

    open_script(lab, "[{'wait': '1h'}, {'on': 'binary', 'send': 'x'}]");
    while (ow_serve_wants_read(lab->serve) && sent < 100000) {
        feed_frame(lab, 0x82, 10000);
        sent++;
    }
    /* The inbox, and what is not decoded yet. */
    assert_in_range(sent, OW_LIMIT_SCRIPT_INBOX, OW_LIMIT_SCRIPT_INBOX + 20);
    drain(lab);
    lab->clock.standing_ns = INT64_C(3600) * 1000000000;
    assert_int_equal(drain(lab), sent * 3);
}

static void reactions_at_work_are_bounded(void **state)
{
    struct serve_lab *lab = *state;
    size_t sent = 0;

    open_script(lab, "[{'on': 'binary', 'wait': '1h', 'send': 'x'}]");
    drain(lab);
    while (ow_serve_wants_read(lab->serve) && sent < 100000) {
        feed_frame(lab, 0x82, 10000);
        sent++;
    }
    assert_in_range(sent, OW_LIMIT_SCRIPT_TASKS, OW_LIMIT_SCRIPT_TASKS + 20);
    /* Each hour as many as there were, then the rest. */
    for (int i = 1; i < 3; i++) {
        lab->clock.standing_ns += INT64_C(3600) * 1000000000;
        sent -= (size_t)drain(lab) / 3;
    }
    assert_int_equal(sent, 0);
}

static void kept_messages_of_reactions_are_bounded(void **state)
{
    struct serve_lab *lab = *state;
    size_t sent = 0;

    open_script(lab,
                "[{'on': 'binary', 'wait': '1h', 'send': {'echo': true}}]");
    drain(lab);
    while (ow_serve_wants_read(lab->serve) && sent < 1000) {
        feed_frame(lab, 0x82, 512 * 1024);
        sent++;
    }
    assert_in_range(sent, OW_LIMIT_SCRIPT_HELD / (512 * 1024),
                    OW_LIMIT_SCRIPT_HELD / (512 * 1024) + 2);
}

static void big_message_is_echoed_in_pieces(void **state)
{
    struct serve_lab *lab = *state;

    open_script(lab, "[{'on': 'message', 'send': {'echo': true}}]");
    drain(lab);
    feed_frame(lab, 0x82, 1024 * 1024);
    assert_in_range(out_of(lab)->len, OW_LIMIT_OUT_HIGH,
                    OW_LIMIT_OUT_HIGH + SLACK);
    assert_int_equal(drain(lab), 1024 * 1024 + 10);
}

static void message_too_big_for_an_echo_is_refused(void **state)
{
    struct serve_lab *lab = *state;

    open_script(lab, "[{'on': 'message', 'send': {'echo': true}}]");
    drain(lab);
    feed_frame(lab, 0x82, OW_LIMIT_SCRIPT_KEPT + 1);
    assert_int_equal(count(lab, "\"code\":1009"), 1);
}

static void messages_that_nobody_looks_at_are_counted(void **state)
{
    struct serve_lab *lab = *state;

    open_script(lab, "[{'on': 'binary', 'send': 'token'}]");
    drain(lab);
    for (int i = 0; i < 5; i++)
        feed_frame(lab, 0x82, 1000 * 1000);
    assert_int_equal(drain(lab), 5 * 7);
    /* Hashed, although next to nothing of it is kept. */
    assert_int_equal(count(lab, "\"bytes\":1000000,\"xxh128\":\""), 5);
    lab->serve = ow_serve_free(lab->serve);
    assert_int_equal(count(lab, "\"bytes_in\":5000000"), 1);
}

static void journal_has_a_bounded_number_of_messages(void **state)
{
    struct serve_lab *lab = *state;

    open_script(lab, "[{'on': 'message', 'send': {'echo': true}}]");
    for (int i = 0; i < 2 * OW_LIMIT_SCRIPT_RECORDS; i++) {
        feed_frame(lab, 0x81, 3);
        drain(lab);
    }
    lab->serve = ow_serve_free(lab->serve);
    assert_int_equal(count(lab, "\"event\":\"message\""),
                     OW_LIMIT_SCRIPT_RECORDS);
    assert_int_equal(count(lab, "\"messages_in\":2000,\"messages_out\":2000"),
                     1);
}

static void flood_is_stopped_by_a_client_that_closes(void **state)
{
    struct serve_lab *lab = *state;

    open_script(lab, "[{'repeat': 'forever', 'send': ['0123456789']}]");
    lab->due = ow_serve_run(lab->serve);
    ow_serve_feed(lab->serve, "\x88\x80\0\0\0\0", 6);
    drain(lab);
    assert_int_not_equal(ow_serve_end(lab->serve), OW_SERVE_OPEN);
    lab->serve = ow_serve_free(lab->serve);
    assert_int_equal(count(lab, "\"ended\":\"closed\",\"code\":1005"), 1);
}

static void flood_is_stopped_by_a_client_that_leaves(void **state)
{
    struct serve_lab *lab = *state;

    open_script(lab, "[{'repeat': 'forever', 'send': ['0123456789']}]");
    lab->due = ow_serve_run(lab->serve);
    ow_serve_eof(lab->serve);
    drain(lab);
    assert_int_not_equal(ow_serve_end(lab->serve), OW_SERVE_OPEN);
}

static void close_does_not_wait_for_a_client_that_does_not_read(void **state)
{
    struct serve_lab *lab = *state;

    open_script(lab, "[{'repeat': 'forever', 'send': ['0123456789']}]");
    for (int i = 0; i < 100; i++)
        lab->due = ow_serve_run(lab->serve);
    /* It breaks the protocol, and goes on not reading. */
    ow_serve_feed(lab->serve, "\x83\x80\0\0\0\0", 6);
    ow_buf_consume(out_of(lab), 100 * 1024);
    for (int i = 0; i < 100; i++)
        lab->due = ow_serve_run(lab->serve);
    lab->clock.standing_ns += OW_LIMIT_SCRIPT_CLOSE_NS;
    ow_serve_run(lab->serve);
    ow_serve_eof(lab->serve);
    ow_serve_run(lab->serve);
    drain(lab);
    assert_int_not_equal(ow_serve_end(lab->serve), OW_SERVE_OPEN);
}

/* Too big at its 601st byte, and no text at its 701st: how often it is told
 * with a code when so many bytes come at a time. */
static void tell_codes(size_t step, size_t *ret_big, size_t *ret_invalid)
{
    char frame[8 + 1000] = "\x81\xfe\x03\xe8";
    struct serve_lab *lab;

    memset(frame + 8, 'x', 1000);
    frame[8 + 700] = (char)0xff;
    assert_int_equal(serve_lab_set_up((void **)&lab), 0);
    open_script(lab, "{'script': [{'on': 'text', 'send': 'yes'}], 'max': 600}");
    for (size_t at = 0; at < sizeof frame; at += step) {
        size_t left = sizeof frame - at;
        ow_serve_feed(lab->serve, frame + at, left < step ? left : step);
        drain(lab);
    }
    lab->serve = ow_serve_free(lab->serve);
    *ret_big = count(lab, "\"code\":1009");
    *ret_invalid = count(lab, "\"code\":1007");
    serve_lab_tear_down((void **)&lab);
}

static void first_fault_of_a_message_is_told_however_it_comes(void **state)
{
    static const size_t steps[] = {1, 7, 300, 2000};
    size_t big, invalid;

    (void)state;
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        tell_codes(steps[i], &big, &invalid);
        assert_true(big > 0);
        assert_int_equal(invalid, 0);
    }
}

/* The frame that breaks the protocol comes with the last one that does not. */
static size_t answers_before_a_broken_one(int messages)
{
    static const char frames[] = "\x81\x80\0\0\0\0\x83\x80\0\0\0\0";
    struct serve_lab *lab;
    char want[64];

    assert_int_equal(serve_lab_set_up((void **)&lab), 0);
    open_script(lab, "[{'on': 'text', 'send': 'yes'}]");
    for (int i = 1; i < messages; i++) {
        drain(lab);
        ow_serve_feed(lab->serve, frames, 6);
    }
    drain(lab);
    ow_serve_feed(lab->serve, frames, 12);
    drain(lab);
    lab->serve = ow_serve_free(lab->serve);
    snprintf(want, sizeof want, "\"messages_in\":%d,\"messages_out\":%d",
             messages, messages);
    size_t found = count(lab, want);
    serve_lab_tear_down((void **)&lab);
    return found;
}

static void messages_before_a_broken_one_are_answered(void **state)
{
    (void)state;
    for (int messages = 1; messages < 40; messages++)
        assert_int_equal(answers_before_a_broken_one(messages), 1);
}

int main(void)
{
#define TEST(name)                                                             \
    cmocka_unit_test_setup_teardown(name, serve_lab_set_up, serve_lab_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(client_that_asks_and_leaves_at_once_is_let_go),
        TEST(flood_waits_for_a_client_that_does_not_read),
        TEST(flood_lets_others_have_their_turn),
        TEST(client_that_only_sends_is_not_read_for_ever),
        TEST(pings_without_reading_are_not_read_for_ever),
        TEST(messages_before_their_step_are_kept_in_bounds),
        TEST(reactions_at_work_are_bounded),
        TEST(kept_messages_of_reactions_are_bounded),
        TEST(big_message_is_echoed_in_pieces),
        TEST(message_too_big_for_an_echo_is_refused),
        TEST(messages_that_nobody_looks_at_are_counted),
        TEST(journal_has_a_bounded_number_of_messages),
        cmocka_unit_test(first_fault_of_a_message_is_told_however_it_comes),
        cmocka_unit_test(messages_before_a_broken_one_are_answered),
        TEST(flood_is_stopped_by_a_client_that_closes),
        TEST(flood_is_stopped_by_a_client_that_leaves),
        TEST(close_does_not_wait_for_a_client_that_does_not_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
