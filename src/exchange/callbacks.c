/*
 * callbacks: see callbacks.h. Called by exchange.c and exchange_answer.c; the
 * host's upstream/ takes what comes out.
 */
#include "config.h"

#include "exchange/callbacks.h"

#include <errno.h>

#include "plan/callback.h"
#include "plan/extra_view.h"

/* The body's bytes where they are at hand, one behind the other. */
static int gather_body(struct ow_exchange *x, struct ow_str *ret)
{
    uint64_t size = ow_plan_body_size(&x->plan);
    const struct ow_step *head = ow_plan_head(&x->plan);
    struct ow_buf bytes;
    int r = 0;

    if (size > x->env->body_kept ||
        (head && head->head.fields &&
         ow_fields_find(head->head.fields, OW_STR("content-encoding"))))
        return 0;
    ow_buf_init(&bytes, (size_t)size);
    for (size_t i = 0; i < x->plan.n && r == 0; i++) {
        const struct ow_step *step = &x->plan.steps[i];
        if (step->kind == OW_STEP_BODY || step->kind == OW_STEP_PIECE)
            r = ow_buf_append_str(&bytes, step->bytes);
    }
    if (r == 0 && bytes.len == size && size > 0) {
        *ret = ow_arena_copy(&x->arena, ow_buf_peek(&bytes));
        r = ret->ptr ? 0 : -ENOMEM;
    }
    ow_buf_release(&bytes);
    return r;
}

/* Borrowed strings of the rule do not live as long as a delivery. */
static int name(const struct ow_rule *rule, struct ow_delivery *delivery)
{
    struct ow_arena *arena = &delivery->arena;

    delivery->rule = ow_arena_copy(arena, ow_str_from(ow_rule_name(rule))).ptr;
    delivery->place =
        ow_arena_copy(arena, ow_str_from(ow_rule_place(rule))).ptr;
    return delivery->rule && delivery->place ? 0 : -ENOMEM;
}

static int render_all(struct ow_exchange *x, const struct ow_rule *rule,
                      const struct ow_answer_context *context,
                      struct ow_err *err)
{
    const struct ow_callbacks *callbacks = ow_rule_callbacks(rule);
    struct ow_delivery **last = &x->deliveries;
    int r = 0;

    while (*last)
        last = &(*last)->next;
    for (size_t i = 0; i < ow_callbacks_count(callbacks) && r == 0; i++) {
        struct ow_delivery *delivery = NULL;
        r = ow_callbacks_render(callbacks, i, context, &delivery, err);
        if (!delivery)
            continue;
        *last = delivery;
        last = &delivery->next;
        if (r == 0)
            r = name(rule, delivery);
    }
    return r;
}

int ow_callbacks_add(struct ow_exchange *x, const struct ow_rule *rule,
                     const struct ow_answer_context *context,
                     struct ow_err *err)
{
    const struct ow_step *head = ow_plan_head(&x->plan);
    struct ow_answer_context own = *context;
    struct ow_answer_seen seen = {.status = head ? head->head.status : 0};
    cJSON *json = NULL;

    if (!ow_rule_callbacks(rule) || x->plan.is_refused)
        return 0;
    int r = gather_body(x, &seen.body);
    if (r == 0 && seen.body.ptr)
        json = cJSON_ParseWithLength(seen.body.ptr, seen.body.len);
    seen.json = json;
    seen.headers = head ? head->head.fields : NULL;
    own.answer = &seen;
    if (r == 0)
        r = render_all(x, rule, &own, err);
    cJSON_Delete(json);
    return r;
}

void ow_callbacks_drop(struct ow_exchange *x)
{
    for (struct ow_delivery *d = x->deliveries, *next; d; d = next) {
        next = d->next;
        ow_delivery_free(d);
    }
    x->deliveries = NULL;
}

void ow_callbacks_hand_over(struct ow_exchange *x)
{
    struct ow_serve_env *env = x->env;

    for (struct ow_delivery *delivery = x->deliveries, *next; delivery;
         delivery = next) {
        next = delivery->next;
        delivery->id = x->id;
        if (env->deliver && x->id > 0)
            env->deliver(env->say_context, delivery);
        else
            ow_delivery_free(delivery);
    }
    x->deliveries = NULL;
}
