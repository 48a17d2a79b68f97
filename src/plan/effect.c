/*
 * effect: see effect.h. Called by act_resource.c, resource_make.c and
 * timeline.c. What is made may have effects of its own: as deep as a deed goes.
 */
#include "config.h"

#include "plan/effect.h"

#include <errno.h>

#include "base/limits.h"
#include "plan/callback.h"
#include "plan/deed.h"
#include "plan/loop.h"
#include "plan/resource_make.h"
#include "plan/timeline.h"

/* One effect at work. */
struct work {
    const struct ow_effect *effect;
    const struct ow_resource_type *cause; /* the type of self */
    struct ow_resource *self;             /* NULL: a list */
    const struct ow_answer_context *context;
    struct ow_arena *arena;
    struct ow_err *err;
};

bool ow_effects_are_none(const struct ow_effects *effects)
{
    return effects->n == 0 && !effects->after;
}

static int out_of_memory(const struct work *w)
{
    return ow_err_set(w->err, -ENOMEM, "out of memory");
}

static int render(const struct work *w, const struct ow_template *template,
                  struct ow_str *ret)
{
    return template
               ? ow_template_render(template, w->context, w->arena, ret, w->err)
               : 0;
}

/* "make". */

/* A parameter of the new one's path: given, its parent's id, or that of the
 * cause's path. */
static int find_param(const struct work *w, const struct ow_resource_type *type,
                      struct ow_str name, struct ow_str *ret)
{
    const struct ow_effect *effect = w->effect;
    const struct ow_fields *params = w->context->params;

    for (size_t i = 0; i < effect->n_params; i++)
        if (ow_str_equal(effect->params[i].name, name))
            return render(w, &effect->params[i].value, ret);
    if (w->self && type->parent && type->parent->type == w->cause &&
        ow_str_equal(type->parent_param, name)) {
        *ret = w->self->id;
        return 0;
    }
    for (size_t i = 0; params && i < params->n; i++)
        if (ow_str_equal(params->items[i].name, name)) {
            *ret = params->items[i].value;
            return 0;
        }
    if (w->self)
        *ret = ow_resource_run_param(w->cause, w->self, name);
    return 0;
}

static int find_params(const struct work *w,
                       const struct ow_resource_type *type,
                       struct ow_fields *params)
{
    int r = 0;

    for (size_t i = 0; i < type->n_params && r == 0; i++) {
        struct ow_str value = OW_STR("");
        r = find_param(w, type, type->params[i], &value);
        if (r == 0)
            r = ow_fields_add(params, w->arena, type->params[i], value);
        if (r == -ENOMEM)
            return out_of_memory(w);
    }
    return r;
}

/* What "create" sees is a request with this body. */
static int make_with(const struct work *w, struct ow_resource_run *run,
                     const struct ow_resource_stuff *stuff,
                     const struct ow_fields *params, struct ow_str json)
{
    struct ow_body body;
    struct ow_request request = *w->context->request;
    struct ow_answer_context own = *w->context;

    ow_body_init(&body, json.len + 1);
    request.body = &body;
    request.json = NULL;
    request.json_tried = request.is_form = false;
    request.form_tried = true;
    own.request = &request;
    own.params = params;
    own.captures = NULL;
    own.resource = run;
    int r = ow_body_feed(&body, json.ptr, json.len);
    r = r < 0 ? out_of_memory(w) : ow_resource_make(run, stuff, &own, w->err);
    cJSON_Delete(request.json);
    ow_body_release(&body);
    return r;
}

static int find_parent(const struct work *w,
                       const struct ow_resource_type *type,
                       const struct ow_fields *params, struct ow_resource **ret)
{
    struct ow_answer_context own = *w->context;
    const struct ow_resource_type *missing;
    struct ow_str id;

    own.params = params;
    int r = ow_resource_run_parent(type, &own, ret, &missing, &id);
    return r == -ENOENT
               ? ow_err_set(w->err, -EINVAL,
                            "%sthere is no %s \"%.*s\" to make a %s below",
                            w->effect->place, missing->name, OW_STR_ARGS(id),
                            type->name)
               : r;
}

static int make(const struct work *w)
{
    const struct ow_effect *effect = w->effect;
    const struct ow_resource_type *type = effect->ref->type;
    struct ow_resource_run run = {.type = type};
    struct ow_resource_stuff stuff = {.is_plain = !effect->json,
                                      .begins_ns =
                                          ow_clock_now(w->context->clock)};
    struct ow_fields params = {0};
    struct ow_str json = OW_STR("");
    int r = find_params(w, type, &params);

    if (r == 0)
        r = find_parent(w, type, &params, &stuff.parent);
    if (r == 0)
        r = render(w, effect->json, &json);
    if (r == 0)
        r = render(w, effect->set, &stuff.over);
    if (r == 0)
        r = render(w, effect->content, &stuff.content);
    if (r == 0)
        r = render(w, effect->content_type, &stuff.content_type);
    if (r == 0)
        r = make_with(w, &run, &stuff, &params, json);
    return r == -EEXIST
               ? ow_err_set(w->err, -EINVAL, "%sthere is already a %s \"%.*s\"",
                            effect->place, type->name, OW_STR_ARGS(run.id))
               : r;
}

/* "change" and "remove". What is not there is left alone. */

static int find(const struct work *w, struct ow_resource **ret)
{
    struct ow_str id = {NULL, 0};
    int r = render(w, w->effect->id, &id);

    *ret = NULL;
    return r < 0 ? r
                 : ow_resource_run_find(w->effect->ref->type, w->context, id,
                                        ret, w->err);
}

static int change(const struct work *w)
{
    const struct ow_resource_type *type = w->effect->ref->type;
    struct ow_resource *other;
    struct ow_str members;
    int r = find(w, &other);

    if (r < 0 || !other)
        return r;
    r = ow_deed_note(w->context->deed, other, w->err);
    if (r == 0 && w->effect->set) {
        r = render(w, w->effect->set, &members);
        if (r == 0)
            r = ow_resource_run_set(type, other, members, w->err);
    }
    if (r == 0 && w->effect->stop)
        r = ow_timeline_begin(type, other, -1, 0, w->err);
    return r;
}

static int drop(const struct work *w)
{
    struct ow_resource *other;
    int r = find(w, &other);

    if (r == 0 && other)
        ow_resource_doom(other);
    return r;
}

static int do_once(const struct work *w)
{
    static int (*const works[])(const struct work *w) = {
        [OW_EFFECT_MAKE] = make,
        [OW_EFFECT_CHANGE] = change,
        [OW_EFFECT_REMOVE] = drop,
    };
    int r = w->effect->when ? ow_condition_test(w->effect->when, w->self,
                                                w->context, w->err)
                            : 1;

    return r <= 0 ? r : works[w->effect->kind](w);
}

static int do_each(struct work *w)
{
    const struct ow_answer_context *given = w->context;
    struct ow_answer_context own = *given;
    struct ow_loop loop = {.index = 0, .outer = given->loop};
    cJSON *list = NULL;
    int r = ow_loop_value(w->effect->each, given, &list, w->err);

    if (r == 0 && !cJSON_IsArray(list) && !cJSON_IsNull(list) &&
        !(cJSON_IsObject(list) && !list->child))
        r = ow_err_set(w->err, -EINVAL, "%s\"each\" gives no list",
                       w->effect->place);
    own.loop = &loop;
    w->context = &own;
    for (const cJSON *item = list ? list->child : NULL; item && r == 0;
         item = item->next) {
        loop.item = item;
        r = do_once(w);
        loop.index++;
    }
    w->context = given;
    cJSON_Delete(list);
    return r;
}

/* What is sent. */

static int name(struct ow_delivery *delivery,
                const struct ow_resource_type *type, const char *what)
{
    struct ow_arena *arena = &delivery->arena;

    delivery->rule = ow_arena_printf(arena, "%s.%s", type->name, what).ptr;
    delivery->place = ow_arena_copy(arena, ow_str_from(type->place)).ptr;
    return delivery->rule && delivery->place ? 0 : -ENOMEM;
}

static int send(const struct ow_effects *effects, const struct work *w,
                const char *what)
{
    struct ow_deed *deed = w->context->deed;
    size_t n = ow_callbacks_count(effects->after);
    int r = 0;

    for (size_t i = 0; i < n && r == 0; i++) {
        struct ow_delivery *delivery = NULL;
        r = ow_callbacks_render(effects->after, i, w->context, &delivery,
                                w->err);
        if (r < 0 || !delivery)
            continue;
        r = name(delivery, w->cause, what);
        if (w->self && w->self->life == 0)
            w->self->life = ow_rand_u64(w->context->rand) | 1;
        delivery->life = w->self ? w->self->life : 0;
        ow_deed_send(deed, delivery);
    }
    return r == -ENOMEM ? out_of_memory(w) : r;
}

int ow_effects_apply(const struct ow_effects *effects,
                     const struct ow_resource_type *type,
                     struct ow_resource *self, const char *what,
                     const struct ow_answer_context *context,
                     struct ow_err *err)
{
    struct ow_deed *deed = context->deed;
    struct work w = {.cause = type,
                     .self = self,
                     .context = context,
                     .arena = context->request->arena,
                     .err = err};
    int r = 0;

    if (ow_effects_are_none(effects) || !deed)
        return 0;
    if (deed->depth >= OW_LIMIT_DEED_DEPTH)
        return ow_err_set(err, -EINVAL,
                          "what happens to one resource has effects on others, "
                          "these on others, and so on, deeper than %d",
                          OW_LIMIT_DEED_DEPTH);
    deed->depth++;
    for (size_t i = 0; i < effects->n && r == 0; i++) {
        w.effect = &effects->items[i];
        r = w.effect->each ? do_each(&w) : do_once(&w);
    }
    if (r == 0)
        r = send(effects, &w, what);
    deed->depth--;
    return r;
}
