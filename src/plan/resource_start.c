/*
 * resource_start: see resource_start.h. Called by exchange/ before an answer is
 * planned, and by the control API.
 */
#include "config.h"

#include "plan/resource_start.h"

#include <errno.h>

#include "base/members.h"
#include "plan/resource_make.h"

static const struct ow_program nobody = {.name = ""};

/* The text of a string or a number of JSON. */
static struct ow_str text_of(struct ow_str value, struct ow_arena *arena)
{
    cJSON *node = cJSON_ParseWithLength(value.ptr, value.len);
    struct ow_str text =
        cJSON_IsString(node) ? ow_str_from(node->valuestring) : value;

    text = ow_arena_copy(arena, text);
    cJSON_Delete(node);
    return text;
}

/* The path's parameters: the members in braces. */
static int read_params(const struct ow_resource_type *type, struct ow_str json,
                       struct ow_arena *arena, struct ow_fields *params)
{
    int r = 0;

    for (size_t i = 0; i < type->n_params && r == 0; i++) {
        struct ow_str value = ow_members_find(json, type->braced[i]);
        if (value.ptr)
            value = text_of(value, arena);
        r = ow_fields_add(params, arena, type->params[i],
                          value.ptr ? value : OW_STR(""));
    }
    return r;
}

static int make_one(const struct ow_resource_type *type,
                    const struct ow_resource_start *start,
                    const struct ow_answer_context *context, struct ow_err *err)
{
    struct ow_arena *arena = context->request->arena;
    struct ow_resource_run run = {.type = type};
    struct ow_answer_context own = *context;
    struct ow_resource_stuff stuff = {.is_plain = true,
                                      .is_start = true,
                                      .has_params = type->n_params > 0,
                                      .set = start->members,
                                      .begins_ns = context->state->born_ns};
    const struct ow_resource_type *missing;
    struct ow_fields params = {0};
    struct ow_str text = {NULL, 0};
    int r = 0;

    own.resource = &run;
    own.params = &params;
    if (type->n_params > 0)
        r = ow_template_render(start->members, &own, arena, &text, err);
    if (r == 0)
        r = read_params(type, text, arena, &params);
    if (r == 0)
        r = ow_resource_run_parent(type, &own, &stuff.parent, &missing, &text);
    if (r == -ENOENT)
        return ow_err_set(err, -EINVAL,
                          "\"start\" of \"%s\" (%s): there is no \"%s\" with "
                          "the id \"%.*s\"",
                          type->name, type->place, missing->name,
                          OW_STR_ARGS(text));
    if (r == 0)
        r = ow_resource_make(&run, &stuff, &own, err);
    return r == -EEXIST
               ? ow_err_set(err, -EINVAL,
                            "\"start\" of \"%s\" (%s): two have the "
                            "id \"%.*s\"",
                            type->name, type->place, OW_STR_ARGS(run.id))
               : r;
}

/* As of the moment at which the state began, by nobody's request. */
static int make_all(const struct ow_resource_type *type,
                    const struct ow_odds *odds,
                    const struct ow_answer_context *context, struct ow_err *err)
{
    struct ow_body body;
    struct ow_clock clock = *context->clock;
    struct ow_request request = {
        .arena = context->request->arena, .body = &body, .program = &nobody};
    struct ow_answer_context then = *context;
    struct ow_rand rand;
    int r = 0;

    ow_body_init(&body, 0);
    clock.speed = 0;
    clock.standing_ns = context->state->born_ns;
    then.clock = &clock;
    then.request = &request;
    then.captures = NULL;
    then.hit = 0;
    for (size_t i = 0; i < type->n_starts && r == 0; i++) {
        if (odds) {
            ow_odds_draw(odds, OW_ODDS_RESOURCE, type->lot, i, &rand);
            then.rand = &rand;
        }
        r = make_one(type, &type->starts[i], &then, err);
    }
    ow_request_release(&request);
    ow_body_release(&body);
    return r;
}

int ow_resource_start(const struct ow_resource_types *types,
                      const struct ow_odds *odds,
                      const struct ow_answer_context *context,
                      struct ow_err *err)
{
    int r = 0;

    if (!types->has_starts)
        return 0;
    struct ow_resources *store = ow_resource_run_store(context);
    if (!store)
        return ow_err_set(err, -ENOMEM, "out of memory");
    for (const struct ow_resource_type *type = types->first; type && r == 0;
         type = type->next)
        if (type->n_starts > 0 && !ow_resources_start(store, type->key))
            r = make_all(type, odds, context, err);
    return r;
}
