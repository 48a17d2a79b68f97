/*
 * face_h1: HTTP/1.x on a connection: codec, exchange after exchange, emitter.
 * See face.h. Called by serve.c.
 *
 *   feed -> held -> h1 -> exchange -> line's out -> the host sends
 *
 * One exchange at a time: while an answer is under way, what the client sends
 * waits in `held`.
 */
#include "config.h"

#include "exchange/face.h"

#include <errno.h>
#include <stdlib.h>

#include "base/limits.h"
#include "exchange/exchange.h"
#include "exchange/h1_sink.h"
#include "exchange/h2c.h"
#include "exchange/layers.h"
#include "wire/h1.h"

struct h1_face {
    struct ow_face face;
    struct ow_h1 *h1;
    struct ow_h1_sink sink;
    struct ow_exchange x;
    struct ow_buf held; /* fed, not yet decoded */
    bool is_answering;
    bool is_early; /* before the request is whole: what still comes is lost */
    bool has_told_eof;        /* to a WebSocket */
    enum ow_emit_state state; /* of the answer under way */
};

static struct h1_face *self(struct ow_face *face)
{
    return (struct h1_face *)face;
}

static void begin_answer(struct h1_face *s, int r)
{
    if (r < 0) {
        ow_line_give_up(s->face.line, "no memory to answer a request");
        return;
    }
    s->is_answering = true;
    s->state = OW_EMIT_WAITING;
    ow_line_use_rule(s->face.line, ow_layers_slow_rule(&s->x));
}

static void refuse(struct h1_face *s, int status, const char *problem)
{
    begin_answer(s, ow_exchange_refuse(&s->x, status, problem));
}

/* Whether a rule answers while the request still comes. Where such a request
 * ends is not waited for, so that no other can follow it. */
static bool answer_early(struct h1_face *s)
{
    if (!ow_exchange_is_due_early(&s->x))
        return false;
    s->is_early = true;
    s->sink.keep_alive = false;
    begin_answer(s, ow_exchange_answer(&s->x, NULL));
    s->face.line->is_deaf = s->x.is_deaf;
    return true;
}

/* What the connection is to become: the first that the client names. */
static struct ow_str upgrade_of(const struct ow_h1_head *head)
{
    const struct ow_field *field =
        head->upgrade && head->minor > 0
            ? ow_fields_find(&head->fields, OW_STR("Upgrade"))
            : NULL;

    if (!field)
        return (struct ow_str){NULL, 0};
    if (ow_fields_has_token(&head->fields, OW_STR("Upgrade"),
                            OW_STR("websocket")))
        return OW_STR("websocket");
    return field->value;
}

static void take_head(struct h1_face *s)
{
    const struct ow_h1_head *head = ow_h1_head(s->h1);
    static const char go_on[] = "HTTP/1.1 100 Continue\r\n\r\n";
    const struct ow_request request = {
        .method = head->method,
        .target = head->target,
        .version = 10 + head->minor,
        .headers = head->fields,
        .raw_head = head->raw,
        .upgrade = upgrade_of(head),
    };

    s->sink.minor = head->minor;
    s->sink.keep_alive = head->keep_alive;
    s->sink.head_only = ow_str_equal(head->method, OW_STR("HEAD"));
    int r = ow_exchange_begin(&s->x, &request);
    if (r == 0 && (head->chunked || head->length > 0))
        r = ow_exchange_expect(&s->x);
    if (r == 0 && answer_early(s))
        return;
    if (r == 0 && head->expects_continue && head->minor > 0)
        r = ow_buf_append(&s->face.line->out, go_on, sizeof go_on - 1);
    if (r == -EBADMSG)
        refuse(s, 400, "its target is no path and no URL");
    else if (r < 0)
        ow_line_give_up(s->face.line, "no memory for a request");
}

static void take_event(struct h1_face *s, const struct ow_h1_event *event)
{
    switch (event->kind) {
    case OW_H1_MORE:
        break;
    case OW_H1_HEAD:
        take_head(s);
        break;
    case OW_H1_BODY:
        if (ow_exchange_feed(&s->x, event->bytes) < 0)
            ow_line_give_up(s->face.line, "no memory for a request's body");
        else
            answer_early(s);
        break;
    case OW_H1_END:
        s->face.line->next =
            ow_h2c_take(s->face.line, &s->x, ow_h1_trailers(s->h1));
        if (s->face.line->next)
            break;
        begin_answer(s, ow_exchange_answer(&s->x, ow_h1_trailers(s->h1)));
        break;
    }
}

/* Decodes until a request is whole or the bytes are used; returns how many. */
static size_t decode(struct h1_face *s, const char *data, size_t len)
{
    struct ow_h1_event event;
    size_t used = 0;

    while (!s->is_answering && !s->face.line->next &&
           s->face.line->end == OW_SERVE_OPEN) {
        ssize_t n = ow_h1_feed(s->h1, data + used, len - used, &event);
        if (n == -EBADMSG) {
            refuse(s, ow_h1_problem_status(s->h1), ow_h1_problem(s->h1));
            return len;
        }
        if (n < 0) {
            ow_line_give_up(s->face.line, "no memory for a request");
            return len;
        }
        used += (size_t)n;
        take_event(s, &event);
        if (event.kind == OW_H1_MORE)
            break;
    }
    return used;
}

/* Bytes behind a request that changed the protocol. Whether one did. */
static bool hand_on(struct h1_face *s, const char *data, size_t len)
{
    struct ow_face *next = s->face.line->next;

    if (next && len > 0 && s->face.line->end == OW_SERVE_OPEN)
        next->ops->feed(next, data, len);
    return next;
}

/* What comes behind an answer that never ends is not looked at; but that the
 * client leaves is seen by reading alone. */
static bool is_stalled(const struct h1_face *s)
{
    return s->is_answering && s->state == OW_EMIT_STALLED;
}

static void feed(struct ow_face *face, const char *data, size_t len)
{
    struct h1_face *s = self(face);
    size_t used = 0;

    if (s->is_answering && ow_exchange_is_duplex(&s->x)) {
        if (ow_exchange_feed(&s->x, (struct ow_str){data, len}) < 0)
            ow_line_give_up(s->face.line, "no memory for a WebSocket");
        return;
    }
    if (is_stalled(s))
        return;
    /* A big answer's memory is not kept for the small ones after it. */
    if (s->face.line->out.len == 0 && !s->is_answering)
        ow_buf_clear(&s->face.line->out, OW_LIMIT_IO);
    if (!s->is_answering && s->held.len == 0)
        used = decode(s, data, len);
    if (hand_on(s, data + used, len - used))
        return;
    if (used < len && s->face.line->end == OW_SERVE_OPEN && !s->is_early &&
        ow_buf_append(&s->held, data + used, len - used) < 0)
        ow_line_give_up(s->face.line, "no memory for pipelined requests");
}

static bool wants_read(const struct ow_face *face)
{
    const struct h1_face *s = (const struct h1_face *)face;

    if (s->is_answering && ow_exchange_is_duplex(&s->x))
        return ow_exchange_wants_read(&s->x);
    return s->held.len < OW_LIMIT_PIPELINE || is_stalled(s);
}

static void tell_eof(struct h1_face *s)
{
    s->has_told_eof = true;
    ow_exchange_eof(&s->x);
}

static void eof(struct ow_face *face)
{
    struct h1_face *s = self(face);

    if (s->is_answering && ow_exchange_is_duplex(&s->x))
        tell_eof(s);
    if (!s->is_answering && s->face.line->end == OW_SERVE_OPEN &&
        ow_h1_is_mid_message(s->h1))
        refuse(s, 400, "the connection ended in the middle of it");
}

/* The connection's end that an answer's end means. */
static enum ow_serve_end end_after(const struct h1_face *s)
{
    if (s->sink.end != OW_SERVE_OPEN)
        return s->sink.end;
    if (s->state == OW_EMIT_FAILED)
        return OW_SERVE_RESET;
    return ow_h1_sink_can_go_on(&s->sink) ? OW_SERVE_OPEN : OW_SERVE_CLOSE;
}

static void end_exchange(struct h1_face *s)
{
    ow_exchange_end(&s->x, s->state);
    ow_h1_sink_init(&s->sink, &s->face.line->out, &s->face.line->env->date);
    s->is_answering = false;
}

static void finish_answer(struct h1_face *s)
{
    s->face.line->end = end_after(s);
    end_exchange(s);
    if (s->face.line->end != OW_SERVE_OPEN)
        return;
    ow_h1_next(s->h1);
    if (s->held.len == 0)
        return;
    size_t used = decode(s, ow_buf_data(&s->held), s->held.len);
    ow_buf_consume(&s->held, used);
    if (hand_on(s, ow_buf_data(&s->held), s->held.len))
        return;
    if (s->held.len == 0)
        ow_buf_clear(&s->held, 0);
    if (s->face.line->is_eof && !s->is_answering)
        eof(&s->face);
}

/* A client that has left is not kept waiting for silence. */
static int64_t stall(struct h1_face *s)
{
    if (s->face.line->is_eof) {
        s->face.line->end = OW_SERVE_CLOSE;
        end_exchange(s);
    }
    return OW_SERVE_NEVER;
}

/* What came behind a request that has become a WebSocket now is its, and that
 * nothing more comes. Whether there was any. */
static bool pass_on(struct h1_face *s)
{
    bool tells_eof = s->face.line->is_eof && !s->has_told_eof;

    if (!ow_exchange_is_duplex(&s->x) || (s->held.len == 0 && !tells_eof))
        return false;
    if (s->held.len > 0 && ow_exchange_feed(&s->x, ow_buf_peek(&s->held)) < 0)
        ow_line_give_up(s->face.line, "no memory for a WebSocket");
    ow_buf_clear(&s->held, 0);
    if (tells_eof)
        tell_eof(s);
    return true;
}

static int64_t run(struct ow_face *face)
{
    struct h1_face *s = self(face);
    int64_t due = OW_SERVE_NEVER;

    while (s->is_answering && s->face.line->end == OW_SERVE_OPEN) {
        /* Small answers to a client that does not read pile up, too. */
        if (s->face.line->out.len >= OW_LIMIT_OUT_HIGH)
            return OW_SERVE_NEVER;
        s->state = ow_exchange_run(&s->x, &due);
        if (pass_on(s))
            continue;
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
    if (s->face.line->is_eof && s->face.line->end == OW_SERVE_OPEN)
        s->face.line->end = OW_SERVE_CLOSE;
    return OW_SERVE_NEVER;
}

static struct ow_face *free_face(struct ow_face *face)
{
    struct h1_face *s = self(face);

    if (s->h1 && !s->is_answering && s->face.line->end == OW_SERVE_OPEN)
        eof(face);
    if (s->is_answering)
        ow_exchange_end(&s->x, s->state);
    ow_exchange_release(&s->x);
    ow_h1_free(s->h1);
    ow_buf_release(&s->held);
    free(s);
    return NULL;
}

static struct ow_face *new_face(struct ow_line *line)
{
    struct h1_face *s = calloc(1, sizeof *s);

    if (!s)
        return NULL;
    s->face = (struct ow_face){&ow_h1_face_ops, line};
    /* Bounded by its feeder: OW_LIMIT_PIPELINE and one more read. */
    ow_buf_init(&s->held, 0);
    ow_h1_sink_init(&s->sink, &line->out, &line->env->date);
    ow_exchange_init(&s->x, line->env, &line->peer, &s->sink.sink);
    s->h1 = ow_h1_new();
    return s->h1 ? &s->face : free_face(&s->face);
}

const struct ow_face_ops ow_h1_face_ops = {
    .new = new_face,
    .free = free_face,
    .feed = feed,
    .wants_read = wants_read,
    .eof = eof,
    .run = run,
};
