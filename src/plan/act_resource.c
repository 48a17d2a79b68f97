/*
 * act_resource: "resource": what a request does to a resource, and what its
 * answer gives of it. The routes of a type have the action without the key
 * (rule/resource_routes.c); rules of their own name the type, and the op if it
 * is not "create". The action does the work and leaves a body; "respond" or
 * "stream" writes the answer, unless the request was refused.
 */
#include "config.h"

#include "plan/act_resource.h"

#include <errno.h>
#include <string.h>

#include "base/jsonw.h"
#include "plan/deed.h"
#include "plan/effect.h"
#include "plan/grammar.h"
#include "plan/lua.h"
#include "plan/resource_make.h"
#include "plan/resource_page.h"
#include "plan/timeline.h"
#include "plan/value.h"

struct resource {
    /* Of a route; else the ref, whose type is known when all files are in. */
    const struct ow_resource_type *type;
    const struct ow_resource_ref *ref;
    const struct ow_resource_op *op; /* NULL: of that name, or create */
    const char *name;
    const struct ow_template *id; /* NULL: the path's {id} */
};

/* One request's work. */
struct work {
    struct ow_resource_run *run;
    const struct ow_resource_op *op;
    const struct ow_answer_context *context;
    struct ow_plan *plan;
    struct ow_err *err;
    struct ow_resource *parent;
    struct ow_str id;
};

static int out_of_memory(const struct work *w)
{
    return ow_err_set(w->err, -ENOMEM, "out of memory");
}

/* What stands before the work: parents, "requires", the resource itself, and
 * the conditions. Each is 0 to go on, 1 if it was refused, or an error. */

static int refused(int r)
{
    return r < 0 ? r : 1;
}

static int refuse(struct work *w, const struct ow_answers *answers, int status,
                  struct ow_str message, struct ow_str id)
{
    const struct ow_resource_refusal refusal = {answers, status, message, id};

    return refused(
        ow_resource_run_refuse(&refusal, w->context, w->plan, w->err));
}

static int find_parent(struct work *w)
{
    const struct ow_resource_type *missing = NULL;
    struct ow_str id;
    int r = ow_resource_run_parent(w->run->type, w->context, &w->parent,
                                   &missing, &id);

    if (r == 0)
        return 0;
    return refused(
        ow_resource_run_missing(missing, id, w->context, w->plan, w->err));
}

/* A field of the request's JSON, dots going into objects, or of its form. */
struct value {
    const cJSON *json;
    struct ow_str text;
};

static struct value field_of(const struct work *w, struct ow_str field)
{
    struct value found = {NULL, {NULL, 0}};
    const struct ow_form *form;
    const struct ow_part *part;

    found.json = ow_request_json(w->context->request);
    if (!found.json) {
        form = ow_request_form(w->context->request);
        part = form ? ow_form_find(form, field) : NULL;
        found.text = part ? part->value : found.text;
        return found;
    }
    while (found.json && field.ptr) {
        /* Names of rules are in an arena, each with a NUL behind its end. */
        struct ow_str name =
            ow_arena_copy(w->context->request->arena, ow_str_cut(&field, '.'));
        found.json =
            name.ptr ? cJSON_GetObjectItemCaseSensitive(found.json, name.ptr)
                     : NULL;
    }
    found.text = ow_str_from(cJSON_GetStringValue(found.json));
    return found;
}

static int check_id(struct work *w, const struct ow_resource_need *need,
                    struct ow_str id)
{
    const struct ow_resource_type *type = need->ref->type;
    struct ow_resource *found = NULL;
    int r = ow_resource_run_find(type, w->context, id, &found, w->err);

    if (r < 0 || found)
        return r;
    struct ow_str message =
        ow_arena_printf(w->context->request->arena, "No such %s: '%.*s'",
                        type->name, OW_STR_ARGS(id));
    return refuse(w, need->missing ? need->missing : type->missing, 404,
                  message, id);
}

static int check_need(struct work *w, const struct ow_resource_need *need)
{
    struct value value = field_of(w, need->field);
    const cJSON *item;
    int r = 0;

    if (cJSON_IsArray(value.json)) {
        cJSON_ArrayForEach(item, value.json)
        {
            struct ow_str id = ow_str_from(cJSON_GetStringValue(item));
            if (r == 0)
                r = check_id(w, need, id.ptr ? id : OW_STR(""));
        }
        return r;
    }
    if (value.text.ptr)
        return check_id(w, need, value.text);
    return need->is_optional ? 0 : check_id(w, need, OW_STR(""));
}

static int check_needs(struct work *w)
{
    int r = 0;

    for (size_t i = 0; r == 0 && i < w->run->type->n_needs; i++)
        r = check_need(w, &w->run->type->needs[i]);
    return r;
}

static int find_self(struct work *w)
{
    const struct ow_resource_type *type = w->run->type;

    w->run->self =
        ow_collection_find(ow_resource_run_collection(type, w->context), w->id);
    if (!w->run->self)
        return refused(
            ow_resource_run_missing(type, w->id, w->context, w->plan, w->err));
    return ow_timeline_settle(type, w->run->self, w->context, w->err);
}

static int check_conditions(struct work *w)
{
    const struct ow_resource_op *op = w->op;
    struct ow_resource *self = w->run->self;
    int r = 1;

    if (op->when)
        r = ow_condition_test(op->when, self, w->context, w->err);
    if (r == 1 && op->unless) {
        r = ow_condition_test(op->unless, self, w->context, w->err);
        r = r < 0 ? r : !r;
    }
    if (r != 0)
        return r < 0 ? r : 0;
    struct ow_str message = ow_arena_printf(
        w->context->request->arena, "This %s cannot be done to %s '%.*s' now",
        op->name, w->run->type->name, OW_STR_ARGS(w->id));
    return refuse(w, op->otherwise, 400, message, w->id);
}

/* The work. Each leaves run->body for the writer. */

static int show(struct work *w, struct ow_str json)
{
    w->run->body = ow_arena_copy(w->plan->arena, json);
    return w->run->body.ptr ? 0 : out_of_memory(w);
}

static int do_create(struct work *w)
{
    const struct ow_resource_stuff stuff = {
        .parent = w->parent, .begins_ns = ow_clock_now(w->context->clock)};
    int r = check_needs(w);

    if (r != 0)
        return r;
    r = ow_resource_make(w->run, &stuff, w->context, w->err);
    if (r != -EEXIST)
        return r < 0 ? r : show(w, w->run->self->json);
    struct ow_str message =
        ow_arena_printf(w->plan->arena, "There is already a %s '%.*s'",
                        w->run->type->name, OW_STR_ARGS(w->run->id));
    return refuse(w, w->run->type->exists, 409, message, w->run->id);
}

/* What a list is unless "list" says: OpenAI's form. */
static int show_list(struct work *w, const struct ow_resource_page *page)
{
    struct ow_buf buf = {0};
    struct ow_jsonw json = {.buf = &buf};
    static const char *const names[] = {"first_id", "last_id"};

    ow_jsonw_begin(&json, '{');
    ow_jsonw_key(&json, "object");
    ow_jsonw_string(&json, OW_STR("list"));
    ow_jsonw_key(&json, "data");
    ow_resource_page_write(page, &json);
    for (size_t i = 0; i < 2; i++) {
        ow_jsonw_key(&json, names[i]);
        if (page->n > 0)
            ow_jsonw_string(&json, page->items[i ? page->n - 1 : 0]->id);
        else
            ow_jsonw_null(&json);
    }
    ow_jsonw_key(&json, "has_more");
    ow_jsonw_raw(&json, page->is_more ? OW_STR("true") : OW_STR("false"));
    ow_jsonw_end(&json, '}');
    int r = json.error < 0 ? out_of_memory(w) : show(w, ow_buf_peek(&buf));
    ow_buf_release(&buf);
    return r;
}

static int read_page(struct work *w)
{
    struct ow_resource_page *page =
        ow_arena_zalloc(w->plan->arena, sizeof *page);
    struct ow_str cursor;

    if (!page)
        return out_of_memory(w);
    int r =
        ow_resource_page_read(w->run->type, w->context, page, &cursor, w->err);
    w->run->page = page;
    if (r == -ENOMEM)
        return out_of_memory(w);
    if (r != -ENOENT)
        return r;
    w->run->page = NULL;
    struct ow_str message =
        ow_arena_printf(w->plan->arena, "No such %s: '%.*s'",
                        w->run->type->name, OW_STR_ARGS(cursor));
    return refuse(w, w->run->type->paging.otherwise, 400, message, cursor);
}

static int do_list(struct work *w)
{
    const struct ow_template *list = w->run->type->list;
    int r = read_page(w);

    if (r != 0)
        return r;
    if (list)
        return ow_template_render(list, w->context, w->plan->arena,
                                  &w->run->body, w->err);
    return show_list(w, w->run->page);
}

static int take_effect(struct work *w)
{
    return ow_effects_apply(&w->op->effects, w->run->type, w->run->self,
                            w->op->name, w->context, w->err);
}

static int do_get(struct work *w)
{
    int r = take_effect(w);

    return r < 0 ? r : show(w, w->run->self->json);
}

static int take_body(struct work *w)
{
    const struct ow_resource_op *op = w->op;
    struct ow_str members = ow_resource_make_members(
        w->context, op->fields, op->n_fields, w->run->type->member);

    if (!members.ptr)
        return out_of_memory(w);
    return ow_resource_run_set(w->run->type, w->run->self, members, w->err);
}

/* Update, and actions on one: fields, then the timeline, then others. */
static int do_change(struct work *w)
{
    const struct ow_resource_op *op = w->op;
    struct ow_resource *self = w->run->self;
    struct ow_str members = {NULL, 0};
    int r = ow_deed_note(&w->run->deed, self, w->err);

    if (r < 0)
        return r;
    if (op->set)
        r = ow_template_render(op->set, w->context, w->plan->arena, &members,
                               w->err);
    if (r == 0 && op->takes_body)
        r = take_body(w);
    if (r == 0 && members.ptr)
        r = ow_resource_run_set(w->run->type, self, members, w->err);
    if (r < 0)
        return r;
    if (op->stop || op->timeline >= 0)
        r = ow_timeline_begin(w->run->type, self, op->timeline,
                              ow_clock_now(w->context->clock), w->err);
    if (r == 0 && op->timeline >= 0)
        r = ow_timeline_catch_up(w->run->type, self, w->context, w->err);
    if (r == 0)
        r = take_effect(w);
    return r < 0 ? r : show(w, self->json);
}

static int do_delete(struct work *w)
{
    struct ow_buf buf = {0};
    struct ow_jsonw json = {.buf = &buf};

    int r = take_effect(w);
    if (r < 0)
        return r;
    w->run->is_doomed = true;
    ow_jsonw_begin(&json, '{');
    ow_jsonw_name(&json, w->run->type->member);
    ow_jsonw_string(&json, w->run->self->id);
    ow_jsonw_key(&json, "deleted");
    ow_jsonw_raw(&json, OW_STR("true"));
    ow_jsonw_end(&json, '}');
    r = json.error < 0 ? out_of_memory(w) : show(w, ow_buf_peek(&buf));
    ow_buf_release(&buf);
    return r;
}

static int do_content(struct work *w)
{
    const struct ow_resource *self = w->run->self;

    if (self->content_size > self->content.len)
        return ow_err_set(w->err, -EFBIG,
                          "of the %llu bytes that were uploaded as \"%.*s\" "
                          "only %zu were kept",
                          (unsigned long long)self->content_size,
                          OW_STR_ARGS(self->id), self->content.len);
    w->run->body_type = OW_STR("application/octet-stream");
    if (self->type.len > 0)
        w->run->body_type = ow_arena_copy(w->plan->arena, self->type);
    if (!w->run->body_type.ptr)
        return out_of_memory(w);
    return show(w, self->content.ptr ? self->content : OW_STR(""));
}

static int do_action(struct work *w)
{
    if (w->op->on_item)
        return do_change(w);
    int r = read_page(w);
    return r == 0 ? take_effect(w) : r;
}

static int (*const works[])(struct work *w) = {
    [OW_RESOURCE_CREATE] = do_create, [OW_RESOURCE_LIST] = do_list,
    [OW_RESOURCE_GET] = do_get,       [OW_RESOURCE_UPDATE] = do_change,
    [OW_RESOURCE_DELETE] = do_delete, [OW_RESOURCE_CONTENT] = do_content,
    [OW_RESOURCE_ACTION] = do_action,
};

static int do_all(struct work *w)
{
    int r = find_parent(w);

    if (r == 0 && w->op->on_item)
        r = find_self(w);
    if (r == 0)
        r = check_conditions(w);
    return r == 0 ? works[w->op->what](w) : r;
}

static int read_id(const struct resource *resource, struct work *w)
{
    const struct ow_fields *params = w->context->params;

    w->id = OW_STR("");
    if (resource->id)
        return ow_template_render(resource->id, w->context, w->plan->arena,
                                  &w->id, w->err);
    for (size_t i = 0; params && i < params->n; i++)
        if (ow_str_equal(params->items[i].name, OW_STR("id")))
            w->id = params->items[i].value;
    return 0;
}

static int resource_plan(const void *state,
                         const struct ow_answer_context *context,
                         struct ow_plan *plan, struct ow_err *err)
{
    const struct resource *resource = state;
    struct ow_resource_run *run = context->resource;
    struct ow_answer_context own = *context;
    struct work w = {.run = run, .context = &own, .plan = plan, .err = err};

    run->type = resource->type ? resource->type : resource->ref->type;
    w.op = resource->op ? resource->op
                        : ow_resource_type_op(run->type, resource->name);
    /* That there is one was seen when the rules were loaded. */
    if (!w.op || !context->state || !context->clock ||
        !ow_resource_run_store(context))
        return out_of_memory(&w);
    ow_deed_init(&run->deed, context->request->arena);
    own.deed = &run->deed;
    int r = read_id(resource, &w);
    if (r == 0)
        r = do_all(&w);
    if (r < 0)
        ow_deed_undo(&run->deed, context->state->resources);
    return r < 0 ? r : 0;
}

/* "message", or {"type": "message", "do": "get", "id": "{{ ... }}"}. */
static int parse_value(const struct ow_action_input *in, const cJSON *node,
                       struct resource *resource)
{
    const cJSON *type = cJSON_GetObjectItemCaseSensitive(node, "type");
    const cJSON *what = cJSON_GetObjectItemCaseSensitive(node, "do");
    const cJSON *id = cJSON_GetObjectItemCaseSensitive(node, "id");
    struct ow_str name = OW_STR("create");
    int r = 0;

    if (cJSON_IsString(node))
        type = node;
    else
        r = ow_value_check_keys(in, node,
                                ow_grammar_keys(OW_OBJECT_resource_use));
    if (r == 0 && !cJSON_IsString(type))
        return ow_jsonc_error(in->doc, type ? type : node, in->err,
                              "expected the name of a resource");
    if (r == 0 && what)
        r = ow_value_string(in, what, &name);
    resource->name = name.ptr;
    if (r == 0 && id) {
        struct ow_template *text = ow_arena_zalloc(in->arena, sizeof *text);
        resource->id = text;
        r = text ? ow_template_text(in, id, text) : -ENOMEM;
    }
    if (r == 0 && !in->lua->types)
        return ow_jsonc_error(in->doc, node, in->err,
                              "there are no resources here");
    struct ow_resource_ref *ref = NULL;
    if (r == 0)
        r = ow_resource_types_refer(in->lua->types, in, type, type->valuestring,
                                    &ref);
    if (r == 0)
        ref->op = resource->name;
    resource->ref = ref;
    return r;
}

static int resource_parse(const struct ow_action_input *in,
                          const void **ret_state)
{
    const cJSON *node = cJSON_GetObjectItemCaseSensitive(in->then, "resource");
    struct resource *resource = ow_arena_zalloc(in->arena, sizeof *resource);
    int r = 0;

    if (!resource)
        return -ENOMEM;
    if (in->route) {
        resource->type = in->route->type;
        resource->op = in->route->op;
    } else {
        r = parse_value(in, node, resource);
    }
    *ret_state = resource;
    return r;
}

const struct ow_action_ops ow_resource_ops = {
    .name = "resource",
    .parse = resource_parse,
    .plan = resource_plan,
};
