/*
 * exchange_answer: the answer of an exchange. See exchange_answer.h. Called by
 * exchange.c; calls plan/ to write the answer's plan, limits.c and layers.c for
 * what may come before it and over it, journal/ by exchange_record.c.
 */
#include "config.h"

#include "exchange/exchange_answer.h"

#include <errno.h>

#include "exchange/callbacks.h"
#include "exchange/exchange_record.h"
#include "exchange/layers.h"
#include "exchange/limits.h"
#include "exchange/refusal.h"
#include "exchange/wakers.h"
#include "plan/act_curl.h"
#include "plan/resource_run.h"
#include "plan/setter.h"

/* CURLE_COULDNT_CONNECT: as if nobody had been there. */
#define COULDNT_CONNECT 7

/* Bytes of the body's steps are not sent, nor their time waited for. */
static void leave_body_out(struct ow_plan *plan)
{
    size_t kept = 0;
    bool in_body = false;

    for (size_t i = 0; i < plan->n; i++) {
        enum ow_step_kind kind = plan->steps[i].kind;
        bool is_body = kind == OW_STEP_BODY || kind == OW_STEP_PIECE ||
                       kind == OW_STEP_FILE || kind == OW_STEP_PACED ||
                       kind == OW_STEP_WAIT;
        if (!in_body || !is_body)
            plan->steps[kept++] = plan->steps[i];
        in_body = in_body || kind == OW_STEP_HEAD;
    }
    plan->n = kept;
}

/* What libcurl's caller gets; without a sentence an earlier one is dropped. */
static void tell_libcurl(struct ow_exchange *x, int code,
                         struct ow_str sentence)
{
    struct ow_serve_env *env = x->env;

    if (env->tell_libcurl && x->peer.program->has_libcurl)
        env->tell_libcurl(env->say_context, &x->peer, x->request.target, code,
                          sentence);
}

void ow_exchange_plan_again(struct ow_exchange *x)
{
    ow_plan_release(&x->plan);
    ow_plan_init(&x->plan, &x->arena);
}

/*
 * A request that no rule fits is told and counted, whatever it gets: Offwire's
 * own answer, nobody at the other end, or what a rule for it has planned.
 */
static int answer_unmatched(struct ow_exchange *x, bool is_planned)
{
    struct ow_near_miss misses[OW_REFUSAL_NEAREST];
    int n = ow_explain(x->table, &x->request, x->env->states, misses,
                       OW_REFUSAL_NEAREST);

    if (n < 0)
        return n;
    struct ow_str sentence = ow_refusal_sentence(&x->request, misses, n);
    if (!sentence.ptr)
        return -ENOMEM;
    int r;
    if (is_planned)
        r = ow_refusal_mark_unmatched(&x->plan);
    else if (x->env->unmatched_is_error)
        r = ow_act_curl_end(&x->plan, x->peer.program, COULDNT_CONNECT);
    else
        r = ow_refusal_unmatched(&x->plan, sentence, misses, n);
    if (r < 0)
        return r;
    tell_libcurl(
        x, x->plan.curl - 1,
        ow_arena_printf(&x->arena, "offwire: %.*s", OW_STR_ARGS(sentence)));
    x->env->unmatched++;
    ow_exchange_record(x, OW_EVENT_UNMATCHED, sentence);
    ow_exchange_say(x, sentence);
    return 0;
}

int ow_exchange_answer_unmatched(struct ow_exchange *x)
{
    return answer_unmatched(x, false);
}

static int answer_failed(struct ow_exchange *x, const struct ow_err *why)
{
    struct ow_str sentence =
        ow_arena_printf(&x->arena, "cannot answer by rule %s: %s",
                        ow_rule_place(x->match.rule), why->text);

    ow_exchange_plan_again(x);
    ow_callbacks_drop(x);
    int r = sentence.ptr ? ow_refusal_failed(&x->plan, sentence) : -ENOMEM;
    if (r < 0)
        return r;
    ow_exchange_record(x, OW_EVENT_ERROR, sentence);
    ow_exchange_say(x, sentence);
    return 0;
}

/* An answer that was made without the body that it asked for is told. */
static struct ow_str tell_lost_json(struct ow_exchange *x)
{
    struct ow_err why;
    struct ow_str sentence;

    if (!ow_request_lost_json(&x->request, &why))
        return (struct ow_str){NULL, 0};
    sentence = ow_arena_printf(
        &x->arena, "%.*s %.*s: %s", OW_STR_ARGS(x->request.method),
        OW_STR_ARGS(ow_request_url(&x->request)), why.text);
    ow_exchange_say(x, sentence);
    return sentence;
}

/* What is behind a plan that is whole, over and below: the record. */
static int finish_answer(struct ow_exchange *x)
{
    struct ow_str sentence = {NULL, 0};

    if (x->head_only)
        leave_body_out(&x->plan);
    if (ow_rule_takes_unmatched(x->match.rule))
        return answer_unmatched(x, true);
    if (x->plan.curl)
        sentence = ow_arena_printf(&x->arena, "offwire: %s by the rule at %s",
                                   x->plan.fault, ow_rule_place(x->match.rule));
    tell_libcurl(x, x->plan.curl - 1, sentence);
    ow_exchange_record(x, OW_EVENT_REQUEST, tell_lost_json(x));
    return 0;
}

/* One too many: it is not the rule that answers, and its hits do not count. */
static int answer_limited(struct ow_exchange *x, const struct ow_limit *limit)
{
    struct ow_err why = {.text = "no memory"};

    ow_odds_draw(x->env->odds, OW_ODDS_LIMIT, ow_rule_lot(x->match.rule),
                 x->env->exchanges, x->context.rand);
    int r = ow_limits_plan(x, limit, &why);
    if (r == 0)
        r = ow_limits_add_fields(x, limit, &x->context, &why);
    if (r == 0)
        r = ow_layers_plan(x, &why);
    return r < 0 ? answer_failed(x, &why) : finish_answer(x);
}

/* The answer's plan, what is laid over it, and what comes with them. */
static int plan_by_rule(struct ow_exchange *x, const struct ow_limit *limit,
                        struct ow_err *err)
{
    const struct ow_rule *rule = x->match.rule;
    const struct ow_setter *set = ow_rule_set(rule);
    struct ow_resource_run run = {NULL};
    cJSON *said = NULL;

    /* Seen by all that comes of the answer: "set", "after". */
    int r = ow_wakers_settle(x->env, x->table, &x->context, err);
    x->context.resource = &run;
    x->context.said = &said;
    if (r == 0)
        r = ow_answer_plan(x->match.answer, &x->context, &x->plan, err);
    x->context.said = NULL;
    x->context.reply = said;
    if (r == 0)
        r = ow_callbacks_add(x, rule, &x->context, err);
    if (r == 0 && set && !x->plan.is_refused)
        r = ow_setter_apply(set, &x->context, err);
    if (r == 0 && limit)
        r = ow_limits_add_fields(x, limit, &x->context, err);
    if (r == 0)
        r = ow_layers_plan(x, err);
    ow_resource_run_end(&run, &x->context);
    x->context.resource = NULL;
    x->context.reply = NULL;
    cJSON_Delete(said);
    ow_wakers_take(x, &run.deed);
    return r;
}

/* The limit of the rule that answers, or else of its host. */
static const struct ow_limit *find_limit(const struct ow_exchange *x)
{
    return ow_layers_have_limit(x)
               ? ow_rule_own_limit(x->match.rule)
               : ow_table_limit(x->table, x->match.rule, &x->request);
}

int ow_exchange_answer_by_rule(struct ow_exchange *x)
{
    struct ow_err why = {.text = "no memory"};
    const struct ow_limit *limit = NULL;
    bool is_over = false;
    int r = ow_layers_begin(x, &limit, &why);

    if (r == 0 && limit) {
        ow_state_hold(x->context.state);
        return answer_limited(x, limit);
    }
    if (r == 0)
        r = ow_layers_open(x, &x->match, &x->rand, &x->context, &why);
    if (r < 0)
        return answer_failed(x, &why);
    ow_state_hold(x->context.state);
    x->context.pace_over = x->pace_over;
    limit = find_limit(x);
    if (limit)
        r = ow_limits_ask(x, limit, &x->context, &is_over, &why);
    if (r < 0)
        return answer_failed(x, &why);
    if (is_over)
        return answer_limited(x, limit);
    ow_layers_count(x, &x->match, &x->context);
    r = plan_by_rule(x, limit, &why);
    return r < 0 ? answer_failed(x, &why) : finish_answer(x);
}

int ow_exchange_answer_control(struct ow_exchange *x)
{
    int r = x->env->control(x->env->control_context, &x->request, &x->plan);

    if (r == 0 && x->head_only)
        leave_body_out(&x->plan);
    return r;
}
