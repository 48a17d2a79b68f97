/*
 * lua_gather: see lua_gather.h. Called by lua_function.c. As with find(), to
 * look at a resource is to apply its timeline, so that other expressions run
 * within this one.
 */
#include "config.h"

#include "plan/lua_gather.h"

#include <errno.h>
#include <stdlib.h>

#include "base/limits.h"
#include "base/members.h"
#include "plan/lua_resource.h"
#include "plan/resource_run.h"
#include "plan/timeline.h"

/* More members than anybody asks for. */
#define WANTED_MOST 16

/* all() at work. */
struct gathering {
    const struct ow_resource_type *type;
    const struct ow_answer_context *context;
    struct ow_fields wanted; /* members and parameters, as text */
    struct ow_resource **found;
    size_t n;
    size_t cap;
    struct ow_err err;
};

static bool is_param(const struct ow_resource_type *type, struct ow_str name)
{
    for (size_t i = 0; i < type->n_params; i++)
        if (ow_str_equal(type->params[i], name))
            return true;
    return false;
}

static bool has(const struct gathering *g, const struct ow_resource *resource,
                const struct ow_field *wanted)
{
    struct ow_str value;

    if (is_param(g->type, wanted->name))
        return ow_str_equal(
            ow_resource_run_param(g->type, resource, wanted->name),
            wanted->value);
    value = ow_members_find(resource->json, wanted->name);
    if (!value.ptr && resource->hidden.ptr)
        value = ow_members_find(resource->hidden, wanted->name);
    return value.ptr && ow_members_is_text(value, wanted->value);
}

static bool grow(struct gathering *g)
{
    size_t cap = g->cap > 0 ? g->cap * 2 : 32;
    struct ow_resource **found =
        ow_arena_alloc(g->context->request->arena, cap * sizeof *found);

    for (size_t i = 0; found && i < g->n; i++)
        found[i] = g->found[i];
    if (found) {
        g->found = found;
        g->cap = cap;
    }
    return found;
}

static int visit(void *context, struct ow_resource *resource)
{
    struct gathering *g = context;
    int r = ow_timeline_settle(g->type, resource, g->context, &g->err);

    if (r < 0)
        return r;
    for (size_t i = 0; i < g->wanted.n; i++)
        if (!has(g, resource, &g->wanted.items[i]))
            return 0;
    if (g->n >= OW_LIMIT_TEMPLATE_PIECES)
        return ow_err_set(&g->err, -EINVAL, "all(\"%s\") are more than %d",
                          g->type->name, OW_LIMIT_TEMPLATE_PIECES);
    if (g->n == g->cap && !grow(g))
        return -ENOMEM;
    g->found[g->n++] = resource;
    return 0;
}

/* In the order in which they were made, whatever they lie below. */
static int compare(const void *a, const void *b)
{
    const struct ow_resource *const *left = a, *const *right = b;

    return ((*left)->n > (*right)->n) - ((*left)->n < (*right)->n);
}

/* The one collection, where all parameters of the path are said. */
static int gather_below(struct gathering *g)
{
    struct ow_answer_context own = *g->context;
    int r = 0;

    own.params = &g->wanted;
    struct ow_collection *c = ow_resource_run_collection(g->type, &own);
    for (size_t i = 0; r == 0 && i < ow_collection_count(c); i++)
        r = visit(g, ow_collection_at(c, i));
    return r;
}

static int gather(struct gathering *g)
{
    const struct ow_state *state = g->context->state;
    size_t params = 0;
    int r;

    if (!state || !state->resources)
        return 0;
    for (size_t i = 0; i < g->wanted.n; i++)
        params += is_param(g->type, g->wanted.items[i].name);
    if (params == g->type->n_params)
        return gather_below(g);
    r = ow_resources_visit(state->resources, g->type->key, visit, g);
    if (r == 0 && g->n > 1)
        qsort(g->found, g->n, sizeof(struct ow_resource *), compare);
    return r;
}

/* The table at 2: what is asked for. Its values become strings there, in
 * copies, so that they outlive it. */
static void read_wanted(struct ow_lua *lua, struct gathering *g)
{
    const struct ow_lua_api *api = &lua->api;
    struct ow_arena *arena = g->context->request->arena;
    lua_State *L = lua->state;

    if (api->lua_type(L, 2) <= LUA_TNIL)
        return;
    api->luaL_checktype(L, 2, LUA_TTABLE);
    api->lua_pushnil(L);
    while (api->lua_next(L, 2)) {
        struct ow_str name = {"", 0}, value;
        if (api->lua_type(L, -2) == LUA_TSTRING)
            name.ptr = api->lua_tolstring(L, -2, &name.len);
        if (api->lua_type(L, -1) == LUA_TBOOLEAN)
            value =
                api->lua_toboolean(L, -1) ? OW_STR("true") : OW_STR("false");
        else
            value.ptr = api->lua_tolstring(L, -1, &value.len);
        if (name.len == 0 || !value.ptr || g->wanted.n >= WANTED_MOST)
            api->luaL_argerror(L, 2,
                               "expected members and what they are, as "
                               "{status = 'queued'}");
        name = ow_arena_copy(arena, name);
        value = ow_arena_copy(arena, value);
        ow_lua_check(lua, name.ptr && value.ptr
                              ? ow_fields_add(&g->wanted, arena, name, value)
                              : -ENOMEM);
        api->lua_settop(L, -2);
    }
}

int ow_lua_gather_all(lua_State *L)
{
    struct ow_lua *lua = ow_lua_of(L);
    const struct ow_lua_api *api = &lua->api;
    struct gathering g = {.context = lua->context, .err = {.text = ""}};
    struct ow_lua_outer outer;

    api->lua_settop(L, 2);
    g.type = ow_lua_resource_type(lua, 1);
    read_wanted(lua, &g);
    ow_lua_enter(lua, &outer);
    int r = gather(&g);
    ow_lua_leave(lua, &outer);
    if (r == -ENOMEM)
        ow_lua_check(lua, r);
    if (r < 0)
        return api->luaL_error(L, "%s", g.err.text);
    if (g.n == 0)
        return ow_lua_resource_push_none(lua);
    api->lua_createtable(L, (int)g.n, 0);
    for (size_t i = 0; i < g.n; i++) {
        ow_lua_resource_push(lua, g.found[i]);
        api->lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    return 1;
}

int ow_lua_gather_content(lua_State *L)
{
    struct ow_lua *lua = ow_lua_of(L);
    const struct ow_lua_api *api = &lua->api;

    if (api->lua_type(L, 1) <= LUA_TNIL)
        return 0;
    const struct ow_resource *resource = ow_lua_resource_at(lua, 1);
    if (!resource)
        return api->luaL_argerror(L, 1,
                                  "expected a resource, as find() gives it");
    if (!resource->content.ptr)
        return 0;
    if (resource->content_size > resource->content.len)
        return api->luaL_error(
            L, "of the content of \"%s\" not all was kept, it is too long",
            resource->id.ptr);
    api->lua_pushlstring(L, resource->content.ptr, resource->content.len);
    return 1;
}
