/*
 * serve: one connection's HTTP/1.1: codec, exchange after exchange, emitter.
 * See serve.h. Called by host/ and the case runner.
 *
 *   feed -> held -> h1 -> exchange -> out -> the host sends
 *
 * One exchange at a time: while an answer is under way, what the client sends
 * waits in `held`.
 */
#include "config.h"

#include "exchange/serve.h"

#include <errno.h>
#include <stdlib.h>

#include "base/limits.h"
#include "exchange/exchange.h"
#include "wire/h1.h"

struct ow_serve {
    struct ow_h1 *h1;
    struct ow_exchange x;
    struct ow_buf out;
    struct ow_buf held; /* fed, not yet decoded */
    bool is_answering;
    bool is_eof;              /* the client sends no more */
    enum ow_emit_state state; /* of the answer under way */
    enum ow_serve_end end;
};

struct ow_serve *ow_serve_new(struct ow_serve_env *env,
                              const struct ow_serve_peer *peer)
{
    struct ow_serve *s = calloc(1, sizeof *s);

    if (!s)
        return NULL;
    ow_buf_init(&s->out, OW_LIMIT_OUT);
    /* Bounded by its feeder: OW_LIMIT_PIPELINE and one more read. */
    ow_buf_init(&s->held, 0);
    ow_exchange_init(&s->x, env, peer, &s->out);
    s->h1 = ow_h1_new();
    return s->h1 ? s : ow_serve_free(s);
}

/* What cannot even be answered: the connection is dropped, and it is told. */
static void give_up(struct ow_serve *s, const char *why)
{
    struct ow_record record;

    ow_record_init(&record, OW_EVENT_ERROR);
    record.wall_ns =
        ow_clock_wall(s->x.env->clock, ow_clock_now(s->x.env->clock));
    record.program = s->x.peer.program;
    record.host = s->x.host;
    record.port = s->x.peer.port;
    record.text = ow_str_from(why);
    ow_journal_add(s->x.env->journal, &record);
    s->end = OW_SERVE_RESET;
}

static void begin_answer(struct ow_serve *s, int r)
{
    if (r < 0) {
        give_up(s, "no memory to answer a request");
        return;
    }
    s->is_answering = true;
    s->state = OW_EMIT_WAITING;
}

static void refuse(struct ow_serve *s, int status, const char *problem)
{
    begin_answer(s, ow_exchange_refuse(&s->x, status, problem));
}

static void take_head(struct ow_serve *s)
{
    const struct ow_h1_head *head = ow_h1_head(s->h1);
    static const char go_on[] = "HTTP/1.1 100 Continue\r\n\r\n";
    int r = ow_exchange_begin(&s->x, head);

    if (r == 0 && head->expects_continue && head->minor > 0)
        r = ow_buf_append(&s->out, go_on, sizeof go_on - 1);
    if (r == -EBADMSG)
        refuse(s, 400, "its target is no path and no URL");
    else if (r < 0)
        give_up(s, "no memory for a request");
}

static void take_event(struct ow_serve *s, const struct ow_h1_event *event)
{
    switch (event->kind) {
    case OW_H1_MORE:
        break;
    case OW_H1_HEAD:
        take_head(s);
        break;
    case OW_H1_BODY:
        if (ow_exchange_feed(&s->x, event->bytes) < 0)
            give_up(s, "no memory for a request's body");
        break;
    case OW_H1_END:
        begin_answer(s, ow_exchange_answer(&s->x, ow_h1_trailers(s->h1)));
        break;
    }
}

/* Decodes until a request is whole or the bytes are used; returns how many. */
static size_t decode(struct ow_serve *s, const char *data, size_t len)
{
    struct ow_h1_event event;
    size_t used = 0;

    while (!s->is_answering && s->end == OW_SERVE_OPEN) {
        ssize_t n = ow_h1_feed(s->h1, data + used, len - used, &event);
        if (n == -EBADMSG) {
            refuse(s, ow_h1_problem_status(s->h1), ow_h1_problem(s->h1));
            return len;
        }
        if (n < 0) {
            give_up(s, "no memory for a request");
            return len;
        }
        used += (size_t)n;
        take_event(s, &event);
        if (event.kind == OW_H1_MORE)
            break;
    }
    return used;
}

void ow_serve_feed(struct ow_serve *s, const char *data, size_t len)
{
    size_t used = 0;

    if (s->end != OW_SERVE_OPEN || s->is_eof)
        return;
    /* A big answer's memory is not kept for the small ones after it. */
    if (s->out.len == 0 && !s->is_answering)
        ow_buf_clear(&s->out, OW_LIMIT_IO);
    if (!s->is_answering && s->held.len == 0)
        used = decode(s, data, len);
    if (used < len && s->end == OW_SERVE_OPEN &&
        ow_buf_append(&s->held, data + used, len - used) < 0)
        give_up(s, "no memory for pipelined requests");
}

bool ow_serve_wants_read(const struct ow_serve *s)
{
    return s->end == OW_SERVE_OPEN && !s->is_eof &&
           s->held.len < OW_LIMIT_PIPELINE;
}

void ow_serve_eof(struct ow_serve *s)
{
    s->is_eof = true;
    if (!s->is_answering && s->end == OW_SERVE_OPEN &&
        ow_h1_is_mid_message(s->h1))
        refuse(s, 400, "the connection ended in the middle of it");
}

/* The connection's end that an answer's end means. */
static enum ow_serve_end end_after(const struct ow_serve *s)
{
    if (s->x.sink.end != OW_SERVE_OPEN)
        return s->x.sink.end;
    if (s->state == OW_EMIT_FAILED)
        return OW_SERVE_RESET;
    return ow_h1_sink_can_go_on(&s->x.sink) ? OW_SERVE_OPEN : OW_SERVE_CLOSE;
}

static void finish_answer(struct ow_serve *s)
{
    s->end = end_after(s);
    ow_exchange_end(&s->x, s->state);
    s->is_answering = false;
    if (s->end != OW_SERVE_OPEN)
        return;
    ow_h1_next(s->h1);
    if (s->held.len == 0)
        return;
    size_t used = decode(s, ow_buf_data(&s->held), s->held.len);
    ow_buf_consume(&s->held, used);
    if (s->held.len == 0)
        ow_buf_clear(&s->held, 0);
    if (s->is_eof && !s->is_answering)
        ow_serve_eof(s);
}

/* A client that has left is not kept waiting for silence. */
static int64_t stall(struct ow_serve *s)
{
    if (s->is_eof) {
        s->end = OW_SERVE_CLOSE;
        ow_exchange_end(&s->x, s->state);
        s->is_answering = false;
    }
    return OW_SERVE_NEVER;
}

int64_t ow_serve_run(struct ow_serve *s)
{
    int64_t due = OW_SERVE_NEVER;

    while (s->is_answering && s->end == OW_SERVE_OPEN) {
        /* Small answers to a client that does not read pile up, too. */
        if (s->out.len >= OW_LIMIT_OUT_HIGH)
            return OW_SERVE_NEVER;
        s->state = ow_exchange_run(&s->x, &due);
        switch (s->state) {
        case OW_EMIT_WAITING:
            return due;
        case OW_EMIT_BLOCKED:
            return OW_SERVE_NEVER;
        case OW_EMIT_STALLED:
            return stall(s);
        case OW_EMIT_DONE:
        case OW_EMIT_ENDED:
        case OW_EMIT_FAILED:
            finish_answer(s);
        }
    }
    if (s->is_eof && s->end == OW_SERVE_OPEN)
        s->end = OW_SERVE_CLOSE;
    return OW_SERVE_NEVER;
}

struct ow_buf *ow_serve_out(struct ow_serve *s)
{
    return &s->out;
}

enum ow_serve_end ow_serve_end(const struct ow_serve *s)
{
    return s->end;
}

struct ow_serve *ow_serve_free(struct ow_serve *s)
{
    if (!s)
        return NULL;
    if (s->h1 && !s->is_answering && s->end == OW_SERVE_OPEN)
        ow_serve_eof(s);
    if (s->is_answering)
        ow_exchange_end(&s->x, s->state);
    ow_exchange_release(&s->x);
    ow_h1_free(s->h1);
    ow_buf_release(&s->out);
    ow_buf_release(&s->held);
    free(s);
    return NULL;
}
