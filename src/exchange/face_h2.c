/*
 * face_h2: HTTP/2 on a connection: an exchange a stream (h2_exchange.h), each
 * with its own sink and its own time. See face.h. Called by serve.c.
 *
 *   feed -> h2 -> exchange of the stream     \
 *                 exchange -> sink -> h2's queues -> line's out
 *
 * run plays what is due of every exchange, then takes the frames that the
 * client's windows allow, and again, as long as that makes room.
 */
#include "config.h"

#include "exchange/face.h"

#include <errno.h>
#include <stdlib.h>

#include "base/limits.h"
#include "exchange/h2_exchange.h"
#include "exchange/h2c.h"

struct h2_face {
    struct ow_face face;
    struct ow_h2 *h2;
    struct ow_h2_exchanges exchanges; /* under way */
    struct ow_h2_exchanges pool;      /* for reuse */
    size_t pooled;
};

static struct h2_face *self(struct ow_face *face)
{
    return (struct h2_face *)face;
}

static struct ow_h2_exchange *new_exchange(struct h2_face *f,
                                           struct ow_h2_stream *h2)
{
    struct ow_h2_exchange *e = TAILQ_FIRST(&f->pool);

    if (e) {
        TAILQ_REMOVE(&f->pool, e, link);
        f->pooled--;
    } else {
        e = ow_h2_exchange_new(f->face.line);
        if (!e)
            return NULL;
    }
    ow_h2_exchange_open(e, h2);
    TAILQ_INSERT_TAIL(&f->exchanges, e, link);
    return e;
}

static void drop_exchange(struct h2_face *f, struct ow_h2_exchange *e)
{
    ow_h2_exchange_end(e);
    TAILQ_REMOVE(&f->exchanges, e, link);
    if (f->pooled >= OW_LIMIT_H2_POOL) {
        ow_h2_exchange_free(e);
        return;
    }
    ow_h2_exchange_reset(e);
    TAILQ_INSERT_HEAD(&f->pool, e, link);
    f->pooled++;
}

static int on_head(void *context, struct ow_h2_stream *h2,
                   const struct ow_h2_head *head)
{
    struct ow_h2_exchange *e = new_exchange(context, h2);

    return e ? ow_h2_exchange_begin(e, head) : -ENOMEM;
}

static int on_body(void *context, struct ow_h2_stream *h2, struct ow_str bytes)
{
    (void)context;
    return ow_h2_exchange_feed(ow_h2_user(h2), bytes);
}

static int on_end(void *context, struct ow_h2_stream *h2,
                  const struct ow_fields *trailers)
{
    (void)context;
    return ow_h2_exchange_answer(ow_h2_user(h2), trailers);
}

static void on_gone(void *context, struct ow_h2_stream *h2)
{
    drop_exchange(context, ow_h2_user(h2));
}

/* nghttp2 has answered; the journal shall have it, too. */
static void on_problem(void *context, const char *text)
{
    const struct h2_face *f = context;
    struct ow_err sentence;

    ow_err_set(&sentence, -EBADMSG, "this is no HTTP/2: %s", text);
    ow_line_note(f->face.line, OW_EVENT_BAD_REQUEST, sentence.text);
}

static const struct ow_h2_events events = {
    .head = on_head,
    .body = on_body,
    .end = on_end,
    .gone = on_gone,
    .problem = on_problem,
};

static void feed(struct ow_face *face, const char *data, size_t len)
{
    struct h2_face *f = self(face);
    struct ow_line *line = face->line;

    /* A big answer's memory is not kept for the small ones after it. */
    if (line->out.len == 0 && TAILQ_EMPTY(&f->exchanges))
        ow_buf_clear(&line->out, OW_LIMIT_IO);
    int r = ow_h2_feed(f->h2, data, len);
    if (r == -EBADMSG)
        line->end = OW_SERVE_CLOSE;
    else if (r < 0)
        ow_line_give_up(line, "no memory for a request");
}

static bool wants_read(const struct ow_face *face)
{
    return face->line->out.len < OW_LIMIT_OUT_HIGH;
}

/* Plays what can be played; whether any of it waits for room now. */
static bool play_all(struct h2_face *f)
{
    int64_t now = ow_clock_now(f->face.line->env->clock);
    struct ow_h2_exchange *e;
    bool any_blocked = false;

    TAILQ_FOREACH(e, &f->exchanges, link)
    {
        if (ow_h2_exchange_play(e, now))
            any_blocked = true;
    }
    return any_blocked;
}

/* A stream that ends the connection does so when its queue is empty. */
static void look_for_end(struct h2_face *f)
{
    struct ow_line *line = f->face.line;
    struct ow_h2_exchange *e;

    TAILQ_FOREACH(e, &f->exchanges, link)
    {
        if (e->sink.end != OW_SERVE_OPEN && ow_h2_pending(e->h2) == 0) {
            line->end = e->sink.end;
            return;
        }
    }
    if (line->end == OW_SERVE_OPEN && ow_h2_is_over(f->h2))
        line->end = OW_SERVE_CLOSE;
}

/* The next time at which something is due. After the client's FIN no window
 * comes any more: what does not wait for its time alone waits for nothing. */
static int64_t find_due(struct h2_face *f)
{
    int64_t due = OW_SERVE_NEVER;
    struct ow_h2_exchange *e;

    TAILQ_FOREACH(e, &f->exchanges, link)
    {
        int64_t next = ow_h2_exchange_due(e);
        if (next < due)
            due = next;
    }
    if (f->face.line->is_eof && due == OW_SERVE_NEVER &&
        f->face.line->out.len == 0)
        f->face.line->end = OW_SERVE_CLOSE;
    return due;
}

static int64_t run(struct ow_face *face)
{
    struct h2_face *f = self(face);
    struct ow_line *line = face->line;
    bool goes_on = line->end == OW_SERVE_OPEN;
    int r = 0;

    if (!goes_on)
        return OW_SERVE_NEVER;
    /* Frames of what came before, as an acknowledged SETTINGS, go out too. */
    while (goes_on && r == 0) {
        goes_on = play_all(f);
        r = ow_h2_take(f->h2, &line->out);
        goes_on = goes_on && line->out.len < OW_LIMIT_OUT_HIGH;
    }
    if (r < 0) {
        ow_line_give_up(line, "no memory for an answer");
        return OW_SERVE_NEVER;
    }
    look_for_end(f);
    return line->end == OW_SERVE_OPEN ? find_due(f) : OW_SERVE_NEVER;
}

static void eof(struct ow_face *face)
{
    struct h2_face *f = self(face);
    struct ow_h2_exchange *e;

    TAILQ_FOREACH(e, &f->exchanges, link)
    {
        ow_h2_exchange_eof(e);
    }
}

/* Streams that are under way were taken in; no later one is. */
static void leave(struct ow_face *face)
{
    struct h2_face *f = self(face);

    ow_h2_leave(f->h2);
    /* Without memory nothing is said; the connection ends all the same. */
    (void)ow_h2_take(f->h2, &face->line->out);
}

static struct ow_face *free_face(struct ow_face *face)
{
    struct h2_face *f = self(face);
    struct ow_h2_exchange *e;

    while ((e = TAILQ_FIRST(&f->exchanges)))
        drop_exchange(f, e);
    while ((e = TAILQ_FIRST(&f->pool))) {
        TAILQ_REMOVE(&f->pool, e, link);
        ow_h2_exchange_free(e);
    }
    ow_h2_free(f->h2);
    free(f);
    return NULL;
}

static struct ow_face *new_face(struct ow_line *line)
{
    struct h2_face *f = calloc(1, sizeof *f);

    if (!f)
        return NULL;
    f->face = (struct ow_face){&ow_h2_face_ops, line};
    TAILQ_INIT(&f->exchanges);
    TAILQ_INIT(&f->pool);
    f->h2 = ow_h2_new(line->env->h2, &events, f);
    return f->h2 ? &f->face : free_face(&f->face);
}

const struct ow_face_ops ow_h2_face_ops = {
    .new = new_face,
    .free = free_face,
    .feed = feed,
    .wants_read = wants_read,
    .eof = eof,
    .leave = leave,
    .run = run,
};

struct ow_face *ow_h2_face_upgrade(struct ow_line *line, struct ow_str settings,
                                   struct ow_exchange *x,
                                   const struct ow_fields *trailers)
{
    struct ow_face *face = new_face(line);
    struct ow_h2_stream *h2;

    if (!face)
        return NULL;
    struct h2_face *f = self(face);
    int r = ow_h2_upgrade(f->h2, settings, x->head_only, &h2);
    struct ow_h2_exchange *e = r < 0 ? NULL : new_exchange(f, h2);
    if (!e)
        return free_face(face);
    ow_h2_exchange_take_over(e, x, trailers);
    return face;
}
