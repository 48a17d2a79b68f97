#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "exchange/h1_sink.h"

struct lab {
    struct ow_buf out;
    struct ow_date date;
    struct ow_arena arena;
    struct ow_fields fields;
    struct ow_h1_sink sink;
};

static int set_up(void **state)
{
    struct lab *lab = calloc(1, sizeof *lab);

    if (!lab)
        return -1;
    ow_h1_sink_init(&lab->sink, &lab->out, &lab->date);
    lab->sink.keep_alive = true;
    *state = lab;
    return 0;
}

static int tear_down(void **state)
{
    struct lab *lab = *state;

    ow_buf_release(&lab->out);
    ow_arena_release(&lab->arena);
    free(lab);
    return 0;
}

static void add_field(struct lab *lab, const char *name, const char *value)
{
    assert_int_equal(ow_fields_add(&lab->fields, &lab->arena, ow_str_from(name),
                                   ow_str_from(value)),
                     0);
}

static void put_raw(struct lab *lab, const char *bytes)
{
    struct ow_step step = {.kind = OW_STEP_RAW,
                           .raw = {ow_str_from(bytes), NULL}};

    assert_int_equal(lab->sink.sink.ops->raw(&lab->sink.sink, &step), 0);
}

static void put_head(struct lab *lab, enum ow_framing framing, uint64_t length)
{
    struct ow_step step = {.kind = OW_STEP_HEAD,
                           .head = {.status = 200,
                                    .fields = &lab->fields,
                                    .framing = framing,
                                    .length = length}};

    assert_int_equal(lab->sink.sink.ops->head(&lab->sink.sink, &step), 0);
}

static void put_body(struct lab *lab, const char *text)
{
    assert_int_equal(
        lab->sink.sink.ops->body(&lab->sink.sink, text, strlen(text)), 0);
}

static void put_end(struct lab *lab)
{
    assert_int_equal(lab->sink.sink.ops->end(&lab->sink.sink, NULL), 0);
}

#define DATE "Date: Thu, 01 Jan 1970 00:00:00 GMT\r\n"

static void check_out(struct lab *lab, const char *expected)
{
    struct ow_str out = ow_buf_peek(&lab->out);

    if (!ow_str_equal(out, ow_str_from(expected)))
        fail_msg("it is:\n%.*s", OW_STR_ARGS(out));
}

static void h1_sink_frames_by_length(void **state)
{
    struct lab *lab = *state;

    put_head(lab, OW_FRAMING_LENGTH, 3);
    put_body(lab, "abc");
    assert_false(ow_h1_sink_can_go_on(&lab->sink));
    put_end(lab);
    check_out(lab, "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n" DATE "\r\nabc");
    assert_true(ow_h1_sink_can_go_on(&lab->sink));
}

static void h1_sink_frames_by_chunks(void **state)
{
    struct lab *lab = *state;

    put_head(lab, OW_FRAMING_CHUNKED, 0);
    put_body(lab, "abc");
    put_end(lab);
    check_out(lab, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n" DATE
                   "\r\n3\r\nabc\r\n0\r\n\r\n");
    assert_true(ow_h1_sink_can_go_on(&lab->sink));
}

static void h1_sink_gives_http_1_0_no_chunks(void **state)
{
    struct lab *lab = *state;

    lab->sink.minor = 0;
    add_field(lab, "Transfer-Encoding", "chunked");
    put_head(lab, OW_FRAMING_CHUNKED, 0);
    put_body(lab, "abc");
    put_end(lab);
    check_out(lab, "HTTP/1.1 200 OK\r\n" DATE "Connection: close\r\n\r\nabc");
    assert_false(ow_h1_sink_can_go_on(&lab->sink));
}

static void h1_sink_tells_http_1_0_that_it_stays(void **state)
{
    struct lab *lab = *state;

    lab->sink.minor = 0;
    put_head(lab, OW_FRAMING_LENGTH, 0);
    put_end(lab);
    check_out(lab, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n" DATE
                   "Connection: keep-alive\r\n\r\n");
    assert_true(ow_h1_sink_can_go_on(&lab->sink));
}

static void h1_sink_leaves_the_body_of_head_out(void **state)
{
    struct lab *lab = *state;

    lab->sink.head_only = true;
    put_head(lab, OW_FRAMING_LENGTH, 3);
    put_body(lab, "abc");
    assert_null(lab->sink.sink.ops->reserve(&lab->sink.sink, 3));
    put_end(lab);
    check_out(lab, "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n" DATE "\r\n");
    assert_true(ow_h1_sink_can_go_on(&lab->sink));
}

static void h1_sink_does_not_say_twice_what_the_rule_says(void **state)
{
    struct lab *lab = *state;

    add_field(lab, "date", "x");
    add_field(lab, "content-length", "99");
    add_field(lab, "connection", "Close");
    put_head(lab, OW_FRAMING_LENGTH, 3);
    check_out(lab,
              "HTTP/1.1 200 OK\r\ndate: x\r\ncontent-length: 99\r\n"
              "connection: Close\r\n\r\n");
    put_body(lab, "abc");
    put_end(lab);
    assert_false(ow_h1_sink_can_go_on(&lab->sink));
}

static void h1_sink_closes_after_a_length_that_was_not_kept(void **state)
{
    struct lab *lab = *state;

    put_head(lab, OW_FRAMING_LENGTH, 4);
    put_body(lab, "abc");
    put_end(lab);
    assert_false(ow_h1_sink_can_go_on(&lab->sink));
}

static void h1_sink_closes_after_raw_bytes(void **state)
{
    struct lab *lab = *state;

    put_head(lab, OW_FRAMING_LENGTH, 0);
    put_raw(lab, "x");
    put_end(lab);
    assert_false(ow_h1_sink_can_go_on(&lab->sink));
}

static void h1_sink_sends_a_body_without_head_as_it_is(void **state)
{
    struct lab *lab = *state;

    put_raw(lab, "ICY\r\n\r\n");
    put_body(lab, "abc");
    check_out(lab, "ICY\r\n\r\nabc");
    assert_false(ow_h1_sink_can_go_on(&lab->sink));
}

static void h1_sink_takes_bytes_in_place(void **state)
{
    struct lab *lab = *state;

    put_head(lab, OW_FRAMING_LENGTH, 3);
    size_t before = lab->out.len;
    char *place = lab->sink.sink.ops->reserve(&lab->sink.sink, 3);
    assert_non_null(place);
    memcpy(place, "abc", 3);
    assert_int_equal(lab->sink.sink.ops->commit(&lab->sink.sink, 3), 0);
    put_end(lab);
    assert_int_equal(lab->out.len, before + 3);
    assert_true(ow_h1_sink_can_go_on(&lab->sink));
}

#define SINK_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SINK_TEST(h1_sink_frames_by_length),
        SINK_TEST(h1_sink_frames_by_chunks),
        SINK_TEST(h1_sink_gives_http_1_0_no_chunks),
        SINK_TEST(h1_sink_tells_http_1_0_that_it_stays),
        SINK_TEST(h1_sink_leaves_the_body_of_head_out),
        SINK_TEST(h1_sink_does_not_say_twice_what_the_rule_says),
        SINK_TEST(h1_sink_closes_after_a_length_that_was_not_kept),
        SINK_TEST(h1_sink_closes_after_raw_bytes),
        SINK_TEST(h1_sink_sends_a_body_without_head_as_it_is),
        SINK_TEST(h1_sink_takes_bytes_in_place),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
