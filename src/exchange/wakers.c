/*
 * wakers: see wakers.h. Called by exchange_answer.c, and by the host when it is
 * time; calls plan/agenda.c.
 */
#include "config.h"

#include "exchange/wakers.h"

#include "base/limits.h"
#include "plan/agenda.h"
#include "plan/deed.h"
#include "state/resources.h"

static const struct ow_program nobody = {.name = ""};

static void send_one(void *context, struct ow_delivery *take_delivery)
{
    struct ow_serve_env *env = context;

    if (env->deliver)
        env->deliver(env->say_context, take_delivery);
    else
        ow_delivery_free(take_delivery);
}

static void cancel_ended(struct ow_serve_env *env, struct ow_state *state)
{
    uint64_t life;

    while (state->resources && ow_resources_take_ended(state->resources, &life))
        if (env->cancel)
            env->cancel(env->say_context, life);
}

int ow_wakers_settle(struct ow_serve_env *env, const struct ow_table *table,
                     const struct ow_answer_context *context,
                     struct ow_err *err)
{
    const struct ow_agenda agenda = {.types = ow_table_types(table),
                                     .odds = env->odds,
                                     .send = send_one,
                                     .send_context = env};

    return ow_agenda_settle(&agenda, context, err);
}

static bool has_woken(const struct ow_state *state)
{
    return state->resources && ow_resources_woken(state->resources, 0);
}

void ow_wakers_take(struct ow_exchange *x, struct ow_deed *deed)
{
    struct ow_serve_env *env = x->env;

    struct ow_delivery **last = &x->deliveries;

    while (*last)
        last = &(*last)->next;
    *last = ow_deed_take(deed);
    cancel_ended(env, x->context.state);
    if (has_woken(x->context.state) && env->wake)
        env->wake(env->say_context);
}

/* One state, by nobody's request. */
static void run_state(struct ow_serve_env *env, struct ow_state *state)
{
    struct ow_arena arena;
    struct ow_body body;
    struct ow_rand rand;
    struct ow_err err = {.text = "no memory"};
    struct ow_request request = {
        .arena = &arena, .body = &body, .program = &nobody};
    struct ow_answer_context context = {.request = &request,
                                        .rand = &rand,
                                        .clock = env->clock,
                                        .state = state,
                                        .states = env->states};
    int r;

    ow_arena_init(&arena);
    ow_body_init(&body, 0);
    ow_odds_draw(env->odds, OW_ODDS_RESOURCE, 0, 0, &rand);
    ow_table_set_replies(env->table, &context);
    /* A step that failed is passed over, and the next one is tried. */
    do {
        r = ow_wakers_settle(env, env->table, &context, &err);
        if (r < 0 && env->say)
            env->say(env->say_context, NULL, err.text);
    } while (r < 0 && ow_agenda_due(state) <= ow_clock_now(env->clock));
    cancel_ended(env, state);
    if (state->resources)
        ow_resources_tidy(state->resources);
    ow_request_release(&request);
    ow_body_release(&body);
    ow_arena_release(&arena);
}

struct round {
    struct ow_serve_env *env;
    int64_t due;
};

static void run_one(void *context, struct ow_state *state)
{
    struct round *round = context;

    /* What waits for a change may have got it. */
    if (has_woken(state))
        run_state(round->env, state);
    int64_t due = ow_agenda_due(state);
    round->due = due < round->due ? due : round->due;
}

int64_t ow_wakers_run(struct ow_serve_env *env)
{
    struct round round = {.env = env, .due = INT64_MAX};

    if (ow_table_types(env->table)->is_loud)
        ow_states_visit(env->states, run_one, &round);
    return round.due;
}

/* A session of its own, whose clock stands at each step in turn. */
struct ending {
    struct ow_serve_env env;
    struct ow_clock clock;
    int steps;
};

static void run_out(void *context, struct ow_state *state)
{
    struct ending *ending = context;
    int64_t due;

    while (ending->steps < OW_LIMIT_ENDING &&
           (due = ow_agenda_due(state)) != INT64_MAX) {
        ending->steps++;
        ending->clock.standing_ns = due;
        run_state(&ending->env, state);
    }
}

void ow_wakers_run_out(struct ow_serve_env *env)
{
    struct ending ending = {.env = *env, .clock = *env->clock};

    if (!ow_table_types(env->table)->is_loud)
        return;
    ending.env.clock = &ending.clock;
    ending.env.say = NULL;
    /* What waits would have been sent before a later step ended it. */
    ending.env.cancel = NULL;
    ending.env.wake = NULL;
    ending.clock.speed = 0;
    ow_states_visit(env->states, run_out, &ending);
}
