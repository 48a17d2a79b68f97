/*
 * pace: see pace.h. Called by act_stream.c and reply.c.
 */
#include "config.h"

#include "plan/pace.h"

#include <errno.h>

#include "base/json.h"
#include "plan/grammar.h"
#include "plan/loop.h"
#include "plan/value.h"

/* Tokens a second: more than one a microsecond is "at once". */
#define TPS_MAX 1000000.0

static int read_tps(const struct ow_action_input *in, const cJSON *node,
                    int64_t *ret_every_ns)
{
    double tps = cJSON_IsNumber(node) ? node->valuedouble : 0;

    if (!(tps > 0.001 && tps <= TPS_MAX))
        return ow_jsonc_error(in->doc, node, in->err,
                              "expected a number of tokens a second");
    *ret_every_ns = (int64_t)(1e9 / tps);
    return 0;
}

/* A duration, or an expression if live is not NULL. */
static int read_time(const struct ow_action_input *in, const cJSON *node,
                     int64_t *ret_ns, const struct ow_template **live)
{
    if (!node)
        return 0;
    if (!live || !ow_template_is_in(node))
        return ow_value_duration(in, node, ret_ns);
    struct ow_template *template = ow_arena_zalloc(in->arena, sizeof *template);
    if (!template)
        return -ENOMEM;
    *live = template;
    return ow_template_text(in, node, template);
}

static int parse(const struct ow_action_input *in, const cJSON *spec,
                 struct ow_pace *ret, struct ow_pace_live *live)
{
    const cJSON *every = ow_json_member(spec, "every"),
                *tps = ow_json_member(spec, "tps");
    int r;

    if (tps && every)
        return ow_jsonc_error(in->doc, tps, in->err,
                              "\"every\" and \"tps\" say the same in two ways: "
                              "take one");
    r = read_time(in, ow_json_member(spec, "first"), &ret->first_ns,
                  live ? &live->first : NULL);
    if (r == 0)
        r = read_time(in, every, &ret->every_ns, live ? &live->every : NULL);
    if (r == 0 && tps)
        r = read_tps(in, tps, &ret->every_ns);
    if (r == 0)
        r = read_time(in, ow_json_member(spec, "jitter"), &ret->jitter_ns,
                      live ? &live->jitter : NULL);
    return r;
}

int ow_pace_parse(const struct ow_action_input *in, const cJSON *spec,
                  struct ow_pace *ret)
{
    return parse(in, spec, ret, NULL);
}

int ow_pace_parse_live(const struct ow_action_input *in, const cJSON *spec,
                       struct ow_pace *ret, struct ow_pace_live *ret_live)
{
    return parse(in, spec, ret, ret_live);
}

static int ask(const struct ow_template *template, const char *what,
               const struct ow_answer_context *context, int64_t *ns,
               struct ow_err *err)
{
    int r = template ? ow_loop_duration(template, context, what, ns, err) : 0;

    return r < 0 ? r : 0;
}

int ow_pace_now(const struct ow_pace_live *live,
                const struct ow_answer_context *context, struct ow_pace *pace,
                struct ow_err *err)
{
    int r = ask(live->first, "\"first\"", context, &pace->first_ns, err);

    if (r == 0)
        r = ask(live->every, "\"every\"", context, &pace->every_ns, err);
    if (r == 0)
        r = ask(live->jitter, "\"jitter\"", context, &pace->jitter_ns, err);
    return r;
}

int ow_pace_over_parse(const struct ow_action_input *in, const cJSON *spec,
                       struct ow_pace_over *ret)
{
    const cJSON *rate = ow_json_member(spec, "rate");
    int r = ow_value_check_keys(in, spec, ow_grammar_keys(OW_OBJECT_next_pace));

    if (r == 0)
        r = ow_pace_parse(in, spec, &ret->pace);
    if (r == 0 && rate)
        r = ow_value_rate(in, rate, &ret->rate);
    ret->has_first = ow_json_member(spec, "first");
    ret->has_every =
        ow_json_member(spec, "every") || ow_json_member(spec, "tps");
    ret->has_jitter = ow_json_member(spec, "jitter");
    return r;
}

void ow_pace_over_add(struct ow_pace_over *pace,
                      const struct ow_pace_over *other)
{
    const struct ow_pace sum = ow_pace_under(&other->pace, pace);

    pace->pace = sum;
    pace->has_first = pace->has_first || other->has_first;
    pace->has_every = pace->has_every || other->has_every;
    pace->has_jitter = pace->has_jitter || other->has_jitter;
    if (pace->rate == 0)
        pace->rate = other->rate;
}

struct ow_pace ow_pace_under(const struct ow_pace *pace,
                             const struct ow_pace_over *over)
{
    struct ow_pace sum = *pace;

    if (over && over->has_first)
        sum.first_ns = over->pace.first_ns;
    if (over && over->has_every)
        sum.every_ns = over->pace.every_ns;
    if (over && over->has_jitter)
        sum.jitter_ns = over->pace.jitter_ns;
    return sum;
}

int64_t ow_pace_gap(const struct ow_pace *pace, struct ow_rand *rand)
{
    if (pace->jitter_ns == 0)
        return pace->every_ns;
    return pace->every_ns +
           ow_rand_range(rand, -pace->jitter_ns, pace->jitter_ns);
}
