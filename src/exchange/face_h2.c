/*
 * face_h2: HTTP/2 on a connection: an exchange a stream, each with its own
 * sink and its own time. See face.h. Called by serve.c.
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
#include <sys/queue.h>

#include "base/limits.h"
#include "exchange/exchange.h"
#include "exchange/h2_sink.h"
#include "exchange/h2c.h"
#include "exchange/layers.h"
#include "wire/h2.h"

struct stream {
    TAILQ_ENTRY(stream) link; /* of streams or pool */
    struct h2_face *owner;
    struct ow_h2_stream *h2; /* NULL: gone for the codec */
    struct ow_h2_sink sink;
    struct ow_exchange x;
    bool is_answering;
    bool is_over; /* the request has its answer: what still comes is lost */
    bool is_lingering; /* the answer is out, the client still sends; till due */
    /* An extended CONNECT (RFC 8441): what comes on the stream is for what the
     * answer becomes, and waits in held till then. */
    bool is_tunnel;
    bool is_half;  /* the client has ended its side of it */
    bool has_news; /* it was fed, and has to be played */
    struct ow_buf held;
    enum ow_emit_state state; /* of the answer under way */
    int64_t due;              /* while it is WAITING or lingers */
};

TAILQ_HEAD(stream_list, stream);

/*
 * A client that still sends when it has its answer is told to stop (RFC 9113,
 * 8.1) after this time alone: told at once, libcurl fails before it looks at
 * the answer.
 */
#define LINGER_NS INT64_C(500000000)

struct h2_face {
    struct ow_face face;
    struct ow_h2 *h2;
    struct stream_list streams;
    struct stream_list pool; /* for reuse */
    size_t pooled;
};

static struct h2_face *self(struct ow_face *face)
{
    return (struct h2_face *)face;
}

static void begin_answer(struct stream *stream, int r)
{
    struct h2_face *f = stream->owner;

    if (r < 0) {
        ow_line_give_up(f->face.line, "no memory to answer a request");
        return;
    }
    ow_line_use_rule(f->face.line, ow_layers_slow_rule(&stream->x));
    stream->is_answering = stream->is_over = true;
    stream->state = OW_EMIT_WAITING;
    stream->due = INT64_MIN;
}

static void refuse(struct stream *stream, int status, const char *problem)
{
    stream->sink.is_refused = true;
    begin_answer(stream, ow_exchange_refuse(&stream->x, status, problem));
}

static struct stream *new_stream(struct h2_face *f, struct ow_h2_stream *h2)
{
    struct ow_line *line = f->face.line;
    struct stream *stream = TAILQ_FIRST(&f->pool);

    if (stream) {
        TAILQ_REMOVE(&f->pool, stream, link);
        f->pooled--;
    } else {
        stream = calloc(1, sizeof *stream);
        if (!stream)
            return NULL;
        ow_exchange_init(&stream->x, line->env, &line->peer,
                         &stream->sink.sink);
        /* Bounded by the window, which does not come back meanwhile. */
        ow_buf_init(&stream->held, 0);
    }
    stream->owner = f;
    stream->h2 = h2;
    stream->is_over = stream->is_lingering = false;
    stream->is_tunnel = stream->is_half = stream->has_news = false;
    ow_h2_sink_init(&stream->sink, h2, &stream->x.arena, &line->out,
                    &line->env->date);
    ow_h2_set_user(h2, stream);
    TAILQ_INSERT_TAIL(&f->streams, stream, link);
    return stream;
}

static void end_exchange(struct stream *stream)
{
    if (stream->is_answering)
        ow_exchange_end(&stream->x, stream->state);
    stream->is_answering = false;
}

static void drop_stream(struct stream *stream)
{
    struct h2_face *f = stream->owner;

    end_exchange(stream);
    if (stream->sink.end != OW_SERVE_OPEN && f->face.line->end == OW_SERVE_OPEN)
        f->face.line->end = stream->sink.end;
    TAILQ_REMOVE(&f->streams, stream, link);
    if (f->pooled < OW_LIMIT_H2_POOL) {
        /* Also what came of a request that never became whole. */
        ow_exchange_end(&stream->x, OW_EMIT_DONE);
        ow_buf_release(&stream->held);
        TAILQ_INSERT_HEAD(&f->pool, stream, link);
        f->pooled++;
        return;
    }
    ow_exchange_release(&stream->x);
    ow_buf_release(&stream->held);
    free(stream);
}

/* What came before the answer has become a WebSocket now is its. 0, -ENOMEM. */
static int pass_on(struct stream *stream)
{
    struct ow_exchange *x = &stream->x;
    bool is_duplex = stream->is_answering && ow_exchange_is_duplex(x);
    int r = 0;

    if (is_duplex && stream->held.len > 0) {
        r = ow_exchange_feed(x, ow_buf_peek(&stream->held));
        ow_buf_clear(&stream->held, 0);
        stream->has_news = true;
    }
    if (is_duplex && stream->is_half) {
        ow_exchange_eof(x);
        stream->is_half = false;
        stream->has_news = true;
    }
    ow_h2_withhold(stream->h2, !is_duplex || !ow_exchange_wants_read(x));
    return r;
}

/* It has its answer before its body, which never ends as a request's does. */
static int begin_tunnel(struct stream *stream)
{
    stream->is_tunnel = true;
    ow_h2_withhold(stream->h2, true);
    begin_answer(stream, ow_exchange_answer(&stream->x, NULL));
    return 0;
}

/*
 * Whether a rule answers while the request still comes. A stall of the flow is
 * the stream's alone; a server that stops reading hears none of them.
 */
static bool answer_early(struct stream *stream)
{
    struct ow_exchange *x = &stream->x;

    if (!ow_exchange_is_due_early(x))
        return false;
    begin_answer(stream, ow_exchange_answer(x, NULL));
    ow_h2_withhold(stream->h2, true);
    if (x->is_deaf && x->match.answer &&
        ow_answer_fault(x->match.answer) != OW_FAULT_FLOW_STALL)
        stream->owner->face.line->is_deaf = true;
    return true;
}

static int begin_request(struct stream *stream, const struct ow_h2_head *head)
{
    const struct ow_request request = {
        /* As HTTP/1.1's clients ask for the same. */
        .method = head->protocol.ptr ? OW_STR("GET") : head->method,
        .upgrade = head->protocol,
        .target = head->path.ptr ? head->path : head->authority,
        .version = 20,
        .headers = head->fields,
    };

    stream->sink.head_only = ow_str_equal(head->method, OW_STR("HEAD"));
    return ow_exchange_begin(&stream->x, &request);
}

static int on_head(void *context, struct ow_h2_stream *h2,
                   const struct ow_h2_head *head)
{
    struct stream *stream = new_stream(context, h2);

    if (!stream)
        return -ENOMEM;
    int r = begin_request(stream, head);
    if (r == 0 && head->protocol.ptr && !head->is_too_big)
        return begin_tunnel(stream);
    if (r == 0 && !head->ends)
        r = ow_exchange_expect(&stream->x);
    if (r < 0 && r != -EBADMSG)
        return r;
    if (r == 0 && answer_early(stream))
        return 0;
    if (head->is_too_big)
        refuse(stream, 431, "its fields are over the limit");
    else if (r == -EBADMSG)
        refuse(stream, 400, "its target is no path and no URL");
    else if (head->expects_continue)
        return ow_h2_write_interim(h2, OW_STR("100"));
    return 0;
}

static int on_body(void *context, struct ow_h2_stream *h2, struct ow_str bytes)
{
    struct stream *stream = ow_h2_user(h2);

    (void)context;
    if (stream->is_tunnel && stream->is_answering) {
        int r = ow_buf_append(&stream->held, bytes.ptr, bytes.len);
        return r < 0 ? r : pass_on(stream);
    }
    if (stream->is_over)
        return 0;
    int r = ow_exchange_feed(&stream->x, bytes);
    if (r == 0)
        answer_early(stream);
    return r;
}

static int on_end(void *context, struct ow_h2_stream *h2,
                  const struct ow_fields *trailers)
{
    struct stream *stream = ow_h2_user(h2);

    (void)context;
    stream->is_half = stream->is_tunnel;
    if (stream->is_tunnel && stream->is_answering)
        return pass_on(stream);
    if (!stream->is_over)
        begin_answer(stream, ow_exchange_answer(&stream->x, trailers));
    return 0;
}

static void on_gone(void *context, struct ow_h2_stream *h2)
{
    (void)context;
    drop_stream(ow_h2_user(h2));
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
    if (line->out.len == 0 && TAILQ_EMPTY(&f->streams))
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

/* The answer is over. What it left in the stream's queue is the codec's. */
static void finish_answer(struct stream *stream, int64_t now)
{
    enum ow_emit_state state = stream->state;

    end_exchange(stream);
    if (state == OW_EMIT_FAILED)
        ow_h2_write_reset(stream->h2, OW_H2_INTERNAL_ERROR);
    stream->is_lingering = state == OW_EMIT_DONE && !ow_h2_is_whole(stream->h2);
    stream->due = now + LINGER_NS;
    if (stream->is_lingering)
        ow_h2_withhold(stream->h2, true);
}

/* Whether room in its queue lets it go on; a WebSocket may wait for a time and
 * for room. */
static bool is_blocked(const struct stream *stream)
{
    return stream->state == OW_EMIT_BLOCKED ||
           (stream->state == OW_EMIT_WAITING &&
            ow_exchange_is_blocked(&stream->x));
}

static bool can_play(const struct stream *stream, int64_t now)
{
    if (!stream->is_answering)
        return false;
    if (stream->has_news)
        return true;
    if (stream->state == OW_EMIT_WAITING && stream->due <= now)
        return true;
    return is_blocked(stream) && stream->sink.sink.ops->pending(
                                     &stream->sink.sink) < OW_LIMIT_OUT_HIGH;
}

/* 0 or -ENOMEM, of a WebSocket. */
static int play(struct stream *stream)
{
    int r = 0;

    do {
        stream->has_news = false;
        stream->due = OW_SERVE_NEVER;
        stream->state = ow_exchange_run(&stream->x, &stream->due);
        if (stream->is_tunnel)
            r = pass_on(stream);
    } while (r == 0 && stream->has_news);
    return r;
}

/* Plays what can be played; whether any of it waits for room now. */
static bool play_all(struct h2_face *f)
{
    int64_t now = ow_clock_now(f->face.line->env->clock);
    struct stream *stream;
    bool any_blocked = false;

    TAILQ_FOREACH(stream, &f->streams, link)
    {
        if (stream->is_lingering && stream->due <= now) {
            stream->is_lingering = false;
            ow_h2_write_reset(stream->h2, OW_H2_NO_ERROR);
        }
        if (!can_play(stream, now))
            continue;
        if (play(stream) < 0)
            ow_line_give_up(f->face.line, "no memory for a WebSocket");
        any_blocked = any_blocked || is_blocked(stream);
        switch (stream->state) {
        case OW_EMIT_BLOCKED:
        case OW_EMIT_WAITING:
        case OW_EMIT_STALLED:
            break;
        case OW_EMIT_DONE:
        case OW_EMIT_ENDED:
        case OW_EMIT_FAILED:
            finish_answer(stream, now);
        }
    }
    return any_blocked;
}

/* A stream that ends the connection does so when its queue is empty. */
static void look_for_end(struct h2_face *f)
{
    struct ow_line *line = f->face.line;
    struct stream *stream;

    TAILQ_FOREACH(stream, &f->streams, link)
    {
        if (stream->sink.end != OW_SERVE_OPEN &&
            ow_h2_pending(stream->h2) == 0) {
            line->end = stream->sink.end;
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
    struct stream *stream;

    TAILQ_FOREACH(stream, &f->streams, link)
    {
        bool waits = stream->is_answering && stream->state == OW_EMIT_WAITING;
        if ((waits || stream->is_lingering) && stream->due < due)
            due = stream->due;
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
    struct stream *stream;

    TAILQ_FOREACH(stream, &f->streams, link)
    {
        stream->is_half = stream->is_tunnel;
        if (stream->is_tunnel && pass_on(stream) < 0)
            ow_line_give_up(face->line, "no memory for a WebSocket");
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
    struct stream *stream;

    while ((stream = TAILQ_FIRST(&f->streams)))
        drop_stream(stream);
    while ((stream = TAILQ_FIRST(&f->pool))) {
        TAILQ_REMOVE(&f->pool, stream, link);
        ow_exchange_release(&stream->x);
        ow_buf_release(&stream->held);
        free(stream);
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
    TAILQ_INIT(&f->streams);
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
    struct stream *stream = r < 0 ? NULL : new_stream(f, h2);
    if (!stream)
        return free_face(face);
    ow_exchange_release(&stream->x);
    ow_exchange_move(&stream->x, x, &stream->sink.sink);
    stream->x.request.version = 20;
    stream->sink.head_only = stream->x.head_only;
    begin_answer(stream, ow_exchange_answer(&stream->x, trailers));
    return face;
}
