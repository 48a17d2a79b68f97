/*
 * exchange_record: the journal's records of an exchange. See
 * exchange_record.h. Called by exchange.c and exchange_answer.c.
 */
#include "config.h"

#include "exchange/exchange_record.h"

#include <errno.h>
#include <string.h>

#include "exchange/layers.h"
#include "exchange/ws_session.h"

/* The waits before the first byte. */
static int64_t planned_wait(const struct ow_plan *plan)
{
    int64_t wait = 0;

    for (size_t i = 0; i < plan->n; i++) {
        if (plan->steps[i].kind != OW_STEP_WAIT)
            break;
        wait += plan->steps[i].wait_ns;
    }
    return wait;
}

static void init_record(const struct ow_exchange *x, struct ow_record *record,
                        enum ow_event event, int64_t now)
{
    ow_record_init(record, event);
    record->id = x->id;
    record->wall_ns = ow_clock_wall(x->env->clock, now);
    record->program = x->peer.program;
}

static struct ow_str name_protocol(int version)
{
    if (version >= 20)
        return OW_STR("h2");
    return version == 10 ? OW_STR("http/1.0") : OW_STR("http/1.1");
}

void ow_exchange_record(struct ow_exchange *x, enum ow_event event,
                        struct ow_str text)
{
    const struct ow_step *head = ow_plan_head(&x->plan);
    int64_t now = ow_clock_now(x->env->clock);
    int64_t wait = planned_wait(&x->plan);
    struct ow_record record;
    char hash[OW_BODY_HASH + 1];

    x->id = ++x->env->exchanges;
    init_record(x, &record, event, x->whole);
    if (x->match.rule) {
        record.rule = ow_str_from(ow_rule_name(x->match.rule));
        record.place = ow_str_from(ow_rule_place(x->match.rule));
        record.pack = ow_str_from(ow_rule_pack(x->match.rule));
        record.over = x->n_layers > 0 ? ow_layers_names(x) : NULL;
        record.over_packs = record.over ? record.over + x->n_layers : NULL;
        record.n_over = record.over ? x->n_layers : 0;
    }
    if (x->request.path.ptr) {
        record.protocol = name_protocol(x->request.version);
        record.method = x->request.method;
        record.url = ow_request_url(&x->request);
    } else {
        record.host = x->host;
        record.port = x->peer.port;
    }
    record.status = head ? head->head.status : 0;
    record.request_bytes = (int64_t)x->body.size;
    if (x->body.size > 0) {
        ow_body_hash(&x->body, hash);
        record.request_hash = hash;
    }
    record.response_bytes = (int64_t)ow_plan_body_size(&x->plan);
    record.wait_ns = now - x->whole > wait ? now - x->whole : wait;
    record.fault = x->plan.fault;
    record.reply = x->plan.reply;
    record.text = text;
    record.request = x->request.path.ptr ? &x->request : NULL;
    ow_journal_add(x->env->journal, &record);
}

static const char *how_it_ended(enum ow_emit_state state)
{
    switch (state) {
    case OW_EMIT_WAITING:
    case OW_EMIT_BLOCKED:
    case OW_EMIT_STALLED:
        return "left";
    case OW_EMIT_DONE:
        return "sent";
    case OW_EMIT_ENDED:
        return "cut";
    case OW_EMIT_FAILED:
        return "failed";
    }
    return NULL;
}

/* Whoever waits for the rest of the answer wants to know why there is none. */
static struct ow_str tell_failure(struct ow_exchange *x)
{
    const char *why = x->emit.error == -ENODATA
                          ? "its file has become shorter meanwhile"
                          : strerror(-x->emit.error);
    struct ow_str text =
        ow_arena_printf(&x->arena, "the answer to %.*s %.*s broke off: %s",
                        OW_STR_ARGS(x->request.method),
                        OW_STR_ARGS(ow_request_url(&x->request)), why);

    ow_exchange_say(x, text);
    return text;
}

void ow_exchange_record_end(struct ow_exchange *x, enum ow_emit_state state)
{
    int64_t now = ow_clock_now(x->env->clock);
    struct ow_websocket_record tells;
    struct ow_record record;

    init_record(x, &record, OW_EVENT_END, now);
    record.response_bytes = (int64_t)x->emit.sent;
    record.total_ns = now - x->whole;
    record.ended = how_it_ended(state);
    if (state == OW_EMIT_FAILED)
        record.text = tell_failure(x);
    if (x->ws) {
        record.ended = ow_ws_session_end(x->ws, &tells);
        record.response_bytes = tells.out_bytes;
        record.websocket = &tells;
    }
    ow_journal_add(x->env->journal, &record);
}
