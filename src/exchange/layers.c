/*
 * layers: see layers.h. Called by exchange_answer.c, exchange_record.c,
 * face_h1.c and h2_exchange.c.
 */
#include "config.h"

#include "exchange/layers.h"

#include <errno.h>

#include "exchange/callbacks.h"
#include "exchange/limits.h"
#include "plan/pace.h"
#include "plan/setter.h"

/* In a list, the outermost first. */
static int list(struct ow_exchange *x)
{
    const struct ow_match *match;
    size_t n = 0;

    for (match = x->match.over; match; match = match->over)
        n++;
    x->layers = ow_arena_zalloc(&x->arena, n * sizeof *x->layers);
    if (!x->layers)
        return -ENOMEM;
    x->n_layers = n;
    for (match = x->match.over; match; match = match->over)
        x->layers[--n].match = match;
    return 0;
}

int ow_layers_open(struct ow_exchange *x, const struct ow_match *match,
                   struct ow_rand *rand, struct ow_answer_context *context,
                   struct ow_err *err)
{
    const struct ow_client client = {x->peer.program, &x->request.headers};
    struct ow_state *state;
    int r = ow_states_open(x->env->states, ow_rule_scope(match->rule), &client,
                           &state, err);

    if (r < 0)
        return r;
    *context = (struct ow_answer_context){
        .request = &x->request,
        .rand = rand,
        .hit = ow_hits_get(&state->hits, ow_rule_index(match->rule)),
        .params = &match->params,
        .captures = &match->captures,
        .clock = x->env->clock,
        .state = state,
        .states = x->env->states,
    };
    ow_table_set_replies(x->table, context);
    return 0;
}

void ow_layers_count(struct ow_exchange *x, const struct ow_match *match,
                     struct ow_answer_context *context)
{
    struct ow_serve_env *env = x->env;
    size_t index = ow_rule_index(match->rule);

    context->hit = ow_states_count(env->states, context->state, index);
    /* By the answers to all clients: ids that two of them get must differ. */
    ow_odds_draw(env->odds, OW_ODDS_ANSWER, ow_rule_lot(match->rule),
                 ow_hits_get(&env->states->shared.hits, index) - 1,
                 context->rand);
}

/* The rule has its hit, unless its limit is met. */
static int begin(struct ow_exchange *x, struct ow_layer *layer,
                 const struct ow_limit **ret_limit, struct ow_err *err)
{
    const struct ow_limit *limit = ow_rule_own_limit(layer->match->rule);
    bool is_over = false;
    int r = ow_layers_open(x, layer->match, &layer->rand, &layer->context, err);

    if (r == 0 && limit)
        r = ow_limits_ask(x, limit, &layer->context, &is_over, err);
    if (r == 0 && is_over)
        *ret_limit = limit;
    else if (r == 0)
        ow_layers_count(x, layer->match, &layer->context);
    return r;
}

int ow_layers_begin(struct ow_exchange *x, const struct ow_limit **ret_limit,
                    struct ow_err *err)
{
    struct ow_pace_over *pace;
    int r;

    *ret_limit = NULL;
    if (!x->match.over)
        return 0;
    pace = ow_arena_zalloc(&x->arena, sizeof *pace);
    r = pace ? list(x) : -ENOMEM;
    for (size_t i = 0; r == 0 && i < x->n_layers; i++) {
        struct ow_layer *layer = &x->layers[i];
        r = begin(x, layer, ret_limit, err);
        if (r < 0 || *ret_limit) {
            x->match = *layer->match;
            x->context = layer->context;
            x->n_layers = i;
            return r;
        }
        ow_answer_add_pace(layer->match->answer, pace);
    }
    x->pace_over = pace;
    return r;
}

/* As if the layer were the rule that answers: its terms. */
static int lay(struct ow_exchange *x, struct ow_layer *layer,
               struct ow_err *err)
{
    const struct ow_rule *rule = layer->match->rule;
    const struct ow_limit *limit = ow_rule_own_limit(rule);
    const struct ow_setter *set = ow_rule_set(rule);
    int r;

    layer->context.resource = x->context.resource;
    r = ow_answer_plan(layer->match->answer, &layer->context, &x->plan, err);
    if (r == 0 && limit)
        r = ow_limits_add_fields(x, limit, &layer->context, err);
    if (r == 0)
        r = ow_callbacks_add(x, rule, &layer->context, err);
    if (r == 0 && set && !x->plan.is_refused)
        r = ow_setter_apply(set, &layer->context, err);
    return r;
}

int ow_layers_plan(struct ow_exchange *x, struct ow_err *err)
{
    int r = 0;

    for (size_t i = x->n_layers; r == 0 && i > 0; i--) {
        r = lay(x, &x->layers[i - 1], err);
        if (r < 0)
            x->match = *x->layers[i - 1].match;
    }
    return r;
}

bool ow_layers_have_limit(const struct ow_exchange *x)
{
    for (size_t i = 0; i < x->n_layers; i++)
        if (ow_rule_own_limit(x->layers[i].match->rule))
            return true;
    return false;
}

const struct ow_str *ow_layers_names(struct ow_exchange *x)
{
    struct ow_str *names =
        ow_arena_alloc(&x->arena, (2 * x->n_layers + 1) * sizeof *names);

    for (size_t i = 0; names && i < x->n_layers; i++) {
        const struct ow_rule *rule = x->layers[i].match->rule;
        names[i] = ow_str_from(ow_rule_name(rule));
        names[x->n_layers + i] = ow_str_from(ow_rule_pack(rule));
    }
    return names;
}

const struct ow_rule *ow_layers_slow_rule(const struct ow_exchange *x)
{
    for (size_t i = 0; i < x->n_layers; i++)
        if (ow_rule_network(x->layers[i].match->rule))
            return x->layers[i].match->rule;
    return x->match.rule;
}
