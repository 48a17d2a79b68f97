/*
 * emit: plays a plan into a sink, in time. See emit.h. Called by exchange/;
 * calls the sink.
 *
 * The due time of a step is the begin of the answer plus all waits before it,
 * never "now plus something": what is late is sent at once, and what follows
 * is due when it would have been due anyway.
 */
#include "config.h"

#include "emit/emit.h"

#include <errno.h>
#include <unistd.h>

#include "base/limits.h"

/* A paced file is sent in this many pieces a second: smooth, and cheap. */
#define PIECES_PER_SECOND 50

/* One call of ow_emit_run: what it was given, and how it ends. */
struct turn {
    int64_t now;
    int64_t due;
    enum ow_emit_state state;
};

void ow_emit_init(struct ow_emit *emit, const struct ow_plan *plan,
                  struct ow_sink *sink, int64_t begin)
{
    *emit = (struct ow_emit){.plan = plan, .sink = sink, .due = begin};
}

/* The players return true when their step is over, false to end the turn. */
static bool stop(struct turn *turn, enum ow_emit_state state)
{
    turn->state = state;
    return false;
}

static bool wait_until(struct turn *turn, int64_t due)
{
    turn->due = due;
    return stop(turn, OW_EMIT_WAITING);
}

static bool fail(struct ow_emit *emit, struct turn *turn, int error)
{
    emit->error = error;
    return stop(turn, OW_EMIT_FAILED);
}

static bool check(struct ow_emit *emit, struct turn *turn, int r)
{
    return r < 0 ? fail(emit, turn, r) : true;
}

static bool is_full(const struct ow_emit *emit)
{
    return emit->sink->ops->pending(emit->sink) >= OW_LIMIT_OUT_HIGH;
}

static size_t least(uint64_t a, size_t b)
{
    return a < b ? (size_t)a : b;
}

/* How long bytes take at a rate. */
static int64_t duration(uint64_t bytes, uint64_t rate)
{
    __int128 ns = (__int128)bytes * 1000000000 / (__int128)rate;

    return ns > INT64_MAX / 4 ? INT64_MAX / 4 : (int64_t)ns;
}

/* due + n * every, held below the end of time. */
static int64_t after(int64_t due, uint64_t n, int64_t every)
{
    __int128 ns = (__int128)due + (__int128)n * every;

    return ns > INT64_MAX / 2 ? INT64_MAX / 2 : (int64_t)ns;
}

static bool put_body(struct ow_emit *emit, struct turn *turn, const char *bytes,
                     size_t len)
{
    int r = emit->sink->ops->body(emit->sink, bytes, len);

    if (r < 0)
        return fail(emit, turn, r);
    emit->offset += len;
    emit->sent += len;
    return true;
}

/* In slices, so that a body of any size fills no more than the buffer. */
static bool play_bytes(struct ow_emit *emit, struct turn *turn,
                       struct ow_str bytes, size_t slice)
{
    while (emit->offset < bytes.len) {
        if (is_full(emit))
            return stop(turn, OW_EMIT_BLOCKED);
        size_t n = least(bytes.len - emit->offset, slice);
        if (!put_body(emit, turn, bytes.ptr + emit->offset, n))
            return false;
    }
    return true;
}

/* Piece k is due k times every_ns after the step; the next step after all. */
static bool play_paced(struct ow_emit *emit, struct turn *turn,
                       const struct ow_step *step)
{
    struct ow_str bytes = step->paced.bytes;
    size_t piece = step->paced.piece > 0 ? step->paced.piece : 1;
    uint64_t pieces = (bytes.len + piece - 1) / piece;

    while (emit->offset < bytes.len) {
        uint64_t k = emit->offset / piece;
        int64_t due = after(emit->due, k, step->paced.every_ns);
        if (due > turn->now)
            return wait_until(turn, due);
        if (is_full(emit))
            return stop(turn, OW_EMIT_BLOCKED);
        size_t n = least(bytes.len - emit->offset, piece);
        if (!put_body(emit, turn, bytes.ptr + emit->offset, n))
            return false;
    }
    emit->due = after(emit->due, pieces, step->paced.every_ns);
    return true;
}

/* Flips the lowest bit of each every-th byte; at is the step's offset. */
static void corrupt(char *bytes, size_t len, uint64_t at, uint64_t every)
{
    uint64_t first = at % every == 0 ? 0 : every - at % every;

    for (uint64_t i = first; i < len; i += every)
        bytes[i] ^= 1;
}

/* Reads the next len bytes of the file; all of them, or it is an error. */
static int read_file(const struct ow_emit *emit, const struct ow_step *step,
                     char *at, size_t len)
{
    size_t done = 0;

    while (done < len) {
        ssize_t n = pread(step->file.fd, at + done, len - done,
                          (off_t)(step->file.offset + emit->offset + done));
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n < 0 ? -errno : -ENODATA; /* it has become shorter */
        done += (size_t)n;
    }
    if (step->file.corrupt_every > 0)
        corrupt(at, len, emit->offset, (uint64_t)step->file.corrupt_every);
    return 0;
}

/* For sinks that frame what they get: by way of a small buffer. */
static bool copy_file(struct ow_emit *emit, struct turn *turn,
                      const struct ow_step *step, size_t len)
{
    char bytes[16 * 1024];

    len = least(len, sizeof bytes);
    int r = read_file(emit, step, bytes, len);
    return r < 0 ? fail(emit, turn, r) : put_body(emit, turn, bytes, len);
}

static bool put_file(struct ow_emit *emit, struct turn *turn,
                     const struct ow_step *step, size_t len)
{
    char *place = emit->sink->ops->reserve(emit->sink, len);

    if (!place)
        return copy_file(emit, turn, step, len);
    int r = read_file(emit, step, place, len);
    if (r == 0)
        r = emit->sink->ops->commit(emit->sink, len);
    if (r < 0)
        return fail(emit, turn, r);
    emit->offset += len;
    emit->sent += len;
    return true;
}

static bool play_file(struct ow_emit *emit, struct turn *turn,
                      const struct ow_step *step)
{
    uint64_t rate = step->file.rate;
    size_t piece = OW_LIMIT_IO;

    if (rate > 0)
        piece = least(rate / PIECES_PER_SECOND + 1, OW_LIMIT_IO);
    while (emit->offset < step->file.length) {
        int64_t due =
            rate > 0 ? emit->due + duration(emit->offset, rate) : turn->now;
        if (due > turn->now)
            return wait_until(turn, due);
        if (is_full(emit))
            return stop(turn, OW_EMIT_BLOCKED);
        size_t n = least(step->file.length - emit->offset, piece);
        if (!put_file(emit, turn, step, n))
            return false;
    }
    if (rate > 0)
        emit->due += duration(step->file.length, rate);
    return true;
}

static bool play(struct ow_emit *emit, struct turn *turn,
                 const struct ow_step *step)
{
    struct ow_sink *sink = emit->sink;

    switch (step->kind) {
    case OW_STEP_HEAD:
        return check(emit, turn, sink->ops->head(sink, step));
    case OW_STEP_BODY:
        return play_bytes(emit, turn, step->bytes, OW_LIMIT_IO);
    case OW_STEP_PIECE:
        return play_bytes(emit, turn, step->bytes, OW_LIMIT_OUT_HIGH);
    case OW_STEP_FILE:
        return play_file(emit, turn, step);
    case OW_STEP_PACED:
        return play_paced(emit, turn, step);
    case OW_STEP_END:
        return check(emit, turn, sink->ops->end(sink, step->trailers));
    case OW_STEP_WAIT:
        emit->due += step->wait_ns;
        return true;
    case OW_STEP_RAW:
        return check(emit, turn, sink->ops->raw(sink, step));
    case OW_STEP_GOAWAY:
        return check(emit, turn, sink->ops->goaway(sink, step));
    case OW_STEP_STALL:
        return stop(turn, OW_EMIT_STALLED);
    case OW_STEP_CLOSE:
        sink->ops->close(sink, step);
        return stop(turn, OW_EMIT_ENDED);
    case OW_STEP_RESET:
        sink->ops->reset(sink, step);
        return stop(turn, OW_EMIT_ENDED);
    }
    return fail(emit, turn, -EINVAL);
}

enum ow_emit_state ow_emit_run(struct ow_emit *emit, int64_t now,
                               int64_t *ret_due)
{
    struct turn turn = {.now = now, .state = OW_EMIT_DONE};

    while (emit->next < emit->plan->n) {
        if (emit->due > now)
            wait_until(&turn, emit->due);
        else if (play(emit, &turn, &emit->plan->steps[emit->next])) {
            emit->next++;
            emit->offset = 0;
            continue;
        }
        if (turn.state == OW_EMIT_WAITING)
            *ret_due = turn.due;
        return turn.state;
    }
    /* A wait at the very end holds the answer open that long. */
    if (emit->due > now) {
        *ret_due = emit->due;
        return OW_EMIT_WAITING;
    }
    return OW_EMIT_DONE;
}
