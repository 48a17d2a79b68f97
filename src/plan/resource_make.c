/*
 * resource_make: see resource_make.h. Called by act_resource.c.
 */
#include "config.h"

#include "plan/resource_make.h"

#include <errno.h>

#include "base/jsonw.h"
#include "base/limits.h"
#include "base/members.h"
#include "plan/effect.h"
#include "plan/lua_value.h"
#include "plan/timeline.h"

static bool is_wanted(struct ow_str name, const struct ow_str *fields, size_t n,
                      struct ow_str except)
{
    if (ow_str_equal(name, except))
        return false;
    for (size_t i = 0; fields && i < n; i++)
        if (ow_str_equal(fields[i], name))
            return true;
    return !fields;
}

static void write_form(struct ow_jsonw *w, const struct ow_form *form,
                       const struct ow_str *fields, size_t n,
                       struct ow_str except)
{
    for (size_t i = 0; i < form->n; i++) {
        const struct ow_part *part = &form->parts[i];
        if (part->filename.ptr || !is_wanted(part->name, fields, n, except) ||
            ow_form_find(form, part->name) != part)
            continue;
        ow_jsonw_name(w, part->name);
        ow_jsonw_string(w, part->value);
    }
}

struct ow_str ow_resource_make_members(const struct ow_answer_context *context,
                                       const struct ow_str *fields, size_t n,
                                       struct ow_str except)
{
    struct ow_request *request = context->request;
    const cJSON *json = ow_request_json(request), *child;
    const struct ow_form *form = json ? NULL : ow_request_form(request);
    struct ow_buf buf = {0};
    struct ow_jsonw w = {.buf = &buf};

    ow_jsonw_begin(&w, '{');
    if (form)
        write_form(&w, form, fields, n, except);
    if (cJSON_IsObject(json))
        cJSON_ArrayForEach(child, json)
        {
            struct ow_str name = ow_str_from(child->string);
            if (!is_wanted(name, fields, n, except))
                continue;
            ow_jsonw_name(&w, name);
            ow_lua_write_cjson(&w, child);
        }
    ow_jsonw_end(&w, '}');
    struct ow_str text = {NULL, 0};
    if (w.error == 0)
        text = ow_arena_copy(request->arena, ow_buf_peek(&buf));
    ow_buf_release(&buf);
    return text;
}

/* The id: of its format, of its expressions, or absent: create gives it. */
static int make_id(const struct ow_resource_run *run,
                   const struct ow_answer_context *context, struct ow_str *ret,
                   struct ow_err *err)
{
    const struct ow_resource_type *type = run->type;
    struct ow_buf buf = {0};
    int r;

    if (!type->id_format.ptr)
        return type->id_text
                   ? ow_template_render(type->id_text, context,
                                        context->request->arena, ret, err)
                   : 0;
    r = ow_seqs_format(type->id_format, run->n, &buf);
    if (r == 0)
        *ret = ow_arena_copy(context->request->arena, ow_buf_peek(&buf));
    ow_buf_release(&buf);
    return r < 0 || !ret->ptr ? ow_err_set(err, -ENOMEM, "out of memory") : 0;
}

/* The id that the JSON has; absent if it has none. */
static struct ow_str id_of(struct ow_str json, struct ow_str member,
                           struct ow_arena *arena)
{
    struct ow_str value = ow_members_find(json, member);
    struct ow_str id = {NULL, 0};

    if (value.len >= 2 && value.ptr[0] == '"') {
        cJSON *node = cJSON_ParseWithLength(value.ptr, value.len);
        if (cJSON_IsString(node))
            id = ow_arena_copy(arena, ow_str_from(node->valuestring));
        cJSON_Delete(node);
    } else if (value.len > 0 && value.ptr[0] >= '0' && value.ptr[0] <= '9') {
        id = ow_arena_copy(arena, value);
    }
    return id;
}

/* The JSON with the id: where it has a member for it, else before the others.
 */
static struct ow_str put_id(struct ow_str json, struct ow_str member,
                            struct ow_str id, struct ow_arena *arena)
{
    struct ow_str value = ow_members_find(json, member);
    struct ow_buf buf = {0}, merged = {0};
    struct ow_jsonw w = {.buf = &buf};
    struct ow_str text = {NULL, 0};

    if (value.ptr && ow_members_is_text(value, id))
        return json;
    ow_jsonw_begin(&w, '{');
    ow_jsonw_name(&w, member);
    ow_jsonw_string(&w, id);
    ow_jsonw_end(&w, '}');
    int r = w.error;
    if (r == 0)
        r = value.ptr ? ow_members_merge(json, ow_buf_peek(&buf), &merged)
                      : ow_members_merge(ow_buf_peek(&buf), json, &merged);
    if (r == 0)
        text = ow_arena_copy(arena, ow_buf_peek(&merged));
    ow_buf_release(&buf);
    ow_buf_release(&merged);
    return text;
}

/* One that is being made. */
struct making {
    struct ow_resource_run *run;
    const struct ow_resource_stuff *stuff;
    const struct ow_answer_context *context;
    struct ow_resource_draft draft;
    struct ow_err *err;
};

static int out_of_memory(const struct making *m)
{
    return ow_err_set(m->err, -ENOMEM, "out of memory");
}

/* Its members before it has the id. */
static int write_members(struct making *m, struct ow_str *ret)
{
    const struct ow_resource_type *type = m->run->type;
    struct ow_arena *arena = m->context->request->arena;

    if (m->stuff->is_plain)
        *ret = OW_STR("{}");
    else if (type->create)
        return ow_template_render(type->create, m->context, arena, ret, m->err);
    else
        *ret = ow_resource_make_members(m->context, NULL, 0, OW_STR(""));
    return ret->ptr ? 0 : out_of_memory(m);
}

/* Without the parameters of the path, which are no members. */
static int drop_params(struct making *m, struct ow_str *json)
{
    const struct ow_resource_type *type = m->run->type;
    struct ow_buf params = {0}, others = {0};
    int r =
        ow_members_split(*json, type->braced, type->n_params, &params, &others);

    if (r == 0)
        *json = ow_arena_copy(m->context->request->arena, ow_buf_peek(&others));
    ow_buf_release(&params);
    ow_buf_release(&others);
    return r < 0 || !json->ptr ? out_of_memory(m) : 0;
}

/* What is laid over; an id in it is the id, whatever was drawn. */
static int lay_over(struct making *m, struct ow_str *json)
{
    struct ow_arena *arena = m->context->request->arena;
    struct ow_buf merged = {0};
    struct ow_str over = m->stuff->over;
    int r = m->stuff->set ? ow_template_render(m->stuff->set, m->context, arena,
                                               &over, m->err)
                          : 0;

    if (r < 0)
        return r;
    r = ow_members_merge(*json, over, &merged);
    if (r == 0)
        *json = ow_arena_copy(arena, ow_buf_peek(&merged));
    ow_buf_release(&merged);
    if (r == -EINVAL)
        return ow_err_set(m->err, r, "what is set in a new \"%s\" is no object",
                          m->run->type->name);
    if (r < 0 || !json->ptr)
        return out_of_memory(m);
    struct ow_str id = id_of(over, m->run->type->member, arena);
    if (id.len > 0)
        m->draft.id = id;
    return 0;
}

/* What is hidden goes beside the rest. */
static int hide(struct making *m)
{
    const struct ow_resource_type *type = m->run->type;
    struct ow_arena *arena = m->context->request->arena;
    struct ow_buf hidden = {0}, shown = {0};

    if (type->n_hidden == 0)
        return 0;
    int r = ow_members_split(m->draft.json, type->hidden, type->n_hidden,
                             &hidden, &shown);
    if (r == 0) {
        m->draft.hidden = ow_arena_copy(arena, ow_buf_peek(&hidden));
        m->draft.json = ow_arena_copy(arena, ow_buf_peek(&shown));
    }
    ow_buf_release(&hidden);
    ow_buf_release(&shown);
    return r < 0 || !m->draft.hidden.ptr || !m->draft.json.ptr
               ? out_of_memory(m)
               : 0;
}

static int make_json(struct making *m)
{
    const struct ow_resource_type *type = m->run->type;
    struct ow_resource_draft *draft = &m->draft;
    struct ow_arena *arena = m->context->request->arena;
    struct ow_str json = {NULL, 0};
    int r = write_members(m, &json);

    if (r < 0)
        return r;
    if (!ow_members_is_object(json))
        return ow_err_set(m->err, -EINVAL,
                          "what \"create\" of \"%s\" gives is no object",
                          type->name);
    if (m->stuff->set || m->stuff->over.ptr)
        r = lay_over(m, &json);
    if (r == 0 && m->stuff->has_params)
        r = drop_params(m, &json);
    if (r < 0)
        return r;
    if (!draft->id.ptr)
        draft->id = id_of(json, type->member, arena);
    else
        json = put_id(json, type->member, draft->id, arena);
    if (!draft->id.ptr || draft->id.len == 0)
        return ow_err_set(m->err, -EINVAL,
                          "the resource \"%s\" gets no id: there is no \"id\" "
                          "in the rules, and \"create\" gives no \"%.*s\"",
                          type->name, OW_STR_ARGS(type->member));
    draft->json = json;
    return json.ptr ? hide(m) : out_of_memory(m);
}

static int make_content(struct making *m)
{
    const struct ow_resource_type *type = m->run->type;
    struct ow_resource_draft *draft = &m->draft;
    struct ow_request *request = m->context->request;
    const struct ow_form *form =
        type->content_field.ptr ? ow_request_form(request) : NULL;
    const struct ow_part *part =
        form ? ow_form_find(form, type->content_field) : NULL;
    int r = 0;

    if (part) {
        draft->content = part->value;
        draft->content_size = part->size;
        draft->type = part->type;
    }
    if (m->stuff->content.ptr) {
        draft->content = m->stuff->content;
        draft->content_size = draft->content.len;
        draft->type = m->stuff->content_type;
        return 0;
    }
    if (type->content_text) {
        r = ow_template_render(type->content_text, m->context, request->arena,
                               &draft->content, m->err);
        draft->content_size = draft->content.len;
    }
    if (r == 0 && type->content_type)
        r = ow_template_render(type->content_type, m->context, request->arena,
                               &draft->type, m->err);
    return r;
}

static int add(struct making *m)
{
    const struct ow_resource_type *type = m->run->type;
    struct ow_resources *store = m->context->state->resources;
    struct ow_str scope = ow_resource_run_scope(type, m->context);
    struct ow_collection *collection;
    int r = -ENOMEM;

    if (scope.ptr)
        r = ow_resources_collection(store, type->key, scope, m->stuff->parent,
                                    &collection);
    if (r == 0)
        r = ow_resources_add(collection, &m->draft, &m->run->self);
    if (r == -ENOSPC)
        return ow_err_set(m->err, r,
                          "this session has %zu resources of %zu MiB, and no "
                          "more are kept",
                          ow_resources_count(store),
                          ow_resources_bytes(store) / (1024 * 1024));
    return r == -ENOMEM ? out_of_memory(m) : r;
}

/* It is there: its timeline begins, and others hear of it. */
static int come_to_life(struct making *m)
{
    const struct ow_resource_type *type = m->run->type;
    struct ow_resource *self = m->run->self;
    struct ow_deed *deed = m->context->deed;
    int r = deed ? ow_deed_note_made(deed, self, m->err) : 0;

    if (r < 0) {
        /* Nobody knows of it, so nobody would undo it. */
        ow_resource_delete(self);
        return r;
    }
    r = ow_timeline_begin(type, self, 0, m->stuff->begins_ns, m->err);
    if (r == 0)
        r = ow_timeline_catch_up(type, self, m->context, m->err);
    return r == 0 && !m->stuff->is_start
               ? ow_effects_apply(&type->effects, type, self, "create",
                                  m->context, m->err)
               : r;
}

int ow_resource_make(struct ow_resource_run *run,
                     const struct ow_resource_stuff *stuff,
                     const struct ow_answer_context *context,
                     struct ow_err *err)
{
    const struct ow_resource_type *type = run->type;
    struct making m = {
        .run = run, .stuff = stuff, .context = context, .err = err};
    int tries = type->id_text ? OW_LIMIT_RESOURCE_IDS : 1;
    int r;

    run->n = ow_resources_next(context->state->resources, type->key);
    do {
        m.draft = (struct ow_resource_draft){.content_size = 0};
        run->id = OW_STR("");
        r = make_id(run, context, &m.draft.id, err);
        run->id = m.draft.id.ptr ? m.draft.id : OW_STR("");
        if (r == 0)
            r = make_json(&m);
        run->id = m.draft.id;
        if (r == 0)
            r = make_content(&m);
        if (r == 0)
            r = add(&m);
    } while (r == -EEXIST && --tries > 0);
    return r < 0 ? r : come_to_life(&m);
}
