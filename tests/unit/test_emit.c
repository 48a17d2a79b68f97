/*
 * The emitter against a sink that writes down what it is told: "head 200",
 * "body 3", ... with a mark "@5" before what comes at session time 5.
 */
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

#include "base/limits.h"
#include "emit/emit.h"

struct notes {
    struct ow_sink sink;
    struct ow_buf text;
    struct ow_buf bytes; /* body and raw bytes */
    size_t pending;
    bool keeps_pending; /* nobody reads: pending grows */
    bool has_place;
    char place[OW_LIMIT_IO];
    int error;
};

static struct notes *notes_of(const struct ow_sink *sink)
{
    return (struct notes *)sink;
}

static int note_head(struct ow_sink *sink, const struct ow_step *head)
{
    return ow_buf_printf(&notes_of(sink)->text, "head %d\n", head->head.status);
}

static int note_bytes(struct ow_sink *sink, const char *what, const void *bytes,
                      size_t len)
{
    struct notes *notes = notes_of(sink);

    if (notes->error < 0)
        return notes->error;
    ow_buf_printf(&notes->text, "%s %zu\n", what, len);
    if (notes->keeps_pending)
        notes->pending += len;
    return ow_buf_append(&notes->bytes, bytes, len);
}

static int note_body(struct ow_sink *sink, const void *bytes, size_t len)
{
    return note_bytes(sink, "body", bytes, len);
}

static char *give_place(struct ow_sink *sink, size_t len)
{
    struct notes *notes = notes_of(sink);

    assert_true(len <= sizeof notes->place);
    return notes->has_place ? notes->place : NULL;
}

static int note_commit(struct ow_sink *sink, size_t len)
{
    return note_bytes(sink, "commit", notes_of(sink)->place, len);
}

static int note_end(struct ow_sink *sink, const struct ow_fields *trailers)
{
    return ow_buf_printf(&notes_of(sink)->text, "end %zu\n",
                         trailers ? trailers->n : 0);
}

static int note_raw(struct ow_sink *sink, const struct ow_step *raw)
{
    return note_bytes(sink, "raw", raw->raw.bytes.ptr, raw->raw.bytes.len);
}

static int note_goaway(struct ow_sink *sink, const struct ow_step *goaway)
{
    return ow_buf_printf(&notes_of(sink)->text, "goaway %u\n",
                         goaway->goaway.error);
}

static void note_close(struct ow_sink *sink, const struct ow_step *step)
{
    (void)step;
    ow_buf_append(&notes_of(sink)->text, "close\n", 6);
}

static void note_reset(struct ow_sink *sink, const struct ow_step *step)
{
    (void)step;
    ow_buf_append(&notes_of(sink)->text, "reset\n", 6);
}

static size_t tell_pending(const struct ow_sink *sink)
{
    return notes_of(sink)->pending;
}

static const struct ow_sink_ops notes_ops = {
    .head = note_head,
    .body = note_body,
    .reserve = give_place,
    .commit = note_commit,
    .end = note_end,
    .raw = note_raw,
    .goaway = note_goaway,
    .close = note_close,
    .reset = note_reset,
    .pending = tell_pending,
};

static int set_up(void **state)
{
    struct notes *notes = calloc(1, sizeof *notes);

    if (!notes)
        return -1;
    notes->sink.ops = &notes_ops;
    *state = notes;
    return 0;
}

static int tear_down(void **state)
{
    struct notes *notes = *state;

    ow_buf_release(&notes->text);
    ow_buf_release(&notes->bytes);
    free(notes);
    return 0;
}

#define PLAN(...)                                                              \
    {                                                                          \
        .steps = (struct ow_step[]){__VA_ARGS__},                              \
        .n = sizeof((struct ow_step[]){__VA_ARGS__}) / sizeof(struct ow_step)  \
    }

#define HEAD                                                                   \
    {                                                                          \
        .kind = OW_STEP_HEAD, .head.status = 200                               \
    }
#define BODY(literal)                                                          \
    {                                                                          \
        .kind = OW_STEP_BODY, .bytes = { literal, sizeof(literal) - 1 }        \
    }
#define PIECE(literal)                                                         \
    {                                                                          \
        .kind = OW_STEP_PIECE, .bytes = { literal, sizeof(literal) - 1 }       \
    }
#define WAIT(ns)                                                               \
    {                                                                          \
        .kind = OW_STEP_WAIT, .wait_ns = (ns)                                  \
    }
#define STEP(name)                                                             \
    {                                                                          \
        .kind = OW_STEP_##name                                                 \
    }

static void check_notes(struct notes *notes, const char *expected)
{
    struct ow_str text = ow_buf_peek(&notes->text);

    if (!ow_str_equal(text, ow_str_from(expected)))
        fail_msg("the sink got:\n%.*s", OW_STR_ARGS(text));
}

/* Plays to the end on time, with a mark for each time it was called. */
static enum ow_emit_state play_all(struct notes *notes, struct ow_emit *emit)
{
    enum ow_emit_state result;
    int64_t due = emit->due;

    do {
        ow_buf_printf(&notes->text, "@%lld\n", (long long)due);
        result = ow_emit_run(emit, due, &due);
    } while (result == OW_EMIT_WAITING);
    return result;
}

static void emit_plays_steps_in_order_at_once(void **state)
{
    struct notes *notes = *state;
    struct ow_plan plan = PLAN(HEAD, BODY("abc"), PIECE("de"), STEP(END));
    struct ow_emit emit;
    int64_t due = -1;

    ow_emit_init(&emit, &plan, &notes->sink, 10);
    assert_int_equal(ow_emit_run(&emit, 10, &due), OW_EMIT_DONE);
    check_notes(notes, "head 200\nbody 3\nbody 2\nend 0\n");
    assert_int_equal(emit.sent, 5);
    assert_int_equal(due, -1);
}

static void emit_waits_between_steps(void **state)
{
    struct notes *notes = *state;
    struct ow_plan plan = PLAN(WAIT(5), HEAD, WAIT(20), PIECE("a"), WAIT(20),
                               PIECE("b"), STEP(END));
    struct ow_emit emit;

    ow_emit_init(&emit, &plan, &notes->sink, 100);
    assert_int_equal(play_all(notes, &emit), OW_EMIT_DONE);
    check_notes(notes,
                "@100\n@105\nhead 200\n@125\nbody 1\n@145\nbody 1\n"
                "end 0\n");
}

static void emit_does_not_drift_when_called_late(void **state)
{
    struct notes *notes = *state;
    struct ow_plan plan = PLAN(PIECE("a"), WAIT(20), PIECE("b"), WAIT(20),
                               PIECE("c"), WAIT(20), PIECE("d"));
    struct ow_emit emit;
    int64_t due;

    ow_emit_init(&emit, &plan, &notes->sink, 0);
    assert_int_equal(ow_emit_run(&emit, 3, &due), OW_EMIT_WAITING);
    assert_int_equal(due, 20);
    /* Two are late: both go at once, and the last is due when it was. */
    assert_int_equal(ow_emit_run(&emit, 47, &due), OW_EMIT_WAITING);
    assert_int_equal(due, 60);
    check_notes(notes, "body 1\nbody 1\nbody 1\n");
    assert_int_equal(ow_emit_run(&emit, 60, &due), OW_EMIT_DONE);
}

static void emit_holds_the_end_for_a_last_wait(void **state)
{
    struct notes *notes = *state;
    struct ow_plan plan = PLAN(HEAD, STEP(END), WAIT(7));
    struct ow_emit emit;

    ow_emit_init(&emit, &plan, &notes->sink, 0);
    assert_int_equal(play_all(notes, &emit), OW_EMIT_DONE);
    check_notes(notes, "@0\nhead 200\nend 0\n@7\n");
}

static void emit_paces_pieces(void **state)
{
    struct notes *notes = *state;
    struct ow_plan plan =
        PLAN({.kind = OW_STEP_PACED,
              .paced = {.bytes = {"abcde", 5}, .piece = 2, .every_ns = 10}},
             STEP(END));
    struct ow_emit emit;

    ow_emit_init(&emit, &plan, &notes->sink, 0);
    assert_int_equal(play_all(notes, &emit), OW_EMIT_DONE);
    check_notes(notes, "@0\nbody 2\n@10\nbody 2\n@20\nbody 1\n@30\nend 0\n");
    assert_true(ow_str_equal(ow_buf_peek(&notes->bytes), OW_STR("abcde")));
}

static void emit_cuts_a_big_body_and_stops_when_nobody_reads(void **state)
{
    struct notes *notes = *state;
    size_t len = OW_LIMIT_OUT_HIGH + 2 * OW_LIMIT_IO + 5;
    char *bytes = calloc(1, len);
    struct ow_plan plan =
        PLAN({.kind = OW_STEP_BODY, .bytes = {bytes, len}}, STEP(END));
    struct ow_emit emit;
    int64_t due;

    assert_non_null(bytes);
    notes->keeps_pending = true;
    ow_emit_init(&emit, &plan, &notes->sink, 0);
    assert_int_equal(ow_emit_run(&emit, 0, &due), OW_EMIT_BLOCKED);
    assert_int_equal(notes->pending, OW_LIMIT_OUT_HIGH);
    assert_int_equal(ow_emit_run(&emit, 0, &due), OW_EMIT_BLOCKED);
    assert_int_equal(notes->pending, OW_LIMIT_OUT_HIGH);
    notes->pending = 0;
    assert_int_equal(ow_emit_run(&emit, 0, &due), OW_EMIT_DONE);
    assert_int_equal(notes->bytes.len, len);
    assert_int_equal(emit.sent, len);
    free(bytes);
}

static void emit_gives_a_piece_whole(void **state)
{
    struct notes *notes = *state;
    size_t len = 3 * OW_LIMIT_IO + 1;
    char *bytes = calloc(1, len);
    struct ow_plan plan = PLAN({.kind = OW_STEP_PIECE, .bytes = {bytes, len}});
    struct ow_emit emit;
    int64_t due;
    char expected[32];

    assert_non_null(bytes);
    ow_emit_init(&emit, &plan, &notes->sink, 0);
    assert_int_equal(ow_emit_run(&emit, 0, &due), OW_EMIT_DONE);
    snprintf(expected, sizeof expected, "body %zu\n", len);
    check_notes(notes, expected);
    free(bytes);
}

/* A file of len bytes: 0, 1, 2 ... 250, 0, 1 ... */
static int make_file(size_t len)
{
    char path[] = "/tmp/ow-emit-XXXXXX";
    int fd = mkstemp(path);

    assert_true(fd >= 0);
    unlink(path);
    for (size_t i = 0; i < len; i++) {
        char byte = (char)(i % 251);
        assert_int_equal(write(fd, &byte, 1), 1);
    }
    return fd;
}

static void check_range(struct notes *notes, size_t from, size_t len)
{
    const char *bytes = ow_buf_data(&notes->bytes);

    assert_int_equal(notes->bytes.len, len);
    for (size_t i = 0; i < len; i++)
        assert_int_equal((unsigned char)bytes[i], (from + i) % 251);
}

static struct ow_step file_step(int fd, uint64_t offset, uint64_t length)
{
    return (struct ow_step){
        .kind = OW_STEP_FILE,
        .file = {.fd = fd, .offset = offset, .length = length}};
}

static void emit_reads_a_range_of_a_file(void **state)
{
    struct notes *notes = *state;
    int fd = make_file(70000);

    for (int direct = 0; direct < 2; direct++) {
        struct ow_step step = file_step(fd, 1000, 68000);
        struct ow_plan plan = {.steps = &step, .n = 1};
        struct ow_emit emit;
        int64_t due;

        notes->has_place = direct;
        ow_buf_clear(&notes->bytes, 0);
        ow_emit_init(&emit, &plan, &notes->sink, 0);
        assert_int_equal(ow_emit_run(&emit, 0, &due), OW_EMIT_DONE);
        check_range(notes, 1000, 68000);
        assert_int_equal(emit.sent, 68000);
    }
    close(fd);
}

static void emit_paces_a_file_by_its_rate(void **state)
{
    struct notes *notes = *state;
    int fd = make_file(1000);
    struct ow_step steps[] = {file_step(fd, 0, 1000), HEAD};
    struct ow_plan plan = {.steps = steps, .n = 2};
    struct ow_emit emit;
    int64_t due = 0, now = 0;
    enum ow_emit_state result;

    notes->has_place = true;
    steps[0].file.rate = 10000; /* 1,000 bytes in 100 ms */
    ow_emit_init(&emit, &plan, &notes->sink, 0);
    while ((result = ow_emit_run(&emit, now, &due)) == OW_EMIT_WAITING) {
        assert_true(due > now);
        now = due;
        assert_int_equal(now, (int64_t)notes->bytes.len * 100000);
    }
    assert_int_equal(result, OW_EMIT_DONE);
    assert_int_equal(now, 100000000);
    check_range(notes, 0, 1000);
    close(fd);
}

static void emit_flips_bits_at_the_same_places_however_it_is_cut(void **state)
{
    struct notes *notes = *state;
    int fd = make_file(70000);
    struct ow_step step = file_step(fd, 0, 70000);
    struct ow_plan plan = {.steps = &step, .n = 1};
    struct ow_emit emit;
    int64_t due;

    step.file.corrupt_every = 999;
    ow_emit_init(&emit, &plan, &notes->sink, 0);
    assert_int_equal(ow_emit_run(&emit, 0, &due), OW_EMIT_DONE);
    assert_int_equal(notes->bytes.len, 70000);
    for (size_t i = 0; i < 70000; i++) {
        int flip = i % 999 == 0;
        assert_int_equal((unsigned char)ow_buf_data(&notes->bytes)[i],
                         (i % 251) ^ flip);
    }
    close(fd);
}

static void emit_fails_when_a_file_has_become_shorter(void **state)
{
    struct notes *notes = *state;
    int fd = make_file(10);
    struct ow_step step = file_step(fd, 0, 11);
    struct ow_plan plan = {.steps = &step, .n = 1};
    struct ow_emit emit;
    int64_t due;

    ow_emit_init(&emit, &plan, &notes->sink, 0);
    assert_int_equal(ow_emit_run(&emit, 0, &due), OW_EMIT_FAILED);
    assert_int_equal(emit.error, -ENODATA);
    assert_int_equal(emit.sent, 0);
    close(fd);
}

static void emit_ends_with_close_reset_and_silence(void **state)
{
    struct notes *notes = *state;
    struct ow_plan closes = PLAN(HEAD, STEP(CLOSE), BODY("never"));
    struct ow_plan resets = PLAN(STEP(RESET));
    struct ow_plan stalls =
        PLAN({.kind = OW_STEP_RAW, .raw = {{"HTP", 3}, NULL}}, STEP(STALL),
             STEP(END));
    struct ow_emit emit;
    int64_t due;

    ow_emit_init(&emit, &closes, &notes->sink, 0);
    assert_int_equal(ow_emit_run(&emit, 0, &due), OW_EMIT_ENDED);
    ow_emit_init(&emit, &resets, &notes->sink, 0);
    assert_int_equal(ow_emit_run(&emit, 0, &due), OW_EMIT_ENDED);
    ow_emit_init(&emit, &stalls, &notes->sink, 0);
    assert_int_equal(ow_emit_run(&emit, 0, &due), OW_EMIT_STALLED);
    assert_int_equal(ow_emit_run(&emit, 9, &due), OW_EMIT_STALLED);
    check_notes(notes, "head 200\nclose\nreset\nraw 3\n");
}

static void emit_reports_a_sink_that_is_out_of_memory(void **state)
{
    struct notes *notes = *state;
    struct ow_plan plan = PLAN(BODY("abc"), STEP(END));
    struct ow_emit emit;
    int64_t due;

    notes->error = -ENOMEM;
    ow_emit_init(&emit, &plan, &notes->sink, 0);
    assert_int_equal(ow_emit_run(&emit, 0, &due), OW_EMIT_FAILED);
    assert_int_equal(emit.error, -ENOMEM);
}

#define EMIT_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        EMIT_TEST(emit_plays_steps_in_order_at_once),
        EMIT_TEST(emit_waits_between_steps),
        EMIT_TEST(emit_does_not_drift_when_called_late),
        EMIT_TEST(emit_holds_the_end_for_a_last_wait),
        EMIT_TEST(emit_paces_pieces),
        EMIT_TEST(emit_cuts_a_big_body_and_stops_when_nobody_reads),
        EMIT_TEST(emit_gives_a_piece_whole),
        EMIT_TEST(emit_reads_a_range_of_a_file),
        EMIT_TEST(emit_paces_a_file_by_its_rate),
        EMIT_TEST(emit_flips_bits_at_the_same_places_however_it_is_cut),
        EMIT_TEST(emit_fails_when_a_file_has_become_shorter),
        EMIT_TEST(emit_ends_with_close_reset_and_silence),
        EMIT_TEST(emit_reports_a_sink_that_is_out_of_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
