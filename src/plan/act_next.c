/*
 * act_next: "next": the next rule that fits answers, and this is laid over its
 * plan: header fields, a delay, the pace of a stream; what "cut", "fault" and
 * "curl" stand beside it comes after.
 *
 *     { "next": true, "headers": { "x-slow": "1" }, "delay": "1s" }
 *     { "next": { "first": "2s", "tps": 5 } }
 */
#include "config.h"

#include <errno.h>

#include "base/json.h"
#include "plan/action.h"
#include "plan/head.h"
#include "plan/pace.h"

struct next {
    struct ow_head head;
    /* Fields of the answer below that do not stay: all that are named here,
     * those that become null, too. */
    struct ow_str *names;
    size_t n_names;
};

static int read_names(const struct ow_action_input *in, const cJSON *headers,
                      struct next *next)
{
    size_t n = headers ? (size_t)cJSON_GetArraySize(headers) : 0;
    const cJSON *field;

    if (n == 0)
        return 0;
    next->names = ow_arena_zalloc(in->arena, n * sizeof *next->names);
    if (!next->names)
        return -ENOMEM;
    cJSON_ArrayForEach(field, headers)
    {
        struct ow_str *name = &next->names[next->n_names++];
        *name = ow_arena_copy(in->arena, ow_str_from(field->string));
        if (!name->ptr)
            return -ENOMEM;
    }
    return 0;
}

static int read_pace(const struct ow_action_input *in, const cJSON *node)
{
    struct ow_pace_over *pace;

    if (cJSON_IsTrue(node))
        return 0;
    if (!cJSON_IsObject(node))
        return ow_jsonc_error(in->doc, node, in->err,
                              "expected true, or an object with first, every, "
                              "tps, jitter, rate: the pace of a stream below");
    pace = ow_arena_zalloc(in->arena, sizeof *pace);
    if (!pace)
        return -ENOMEM;
    in->answer->pace = pace;
    return ow_pace_over_parse(in, node, pace);
}

static int next_parse(const struct ow_action_input *in, const void **ret_state)
{
    struct next *next = ow_arena_zalloc(in->arena, sizeof *next);

    if (!next)
        return -ENOMEM;
    int r = read_pace(in, ow_json_member(in->then, "next"));
    if (r == 0)
        r = ow_head_parse(in, &next->head);
    if (r == 0)
        r = read_names(in, ow_json_member(in->then, "headers"), next);
    *ret_state = next;
    return r;
}

static bool is_replaced(const struct next *next, struct ow_str name)
{
    for (size_t i = 0; i < next->n_names; i++)
        if (ow_str_equal_case(next->names[i], name))
            return true;
    return false;
}

/* The fields may be those of the rule below, which do not change. */
static int lay_fields(const struct next *next, const struct ow_fields *over,
                      struct ow_plan *plan)
{
    struct ow_step *head = ow_plan_head(plan);
    const struct ow_fields *old = head ? head->head.fields : NULL;
    struct ow_fields *fields;
    int r = 0;

    if (!head || next->n_names == 0)
        return 0;
    fields = ow_arena_zalloc(plan->arena, sizeof *fields);
    if (!fields)
        return -ENOMEM;
    for (size_t i = 0; r == 0 && old && i < old->n; i++)
        if (!is_replaced(next, old->items[i].name))
            r = ow_fields_add(fields, plan->arena, old->items[i].name,
                              old->items[i].value);
    for (size_t i = 0; r == 0 && i < over->n; i++)
        r = ow_fields_add(fields, plan->arena, over->items[i].name,
                          over->items[i].value);
    if (r == 0)
        head->head.fields = fields;
    return r;
}

static int next_plan(const void *state, const struct ow_answer_context *context,
                     struct ow_plan *plan, struct ow_err *err)
{
    const struct next *next = state;
    const struct ow_head *head;
    int r = ow_head_resolve(&next->head, context, plan->arena, &head, err);

    if (r == 0)
        r = lay_fields(next, &head->fields, plan);
    return r < 0 ? r : ow_plan_delay(plan, head->delay_ns);
}

const struct ow_action_ops ow_next_ops = {
    .name = "next",
    .parse = next_parse,
    .plan = next_plan,
};
