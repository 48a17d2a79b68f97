/*
 * HTTP/2 against nghttp2's own client: faults of rules, of a stream and of its
 * connection, and how connections end.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/limits.h"
#include "h2_lab.h"
#include "wire/h2.h"

#define MS 1000000

static void h2_ends_a_stream_and_no_other(void **state)
{
    static const struct {
        const char *fault;
        uint32_t error;
        const char *body;
    } faults[] = {
        {"'close'", OW_H2_INTERNAL_ERROR, ""},
        {"'reset'", OW_H2_CANCEL, ""},
        {"{'kind': 'reset', 'after': '3B'}", OW_H2_CANCEL, "012"},
        {"{'kind': 'truncate', 'after': '40%'}", OW_H2_INTERNAL_ERROR, "0123"},
        {"{'kind': 'rst-stream', 'error': 'REFUSED_STREAM'}",
         OW_H2_REFUSED_STREAM, ""},
        {"{'kind': 'rst-stream', 'error': 4711, 'after': '1B'}", 4711, "0"},
    };
    struct h2_lab *lab = *state;

    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        char rules[256];
        if (i > 0)
            h2_lab_release(lab);
        snprintf(rules, sizeof rules,
                 "{'when': {'path': '/bad'}, 'then': {'text': '0123456789', "
                 "'fault': %s}}, {'then': {'text': 'x', 'delay': '1ms'}}",
                 faults[i].fault);
        h2_lab_init(lab, rules);
        int good = h2_lab_get(lab, "/"), bad = h2_lab_get(lab, "/bad");
        h2_lab_wait(lab, 10 * MS);
        assert_string_equal(h2_lab_body(lab, good), "x");
        assert_string_equal(h2_lab_body(lab, bad), faults[i].body);
        assert_true(h2_lab_stream(lab, bad)->is_closed);
        assert_int_equal(h2_lab_stream(lab, bad)->error, faults[i].error);
        assert_int_equal(ow_serve_end(lab->serve), OW_SERVE_OPEN);
        assert_int_equal(h2_lab_journal(lab, "\"ended\":\"cut\""), 1);
    }
}

static void h2_ends_the_connection_where_a_rule_says_so(void **state)
{
    struct h2_lab *lab = *state;

    h2_lab_init(lab,
                "{'when': {'path': '/fin'}, 'then': {'text': 'abc', "
                "'fault': {'kind': 'close', 'after': '2B', 'connection': "
                "true}}}, {'then': {'fault': {'kind': 'reset', "
                "'connection': true}}}");
    int id = h2_lab_get(lab, "/fin");
    h2_lab_run(lab);
    assert_string_equal(h2_lab_body(lab, id), "ab");
    assert_int_equal(ow_serve_end(lab->serve), OW_SERVE_CUT);
    h2_lab_connect(lab, 0);
    h2_lab_get(lab, "/");
    h2_lab_run(lab);
    assert_int_equal(ow_serve_end(lab->serve), OW_SERVE_RESET);
}

static void h2_goes_away(void **state)
{
    struct h2_lab *lab = *state;

    h2_lab_init(lab,
                "{'when': {'path': '/soon'}, 'then': {'text': 'whole', "
                "'fault': {'kind': 'goaway', 'graceful': true, 'text': "
                "'bye'}}}, {'when': {'path': '/done'}, 'then': {'fault': "
                "{'kind': 'goaway', 'processed': true}}}, {'then': {'fault': "
                "{'kind': 'goaway', 'error': 'ENHANCE_YOUR_CALM'}}}");
    int id = h2_lab_get(lab, "/soon");
    h2_lab_run(lab);
    assert_string_equal(h2_lab_body(lab, id), "whole");
    assert_string_equal(lab->goaway_text, "bye");
    assert_int_equal(lab->goaway_last, id);
    assert_int_equal(ow_serve_end(lab->serve), OW_SERVE_CLOSE);

    h2_lab_connect(lab, 0);
    id = h2_lab_get(lab, "/");
    h2_lab_run(lab);
    assert_int_equal(lab->goaway_error, OW_H2_ENHANCE_YOUR_CALM);
    assert_int_equal(lab->goaway_last, 0);
    assert_int_equal(h2_lab_stream(lab, id)->error, OW_H2_REFUSED_STREAM);
    assert_int_equal(ow_serve_end(lab->serve), OW_SERVE_CUT);

    h2_lab_connect(lab, 0);
    id = h2_lab_get(lab, "/done");
    h2_lab_run(lab);
    assert_int_equal(lab->goaway_last, id);
    assert_int_equal(lab->goaway_error, OW_H2_NO_ERROR);
    assert_int_equal(ow_serve_end(lab->serve), OW_SERVE_CUT);
}

static void h2_breaks_what_a_rule_breaks(void **state)
{
    static const char *const faults[] = {"bad-status", "bad-header",
                                         "bad-length"};
    struct h2_lab *lab = *state;

    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        char rules[256];
        if (i > 0)
            h2_lab_release(lab);
        snprintf(rules, sizeof rules,
                 "{'when': {'path': '/bad'}, 'then': {'text': '0123456789', "
                 "'fault': '%s'}}, {'then': {'text': 'x'}}",
                 faults[i]);
        h2_lab_init(lab, rules);
        int bad = h2_lab_get(lab, "/bad");
        h2_lab_run(lab);
        assert_true(h2_lab_stream(lab, bad)->is_closed);
        assert_int_equal(h2_lab_stream(lab, bad)->error,
                         i < 2 ? OW_H2_INTERNAL_ERROR : OW_H2_PROTOCOL_ERROR);
        int good = h2_lab_get(lab, "/");
        h2_lab_run(lab);
        assert_string_equal(h2_lab_body(lab, good), "x");
    }
}

static void h2_garbage_is_no_frame(void **state)
{
    struct h2_lab *lab = *state;

    h2_lab_init(lab,
                "{'then': {'fault': {'kind': 'garbage', 'bytes': "
                "'this is no frame of any kind'}}}");
    int id = h2_lab_get(lab, "/");
    h2_lab_run(lab);
    assert_int_equal(h2_lab_stream(lab, id)->status, 0);
    assert_int_equal(ow_serve_end(lab->serve), OW_SERVE_CUT);
    assert_true(nghttp2_session_want_write(lab->client)); /* a GOAWAY */
}

static void h2_stalls_the_flow_of_one_stream(void **state)
{
    struct h2_lab *lab = *state;

    h2_lab_init(lab,
                "{'when': {'path': '/stall'}, 'then': {'fault': "
                "'flow-stall'}}, {'then': {'text': 'x'}}");
    int stalled = h2_lab_upload(lab, "/stall", 50 * 1024 * 1024);
    h2_lab_run(lab);
    size_t left = h2_lab_stream(lab, stalled)->left;
    assert_int_equal(left, 50 * 1024 * 1024 - OW_LIMIT_H2_STREAM_WINDOW);
    int good = h2_lab_upload(lab, "/", 20 * 1024 * 1024);
    h2_lab_run(lab);
    assert_string_equal(h2_lab_body(lab, good), "x");
    assert_int_equal(h2_lab_stream(lab, stalled)->left, left);
    assert_true(ow_serve_wants_read(lab->serve));
}

static void h2_stops_reading_the_whole_connection(void **state)
{
    struct h2_lab *lab = *state;

    h2_lab_init(lab,
                "{'then': {'fault': {'kind': 'stop-reading', 'received': "
                "'1KB'}}}");
    h2_lab_upload(lab, "/", 5000000);
    h2_lab_run(lab);
    assert_false(ow_serve_wants_read(lab->serve));
    assert_true(ow_serve_is_deaf(lab->serve));
}

static void h2_answers_early_and_takes_no_more(void **state)
{
    struct h2_lab *lab = *state;

    h2_lab_init(lab,
                "{'then': {'status': 413, 'text': 'too big', 'fault': "
                "{'kind': 'early-answer', 'received': '100KB'}}}");
    int id = h2_lab_upload(lab, "/", 50000000);
    h2_lab_run(lab);
    assert_int_equal(h2_lab_stream(lab, id)->status, 413);
    assert_string_equal(h2_lab_body(lab, id), "too big");
    assert_false(h2_lab_stream(lab, id)->is_closed);
    h2_lab_wait(lab, 1000 * MS); /* told to stop later, not with the answer */
    assert_true(h2_lab_stream(lab, id)->is_closed);
    assert_int_equal(h2_lab_stream(lab, id)->error, OW_H2_NO_ERROR);
    assert_true(h2_lab_stream(lab, id)->left > 0);
}

static void h2_ends_when_the_client_does(void **state)
{
    struct h2_lab *lab = *state;

    h2_lab_init(lab,
                "{'when': {'path': '/never'}, 'then': {'fault': "
                "'stall'}}, {'then': {'text': 'x', 'delay': '1s'}}");
    int id = h2_lab_get(lab, "/");
    h2_lab_get(lab, "/never");
    h2_lab_run(lab);
    ow_serve_eof(lab->serve);
    h2_lab_run(lab);
    assert_int_equal(ow_serve_end(lab->serve), OW_SERVE_OPEN);
    h2_lab_wait(lab, 2000 * MS);
    assert_string_equal(h2_lab_body(lab, id), "x");
    assert_int_equal(ow_serve_end(lab->serve), OW_SERVE_CLOSE);
}

static void h2_says_goodbye(void **state)
{
    struct h2_lab *lab = *state;

    h2_lab_init(lab, "{'then': {'fault': 'stall'}}");
    int id = h2_lab_get(lab, "/");
    h2_lab_run(lab);
    ow_serve_leave(lab->serve);
    h2_lab_run(lab);
    assert_true(lab->has_goaway);
    assert_int_equal(lab->goaway_error, OW_H2_NO_ERROR);
    assert_int_equal(lab->goaway_last, id);
}

#define TEST(name)                                                             \
    cmocka_unit_test_setup_teardown(name, h2_lab_set_up, h2_lab_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(h2_ends_a_stream_and_no_other),
        TEST(h2_ends_the_connection_where_a_rule_says_so),
        TEST(h2_goes_away),
        TEST(h2_breaks_what_a_rule_breaks),
        TEST(h2_garbage_is_no_frame),
        TEST(h2_stalls_the_flow_of_one_stream),
        TEST(h2_stops_reading_the_whole_connection),
        TEST(h2_answers_early_and_takes_no_more),
        TEST(h2_ends_when_the_client_does),
        TEST(h2_says_goodbye),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
