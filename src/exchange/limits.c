/*
 * limits: see limits.h. Called by exchange_answer.c for rules and hosts with a
 * limit.
 */
#include "config.h"

#include "exchange/limits.h"

#include <errno.h>
#include <math.h>

/* What has a bucket: the limit, its host, and what "by" gives. */
static int make_key(struct ow_exchange *x, const struct ow_limit *limit,
                    const struct ow_answer_context *context, struct ow_str *ret,
                    struct ow_err *err)
{
    struct ow_str host = limit->is_of_host ? x->request.host : OW_STR("");
    struct ow_str by = OW_STR("");
    int r = 0;

    if (limit->has_by)
        r = ow_template_render(&limit->by, context, &x->arena, &by, err);
    if (r < 0)
        return r;
    *ret = ow_arena_printf(&x->arena, "%u %.*s %.*s", limit->number,
                           OW_STR_ARGS(host), OW_STR_ARGS(by));
    return ret->ptr ? 0 : -ENOMEM;
}

int ow_limits_ask(struct ow_exchange *x, const struct ow_limit *limit,
                  struct ow_answer_context *context, bool *ret_is_over,
                  struct ow_err *err)
{
    struct ow_limit_seen *seen = ow_arena_alloc(&x->arena, sizeof *seen);
    double per_ns = (double)limit->count / (double)limit->period;
    double burst = (double)limit->burst, left;
    struct ow_str key;
    int r = seen ? make_key(x, limit, context, &key, err) : -ENOMEM;

    if (r < 0)
        return r;
    *ret_is_over = !ow_buckets_take(&x->env->states->buckets, key, burst,
                                    per_ns, x->whole, &left);
    double wait = *ret_is_over ? (1 - left) / per_ns / 1e9 : 0;
    *seen = (struct ow_limit_seen){
        .limit = limit->count,
        .period = (double)limit->period / 1e9,
        .remaining = (uint64_t)floor(left),
        .reset = (burst - left) / per_ns / 1e9,
        .wait = wait,
    };
    context->limit = seen;
    return 0;
}

int ow_limits_plan(struct ow_exchange *x, const struct ow_limit *limit,
                   struct ow_err *err)
{
    const struct ow_answer *answer =
        ow_answers_at(limit->answers, x->context.hit);

    x->plan.fault = "limit";
    return answer ? ow_answer_plan(answer, &x->context, &x->plan, err) : 0;
}

int ow_limits_add_fields(struct ow_exchange *x, const struct ow_limit *limit,
                         const struct ow_answer_context *context,
                         struct ow_err *err)
{
    struct ow_step *head = ow_plan_head(&x->plan);
    const struct ow_fields *old = head ? head->head.fields : NULL;
    struct ow_fields *fields = ow_arena_zalloc(&x->arena, sizeof *fields);
    int r = fields ? 0 : -ENOMEM;

    if (!head || limit->n_fields == 0)
        return r;
    for (size_t i = 0; r == 0 && old && i < old->n; i++)
        r = ow_fields_add(fields, &x->arena, old->items[i].name,
                          old->items[i].value);
    for (size_t i = 0; r == 0 && i < limit->n_fields; i++) {
        struct ow_str value;
        r = ow_template_render(&limit->fields[i].value, context, &x->arena,
                               &value, err);
        if (r == 0)
            r = ow_fields_add(fields, &x->arena, limit->fields[i].name,
                              ow_str_trim(value));
    }
    if (r == 0)
        head->head.fields = fields;
    return r;
}
