/*
 * resource_show: see resource_show.h. Called by the control API.
 */
#include "config.h"

#include "rule/resource_show.h"

#include <errno.h>

#include "base/suggest.h"
#include "plan/timeline.h"
#include "rule/table_build.h"

static const struct ow_program nobody = {.name = ""};

/* A look without a request. */
struct look {
    const struct ow_resource_type *type;
    struct ow_body body;
    struct ow_request request;
    struct ow_answer_context context;
    struct ow_jsonw *w;
    struct ow_err *err;
    size_t n;
};

static void begin(struct look *look, const struct ow_resource_viewer *viewer,
                  struct ow_jsonw *w, struct ow_err *err)
{
    *look = (struct look){.w = w, .err = err};
    ow_body_init(&look->body, 0);
    look->request = (struct ow_request){
        .arena = viewer->arena, .body = &look->body, .program = &nobody};
    look->context = (struct ow_answer_context){.request = &look->request,
                                               .rand = viewer->rand,
                                               .clock = viewer->clock,
                                               .state = viewer->state};
}

static void end(struct look *look)
{
    if (look->context.state->resources)
        ow_resources_tidy(look->context.state->resources);
    ow_request_release(&look->request);
    ow_body_release(&look->body);
}

/* The next type of that name behind type, which may be NULL. */
static const struct ow_resource_type *
next_type(const struct ow_table *table, const struct ow_resource_type *type,
          struct ow_str name)
{
    type = type ? type->next : table->types.first;
    while (type && !ow_str_equal(ow_str_from(type->name), name))
        type = type->next;
    return type;
}

static int fail_type(const struct ow_resource_viewer *viewer,
                     struct ow_str name, struct ow_err *err)
{
    const struct ow_resource_types *types = &viewer->table->types;
    const char **names =
        ow_arena_zalloc(viewer->arena, (types->n + 1) * sizeof *names);
    size_t n = 0;

    if (!names)
        return ow_err_set(err, -ENOMEM, "out of memory");
    for (const struct ow_resource_type *type = types->first; type;
         type = type->next)
        names[n++] = type->name;
    const char *near = ow_suggest(name, names);
    if (near)
        return ow_err_set(err, -ENOENT,
                          "no resource \"%.*s\"; did you mean \"%s\"?",
                          OW_STR_ARGS(name), near);
    return ow_err_set(err, -ENOENT, "no resource \"%.*s\"%s", OW_STR_ARGS(name),
                      n > 0 ? "" : ": the rules have none");
}

static int show(void *context, struct ow_resource *resource)
{
    struct look *look = context;
    int r = ow_timeline_settle(look->type, resource, &look->context, look->err);

    if (r == 0)
        ow_jsonw_raw(look->w, resource->json);
    return r < 0 ? r : look->w->error;
}

static int fail_memory(int r, struct ow_err *err)
{
    return r == -ENOMEM || r == -ENOBUFS ? ow_err_set(err, r, "out of memory")
                                         : r;
}

int ow_resource_show(const struct ow_resource_viewer *viewer,
                     struct ow_str type, struct ow_jsonw *w, struct ow_err *err)
{
    const struct ow_resource_type *t = next_type(viewer->table, NULL, type);
    struct look look;
    int r = 0;

    if (!t)
        return fail_type(viewer, type, err);
    begin(&look, viewer, w, err);
    ow_jsonw_begin(w, '[');
    for (; t && r == 0; t = next_type(viewer->table, t, type)) {
        look.type = t;
        if (viewer->state->resources)
            r = ow_resources_visit(viewer->state->resources, t->key, show,
                                   &look);
    }
    ow_jsonw_end(w, ']');
    end(&look);
    return fail_memory(r < 0 ? r : w->error, err);
}

/* The resource, and its type. 0 or -ENOENT with a sentence. */
static int find(const struct ow_resource_viewer *viewer, struct ow_str type,
                struct ow_str id, const struct ow_resource_type **ret_type,
                struct ow_resource **ret, struct ow_err *err)
{
    const struct ow_resource_type *t = next_type(viewer->table, NULL, type);

    if (!t)
        return fail_type(viewer, type, err);
    for (; t; t = next_type(viewer->table, t, type)) {
        struct ow_resource *found =
            viewer->state->resources
                ? ow_resources_find(viewer->state->resources, t->key, id)
                : NULL;
        if (!found)
            continue;
        *ret_type = t;
        *ret = found;
        return 0;
    }
    return ow_err_set(err, -ENOENT, "no %.*s \"%.*s\"", OW_STR_ARGS(type),
                      OW_STR_ARGS(id));
}

int ow_resource_show_one(const struct ow_resource_viewer *viewer,
                         struct ow_str type, struct ow_str id,
                         struct ow_jsonw *w, struct ow_err *err)
{
    struct ow_resource *resource;
    struct look look;

    begin(&look, viewer, w, err);
    int r = find(viewer, type, id, &look.type, &resource, err);
    if (r == 0)
        r = show(&look, resource);
    end(&look);
    return fail_memory(r, err);
}

int ow_resource_drop(const struct ow_resource_viewer *viewer,
                     struct ow_str type, struct ow_str id, struct ow_err *err)
{
    const struct ow_resource_type *t;
    struct ow_resource *resource;
    int r = find(viewer, type, id, &t, &resource, err);

    if (r == 0)
        ow_resource_delete(resource);
    return r;
}

static int count(void *context, struct ow_resource *resource)
{
    struct look *look = context;

    (void)resource;
    look->n++;
    return 0;
}

void ow_resource_show_types(const struct ow_resource_viewer *viewer,
                            struct ow_jsonw *w)
{
    struct ow_resources *store = viewer->state->resources;
    struct look look = {.n = 0};

    ow_jsonw_begin(w, '{');
    for (const struct ow_resource_type *t = viewer->table->types.first; t;
         t = t->next) {
        struct ow_str name = ow_str_from(t->name);
        /* Of those of one name the first stands for all. */
        if (next_type(viewer->table, NULL, name) != t)
            continue;
        look.n = 0;
        for (const struct ow_resource_type *same = t; same && store;
             same = next_type(viewer->table, same, name))
            ow_resources_visit(store, same->key, count, &look);
        ow_jsonw_name(w, name);
        ow_jsonw_u64(w, look.n);
    }
    ow_jsonw_end(w, '}');
}
