/*
 * lua_view: how Lua sees what is not its own. See lua_view.h. Called by
 * lua_env.c and, through metamethods, by expressions; the views themselves are
 * here, if they show JSON, in lua_request.c and lua_message.c.
 */
#include "config.h"

#include "plan/lua_view.h"

#include <string.h>

#include "base/jsonw.h"
#include "plan/answer.h"
#include "plan/loop.h"
#include "plan/lua_message.h"
#include "plan/lua_request.h"
#include "plan/lua_value.h"

bool ow_lua_push_str(struct ow_lua *lua, struct ow_str s)
{
    if (!s.ptr)
        return false;
    lua->api.lua_pushlstring(lua->state, s.ptr, s.len);
    return true;
}

bool ow_lua_push_view(struct ow_lua *lua, const struct ow_lua_view_ops *ops,
                      const void *node)
{
    struct ow_lua_view *view =
        lua->api.lua_newuserdatauv(lua->state, sizeof *view, 0);

    *view = (struct ow_lua_view){ops, node, lua->run};
    lua->api.lua_rawgeti(lua->state, LUA_REGISTRYINDEX, lua->views);
    lua->api.lua_setmetatable(lua->state, -2);
    return true;
}

/* JSON. */

/* The JSON that a view shows; NULL: it shows none, or there is none. */
static const cJSON *tree_of(const struct ow_lua *lua,
                            const struct ow_lua_view *view)
{
    if (view->ops->root)
        return view->ops->root(lua->context);
    return view->ops->tree ? view->ops->tree(view) : NULL;
}

static bool shows_json(const struct ow_lua_view *view)
{
    return view->ops->root || view->ops->tree;
}

const cJSON *ow_lua_view_member(const cJSON *tree, const char *key)
{
    const cJSON *child = tree ? tree->child : NULL;

    /* Most names differ in how they begin; elements of a list have none. */
    for (; child && child->string; child = child->next)
        if (child->string[0] == key[0] && strcmp(child->string, key) == 0)
            return child;
    return NULL;
}

static bool get_of_json(struct ow_lua *lua, const struct ow_lua_view *view,
                        struct ow_str key)
{
    /* Keys of a document have no NUL, and Lua's strings end with one. */
    return ow_lua_push_json(lua,
                            ow_lua_view_member(tree_of(lua, view), key.ptr));
}

static const cJSON *tree_of_json(const struct ow_lua_view *view)
{
    return view->node;
}

static const cJSON *vars_of(const struct ow_answer_context *context)
{
    return context->state ? context->state->vars : NULL;
}

static const cJSON *kept_of(const struct ow_answer_context *context)
{
    return context->kept;
}

static const struct ow_lua_view_ops json_view = {
    .name = "req.json", .get = get_of_json, .tree = tree_of_json};
static const cJSON *json_of(const struct ow_answer_context *context)
{
    return ow_request_json(context->request);
}

static const cJSON *reply_of(const struct ow_answer_context *context)
{
    return context->reply;
}

static const cJSON *item_of(const struct ow_answer_context *context)
{
    return context->loop ? context->loop->item : NULL;
}

static const cJSON *outer_of(const struct ow_answer_context *context)
{
    const struct ow_loop *outer = context->loop ? context->loop->outer : NULL;

    return outer ? outer->item : NULL;
}

static const cJSON *values_of(const struct ow_answer_context *context)
{
    return context->loop ? context->loop->values : NULL;
}

static const cJSON *value_of(const struct ow_answer_context *context)
{
    const cJSON *values = values_of(context);

    return values ? values->child : NULL;
}

static const cJSON *argument_of(const struct ow_answer_context *context)
{
    return context->arguments;
}

static const struct ow_lua_view_ops root_views[OW_LUA_ROOTS] = {
    [OW_LUA_REQUEST] = {.name = "req.json",
                        .get = get_of_json,
                        .root = json_of},
    [OW_LUA_REPLY] = {.name = "reply", .get = get_of_json, .root = reply_of},
    [OW_LUA_ITEM] = {.name = "item", .get = get_of_json, .root = item_of},
    [OW_LUA_OUTER] = {.name = "outer", .get = get_of_json, .root = outer_of},
    [OW_LUA_VALUES] = {.name = "values", .get = get_of_json, .root = values_of},
    [OW_LUA_VALUE] = {.name = "value", .get = get_of_json, .root = value_of},
    [OW_LUA_ARGUMENT] = {.name = "arg",
                         .get = get_of_json,
                         .root = argument_of},
};
static const struct ow_lua_view_ops vars_view = {
    .name = "vars", .get = get_of_json, .root = vars_of};
static const struct ow_lua_view_ops kept_view = {
    .name = "kept", .get = get_of_json, .root = kept_of};

bool ow_lua_push_json(struct ow_lua *lua, const cJSON *node)
{
    const struct ow_lua_api *api = &lua->api;

    if (!node || cJSON_IsNull(node))
        return false;
    if (cJSON_IsString(node))
        return ow_lua_push_str(lua, ow_str_from(node->valuestring));
    if (cJSON_IsNumber(node))
        ow_lua_push_number(lua, node->valuedouble);
    else if (cJSON_IsBool(node))
        api->lua_pushboolean(lua->state, cJSON_IsTrue(node));
    else
        ow_lua_push_view(lua, &json_view, node);
    return true;
}

const cJSON *ow_lua_root_of(enum ow_lua_root root,
                            const struct ow_answer_context *context)
{
    return root_views[root].root(context);
}

bool ow_lua_push_root(struct ow_lua *lua, enum ow_lua_root root)
{
    const cJSON *node = ow_lua_root_of(root, lua->context);

    if (!cJSON_IsObject(node) && !cJSON_IsArray(node))
        return ow_lua_push_json(lua, node);
    lua->api.lua_rawgeti(lua->state, LUA_REGISTRYINDEX, lua->roots[root]);
    return true;
}

/* Metamethods. */

static const struct ow_lua_view *view_at(struct ow_lua *lua, int index)
{
    const struct ow_lua_view *view = lua->api.lua_touserdata(lua->state, index);

    if (view->node && view->run != lua->run)
        lua->api.luaL_error(lua->state, "this is of an earlier request");
    return view;
}

static int index_view(lua_State *L)
{
    struct ow_lua *lua = ow_lua_of(L);
    const struct ow_lua_api *api = &lua->api;
    const struct ow_lua_view *view = view_at(lua, 1);
    struct ow_str key;

    if (api->lua_type(L, 2) == LUA_TSTRING) {
        key.ptr = api->lua_tolstring(L, 2, &key.len);
        return view->ops->get(lua, view, key);
    }
    lua_Integer n = api->lua_tointegerx(L, 2, NULL);
    if (n < 1 || n > INT32_MAX)
        return 0;
    if (view->ops->at)
        return view->ops->at(lua, view, (size_t)n - 1);
    const cJSON *tree = tree_of(lua, view);
    return cJSON_IsArray(tree) &&
           ow_lua_push_json(lua, cJSON_GetArrayItem(tree, (int)n - 1));
}

static int count_view(lua_State *L)
{
    struct ow_lua *lua = ow_lua_of(L);
    const struct ow_lua_view *view = view_at(lua, 1);
    const cJSON *tree = tree_of(lua, view);
    size_t n = 0;

    if (view->ops->count)
        n = view->ops->count(view);
    else if (cJSON_IsArray(tree))
        n = (size_t)cJSON_GetArraySize(tree);
    lua->api.lua_pushinteger(L, (lua_Integer)n);
    return 1;
}

static int refuse_change(lua_State *L)
{
    return ow_lua_of(L)->api.luaL_error(L, "a template changes nothing of %s",
                                        view_at(ow_lua_of(L), 1)->ops->name);
}

/* One step over a list of pairs. Upvalues: the view, how many were seen. */
static int next_field(lua_State *L)
{
    struct ow_lua *lua = ow_lua_of(L);
    const struct ow_lua_api *api = &lua->api;
    const struct ow_lua_view *view = view_at(lua, lua_upvalueindex(1));
    size_t n = (size_t)api->lua_tointegerx(L, lua_upvalueindex(2), NULL);
    const struct ow_fields *fields = view->ops->fields(lua->context);

    if (!fields || n >= fields->n)
        return 0;
    api->lua_pushinteger(L, (lua_Integer)n + 1);
    api->lua_copy(L, -1, lua_upvalueindex(2));
    ow_lua_push_str(lua, fields->items[n].name);
    ow_lua_push_str(lua, fields->items[n].value);
    return 2;
}

/* One step over JSON. Upvalues: the view, how many were seen, the next one. */
static int next_json(lua_State *L)
{
    struct ow_lua *lua = ow_lua_of(L);
    const struct ow_lua_api *api = &lua->api;
    const cJSON *node = api->lua_touserdata(L, lua_upvalueindex(3));

    view_at(lua, lua_upvalueindex(1));
    if (!node)
        return 0;
    api->lua_pushinteger(L,
                         api->lua_tointegerx(L, lua_upvalueindex(2), NULL) + 1);
    api->lua_copy(L, -1, lua_upvalueindex(2));
    api->lua_pushlightuserdata(L, node->next);
    api->lua_copy(L, -1, lua_upvalueindex(3));
    if (node->string)
        ow_lua_push_str(lua, ow_str_from(node->string));
    else
        api->lua_pushvalue(L, lua_upvalueindex(2));
    if (!ow_lua_push_json(lua, node))
        api->lua_pushnil(L);
    return 2;
}

static int pair_view(lua_State *L)
{
    struct ow_lua *lua = ow_lua_of(L);
    const struct ow_lua_api *api = &lua->api;
    const struct ow_lua_view *view = view_at(lua, 1);
    const cJSON *json = tree_of(lua, view);

    if (!json && !view->ops->root && !view->ops->fields)
        return api->luaL_error(L, "%s cannot be gone through", view->ops->name);
    /* What has no node of its own may be another tree in the next run. */
    if (view->ops->root)
        ow_lua_push_view(lua, &json_view, json);
    else
        api->lua_pushvalue(L, 1);
    api->lua_pushinteger(L, 0);
    api->lua_pushlightuserdata(L, json ? json->child : NULL);
    api->lua_pushcclosure(L, view->ops->fields ? next_field : next_json, 3);
    return 1;
}

static int name_view(lua_State *L)
{
    struct ow_lua *lua = ow_lua_of(L);
    const char *name = view_at(lua, 1)->ops->name;

    ow_lua_push_str(lua, ow_str_from(name));
    return 1;
}

void ow_lua_views_open(lua_State *L)
{
    static const struct {
        const char *name;
        lua_CFunction function;
    } methods[] = {
        {"__index", index_view},   {"__newindex", refuse_change},
        {"__len", count_view},     {"__pairs", pair_view},
        {"__tostring", name_view},
    };
    static const struct ow_lua_view_ops *const named[] = {
        &ow_lua_request_view, &ow_lua_params_view, &ow_lua_captures_view,
        &ow_lua_program_view, &vars_view,          &ow_lua_message_view,
        &kept_view,
    };
    struct ow_lua *lua = ow_lua_of(L);
    const struct ow_lua_api *api = &lua->api;

    api->lua_createtable(L, 0, 8);
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
        api->lua_pushcclosure(L, methods[i].function, 0);
        api->lua_setfield(L, -2, methods[i].name);
    }
    lua->views = api->luaL_ref(L, LUA_REGISTRYINDEX);
    for (size_t i = 0; i < sizeof named / sizeof *named; i++) {
        ow_lua_push_view(lua, named[i], NULL);
        api->lua_setfield(L, -2, named[i]->name);
    }
    for (size_t i = 0; i < OW_LUA_ROOTS; i++) {
        ow_lua_push_view(lua, &root_views[i], NULL);
        lua->roots[i] = api->luaL_ref(L, LUA_REGISTRYINDEX);
    }
}

static void write_fields(struct ow_jsonw *w, const struct ow_fields *fields)
{
    ow_jsonw_begin(w, '{');
    for (size_t i = 0; fields && i < fields->n; i++) {
        /* Of pairs of one name the first is the one that counts. */
        size_t first = 0;
        while (!ow_str_equal(fields->items[first].name, fields->items[i].name))
            first++;
        if (first < i)
            continue;
        ow_jsonw_name(w, fields->items[i].name);
        ow_jsonw_string(w, fields->items[i].value);
    }
    ow_jsonw_end(w, '}');
}

const cJSON *ow_lua_view_tree(struct ow_lua *lua, int index)
{
    return tree_of(lua, view_at(lua, index));
}

void ow_lua_view_write(struct ow_lua *lua, int index, struct ow_jsonw *w)
{
    const struct ow_lua_view *view = view_at(lua, index);
    const cJSON *tree = tree_of(lua, view);

    if (view->ops->write)
        view->ops->write(view, w);
    else if (shows_json(view) && tree)
        ow_lua_write_cjson(w, tree);
    else if (shows_json(view))
        write_fields(w, NULL);
    else if (view->ops->fields)
        write_fields(w, view->ops->fields(lua->context));
    else
        lua->api.luaL_error(lua->state, "%s is no value: name a part of it",
                            view->ops->name);
}
