/*
 * h2_exchange: an exchange on a stream of HTTP/2. See h2_exchange.h. Called by
 * face_h2.c.
 */
#include "config.h"

#include "exchange/h2_exchange.h"

#include <errno.h>
#include <stdlib.h>

#include "base/limits.h"
#include "exchange/layers.h"

/*
 * A client that still sends when it has its answer is told to stop (RFC 9113,
 * 8.1) after this time alone: told at once, libcurl fails before it looks at
 * the answer.
 */
#define LINGER_NS INT64_C(500000000)

struct ow_h2_exchange *ow_h2_exchange_new(struct ow_line *line)
{
    struct ow_h2_exchange *e = calloc(1, sizeof *e);

    if (!e)
        return NULL;
    e->line = line;
    ow_exchange_init(&e->x, line->env, &line->peer, &e->sink.sink);
    /* Bounded by the window, which does not come back meanwhile. */
    ow_buf_init(&e->held, 0);
    return e;
}

void ow_h2_exchange_reset(struct ow_h2_exchange *e)
{
    /* Also what came of a request that never became whole. */
    ow_exchange_end(&e->x, OW_EMIT_DONE);
    ow_buf_release(&e->held);
}

struct ow_h2_exchange *ow_h2_exchange_free(struct ow_h2_exchange *e)
{
    ow_exchange_release(&e->x);
    ow_buf_release(&e->held);
    free(e);
    return NULL;
}

void ow_h2_exchange_open(struct ow_h2_exchange *e, struct ow_h2_stream *h2)
{
    struct ow_line *line = e->line;

    e->h2 = h2;
    e->is_over = e->is_lingering = false;
    e->is_tunnel = e->is_half = e->has_news = false;
    ow_h2_sink_init(&e->sink, h2, &e->x.arena, &line->out, &line->env->date);
    ow_h2_set_user(h2, e);
}

static void end_answer(struct ow_h2_exchange *e)
{
    if (e->is_answering)
        ow_exchange_end(&e->x, e->state);
    e->is_answering = false;
}

void ow_h2_exchange_end(struct ow_h2_exchange *e)
{
    end_answer(e);
    if (e->sink.end != OW_SERVE_OPEN && e->line->end == OW_SERVE_OPEN)
        e->line->end = e->sink.end;
}

static void begin_answer(struct ow_h2_exchange *e, int r)
{
    if (r < 0) {
        ow_line_give_up(e->line, "no memory to answer a request");
        return;
    }
    ow_line_use_rule(e->line, ow_layers_slow_rule(&e->x));
    e->is_answering = e->is_over = true;
    e->state = OW_EMIT_WAITING;
    e->due = INT64_MIN;
}

static void refuse(struct ow_h2_exchange *e, int status, const char *problem)
{
    e->sink.is_refused = true;
    begin_answer(e, ow_exchange_refuse(&e->x, status, problem));
}

/* What came before the answer has become a WebSocket now is its. 0, -ENOMEM. */
static int pass_on(struct ow_h2_exchange *e)
{
    struct ow_exchange *x = &e->x;
    bool is_duplex = e->is_answering && ow_exchange_is_duplex(x);
    int r = 0;

    if (is_duplex && e->held.len > 0) {
        r = ow_exchange_feed(x, ow_buf_peek(&e->held));
        ow_buf_clear(&e->held, 0);
        e->has_news = true;
    }
    if (is_duplex && e->is_half) {
        ow_exchange_eof(x);
        e->is_half = false;
        e->has_news = true;
    }
    ow_h2_withhold(e->h2, !is_duplex || !ow_exchange_wants_read(x));
    return r;
}

/* It has its answer before its body, which never ends as a request's does. */
static int begin_tunnel(struct ow_h2_exchange *e)
{
    e->is_tunnel = true;
    ow_h2_withhold(e->h2, true);
    begin_answer(e, ow_exchange_answer(&e->x, NULL));
    return 0;
}

/*
 * Whether a rule answers while the request still comes. A stall of the flow is
 * the stream's alone; a server that stops reading hears none of them.
 */
static bool answer_early(struct ow_h2_exchange *e)
{
    struct ow_exchange *x = &e->x;

    if (!ow_exchange_is_due_early(x))
        return false;
    begin_answer(e, ow_exchange_answer(x, NULL));
    ow_h2_withhold(e->h2, true);
    if (x->is_deaf && x->match.answer &&
        ow_answer_fault(x->match.answer) != OW_FAULT_FLOW_STALL)
        e->line->is_deaf = true;
    return true;
}

static int begin_request(struct ow_h2_exchange *e,
                         const struct ow_h2_head *head)
{
    const struct ow_request request = {
        /* As HTTP/1.1's clients ask for the same. */
        .method = head->protocol.ptr ? OW_STR("GET") : head->method,
        .upgrade = head->protocol,
        .target = head->path.ptr ? head->path : head->authority,
        .version = 20,
        .headers = head->fields,
    };

    e->sink.head_only = ow_str_equal(head->method, OW_STR("HEAD"));
    return ow_exchange_begin(&e->x, &request);
}

int ow_h2_exchange_begin(struct ow_h2_exchange *e,
                         const struct ow_h2_head *head)
{
    int r = begin_request(e, head);

    if (r == 0 && head->protocol.ptr && !head->is_too_big)
        return begin_tunnel(e);
    if (r == 0 && !head->ends)
        r = ow_exchange_expect(&e->x);
    if (r < 0 && r != -EBADMSG)
        return r;
    if (r == 0 && answer_early(e))
        return 0;
    if (head->is_too_big)
        refuse(e, 431, "its fields are over the limit");
    else if (r == -EBADMSG)
        refuse(e, 400, "its target is no path and no URL");
    else if (head->expects_continue)
        return ow_h2_write_interim(e->h2, OW_STR("100"));
    return 0;
}

int ow_h2_exchange_feed(struct ow_h2_exchange *e, struct ow_str bytes)
{
    if (e->is_tunnel && e->is_answering) {
        int r = ow_buf_append(&e->held, bytes.ptr, bytes.len);
        return r < 0 ? r : pass_on(e);
    }
    if (e->is_over)
        return 0;
    int r = ow_exchange_feed(&e->x, bytes);
    if (r == 0)
        answer_early(e);
    return r;
}

int ow_h2_exchange_answer(struct ow_h2_exchange *e,
                          const struct ow_fields *trailers)
{
    e->is_half = e->is_tunnel;
    if (e->is_tunnel && e->is_answering)
        return pass_on(e);
    if (!e->is_over)
        begin_answer(e, ow_exchange_answer(&e->x, trailers));
    return 0;
}

void ow_h2_exchange_take_over(struct ow_h2_exchange *e, struct ow_exchange *x,
                              const struct ow_fields *trailers)
{
    ow_exchange_release(&e->x);
    ow_exchange_move(&e->x, x, &e->sink.sink);
    e->x.request.version = 20;
    e->sink.head_only = e->x.head_only;
    begin_answer(e, ow_exchange_answer(&e->x, trailers));
}

void ow_h2_exchange_eof(struct ow_h2_exchange *e)
{
    e->is_half = e->is_tunnel;
    if (e->is_tunnel && pass_on(e) < 0)
        ow_line_give_up(e->line, "no memory for a WebSocket");
}

/* The answer is over. What it left in the stream's queue is the codec's. */
static void finish_answer(struct ow_h2_exchange *e, int64_t now)
{
    enum ow_emit_state state = e->state;

    end_answer(e);
    if (state == OW_EMIT_FAILED)
        ow_h2_write_reset(e->h2, OW_H2_INTERNAL_ERROR);
    e->is_lingering = state == OW_EMIT_DONE && !ow_h2_is_whole(e->h2);
    e->due = now + LINGER_NS;
    if (e->is_lingering)
        ow_h2_withhold(e->h2, true);
}

/* Whether room in its queue lets it go on; a WebSocket may wait for a time and
 * for room. */
static bool is_blocked(const struct ow_h2_exchange *e)
{
    return e->state == OW_EMIT_BLOCKED ||
           (e->state == OW_EMIT_WAITING && ow_exchange_is_blocked(&e->x));
}

static bool can_play(const struct ow_h2_exchange *e, int64_t now)
{
    if (!e->is_answering)
        return false;
    if (e->has_news)
        return true;
    if (e->state == OW_EMIT_WAITING && e->due <= now)
        return true;
    return is_blocked(e) &&
           e->sink.sink.ops->pending(&e->sink.sink) < OW_LIMIT_OUT_HIGH;
}

/* 0 or -ENOMEM, of a WebSocket. */
static int play(struct ow_h2_exchange *e)
{
    int r = 0;

    do {
        e->has_news = false;
        e->due = OW_SERVE_NEVER;
        e->state = ow_exchange_run(&e->x, &e->due);
        if (e->is_tunnel)
            r = pass_on(e);
    } while (r == 0 && e->has_news);
    return r;
}

bool ow_h2_exchange_play(struct ow_h2_exchange *e, int64_t now)
{
    if (e->is_lingering && e->due <= now) {
        e->is_lingering = false;
        ow_h2_write_reset(e->h2, OW_H2_NO_ERROR);
    }
    if (!can_play(e, now))
        return false;
    if (play(e) < 0)
        ow_line_give_up(e->line, "no memory for a WebSocket");
    bool blocked = is_blocked(e);
    switch (e->state) {
    case OW_EMIT_BLOCKED:
    case OW_EMIT_WAITING:
    case OW_EMIT_STALLED:
        break;
    case OW_EMIT_DONE:
    case OW_EMIT_ENDED:
    case OW_EMIT_FAILED:
        finish_answer(e, now);
    }
    return blocked;
}

int64_t ow_h2_exchange_due(const struct ow_h2_exchange *e)
{
    bool waits = e->is_answering && e->state == OW_EMIT_WAITING;

    return waits || e->is_lingering ? e->due : OW_SERVE_NEVER;
}
