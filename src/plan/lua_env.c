/*
 * lua_env: the sandbox. See lua_env.h. Called by lua.c for each new state.
 *
 *     _ENV -> functions -> names -> find_name
 *
 * Each is the __index of the one before. _ENV, one a pack, is empty and refuses
 * assignments; functions are the pack's own; names are what all packs have:
 * functions, views, and libraries behind empty tables like _ENV itself;
 * find_name knows what changes, and typos.
 */
#include "config.h"

#include "plan/lua_env.h"

#include "plan/answer.h"
#include "plan/extra_view.h"
#include "plan/loop.h"
#include "plan/lua.h"
#include "plan/lua_function.h"
#include "plan/lua_guard.h"
#include "plan/lua_resource.h"
#include "plan/lua_view.h"

/* Of Lua's basic functions; the others load code, catch the errors that stop
 * runaways, or look behind metatables. */
static const char *const basics[] = {"assert", "error",    "ipairs",   "pairs",
                                     "select", "tonumber", "tostring", NULL};

static int refuse_assignment(lua_State *L)
{
    return ow_lua_of(L)->api.luaL_error(
        L, "a template sets no names: what it is told it can only read");
}

/* Names that stand for something else at each hit. Pushes the value; -1: there
 * is no such name. */
static int push_changing(struct ow_lua *lua, struct ow_str name)
{
    const struct ow_answer_context *context = lua->context;
    const struct ow_loop *loop = context->loop;
    const struct ow_loop *outer = loop ? loop->outer : NULL;
    const struct {
        const char *name;
        bool is_number;
        int64_t number;
        const cJSON *json;
    } names[] = {
        {"hit", true, (int64_t)context->hit, NULL},
        {"position", true, (int64_t)context->position, NULL},
        {"index", loop, loop ? loop->index : 0, NULL},
        {"outer_index", outer, outer ? outer->index : 0, NULL},
        {"item", false, 0, loop ? loop->item : NULL},
        {"outer", false, 0, outer ? outer->item : NULL},
        {"values", false, 0, loop ? loop->values : NULL},
        {"value", false, 0, loop && loop->values ? loop->values->child : NULL},
        {"reply", false, 0, context->reply},
        {"arg", false, 0, context->arguments},
    };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (!ow_str_equal(name, ow_str_from(names[i].name)))
            continue;
        if (!names[i].is_number)
            return ow_lua_push_json(lua, names[i].json);
        lua->api.lua_pushinteger(lua->state, names[i].number);
        return 1;
    }
    return -1;
}

static int find_name(lua_State *L)
{
    struct ow_lua *lua = ow_lua_of(L);
    const struct ow_lua_api *api = &lua->api;
    struct ow_str name = {"", 0};

    if (api->lua_type(L, 2) == LUA_TSTRING)
        name.ptr = api->lua_tolstring(L, 2, &name.len);
    if (ow_extra_view_push(lua, name))
        return 1;
    int pushed = push_changing(lua, name);
    if (pushed >= 0)
        return pushed;
    if (ow_lua_resource_name(lua, name))
        return 1;
    return api->luaL_error(L, "there is no name \"%s\" here", name.ptr);
}

/* type() that calls views what they look like. */
static int type_of(lua_State *L)
{
    const struct ow_lua_api *api = &ow_lua_of(L)->api;

    api->luaL_checkany(L, 1);
    int type = api->lua_type(L, 1);
    const char *name =
        api->lua_typename(L, type == LUA_TUSERDATA ? LUA_TTABLE : type);
    api->lua_pushlstring(L, name, ow_str_from(name).len);
    return 1;
}

/* Replaces the table on top by an empty one that shows it. */
static void protect(lua_State *L, const struct ow_lua_api *api)
{
    api->lua_createtable(L, 0, 0);
    api->lua_createtable(L, 0, 2);
    api->lua_rotate(L, -3, -1);
    api->lua_setfield(L, -2, "__index");
    api->lua_pushcclosure(L, refuse_assignment, 0);
    api->lua_setfield(L, -2, "__newindex");
    api->lua_setmetatable(L, -2);
}

/* Puts a library into the table of names, under its own one. */
static void add_library(lua_State *L, const struct ow_lua_api *api,
                        const char *name, lua_CFunction open)
{
    api->luaL_requiref(L, name, open, 0);
    ow_lua_guard_library(L, name);
    protect(L, api);
    api->lua_setfield(L, -2, name);
}

static void add_basics(lua_State *L, const struct ow_lua_api *api)
{
    api->luaL_requiref(L, "_G", api->luaopen_base, 0);
    for (int i = 0; basics[i]; i++) {
        api->lua_getfield(L, -1, basics[i]);
        api->lua_setfield(L, -3, basics[i]);
    }
    api->lua_settop(L, -2);
    api->lua_pushcclosure(L, type_of, 0);
    api->lua_setfield(L, -2, "type");
}

int ow_lua_env_open(lua_State *L)
{
    struct ow_lua *lua = ow_lua_of(L);
    const struct ow_lua_api *api = &lua->api;

    api->lua_createtable(L, 0, 48);
    add_basics(L, api);
    add_library(L, api, "string", api->luaopen_string);
    add_library(L, api, "table", api->luaopen_table);
    add_library(L, api, "math", api->luaopen_math);
    add_library(L, api, "utf8", api->luaopen_utf8);
    ow_lua_functions_open(L);
    /* What is null in a table, where nil would leave the name out. */
    api->lua_pushlightuserdata(L, NULL);
    api->lua_setfield(L, -2, "null");
    ow_lua_views_open(L);
    api->lua_createtable(L, 0, 1);
    api->lua_pushcclosure(L, find_name, 0);
    api->lua_setfield(L, -2, "__index");
    api->lua_setmetatable(L, -2);
    api->lua_pushvalue(L, -1);
    lua->names = api->luaL_ref(L, LUA_REGISTRYINDEX);
    protect(L, api);
    /* What Lua's own functions take for globals. */
    api->lua_rawseti(L, LUA_REGISTRYINDEX, LUA_RIDX_GLOBALS);
    return 0;
}

void ow_lua_env_pack(lua_State *L)
{
    struct ow_lua *lua = ow_lua_of(L);
    const struct ow_lua_api *api = &lua->api;

    api->lua_createtable(L, 0, 0);
    api->lua_pushvalue(L, -1);
    lua->functions = api->luaL_ref(L, LUA_REGISTRYINDEX);
    api->lua_createtable(L, 0, 1);
    api->lua_rawgeti(L, LUA_REGISTRYINDEX, lua->names);
    api->lua_setfield(L, -2, "__index");
    api->lua_setmetatable(L, -2);
    protect(L, api);
    lua->env = api->luaL_ref(L, LUA_REGISTRYINDEX);
    api->lua_createtable(L, 0, 0);
    if (lua->chunks == 0)
        lua->chunks = api->luaL_ref(L, LUA_REGISTRYINDEX);
    else
        api->lua_rawseti(L, LUA_REGISTRYINDEX, lua->chunks);
}

static int look_up(lua_State *L)
{
    const struct ow_lua_api *api = &ow_lua_of(L)->api;

    api->lua_pushvalue(L, 2);
    api->lua_gettable(L, 1);
    return 0;
}

bool ow_lua_env_has(lua_State *L, const char *name)
{
    const struct ow_lua_api *api = &ow_lua_of(L)->api;
    int top = api->lua_gettop(L);

    api->lua_pushcclosure(L, look_up, 0);
    api->lua_pushvalue(L, top);
    api->lua_pushlstring(L, name, ow_str_from(name).len);
    int status = api->lua_pcallk(L, 2, 0, 0, 0, NULL);
    api->lua_settop(L, top);
    return status == LUA_OK;
}
