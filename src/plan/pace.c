/*
 * pace: see pace.h. Called by act_stream.c and reply.c.
 */
#include "config.h"

#include "plan/pace.h"

#include "plan/value.h"

/* Tokens a second: more than one a microsecond is "at once". */
#define TPS_MAX 1000000.0

static const cJSON *member(const cJSON *object, const char *key)
{
    return cJSON_GetObjectItemCaseSensitive(object, key);
}

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

int ow_pace_parse(const struct ow_action_input *in, const cJSON *spec,
                  struct ow_pace *ret)
{
    const cJSON *first = member(spec, "first"), *every = member(spec, "every");
    const cJSON *jitter = member(spec, "jitter"), *tps = member(spec, "tps");
    int r = 0;

    if (tps && every)
        return ow_jsonc_error(in->doc, tps, in->err,
                              "\"every\" and \"tps\" say the same in two ways: "
                              "take one");
    if (first)
        r = ow_value_duration(in, first, &ret->first_ns);
    if (r == 0 && every)
        r = ow_value_duration(in, every, &ret->every_ns);
    if (r == 0 && tps)
        r = read_tps(in, tps, &ret->every_ns);
    if (r == 0 && jitter)
        r = ow_value_duration(in, jitter, &ret->jitter_ns);
    return r;
}

int64_t ow_pace_gap(const struct ow_pace *pace, struct ow_rand *rand)
{
    if (pace->jitter_ns == 0)
        return pace->every_ns;
    return pace->every_ns +
           ow_rand_range(rand, -pace->jitter_ns, pace->jitter_ns);
}
