/*
 * The WebSocket codec: frames in, events out, however they are cut; and the
 * encoder. Dialogues stand in tests/cases/websocket.
 */
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
#include "wire/ws.h"

struct lab {
    struct ow_ws_library library;
    struct ow_ws *ws;
    struct ow_buf story; /* what came out */
};

static int set_up(void **state)
{
    struct lab *lab = calloc(1, sizeof *lab);
    struct ow_err err = {""};

    if (!lab || ow_ws_library_load(&lab->library, &err) < 0)
        return -1;
    *state = lab;
    return ow_ws_new(&lab->library, &lab->ws);
}

static int tear_down(void **state)
{
    struct lab *lab = *state;

    ow_ws_free(lab->ws);
    ow_buf_release(&lab->story);
    free(lab);
    return 0;
}

/* A masked frame; the mask is zero, so that bytes stay legible. */
static void add_frame(struct ow_buf *out, int first, const char *payload,
                      size_t len)
{
    const char mask[4] = {0};
    struct ow_buf head = {0};

    assert_int_equal(ow_ws_write_header(&head, first & 15, first & 0x80, len),
                     0);
    ow_buf_data(&head)[1] = (char)(ow_buf_data(&head)[1] | 0x80);
    ow_buf_append_str(out, ow_buf_peek(&head));
    ow_buf_append(out, mask, sizeof mask);
    ow_buf_append(out, payload, len);
    ow_buf_release(&head);
}

static void tell(struct lab *lab, const struct ow_ws_event *event)
{
    static const char *const names[] = {"",     "",     "end\n",
                                        "ping", "pong", "close"};

    if (event->kind == OW_WS_DATA) {
        ow_buf_append_str(&lab->story, event->bytes);
        return;
    }
    if (event->kind == OW_WS_END) {
        ow_buf_printf(&lab->story, "|%s\n", event->is_text ? "text" : "binary");
        return;
    }
    ow_buf_printf(&lab->story, "%s %.*s", names[event->kind],
                  OW_STR_ARGS(event->bytes));
    if (event->kind == OW_WS_CLOSE)
        ow_buf_printf(&lab->story, " %d", event->code);
    ow_buf_append(&lab->story, "\n", 1);
}

/* Feeds so many bytes at a time; 0, or -EBADMSG. */
static int feed(struct lab *lab, const struct ow_buf *bytes, size_t step)
{
    struct ow_ws_event event;

    for (size_t at = 0; at < bytes->len;) {
        size_t n = bytes->len - at < step ? bytes->len - at : step;
        do {
            ssize_t used =
                ow_ws_feed(lab->ws, ow_buf_data(bytes) + at, n, &event);
            if (used < 0)
                return (int)used;
            at += (size_t)used;
            n -= (size_t)used;
            if (event.kind != OW_WS_MORE)
                tell(lab, &event);
        } while (event.kind != OW_WS_MORE);
        assert_int_equal(n, 0);
    }
    return 0;
}

/* The same story at each cut. */
static void assert_story(void **state, const struct ow_buf *bytes,
                         const char *story)
{
    static const size_t steps[] = {1, 2, 3, 7, 1000000};
    struct lab *lab = *state;

    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        ow_buf_clear(&lab->story, 0);
        ow_ws_free(lab->ws);
        assert_int_equal(ow_ws_new(&lab->library, &lab->ws), 0);
        if (feed(lab, bytes, steps[i]) < 0)
            ow_buf_printf(&lab->story, "%d %s\n", ow_ws_problem_code(lab->ws),
                          ow_ws_problem(lab->ws));
        assert_str_at(ow_buf_peek(&lab->story), ow_str_from(story), __FILE__,
                      __LINE__);
    }
}

static void assert_refused(void **state, const char *bytes, size_t len,
                           const char *story)
{
    struct ow_buf all = {0};

    ow_buf_append(&all, bytes, len);
    assert_story(state, &all, story);
    ow_buf_release(&all);
}

#define REFUSED(bytes, story)                                                  \
    assert_refused(state, bytes, sizeof(bytes) - 1, story)
#define MASK "\0\0\0\0"

static void feed_gives_messages_whole_and_in_fragments(void **state)
{
    struct ow_buf all = {0};

    add_frame(&all, 0x81, "hello", 5);
    add_frame(&all, 0x01, "na\xc3", 3);
    add_frame(&all, 0x89, "p", 1);
    add_frame(&all, 0x00, "\xaf", 1);
    add_frame(&all, 0x80, "ve", 2);
    add_frame(&all, 0x82, "", 0);
    add_frame(&all, 0x8a, "", 0);
    add_frame(&all, 0x88,
              "\x03\xe8"
              "bye",
              5);
    add_frame(&all, 0x81, "not heard", 9);
    assert_story(state, &all,
                 "hello|text\nnaping p\n\xc3\xafve|text\n|binary\npong \n"
                 "close bye 1000\n");
    ow_buf_release(&all);
}

static void feed_takes_all_lengths(void **state)
{
    static const size_t lengths[] = {125, 126, 65535, 65536, 300000};
    struct lab *lab = *state;
    char *payload = calloc(1, 300000);

    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        struct ow_buf all = {0};
        ow_buf_clear(&lab->story, 0);
        add_frame(&all, 0x82, payload, lengths[i]);
        assert_int_equal(feed(lab, &all, 5000), 0);
        assert_int_equal(lab->story.len, lengths[i] + sizeof "|binary\n" - 1);
        ow_buf_release(&all);
    }
    free(payload);
}

static void feed_refuses_broken_frames(void **state)
{
    REFUSED("\x81\x00", "1002 a frame that is not masked (RFC 6455, 5.1)\n");
    REFUSED("\xc1\x80" MASK,
            "1002 a frame with reserved bits (RFC 6455, 5.2)\n");
    REFUSED("\x84\x80" MASK, "1002 an unknown opcode (RFC 6455, 5.2)\n");
    REFUSED("\x80\x80" MASK,
            "1002 a continuation of no message (RFC 6455, 5.4)\n");
    REFUSED("\x01\x80" MASK "\x81\x80" MASK,
            "1002 a message inside another one (RFC 6455, 5.4)\n");
    REFUSED("\x88\x81" MASK "\x03",
            "1002 a close code of one byte (RFC 6455, 5.5.1)\n");
    REFUSED("\x88\x82" MASK "\x03\xee",
            "1002 a close code that must not be sent (RFC 6455, 7.4)\n");
    REFUSED("\x88\x83" MASK "\x03\xe8\xff",
            "1007 a close reason that is no UTF-8 (RFC 6455, 5.5.1)\n");
}

#define LENGTHS                                                                \
    "1002 a length that is not in its shortest form, or a control frame "      \
    "that is long or in fragments (RFC 6455, 5.2, 5.5)\n"

static void feed_refuses_lengths_that_are_none(void **state)
{
    REFUSED("\x09\x80" MASK, LENGTHS);
    REFUSED("\x89\xfe\x00\x7e" MASK, LENGTHS);
    REFUSED("\x82\xfe\x00\x7d" MASK, LENGTHS);
    REFUSED("\x82\xff\x00\x00\x00\x00\x00\x00\xff\xff" MASK, LENGTHS);
    REFUSED("\x82\xff\x80\x00\x00\x00\x00\x00\x00\x00" MASK, LENGTHS);
}

static void feed_checks_text_over_all_cuts(void **state)
{
    static const char *const bad[] = {"\xc3(", "\xed\xa0\x80",
                                      "\xf4\x90\x80\x80", "\xc0\x80",
                                      "\xf0\x9f\x98"};

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct lab *lab = *state;
        struct ow_buf all = {0};
        /* Behind enough ASCII for the quick way, and cut in two frames. */
        add_frame(&all, 0x01, "0123456789", 10);
        add_frame(&all, 0x00, bad[i], 1);
        add_frame(&all, 0x80, bad[i] + 1, strlen(bad[i]) - 1);
        for (size_t step = 1; step < 30; step++) {
            ow_ws_free(lab->ws);
            assert_int_equal(ow_ws_new(&lab->library, &lab->ws), 0);
            assert_int_equal(feed(lab, &all, step), -EBADMSG);
            assert_int_equal(ow_ws_problem_code(lab->ws), 1007);
        }
        ow_buf_release(&all);
    }
}

/* Who has had enough by then says so, however the bytes come. */
static void feed_gives_what_is_text_before_what_is_none(void **state)
{
    static const char problem[] =
        "1007 a text that is no UTF-8 (RFC 6455, 8.1)\n";
    static const struct {
        const char *bytes;
        const char *text;
    } cases[] = {
        {"ab\x81 cde", "ab"},
        {"ab\xe2\x82\xac\xe2\x82(cde", "ab\xe2\x82\xac"},
        {"01234567\xf0\x9f\x98\x80\xf0\x9f\x98", "01234567\xf0\x9f\x98\x80"},
        {"\xff", ""},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct ow_buf all = {0}, story = {0};
        add_frame(&all, 0x81, cases[i].bytes, strlen(cases[i].bytes));
        ow_buf_printf(&story, "%s%s", cases[i].text, problem);
        ow_buf_append(&story, "", 1);
        assert_story(state, &all, ow_buf_data(&story));
        ow_buf_release(&all);
        ow_buf_release(&story);
    }
}

static void feed_takes_any_bytes_as_binary(void **state)
{
    struct ow_buf all = {0};

    add_frame(&all, 0x82, "\xff\xc3(", 3);
    assert_story(state, &all, "\xff\xc3(|binary\n");
    ow_buf_release(&all);
}

static void feed_stays_refused(void **state)
{
    struct lab *lab = *state;
    struct ow_ws_event event;

    assert_int_equal(ow_ws_feed(lab->ws, "\x81\x00", 2, &event), -EBADMSG);
    assert_int_equal(ow_ws_feed(lab->ws, "\x81\x80" MASK, 6, &event), -EBADMSG);
}

static void write_cuts_reasons_between_characters(void **state)
{
    char reason[200];
    struct ow_buf out = {0};

    (void)state;
    memset(reason, 'x', sizeof reason);
    memcpy(reason + 121, "\xe2\x82\xac", 3);
    assert_int_equal(
        ow_ws_write_close(&out, 1000, (struct ow_str){reason, sizeof reason}),
        0);
    assert_int_equal(out.len, 2 + 2 + 121);
    assert_int_equal(ow_buf_data(&out)[1], 2 + 121);
    ow_buf_clear(&out, 0);
    assert_int_equal(ow_ws_write_close(&out, OW_WS_NO_CODE, OW_STR("x")), 0);
    assert_str(ow_buf_peek(&out), "\x88\0");
    ow_buf_release(&out);
}

static void bad_frames_have_names_and_bytes(void **state)
{
    const char *const *names = ow_ws_bad_names();
    int n = 0;

    (void)state;
    for (; names[n]; n++)
        assert_true(ow_ws_bad_bytes((enum ow_ws_bad)n).len >= 2);
    assert_int_equal(n, OW_WS_BAD_BAD_CLOSE + 1);
    /* The ping is as long as its header says. */
    assert_int_equal(ow_ws_bad_bytes(OW_WS_BAD_LONG_CONTROL).len, 4 + 126);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(feed_gives_messages_whole_and_in_fragments),
        TEST(feed_takes_all_lengths),
        TEST(feed_refuses_broken_frames),
        TEST(feed_refuses_lengths_that_are_none),
        TEST(feed_checks_text_over_all_cuts),
        TEST(feed_gives_what_is_text_before_what_is_none),
        TEST(feed_takes_any_bytes_as_binary),
        TEST(feed_stays_refused),
        TEST(write_cuts_reasons_between_characters),
        TEST(bad_frames_have_names_and_bytes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
