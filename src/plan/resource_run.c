/*
 * resource_run: see resource_run.h. Called by act_resource.c and what works
 * for it, and by answer.c at the end.
 */
#include "config.h"

#include "plan/resource_run.h"

#include <errno.h>

#include "base/jsonw.h"
#include "base/limits.h"
#include "base/members.h"
#include "plan/timeline.h"

struct ow_resources *
ow_resource_run_store(const struct ow_answer_context *context)
{
    struct ow_state *state = context->state;

    if (!state->resources)
        state->resources = ow_resources_new();
    return state->resources;
}

/* The n-th parameter of the type's path. */
static struct ow_str param_of(const struct ow_resource_type *type, size_t n,
                              const struct ow_answer_context *context)
{
    const struct ow_fields *params = context->params;

    for (size_t i = 0; params && i < params->n; i++)
        if (ow_str_equal(params->items[i].name, type->params[n]))
            return params->items[i].value;
    if (params && n < params->n)
        return params->items[n].value;
    return OW_STR("");
}

struct ow_str ow_resource_run_scope(const struct ow_resource_type *type,
                                    const struct ow_answer_context *context)
{
    struct ow_str scope = {"", 0};

    for (size_t i = 0; i < type->n_params && scope.ptr; i++) {
        struct ow_str value = param_of(type, i, context);
        /* A decoded segment has any byte, so that its length goes first. */
        scope =
            ow_arena_printf(context->request->arena, "%.*s%zu:%.*s",
                            OW_STR_ARGS(scope), value.len, OW_STR_ARGS(value));
    }
    return scope;
}

/* Takes the next value off what ow_resource_run_scope has written. */
static struct ow_str cut_value(struct ow_str *scope)
{
    struct ow_str length = ow_str_cut(scope, ':');
    uint64_t n = 0;

    if (!scope->ptr || ow_str_parse_u64(length, &n) < 0 || n > scope->len)
        return OW_STR("");
    struct ow_str value = {scope->ptr, (size_t)n};
    *scope = (struct ow_str){scope->ptr + n, scope->len - (size_t)n};
    return value;
}

struct ow_str ow_resource_run_param(const struct ow_resource_type *type,
                                    const struct ow_resource *resource,
                                    struct ow_str name)
{
    struct ow_str scope = ow_resource_scope(resource);

    for (size_t i = 0; i < type->n_params && scope.len > 0; i++) {
        struct ow_str value = cut_value(&scope);
        if (ow_str_equal(type->params[i], name))
            return value;
    }
    return OW_STR("");
}

int ow_resource_run_params(const struct ow_resource_type *type,
                           const struct ow_resource *resource,
                           struct ow_arena *arena, struct ow_fields *ret)
{
    int r = 0;

    for (size_t i = 0; i < type->n_params && r == 0; i++)
        r = ow_fields_add(
            ret, arena, type->params[i],
            ow_resource_run_param(type, resource, type->params[i]));
    return r;
}

struct ow_collection *
ow_resource_run_collection(const struct ow_resource_type *type,
                           const struct ow_answer_context *context)
{
    const struct ow_resources *store = context->state->resources;
    struct ow_str scope = ow_resource_run_scope(type, context);

    if (!store || !scope.ptr)
        return NULL;
    return ow_resources_find_collection(store, type->key, scope);
}

/* The parameter of the path that names the type's parent. */
static struct ow_str parent_id(const struct ow_resource_type *type,
                               const struct ow_answer_context *context)
{
    for (size_t i = 0; i < type->n_params; i++)
        if (ow_str_equal(type->params[i], type->parent_param))
            return param_of(type, i, context);
    return OW_STR("");
}

int ow_resource_run_parent(const struct ow_resource_type *type,
                           const struct ow_answer_context *context,
                           struct ow_resource **ret,
                           const struct ow_resource_type **ret_missing,
                           struct ow_str *ret_id)
{
    const struct ow_resource_type *chain[OW_RESOURCE_DEPTH + 1];
    size_t n = 0;

    for (; type->parent && n <= OW_RESOURCE_DEPTH; type = type->parent->type)
        chain[n++] = type;
    while (n > 0) {
        const struct ow_resource_type *below = chain[--n];
        const struct ow_resource_type *parent = below->parent->type;
        struct ow_str id = parent_id(below, context);
        struct ow_resource *found =
            ow_collection_find(ow_resource_run_collection(parent, context), id);
        if (!found) {
            *ret_missing = parent;
            *ret_id = id;
            return -ENOENT;
        }
        *ret = found;
    }
    return 0;
}

int ow_resource_run_find(const struct ow_resource_type *type,
                         const struct ow_answer_context *context,
                         struct ow_str id, struct ow_resource **ret,
                         struct ow_err *err)
{
    struct ow_resource *found = NULL;

    if (context->state && context->state->resources) {
        found =
            ow_collection_find(ow_resource_run_collection(type, context), id);
        if (!found)
            found = ow_resources_find(context->state->resources, type->key, id);
    }
    int r = found ? ow_timeline_settle(type, found, context, err) : 0;
    if (r == 0)
        *ret = found;
    return r;
}

/* What is hidden goes beside the rest. */
static int set_apart(const struct ow_resource_type *type,
                     struct ow_resource *resource, struct ow_str members)
{
    struct ow_buf hidden = {0}, shown = {0};
    int r = ow_members_split(members, type->hidden, type->n_hidden, &hidden,
                             &shown);

    if (r == 0 && hidden.len > 2)
        r = ow_resource_hide(resource, ow_buf_peek(&hidden));
    if (r == 0)
        r = ow_resource_set(resource, ow_buf_peek(&shown));
    ow_buf_release(&hidden);
    ow_buf_release(&shown);
    return r;
}

int ow_resource_run_set(const struct ow_resource_type *type,
                        struct ow_resource *resource, struct ow_str members,
                        struct ow_err *err)
{
    int r = type->n_hidden > 0 ? set_apart(type, resource, members)
                               : ow_resource_set(resource, members);

    if (r == -ENOSPC)
        return ow_err_set(err, r,
                          "the resources of this session are over %lu MiB",
                          OW_LIMIT_RESOURCES_BYTES / (1024 * 1024));
    if (r == -EINVAL)
        return ow_err_set(err, r, "what \"set\" gives is no object");
    return r < 0 ? ow_err_set(err, r, "out of memory") : 0;
}

/* {"error": {"message": ..., "type": ...}}, as most APIs have it. */
static int plan_message(int status, struct ow_str message, struct ow_plan *plan)
{
    static struct ow_field type = {
        {"Content-Type", 12},
        {"application/json", 16},
    };
    static const struct ow_fields fields = {.items = &type, .n = 1};
    struct ow_buf buf = {0};
    struct ow_jsonw w = {.buf = &buf};

    ow_jsonw_raw(&w, OW_STR("{\"error\":{\"message\":"));
    w.comma = false;
    ow_jsonw_string(&w, message);
    w.comma = false;
    ow_jsonw_raw(&w, OW_STR(",\"type\":\"invalid_request_error\","
                            "\"param\":null,\"code\":null}}"));
    struct ow_str body = {NULL, 0};
    if (w.error == 0)
        body = ow_arena_copy(plan->arena, ow_buf_peek(&buf));
    ow_buf_release(&buf);
    if (!body.ptr || ow_plan_reserve(plan, 3) < 0)
        return -ENOMEM;
    struct ow_step *step = ow_plan_add(plan, OW_STEP_HEAD);
    step->head.status = status;
    step->head.fields = &fields;
    step->head.framing = OW_FRAMING_LENGTH;
    step->head.length = body.len;
    ow_plan_add(plan, OW_STEP_BODY)->bytes = body;
    ow_plan_add(plan, OW_STEP_END);
    return 0;
}

int ow_resource_run_refuse(const struct ow_resource_refusal *refusal,
                           const struct ow_answer_context *context,
                           struct ow_plan *plan, struct ow_err *err)
{
    struct ow_arena *arena = context->request->arena;
    struct ow_answer_context asked = *context;
    struct ow_fields params = {0};
    int r = 0;

    context->resource->is_answered = true;
    context->resource->is_doomed = false;
    if (!refusal->answers)
        return refusal->message.ptr
                   ? plan_message(refusal->status, refusal->message, plan)
                   : -ENOMEM;
    if (refusal->id.ptr) {
        r = ow_fields_add(&params, arena, OW_STR("id"), refusal->id);
        for (size_t i = 0; context->params && i < context->params->n && r == 0;
             i++)
            r = ow_fields_add(&params, arena, context->params->items[i].name,
                              context->params->items[i].value);
        asked.params = &params;
    }
    const struct ow_answer *answer =
        ow_answers_at(refusal->answers, context->hit);
    if (r < 0 || !answer)
        return r;
    return ow_answer_plan(answer, &asked, plan, err);
}

int ow_resource_run_missing(const struct ow_resource_type *type,
                            struct ow_str id,
                            const struct ow_answer_context *context,
                            struct ow_plan *plan, struct ow_err *err)
{
    const struct ow_resource_refusal refusal = {
        type->missing, 404,
        ow_arena_printf(context->request->arena, "No such %s: '%.*s'",
                        type->name, OW_STR_ARGS(id)),
        id};

    context->resource->self = NULL;
    return ow_resource_run_refuse(&refusal, context, plan, err);
}

void ow_resource_run_end(struct ow_resource_run *run,
                         const struct ow_answer_context *context)
{
    struct ow_resources *store =
        context->state ? context->state->resources : NULL;

    if (run->is_doomed && run->self)
        ow_resource_doom(run->self);
    if (store) {
        ow_resources_reap(store);
        ow_resources_tidy(store);
    }
}
