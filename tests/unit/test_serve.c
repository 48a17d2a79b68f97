/*
 * What cases cannot show: limits, memory, back-pressure, and the order of
 * journal and answer. The dialogues themselves are in tests/cases.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "../lib/quoted.h"
#include "../lib/serve_lab.h"
#include "base/limits.h"
#include "exchange/serve.h"

#define GET(path) "GET " path " HTTP/1.1\r\nHost: a.test\r\n\r\n"

static size_t count(struct ow_str text, const char *what)
{
    size_t n = 0, len = strlen(what);

    for (size_t i = 0; i + len <= text.len; i++)
        n += memcmp(text.ptr + i, what, len) == 0;
    return n;
}

static size_t count_records(struct serve_lab *lab)
{
    return count(ow_journal_text(lab->env.journal), "\n");
}

/* Takes all there is, as a client that reads does; returns how many bytes. */
static uint64_t drain(struct serve_lab *lab)
{
    struct ow_buf *out = ow_serve_out(lab->serve);
    uint64_t total = 0;

    ow_serve_run(lab->serve);
    while (out->len > 0) {
        total += out->len;
        ow_buf_consume(out, out->len);
        ow_serve_run(lab->serve);
    }
    return total;
}

static void serve_records_a_request_before_its_answer(void **state)
{
    struct serve_lab *lab = *state;

    serve_lab_open(lab, "a.test",
                   "{'when': {'path': '/'}, 'then': {'text': 'x'}}");
    serve_lab_feed(lab, GET("/"));
    assert_int_equal(count_records(lab), 1);
    assert_int_equal(ow_serve_out(lab->serve)->len, 0);
    assert_true(ow_serve_run(lab->serve) == OW_SERVE_NEVER);
    assert_true(ow_serve_out(lab->serve)->len > 0);
    assert_int_equal(lab->env.exchanges, 1);
    assert_int_equal(lab->env.unmatched, 0);
}

static void serve_sees_that_a_client_leaves_a_silent_answer(void **state)
{
    struct serve_lab *lab = *state;

    serve_lab_open(lab, "a.test", "{'then': {'fault': 'stall'}}");
    while (ow_serve_wants_read(lab->serve))
        serve_lab_feed(lab, GET("/"));
    ow_serve_run(lab->serve);
    for (size_t fed = 0; fed < 2 * OW_LIMIT_PIPELINE; fed += sizeof GET("/")) {
        assert_true(ow_serve_wants_read(lab->serve));
        serve_lab_feed(lab, GET("/"));
    }
    ow_serve_eof(lab->serve);
    ow_serve_run(lab->serve);
    assert_int_equal(ow_serve_end(lab->serve), OW_SERVE_CLOSE);
}

/* As POST /rules does: one rule more, before the others. */
static void add_rule(struct serve_lab *lab)
{
    static const size_t map[] = {SIZE_MAX, 0, 1};
    struct ow_state_shape shape;
    struct ow_states unused;
    struct ow_table *old = lab->table;

    lab->table = quoted_table(&unused,
                              "{'offwire': 1, 'hosts': ['a.test'], 'rules': ["
                              "{'when': {'path': '/n'}, 'then': {}},"
                              "{'when': {'path': '/a'}, 'then': {}},"
                              "{'when': {'path': '/b'}, 'then': {}}]}");
    ow_states_release(&unused);
    ow_table_shape(lab->table, &shape);
    assert_int_equal(ow_states_reshape(&lab->states, &shape, map), 0);
    lab->env.table = lab->table;
    ow_table_free(old);
}

static void
serve_counts_for_the_rule_that_holds_when_a_request_is_whole(void **state)
{
    struct serve_lab *lab = *state;
    const struct ow_hits *hits = &lab->states.shared.hits;

    serve_lab_open(lab, "a.test",
                   "{'when': {'path': '/a'}, 'then': {}},"
                   "{'when': {'path': '/b'}, 'then': {}}");
    serve_lab_feed(lab,
                   "POST /b HTTP/1.1\r\nHost: a.test\r\n"
                   "Content-Length: 4\r\n\r\nab");
    add_rule(lab);
    serve_lab_feed(lab, "cd");
    drain(lab);
    assert_int_equal(ow_hits_get(hits, 1), 0);
    assert_int_equal(ow_hits_get(hits, 2), 1);
}

static void serve_stops_reading_when_requests_pile_up(void **state)
{
    struct serve_lab *lab = *state;
    size_t fed = 0;

    serve_lab_open(lab, "a.test",
                   "{'when': {'path': '/'}, 'then': {'text': 'x', "
                   "'delay': '1s'}}");
    while (ow_serve_wants_read(lab->serve)) {
        serve_lab_feed(lab, GET("/"));
        ow_serve_run(lab->serve);
        fed++;
        assert_true(fed * sizeof GET("/") < 2 * OW_LIMIT_PIPELINE);
    }
    for (size_t i = 0; i < fed; i++) {
        lab->clock.standing_ns += 1000000000;
        drain(lab);
    }
    assert_true(ow_serve_wants_read(lab->serve));
    assert_int_equal(lab->env.exchanges, fed);
}

static void serve_waits_for_a_client_that_does_not_read(void **state)
{
    struct serve_lab *lab = *state;

    serve_lab_open(lab, "a.test",
                   "{'when': {'path': '/'}, 'then': {'text': "
                   "'0123456789012345678901234567890123456789'}}");
    /* A client that sends on and on and reads nothing. */
    for (int i = 0; i < 20000 && ow_serve_wants_read(lab->serve); i++) {
        serve_lab_feed(lab, GET("/"));
        ow_serve_run(lab->serve);
    }
    size_t len = ow_serve_out(lab->serve)->len;
    assert_true(len >= OW_LIMIT_OUT_HIGH);
    assert_true(len < OW_LIMIT_OUT_HIGH + 1024);
    drain(lab);
    assert_true(ow_serve_wants_read(lab->serve));
}

static void serve_streams_a_big_file_in_bounded_memory(void **state)
{
    struct serve_lab *lab = *state;
    char path[] = "/tmp/ow-serve-XXXXXX", rule[256];
    int fd = mkstemp(path);
    const uint64_t size = 20 * 1024 * 1024;
    uint64_t total = 0;
    struct ow_buf *out;

    assert_true(fd >= 0);
    assert_int_equal(ftruncate(fd, (off_t)size), 0);
    close(fd);
    snprintf(rule, sizeof rule,
             "{'when': {'path': '/'}, 'then': {'file': '%s'}}", path);
    serve_lab_open(lab, "a.test", rule);
    out = ow_serve_out(lab->serve);
    serve_lab_feed(lab, GET("/"));
    ow_serve_run(lab->serve);
    while (out->len > 0) {
        size_t take = out->len < 50000 ? out->len : 50000;
        assert_true(out->cap <= OW_LIMIT_OUT);
        total += take;
        ow_buf_consume(out, take);
        ow_serve_run(lab->serve);
    }
    unlink(path);
    assert_true(total > size && total < size + 1024);
    assert_int_equal(
        count(ow_journal_text(lab->env.journal), "\"ended\":\"sent\""), 1);
    /* The next small answer does not keep the big one's memory. */
    serve_lab_feed(lab, GET("/none"));
    assert_true(out->cap <= OW_LIMIT_IO);
}

static void serve_counts_a_big_upload_without_keeping_it(void **state)
{
    struct serve_lab *lab = *state;
    static char bytes[OW_LIMIT_IO];

    serve_lab_open(lab, "a.test",
                   "{'when': {'path': '/'}, 'then': {'text': 'x'}}");
    lab->env.body_kept = 1000;
    serve_lab_feed(lab,
                   "POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: "
                   "67108864\r\n\r\n");
    for (int i = 0; i < 1024; i++)
        ow_serve_feed(lab->serve, bytes, sizeof bytes);
    ow_serve_run(lab->serve);
    assert_int_equal(
        count(ow_journal_text(lab->env.journal), "\"request_bytes\":67108864,"),
        1);
}

static void serve_takes_the_virtual_host_of_a_bare_address(void **state)
{
    struct serve_lab *lab = *state;

    serve_lab_open(lab, "127.0.0.1",
                   "{'when': {'path': '/'}, 'then': {'text': 'x'}}");
    serve_lab_feed(lab, GET("/"));
    drain(lab);
    serve_lab_feed(lab, "GET / HTTP/1.1\r\nHost: unknown.test\r\n\r\n");
    drain(lab);
    serve_lab_feed(lab, "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
    drain(lab);
    struct ow_str text = ow_journal_text(lab->env.journal);
    assert_int_equal(count(text, "\"url\":\"https://a.test/\""), 1);
    assert_int_equal(count(text, "\"url\":\"https://127.0.0.1/\""), 2);
}

static void serve_answers_500_when_a_file_has_gone(void **state)
{
    struct serve_lab *lab = *state;
    char path[] = "/tmp/ow-serve-XXXXXX", rule[256];
    int fd = mkstemp(path);

    assert_true(fd >= 0);
    close(fd);
    snprintf(rule, sizeof rule,
             "{'when': {'path': '/'}, 'then': {'file': '%s'}}", path);
    serve_lab_open(lab, "a.test", rule);
    unlink(path);
    serve_lab_feed(lab, GET("/"));
    ow_serve_run(lab->serve);
    struct ow_str out = ow_buf_peek(ow_serve_out(lab->serve));
    assert_int_equal(count(out, "HTTP/1.1 500 Internal Server Error\r\n"), 1);
    assert_int_equal(count(out, "\r\nOffwire-Error: cannot answer by rule "),
                     1);
    assert_int_equal(
        count(ow_journal_text(lab->env.journal), "\"event\":\"error\""), 1);
    assert_true(lab->said.len > 0);
    assert_int_equal(ow_serve_end(lab->serve), OW_SERVE_OPEN);
}

static void serve_ignores_what_comes_after_the_end(void **state)
{
    struct serve_lab *lab = *state;

    serve_lab_open(lab, "a.test",
                   "{'when': {'path': '/'}, 'then': {'text': 'x'}}");
    serve_lab_feed(lab, "NONSENSE\r\n\r\n");
    drain(lab);
    assert_int_equal(ow_serve_end(lab->serve), OW_SERVE_CLOSE);
    assert_false(ow_serve_wants_read(lab->serve));
    serve_lab_feed(lab, GET("/"));
    assert_int_equal(drain(lab), 0);
    assert_int_equal(count_records(lab), 1);
}

static void serve_closes_at_eof_when_nothing_is_asked(void **state)
{
    struct serve_lab *lab = *state;

    serve_lab_open(lab, "a.test",
                   "{'when': {'path': '/'}, 'then': {'text': 'x'}}");
    ow_serve_eof(lab->serve);
    ow_serve_run(lab->serve);
    assert_int_equal(ow_serve_end(lab->serve), OW_SERVE_CLOSE);
    assert_int_equal(count_records(lab), 0);
}

static void serve_says_each_unmatched_request_in_a_line(void **state)
{
    struct serve_lab *lab = *state;

    serve_lab_open(lab, "a.test",
                   "{'when': {'path': '/'}, 'then': {'text': 'x'}}");
    serve_lab_feed(lab, GET("/a\"b"));
    drain(lab);
    assert_int_equal(count(ow_buf_peek(&lab->said), "\n"), 1);
    assert_int_equal(lab->env.unmatched, 1);
}

#define SERVE_TEST(name)                                                       \
    cmocka_unit_test_setup_teardown(name, serve_lab_set_up, serve_lab_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SERVE_TEST(serve_records_a_request_before_its_answer),
        SERVE_TEST(serve_sees_that_a_client_leaves_a_silent_answer),
        SERVE_TEST(
            serve_counts_for_the_rule_that_holds_when_a_request_is_whole),
        SERVE_TEST(serve_stops_reading_when_requests_pile_up),
        SERVE_TEST(serve_waits_for_a_client_that_does_not_read),
        SERVE_TEST(serve_streams_a_big_file_in_bounded_memory),
        SERVE_TEST(serve_counts_a_big_upload_without_keeping_it),
        SERVE_TEST(serve_takes_the_virtual_host_of_a_bare_address),
        SERVE_TEST(serve_answers_500_when_a_file_has_gone),
        SERVE_TEST(serve_ignores_what_comes_after_the_end),
        SERVE_TEST(serve_closes_at_eof_when_nothing_is_asked),
        SERVE_TEST(serve_says_each_unmatched_request_in_a_line),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
