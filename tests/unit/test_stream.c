#include "config.h"

#include <dlfcn.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include <cmocka.h>

#include "../lib/answer_lab.h"

/* The plan of {"then": {"stream": ...}}, or the sentence that refuses it. */
static const char *stream(struct answer_lab *lab, const char *spec)
{
    char rule[1024];

    snprintf(rule, sizeof rule, "{'then': {'stream': %s}}", spec);
    if (answer_lab_load(lab, rule) < 0)
        return lab->err.text;
    return answer_lab_dump(lab, 0);
}

static void stream_sse_events_are_pieces(void **state)
{
    assert_string_equal(
        stream(*state,
               "{'sse': [{'event': 'token', 'data': {'t': 'Hel'}}, "
               "{'data': 'lo'}, '[DONE]']}"),
        "HEAD 200 chunked | PIECE 'event: token\\ndata: {'t':'Hel'}\\n\\n' | "
        "PIECE 'data: lo\\n\\n' | PIECE 'data: [DONE]\\n\\n' | END");
    assert_string_equal(
        answer_lab_fields(*state),
        "content-type: text/event-stream, cache-control: no-cache");
}

static void stream_sse_takes_id_retry_and_comment(void **state)
{
    assert_string_equal(
        stream(*state,
               "{'sse': [{'id': '7', 'retry': '2s', 'data': 'a\\nb'}, "
               "{'comment': 'ping'}]}"),
        "HEAD 200 chunked | "
        "PIECE 'id: 7\\nretry: 2000\\ndata: a\\ndata: b\\n\\n' | "
        "PIECE ': ping\\n\\n' | END");
}

static void stream_sse_refuses_what_is_no_event(void **state)
{
    assert_string_equal(
        stream(*state, "{'sse': [5]}"),
        "lab.json:1:30: /then/stream/sse/0: expected an event: {'data': ...}, "
        "or a string as its data");
    assert_non_null(strstr(stream(*state, "{'sse': [{'dta': 1}]}"),
                           "unknown key 'dta'; did you mean 'data'?"));
    assert_non_null(strstr(stream(*state, "{'sse': [{'event': 'a\\nb'}]}"),
                           "/then/stream/sse/0/event: expected a string "
                           "without line breaks"));
    assert_non_null(strstr(stream(*state, "{'sse': 'x'}"), "expected a list"));
}

static void stream_ndjson_values_are_lines(void **state)
{
    assert_string_equal(
        stream(*state, "{'ndjson': [{'n': 1}, 'x'], 'every': '1s'}"),
        "HEAD 200 chunked | PIECE '{'n':1}\\n' | WAIT 1000ms | "
        "PIECE ''x'\\n' | END");
    assert_string_equal(answer_lab_fields(*state),
                        "content-type: application/x-ndjson");
}

static void stream_chunks_are_strings_or_base64(void **state)
{
    assert_string_equal(
        stream(*state, "{'chunks': ['ab', {'base64': '/w=='}]}"),
        "HEAD 200 chunked | PIECE 'ab' | PIECE '\\xff' | END");
    assert_non_null(strstr(stream(*state, "{'chunks': [1]}"),
                           "expected a chunk: a string or {'base64'"));
    assert_non_null(strstr(stream(*state, "{'chunks': [{'base64': '!'}]}"),
                           "chunks/0/base64: this is not base64"));
}

static void stream_text_comes_in_words(void **state)
{
    assert_string_equal(stream(*state, "{'text': 'two  small words '}"),
                        "HEAD 200 chunked | PIECE 'two' | PIECE '  small' | "
                        "PIECE ' words ' | END");
    assert_string_equal(stream(*state, "{'text': ''}"),
                        "HEAD 200 chunked | END");
}

static void stream_text_comes_in_tokens(void **state)
{
    assert_string_equal(
        stream(*state,
               "{'text': 'Streaming 12345 caf\xc3\xa9s, \\n  ok!', "
               "'split': 'token'}"),
        "HEAD 200 chunked | PIECE 'Strea' | PIECE 'ming' | PIECE ' 123' | "
        "PIECE '45' | PIECE ' caf\\xc3\\xa9s' | PIECE ',' | PIECE ' \\n ' | "
        "PIECE ' ok' | PIECE '!' | END");
}

static void stream_split_by_bytes_cuts_inside_a_character(void **state)
{
    assert_string_equal(
        stream(*state, "{'text': 'n\xc3\xa9', 'split': {'bytes': 1}}"),
        "HEAD 200 chunked | PIECE 'n' | PIECE '\\xc3' | PIECE '\\xa9' | END");
    assert_string_equal(stream(*state,
                               "{'text': 'abcde', 'split': {'bytes': "
                               "3}}"),
                        "HEAD 200 chunked | PIECE 'abc' | PIECE 'de' | END");
}

static void stream_split_at_offsets(void **state)
{
    assert_string_equal(
        stream(*state, "{'text': 'abcde', 'split': {'at': [1, 3]}}"),
        "HEAD 200 chunked | PIECE 'a' | PIECE 'bc' | PIECE 'de' | END");
    assert_non_null(
        strstr(stream(*state, "{'text': 'abcde', 'split': {'at': [3, 3]}}"),
               "/then/stream/split/at/1: offsets rise"));
    assert_non_null(
        strstr(stream(*state, "{'text': 'abcde', 'split': {'at': [9]}}"),
               "'split' cuts at byte 9 of a text of 5"));
}

static void stream_refuses_bad_splits(void **state)
{
    assert_non_null(strstr(stream(*state, "{'text': 'a', 'split': 'words'}"),
                           "unknown word 'words'; did you mean 'word'?"));
    assert_non_null(strstr(stream(*state,
                                  "{'text': 'a', 'split': {'bytes': "
                                  "0}}"),
                           "expected a whole number from 1"));
    assert_non_null(strstr(stream(*state, "{'text': 'a', 'split': {}}"),
                           "expected {'bytes': n} or {'at': [...]}"));
    assert_non_null(strstr(stream(*state, "{'text': 'a', 'split': 3}"),
                           "expected 'word', 'token'"));
    assert_non_null(strstr(stream(*state, "{'sse': [], 'split': 'word'}"),
                           "'split' cuts 'text' alone"));
}

static void stream_first_and_every_are_waits(void **state)
{
    assert_string_equal(
        stream(*state,
               "{'chunks': ['a', 'b', 'c'], 'first': '300ms', "
               "'every': '20ms'}"),
        "HEAD 200 chunked | WAIT 300ms | PIECE 'a' | WAIT 20ms | PIECE 'b' | "
        "WAIT 20ms | PIECE 'c' | END");
}

static void stream_delay_stands_before_the_head(void **state)
{
    struct answer_lab *lab = *state;

    assert_int_equal(
        answer_lab_load(lab,
                        "{'then': {'delay': '1s', 'status': 201, "
                        "'headers': {'content-type': 'a/b'}, "
                        "'stream': {'chunks': ['a'], 'first': 5}}}"),
        0);
    assert_string_equal(
        answer_lab_dump(lab, 0),
        "WAIT 1000ms | HEAD 201 chunked | WAIT 5ms | PIECE 'a' | END");
    assert_string_equal(answer_lab_fields(lab), "content-type: a/b");
}

static void stream_tps_paces_tokens(void **state)
{
    assert_string_equal(stream(*state, "{'text': 'abcdefg', 'tps': 50}"),
                        "HEAD 200 chunked | PIECE 'abcde' | WAIT 20ms | "
                        "PIECE 'fg' | END");
    assert_non_null(
        strstr(stream(*state, "{'text': 'a', 'tps': 5, 'every': 1}"),
               "say the same in two ways"));
    assert_non_null(strstr(stream(*state, "{'text': 'a', 'tps': 0}"),
                           "expected a number of tokens a second"));
}

static void stream_jitter_is_seeded_and_bounded(void **state)
{
    const char *spec =
        "{'chunks': ['a', 'b', 'c'], 'every': '20ms', "
        "'jitter': '5ms'}";
    struct answer_lab *lab = *state;
    char first[1024];
    int64_t before = 0;

    ow_rand_init(&lab->rand, 7);
    snprintf(first, sizeof first, "%s", stream(lab, spec));
    for (size_t i = 0; i < lab->plan.n; i++) {
        const struct ow_step *step = &lab->plan.steps[i];
        if (step->kind != OW_STEP_WAIT)
            continue;
        assert_in_range(step->wait_ns, 15000000, 25000000);
        assert_true(step->wait_ns != before);
        before = step->wait_ns;
    }
    assert_true(before != 0);
    ow_rand_init(&lab->rand, 7);
    assert_string_equal(stream(lab, spec), first);
    ow_rand_init(&lab->rand, 8);
    assert_string_not_equal(stream(lab, spec), first);
}

static void stream_waits_once_for_each_turn_of_a_loop(void **state)
{
    assert_string_equal(
        stream(*state,
               "{'chunks': ['<', {'each': '{{ {1, 2} }}', 'text': "
               "'{{ item }}'}, '>'], 'every': '1s'}"),
        "HEAD 200 chunked | PIECE '<' | PIECE '1' | WAIT 1000ms | PIECE '2' | "
        "PIECE '>' | END");
    assert_string_equal(
        stream(*state,
               "{'chunks': [{'each': '{{ {1, 2} }}', 'events': ["
               "{'text': '{{ item }}', 'if': '{{ true }}'}, ',']}], "
               "'every': '1s'}"),
        "HEAD 200 chunked | PIECE '1' | PIECE ',' | WAIT 1000ms | PIECE '2' | "
        "PIECE ',' | END");
    /* Where there are turns within, it is those. */
    assert_string_equal(
        stream(*state,
               "{'chunks': [{'each': '{{ {1} }}', 'events': ['a', "
               "{'each': '{{ {1, 2} }}', 'text': '{{ item }}'}]}], "
               "'every': '1s'}"),
        "HEAD 200 chunked | PIECE 'a' | PIECE '1' | WAIT 1000ms | PIECE '2' | "
        "END");
}

static void stream_rate_paces_each_piece_exactly(void **state)
{
    assert_string_equal(stream(*state, "{'text': 'abcdef', 'rate': '2B/s'}"),
                        "HEAD 200 chunked | PACED 'abcdef' 1 each 500ms | END");
    assert_string_equal(
        stream(*state, "{'chunks': ['0123456789', 'ab'], 'rate': 100}"),
        "HEAD 200 chunked | PACED '0123456789' 3 each 25ms | "
        "PACED 'ab' 2 each 20ms | END");
    assert_non_null(strstr(stream(*state, "{'text': 'a', 'rate': '5KB'}"),
                           "expected a rate, as '256KB/s'"));
}

static void stream_file_keeps_its_length(void **state)
{
    char path[] = "/tmp/ow-stream-XXXXXX";
    int fd = mkstemp(path);
    char spec[128];

    assert_int_equal(write(fd, "0123456789", 10), 10);
    close(fd);
    snprintf(spec, sizeof spec, "{'file': '%s', 'rate': '256KB/s', 'first': 1}",
             path);
    assert_string_equal(
        stream(*state, spec),
        "HEAD 200 len=10 | WAIT 1ms | FILE 0+10 rate=256000 | END");
    snprintf(spec, sizeof spec, "{'file': '%s', 'every': '1ms'}", path);
    assert_non_null(strstr(stream(*state, spec), "a file has no pieces"));
    unlink(path);
    assert_non_null(strstr(stream(*state, spec), "a file has no pieces"));
}

static void stream_refuses_none_or_two_sources(void **state)
{
    assert_non_null(strstr(stream(*state, "{}"), "a stream needs a source"));
    assert_non_null(strstr(stream(*state, "{'sse': [], 'text': 'a'}"),
                           "'sse' and 'text' are two sources"));
    assert_non_null(
        strstr(stream(*state, "{'ssse': []}"), "did you mean 'sse'?"));
    assert_non_null(strstr(stream(*state, "[]"), "expected an object"));
}

static void stream_refuses_a_second_body(void **state)
{
    struct answer_lab *lab = *state;

    assert_int_equal(answer_lab_load(lab,
                                     "{'then': {'stream': {'text': 'a'}, "
                                     "'json': 1}}"),
                     -EINVAL);
    assert_non_null(strstr(lab->err.text, "are two bodies"));
    assert_int_equal(answer_lab_load(lab,
                                     "{'then': {'status': 204, 'stream': "
                                     "{'text': 'a'}}}"),
                     -EINVAL);
    assert_non_null(strstr(lab->err.text, "status 204 has no body"));
}

static void stream_of_many_events_is_planned_whole(void **state)
{
    enum { EVENTS = 100000 };
    struct answer_lab *lab = *state;
    struct ow_buf rule;

    ow_buf_init(&rule, 0);
    ow_buf_append_str(&rule, ow_str_from("{'then': {'stream': {'every': 1, "
                                         "'sse': ['x'"));
    for (int i = 1; i < EVENTS; i++)
        ow_buf_append(&rule, ",'x'", 4);
    ow_buf_append(&rule, "]}}}", 5);
    assert_int_equal(answer_lab_load(lab, ow_buf_data(&rule)), 0);
    ow_buf_release(&rule);
    answer_lab_dump(lab, 0);
    assert_int_equal(lab->plan.n, 2 * EVENTS + 1);
    assert_int_equal(ow_plan_body_size(&lab->plan), EVENTS * 9);
    assert_true(sizeof(struct ow_step) <= 64);
}

/* Unpacks what has come so far, as a browser does. */
static struct ow_str unpack(struct ow_str packed, char *out, size_t room)
{
    z_stream z = {.next_in = (Bytef *)(uintptr_t)packed.ptr,
                  .avail_in = (uInt)packed.len,
                  .next_out = (Bytef *)out,
                  .avail_out = (uInt)room};

    assert_int_equal(inflateInit2(&z, MAX_WBITS + 16), Z_OK);
    inflate(&z, Z_SYNC_FLUSH);
    inflateEnd(&z);
    return (struct ow_str){out, z.total_out};
}

static void accept_coding(struct answer_lab *lab, const char *value)
{
    lab->request.headers.n = 0;
    ow_fields_add(&lab->request.headers, &lab->arena, OW_STR("Accept-Encoding"),
                  ow_str_from(value));
}

static void gzip_packs_a_body_for_clients_that_take_it(void **state)
{
    struct answer_lab *lab = *state;
    char out[64];

    accept_coding(lab, "br, gzip;q=0.5");
    assert_int_equal(
        answer_lab_load(lab,
                        "{'then': {'text': 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
                        "aaaaaaaaaa', 'encoding': 'gzip'}}"),
        0);
    answer_lab_dump(lab, 0);
    assert_string_equal(answer_lab_fields(lab),
                        "content-type: text/plain; charset=utf-8, "
                        "vary: accept-encoding, content-encoding: gzip");
    struct ow_str body = answer_lab_body(lab);
    assert_int_equal(ow_plan_head(&lab->plan)->head.length, body.len);
    assert_int_equal(unpack(body, out, sizeof out).len, 40);
}

static void gzip_leaves_the_body_for_clients_that_do_not(void **state)
{
    static const char *const refusals[] = {"", "identity", "gzip;q=0",
                                           "*, gzip; q=0.0", "gzipped"};
    struct answer_lab *lab = *state;

    assert_int_equal(
        answer_lab_load(lab, "{'then': {'text': 'abc', 'encoding': 'gzip'}}"),
        0);
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        accept_coding(lab, refusals[i]);
        assert_string_equal(answer_lab_dump(lab, 0),
                            "HEAD 200 len=3 | BODY 'abc' | END");
        assert_string_equal(answer_lab_fields(lab),
                            "content-type: text/plain; charset=utf-8, "
                            "vary: accept-encoding");
    }
    accept_coding(lab, "*");
    assert_string_not_equal(answer_lab_dump(lab, 0),
                            "HEAD 200 len=3 | BODY 'abc' | END");
}

static void gzip_stream_can_be_unpacked_as_it_comes(void **state)
{
    struct answer_lab *lab = *state;
    char out[64];

    accept_coding(lab, "gzip");
    assert_int_equal(
        answer_lab_load(lab,
                        "{'then': {'stream': {'chunks': ['one ', 'two']},"
                        " 'encoding': 'gzip'}}"),
        0);
    answer_lab_dump(lab, 0);
    assert_int_equal(lab->plan.n, 4);
    struct ow_str first = lab->plan.steps[1].bytes;
    assert_true(ow_str_equal(unpack(first, out, sizeof out), OW_STR("one ")));
    assert_true(ow_str_equal(unpack(answer_lab_body(lab), out, sizeof out),
                             OW_STR("one two")));
}

/* The whole of a brotli stream; fails the test where it is none. */
static struct ow_str unpack_brotli(struct ow_str packed, char *out, size_t size)
{
    int (*decompress)(size_t, const char *, size_t *, char *);
    void *library = dlopen("libbrotlidec.so.1", RTLD_NOW);

    if (!library)
        skip();
    *(void **)&decompress = dlsym(library, "BrotliDecoderDecompress");
    assert_non_null(decompress);
    assert_int_equal(decompress(packed.len, packed.ptr, &size, out), 1);
    dlclose(library);
    return (struct ow_str){out, size};
}

static void brotli_packs_for_clients_that_take_it(void **state)
{
    struct answer_lab *lab = *state;
    char out[64];

    if (answer_lab_load(lab,
                        "{'then': {'text': 'abcabcabcabcabcabcabc', "
                        "'encoding': 'br'}}") < 0) {
        /* The library is no dependency, but the sentence names it. */
        assert_non_null(strstr(lab->err.text, "libbrotli1"));
        skip();
    }
    accept_coding(lab, "gzip, br;q=0");
    assert_string_equal(answer_lab_dump(lab, 0),
                        "HEAD 200 len=21 | BODY 'abcabcabcabcabcabcabc' | END");
    accept_coding(lab, "gzip, br");
    answer_lab_dump(lab, 0);
    assert_string_equal(answer_lab_fields(lab),
                        "content-type: text/plain; charset=utf-8, "
                        "vary: accept-encoding, content-encoding: br");
    struct ow_str body = answer_lab_body(lab);
    assert_int_equal(ow_plan_head(&lab->plan)->head.length, body.len);
    assert_true(ow_str_equal(unpack_brotli(body, out, sizeof out),
                             OW_STR("abcabcabcabcabcabcabc")));
}

static void brotli_streams_are_flushed_behind_each_piece(void **state)
{
    struct answer_lab *lab = *state;
    char out[64];

    accept_coding(lab, "br");
    if (answer_lab_load(lab,
                        "{'then': {'stream': {'chunks': ['one ', 'two']},"
                        " 'encoding': 'br'}}") < 0)
        skip();
    answer_lab_dump(lab, 0);
    assert_int_equal(lab->plan.n, 4);
    /* More than a header: the piece is in it. */
    assert_true(lab->plan.steps[1].bytes.len > 4);
    assert_true(
        ow_str_equal(unpack_brotli(answer_lab_body(lab), out, sizeof out),
                     OW_STR("one two")));
}

static void gzip_refuses_files(void **state)
{
    struct answer_lab *lab = *state;

    assert_int_equal(
        answer_lab_load(lab,
                        "{'then': {'file': '/etc/passwd', 'encoding': "
                        "'gzip'}}"),
        -EINVAL);
    assert_non_null(strstr(lab->err.text, "a file is sent as it is"));
    assert_int_equal(
        answer_lab_load(lab, "{'then': {'text': 'a', 'encoding': 'zip'}}"),
        -EINVAL);
    assert_non_null(strstr(lab->err.text, "'zip'; did you mean 'gzip'?"));
}

#define TEST(name)                                                             \
    cmocka_unit_test_setup_teardown(name, answer_lab_set_up,                   \
                                    answer_lab_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(stream_sse_events_are_pieces),
        TEST(stream_sse_takes_id_retry_and_comment),
        TEST(stream_sse_refuses_what_is_no_event),
        TEST(stream_ndjson_values_are_lines),
        TEST(stream_chunks_are_strings_or_base64),
        TEST(stream_text_comes_in_words),
        TEST(stream_text_comes_in_tokens),
        TEST(stream_split_by_bytes_cuts_inside_a_character),
        TEST(stream_split_at_offsets),
        TEST(stream_refuses_bad_splits),
        TEST(stream_first_and_every_are_waits),
        TEST(stream_delay_stands_before_the_head),
        TEST(stream_tps_paces_tokens),
        TEST(stream_jitter_is_seeded_and_bounded),
        TEST(stream_waits_once_for_each_turn_of_a_loop),
        TEST(stream_rate_paces_each_piece_exactly),
        TEST(stream_file_keeps_its_length),
        TEST(stream_refuses_none_or_two_sources),
        TEST(stream_refuses_a_second_body),
        TEST(stream_of_many_events_is_planned_whole),
        TEST(gzip_packs_a_body_for_clients_that_take_it),
        TEST(gzip_leaves_the_body_for_clients_that_do_not),
        TEST(gzip_stream_can_be_unpacked_as_it_comes),
        TEST(gzip_refuses_files),
        TEST(brotli_packs_for_clients_that_take_it),
        TEST(brotli_streams_are_flushed_behind_each_piece),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
