#include "config.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "../lib/answer_lab.h"

#define TEN "'text': '0123456789'"

/* The plan of {"then": {...}}, or the sentence that refuses it. */
static const char *then(struct answer_lab *lab, const char *members)
{
    char rule[1024];

    snprintf(rule, sizeof rule, "{'then': {%s}}", members);
    if (answer_lab_load(lab, rule) < 0)
        return lab->err.text;
    return answer_lab_dump(lab, 0);
}

static void assert_refused(struct answer_lab *lab, const char *members,
                           const char *sentence)
{
    const char *text = then(lab, members);

    if (!strstr(text, sentence))
        fail_msg("\"%s\" does not say \"%s\"", text, sentence);
}

static const struct ow_answer *first_answer(struct answer_lab *lab)
{
    return ow_answers_at(lab->answers, 0);
}

static void fault_close_comes_before_any_byte(void **state)
{
    struct answer_lab *lab = *state;

    assert_string_equal(then(lab, "'fault': 'close'"), "CLOSE");
    assert_string_equal(lab->plan.fault, "close");
    assert_int_equal(ow_answer_fault(first_answer(lab)), OW_FAULT_CLOSE);
    assert_int_equal(ow_answer_stage(first_answer(lab)), OW_STAGE_REQUEST);
    assert_string_equal(then(lab, TEN ", 'delay': '1s', 'fault': 'close'"),
                        "WAIT 1000ms | CLOSE");
}

static void fault_reset_comes_at_its_place(void **state)
{
    assert_string_equal(then(*state, TEN ", 'fault': 'reset'"), "RESET");
    assert_string_equal(
        then(*state, TEN ", 'fault': {'kind': 'reset', 'after': 4}"),
        "HEAD 200 len=10 | BODY '0123' | RESET");
    assert_string_equal(
        then(*state, TEN ", 'fault': {'kind': 'reset', 'after': 0}"),
        "HEAD 200 len=10 | RESET");
    assert_string_equal(
        then(*state, TEN ", 'fault': {'kind': 'reset', 'after': '100%'}"),
        "HEAD 200 len=10 | BODY '0123456789' | RESET");
}

static void fault_stall_comes_at_its_place(void **state)
{
    assert_string_equal(then(*state, "'fault': 'stall'"), "STALL");
    assert_string_equal(
        then(*state, TEN ", 'fault': {'kind': 'stall', 'after': '5B'}"),
        "HEAD 200 len=10 | BODY '01234' | STALL");
}

static void fault_truncate_promises_all_and_sends_less(void **state)
{
    assert_string_equal(then(*state, TEN ", 'fault': 'truncate'"),
                        "HEAD 200 len=10 | BODY '01234' | CLOSE");
    assert_string_equal(
        then(*state, TEN ", 'fault': {'kind': 'truncate', 'after': '60%'}"),
        "HEAD 200 len=10 | BODY '012345' | CLOSE");
    assert_string_equal(
        then(*state, TEN ", 'fault': {'kind': 'truncate', 'after': 500}"),
        "HEAD 200 len=10 | BODY '012345678' | CLOSE");
}

static void fault_truncate_alone_has_a_body_to_cut(void **state)
{
    struct answer_lab *lab = *state;

    then(lab, "'fault': 'truncate'");
    struct ow_step *head = ow_plan_head(&lab->plan);
    assert_int_equal(head->head.status, 200);
    assert_true(head->head.length > 20);
    assert_int_equal(ow_plan_body_size(&lab->plan), head->head.length / 2);
    then(lab, "'status': 503, 'fault': {'kind': 'reset', 'after': 1}");
    assert_int_equal(ow_plan_body_size(&lab->plan), 1);
}

static void fault_truncate_leaves_a_stream_without_its_end(void **state)
{
    assert_string_equal(
        then(*state,
             "'stream': {'chunks': ['abc', 'def'], 'every': 1}, "
             "'fault': {'kind': 'truncate', 'after': 4}"),
        "HEAD 200 chunked | PIECE 'abc' | WAIT 1ms | PIECE 'd' | CLOSE");
}

static void fault_garbage_is_no_http(void **state)
{
    struct answer_lab *lab = *state;

    assert_string_equal(
        then(lab, TEN ", 'fault': {'kind': 'garbage', 'bytes': '\\u0001?'}"),
        "RAW '\\x01?' | CLOSE");
    assert_string_equal(
        then(lab, "'fault': {'kind': 'garbage', 'base64': 'AP8='}"),
        "RAW '\\x00\\xff' | CLOSE");
    then(lab, "'fault': {'kind': 'garbage', 'size': 1000}");
    assert_int_equal(lab->plan.steps[0].bytes.len, 1000);
    assert_refused(lab, "'fault': {'kind': 'garbage', 'size': 0}",
                   "expected a size from 1");
    assert_refused(lab, "'fault': {'kind': 'garbage', 'size': 1, 'bytes': ''}",
                   "take one");
    assert_refused(lab, "'fault': {'kind': 'garbage', 'base64': 7}",
                   "this is not base64");
}

static void fault_garbage_is_seeded(void **state)
{
    struct answer_lab *lab = *state;
    char first[2048];

    ow_rand_init(&lab->rand, 3);
    snprintf(first, sizeof first, "%s", then(lab, "'fault': 'garbage'"));
    assert_string_not_equal(then(lab, "'fault': 'garbage'"), first);
    ow_rand_init(&lab->rand, 3);
    assert_string_equal(then(lab, "'fault': 'garbage'"), first);
}

static void fault_bad_status_breaks_the_first_line_alone(void **state)
{
    assert_string_equal(
        then(*state, TEN ", 'fault': 'bad-status'"),
        "RAW 'HTTP/1.1 2x0 Broken\\r\\n"
        "content-type: text/plain; charset=utf-8\\r\\n"
        "Content-Length: 10\\r\\nConnection: close\\r\\n\\r\\n' | "
        "BODY '0123456789' | CLOSE");
    assert_string_equal(
        then(*state,
             "'text': 'a', 'headers': {'content-type': null}, "
             "'fault': {'kind': 'bad-status', 'line': 'ICY 200'}"),
        "RAW 'ICY 200\\r\\nContent-Length: 1\\r\\nConnection: "
        "close\\r\\n\\r\\n'"
        " | BODY 'a' | CLOSE");
}

static void fault_bad_header_adds_a_broken_field(void **state)
{
    assert_string_equal(
        then(*state,
             "'status': 404, 'text': 'a', 'headers': {'content-type': "
             "null}, 'fault': {'kind': 'bad-header', 'line': ': x'}"),
        "RAW 'HTTP/1.1 404 Not Found\\r\\n: x\\r\\nContent-Length: 1\\r\\n"
        "Connection: close\\r\\n\\r\\n' | BODY 'a' | CLOSE");
    /* A body of unknown length ends with the connection. */
    assert_string_equal(
        then(*state,
             "'stream': {'chunks': ['a'], 'every': 1}, 'headers': "
             "{'content-type': null}, 'fault': 'bad-header'"),
        "RAW 'HTTP/1.1 200 OK\\r\\nBroken\\x00Field without a colon\\r\\n"
        "Connection: close\\r\\n\\r\\n' | PIECE 'a' | CLOSE");
}

static void fault_bad_chunk_comes_inside_the_body(void **state)
{
    assert_string_equal(
        then(*state, TEN ", 'fault': 'bad-chunk'"),
        "HEAD 200 chunked | BODY '01234' | RAW 'xyz\\r\\n' | CLOSE");
    assert_string_equal(
        then(*state, TEN ", 'fault': {'kind': 'bad-chunk', 'after': '100%', "
                         "'line': '-1'}"),
        "HEAD 200 chunked | BODY '0123456789' | RAW '-1\\r\\n' | CLOSE");
}

static void fault_bad_length_tells_too_much_or_too_little(void **state)
{
    assert_string_equal(then(*state, TEN ", 'fault': 'bad-length'"),
                        "HEAD 200 len=20 | BODY '0123456789' | CLOSE");
    assert_string_equal(
        then(*state, TEN ", 'fault': {'kind': 'bad-length', 'by': -3}"),
        "HEAD 200 len=7 | BODY '0123456789' | CLOSE");
    assert_string_equal(
        then(*state, TEN ", 'fault': {'kind': 'bad-length', 'by': -30}"),
        "HEAD 200 len=0 | BODY '0123456789' | CLOSE");
    assert_string_equal(then(*state,
                             "'stream': {'chunks': ['ab', 'c']}, "
                             "'fault': {'kind': 'bad-length', 'by': 1}"),
                        "HEAD 200 len=4 | PIECE 'ab' | PIECE 'c' | CLOSE");
    assert_refused(*state, "'fault': {'kind': 'bad-length', 'by': 0}",
                   "by 0 the length would be true");
}

/* Bits that differ between what is sent and as many zeros. */
static int bits_set(struct ow_str bytes)
{
    int n = 0;

    for (size_t i = 0; i < bytes.len; i++)
        n += __builtin_popcount((unsigned char)bytes.ptr[i]);
    return n;
}

static void fault_corrupt_flips_one_bit_each_n_bytes(void **state)
{
    struct answer_lab *lab = *state;

    /* Twenty zero bytes. */
    then(lab,
         "'base64': 'AAAAAAAAAAAAAAAAAAAAAAAAAAA=', "
         "'fault': {'kind': 'corrupt', 'every': 5}");
    struct ow_str body = answer_lab_body(lab);
    assert_int_equal(body.len, 20);
    assert_int_equal(bits_set(body), 4);
    for (size_t i = 0; i < 20; i += 5)
        assert_int_equal(bits_set((struct ow_str){body.ptr + i, 5}), 1);
    /* One at least, however short the body is. */
    then(lab, "'base64': 'AAA=', 'fault': 'corrupt'");
    assert_int_equal(bits_set(answer_lab_body(lab)), 1);
    assert_refused(lab, "'fault': {'kind': 'corrupt', 'every': 0}",
                   "expected a number of bytes over 0");
}

static void fault_corrupt_counts_across_pieces_and_leaves_the_rule(void **state)
{
    struct answer_lab *lab = *state;

    /* Four pieces of three zero bytes: a bit in each six. */
    then(lab,
         "'stream': {'chunks': [{'base64': 'AAAA'}, {'base64': 'AAAA'}, "
         "{'base64': 'AAAA'}, {'base64': 'AAAA'}]}, "
         "'fault': {'kind': 'corrupt', 'every': 6}");
    assert_int_equal(ow_plan_body_size(&lab->plan), 12);
    assert_int_equal(bits_set(answer_lab_body(lab)), 2);
    /* The second hit flips copies of the same zeros, not what was flipped. */
    answer_lab_dump(lab, 1);
    assert_int_equal(bits_set(answer_lab_body(lab)), 2);
}

static void fault_drip_sends_a_byte_at_a_time(void **state)
{
    assert_string_equal(
        then(*state, TEN ", 'fault': 'drip'"),
        "HEAD 200 len=10 | PACED '0123456789' 1 each 100ms | END");
    assert_string_equal(
        then(*state, TEN ", 'fault': {'kind': 'drip', 'every': '2s'}"),
        "HEAD 200 len=10 | PACED '0123456789' 1 each 2000ms | END");
    assert_string_equal(
        then(*state, TEN ", 'fault': {'kind': 'drip', 'rate': '50B/s'}"),
        "HEAD 200 len=10 | PACED '0123456789' 1 each 20ms | END");
    assert_refused(*state, "'fault': {'kind': 'drip', 'every': 0}",
                   "not in no time");
    assert_refused(*state, "'fault': {'kind': 'drip', 'every': 1, 'rate': 1}",
                   "take one");
}

static void fault_acts_on_files(void **state)
{
    char path[] = "/tmp/ow-fault-XXXXXX";
    int fd = mkstemp(path);
    char members[256];

    assert_int_equal(write(fd, "0123456789", 10), 10);
    close(fd);
    snprintf(members, sizeof members,
             "'file': '%s', 'headers': {'content-type': null}, 'fault': "
             "'truncate'",
             path);
    assert_string_equal(then(*state, members),
                        "HEAD 200 len=10 | FILE 0+5 | CLOSE");
    snprintf(members, sizeof members, "'file': '%s', 'fault': 'corrupt'", path);
    assert_string_equal(then(*state, members),
                        "HEAD 200 len=10 | FILE 0+10 corrupt=64 | END");
    snprintf(members, sizeof members, "'file': '%s', 'fault': 'drip'", path);
    assert_string_equal(then(*state, members),
                        "HEAD 200 len=10 | FILE 0+10 rate=10 | END");
    snprintf(members, sizeof members, "'file': '%s', 'fault': 'bad-length'",
             path);
    assert_string_equal(then(*state, members),
                        "HEAD 200 len=20 | FILE 0+10 | CLOSE");
    unlink(path);
}

static void fault_early_tells_its_stage_and_delay(void **state)
{
    static const struct {
        const char *name;
        enum ow_stage stage;
        int64_t delay;
    } faults[] = {
        {"nxdomain", OW_STAGE_NAME, 0},
        {"dns-timeout", OW_STAGE_NAME, 10000000000},
        {"refuse", OW_STAGE_CONNECT, 0},
        {"connect-timeout", OW_STAGE_CONNECT, 0},
        {"tls-expired", OW_STAGE_TLS, 0},
    };
    struct answer_lab *lab = *state;
    char members[64];

    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        snprintf(members, sizeof members, "'fault': '%s'", faults[i].name);
        assert_non_null(strstr(then(lab, members), "before there is a"));
        const struct ow_answer *answer = first_answer(lab);
        assert_int_equal(ow_answer_stage(answer), faults[i].stage);
        assert_true(ow_answers_have_stage(lab->answers, faults[i].stage));
        assert_false(ow_answers_have_stage(lab->answers, OW_STAGE_REQUEST));
        assert_true(ow_answer_fault_delay(answer) == faults[i].delay);
        assert_string_equal(ow_fault_name(ow_answer_fault(answer)),
                            faults[i].name);
    }
    then(lab, "'fault': {'kind': 'dns-timeout', 'after': '2s'}");
    assert_true(ow_answer_fault_delay(first_answer(lab)) == 2000000000);
}

static void fault_goaway_comes_before_or_instead(void **state)
{
    struct answer_lab *lab = *state;

    assert_string_equal(then(lab, "'fault': 'goaway'"), "GOAWAY 0 | CLOSE");
    assert_string_equal(lab->plan.fault, "goaway");
    assert_true(lab->plan.steps[1].end.of_connection);
    assert_string_equal(
        then(lab, TEN ", 'fault': {'kind': 'goaway', 'error': "
                      "'ENHANCE_YOUR_CALM', 'text': 'slow', 'after': '2B'}"),
        "HEAD 200 len=10 | BODY '01' | GOAWAY 11 'slow' | CLOSE");
    assert_string_equal(
        then(lab, TEN ", 'fault': {'kind': 'goaway', 'graceful': true}"),
        "GOAWAY 0 done | HEAD 200 len=10 | BODY '0123456789' | END");
}

static void fault_rst_stream_has_its_code(void **state)
{
    struct answer_lab *lab = *state;

    assert_string_equal(then(lab, "'fault': 'rst-stream'"), "RESET 2");
    assert_string_equal(then(lab,
                             TEN ", 'fault': {'kind': 'rst-stream', 'error': "
                                 "'REFUSED_STREAM', 'after': 3}"),
                        "HEAD 200 len=10 | BODY '012' | RESET 7");
    assert_string_equal(
        then(lab, "'fault': {'kind': 'rst-stream', 'error': 99}"), "RESET 99");
}

static void fault_says_what_it_ends_in_h2(void **state)
{
    struct answer_lab *lab = *state;

    then(lab, "'fault': 'close'");
    assert_false(lab->plan.steps[0].end.of_connection);
    then(lab, "'fault': {'kind': 'reset', 'connection': true}");
    assert_true(lab->plan.steps[0].end.of_connection);
    then(lab,
         "'text': 'x', 'fault': {'kind': 'bad-status', 'line': 'ICY 99 "
         "no'}");
    const struct ow_broken *broken = lab->plan.steps[0].raw.broken;
    assert_true(ow_str_equal(broken->name, OW_STR(":status")));
    assert_true(ow_str_equal(broken->value, OW_STR("99")));
    then(lab, "'text': 'x', 'fault': {'kind': 'bad-header', 'line': 'A b:c'}");
    broken = lab->plan.steps[0].raw.broken;
    assert_true(ow_str_equal(broken->name, OW_STR("A b")));
    assert_true(ow_str_equal(broken->value, OW_STR("c")));
    assert_int_equal(broken->head->head.status, 200);
}

static void fault_refuses_unknown_kinds_and_options(void **state)
{
    assert_refused(*state, "'fault': 'refused'", "did you mean 'refuse'?");
    assert_refused(*state, "'fault': {'kind': 'goaway', 'error': 'CALM'}",
                   "expected one of");
    assert_refused(*state, "'fault': {'kind': 'rst-stream', 'error': -1}",
                   "expected a whole number from 0 to 4294967295");
    assert_refused(*state, "'fault': {'kind': 'rst-stream', 'text': 'x'}",
                   "unknown key 'text'");
    assert_refused(*state, "'fault': {'kind': 'goaway', 'graceful': 1}",
                   "expected true or false");
    assert_refused(*state,
                   "'fault': {'kind': 'goaway', 'graceful': true, 'after': 1}",
                   "a graceful GOAWAY comes before the answer");
    assert_refused(*state, "'fault': {'after': 1}", "needs its 'kind'");
    assert_refused(*state, "'fault': {'kind': 'nxdomain', 'after': 1}",
                   "unknown key 'after'");
    assert_refused(*state, "'fault': {'kind': 'drip', 'evry': 1}",
                   "did you mean 'every'?");
    assert_refused(*state, "'fault': {'kind': 'reset', 'after': 'soon'}",
                   "/then/fault/after: expected a place in the body, as 300");
    assert_refused(*state, "'fault': {'kind': 'reset', 'after': -1}",
                   "expected a place in the body");
    assert_refused(*state, "'fault': 5", "expected a string");
}

static void fault_names_are_those_of_the_list(void **state)
{
    const char *const *names = ow_fault_names();
    int n = 0;

    (void)state;
    for (; names[n]; n++)
        assert_string_equal(ow_fault_name((enum ow_fault_kind)(n + 1)),
                            names[n]);
    assert_int_equal(n, OW_FAULT_DRIP);
    assert_null(ow_fault_name(OW_FAULT_NONE));
}

static void cut_counts_pieces_of_a_stream(void **state)
{
    struct answer_lab *lab = *state;

    assert_string_equal(
        then(lab,
             "'stream': {'sse': ['a', 'b', 'c'], 'every': '5ms'}, "
             "'cut': {'after': 2, 'how': 'reset'}"),
        "HEAD 200 chunked | PIECE 'data: a\\n\\n' | WAIT 5ms | "
        "PIECE 'data: b\\n\\n' | RESET");
    assert_string_equal(lab->plan.fault, "cut");
    assert_string_equal(then(lab,
                             "'stream': {'chunks': ['ab', 'cd'], 'rate': 2}, "
                             "'cut': {'after': 1}"),
                        "HEAD 200 chunked | PACED 'ab' 1 each 500ms | CLOSE");
    assert_string_equal(then(lab,
                             "'stream': {'chunks': ['ab']}, "
                             "'cut': {'after': 5, 'how': 'stall'}"),
                        "HEAD 200 chunked | PIECE 'ab' | STALL");
    assert_string_equal(then(lab,
                             "'stream': {'chunks': ['ab']}, "
                             "'cut': {'after': 0}"),
                        "HEAD 200 chunked | CLOSE");
}

static void cut_counts_bytes_and_shares(void **state)
{
    assert_string_equal(then(*state, TEN ", 'cut': {'after': 3}"),
                        "HEAD 200 len=10 | BODY '012' | CLOSE");
    assert_string_equal(then(*state,
                             "'stream': {'chunks': ['abc', 'def']}, "
                             "'cut': {'after': '4B'}"),
                        "HEAD 200 chunked | PIECE 'abc' | PIECE 'd' | CLOSE");
    assert_string_equal(then(*state,
                             "'stream': {'chunks': ['abc', 'def']}, "
                             "'cut': {'after': '50%'}"),
                        "HEAD 200 chunked | PIECE 'abc' | CLOSE");
}

static void cut_refuses_what_it_cannot_read(void **state)
{
    assert_refused(*state, "'cut': {'how': 'reset'}", "'cut' needs 'after'");
    assert_refused(*state, "'cut': {'after': 1, 'how': 'rest'}",
                   "did you mean 'reset'?");
    assert_refused(*state, "'stream': {'chunks': []}, 'cut': {'after': 1.5}",
                   "expected a place in the body, as 3 (pieces)");
    assert_refused(*state, "'cut': 3", "/then/cut: expected an object");
}

static void cut_and_fault_act_together(void **state)
{
    assert_string_equal(
        then(*state, TEN ", 'cut': {'after': 4}, 'fault': 'drip'"),
        "HEAD 200 len=10 | PACED '0123' 1 each 100ms | CLOSE");
}

#define TEST(name)                                                             \
    cmocka_unit_test_setup_teardown(name, answer_lab_set_up,                   \
                                    answer_lab_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(fault_close_comes_before_any_byte),
        TEST(fault_reset_comes_at_its_place),
        TEST(fault_stall_comes_at_its_place),
        TEST(fault_truncate_promises_all_and_sends_less),
        TEST(fault_truncate_alone_has_a_body_to_cut),
        TEST(fault_truncate_leaves_a_stream_without_its_end),
        TEST(fault_garbage_is_no_http),
        TEST(fault_garbage_is_seeded),
        TEST(fault_bad_status_breaks_the_first_line_alone),
        TEST(fault_bad_header_adds_a_broken_field),
        TEST(fault_bad_chunk_comes_inside_the_body),
        TEST(fault_bad_length_tells_too_much_or_too_little),
        TEST(fault_corrupt_flips_one_bit_each_n_bytes),
        TEST(fault_corrupt_counts_across_pieces_and_leaves_the_rule),
        TEST(fault_drip_sends_a_byte_at_a_time),
        TEST(fault_acts_on_files),
        TEST(fault_early_tells_its_stage_and_delay),
        TEST(fault_goaway_comes_before_or_instead),
        TEST(fault_rst_stream_has_its_code),
        TEST(fault_says_what_it_ends_in_h2),
        TEST(fault_refuses_unknown_kinds_and_options),
        TEST(fault_names_are_those_of_the_list),
        TEST(cut_counts_pieces_of_a_stream),
        TEST(cut_counts_bytes_and_shares),
        TEST(cut_refuses_what_it_cannot_read),
        TEST(cut_and_fault_act_together),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
