/*
 * lua_env: the sandbox. See lua_env.h. Called by lua.c for each new state, and
 * by lua_compile.c for each pack.
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

#include <string.h>

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

/* Names that stand for something else at each hit, and what for: JSON, unless
 * it is one of the numbers below. */
enum {
    NAME_HIT = OW_LUA_ROOTS,
    NAME_POSITION,
    NAME_INDEX,
    NAME_OUTER_INDEX,
};

static const struct {
    const char *name;
    size_t len;
    int what;
} changing[] = {
    {"reply", 5, OW_LUA_REPLY},
    {"item", 4, OW_LUA_ITEM},
    {"index", 5, NAME_INDEX},
    {"hit", 3, NAME_HIT},
    {"position", 8, NAME_POSITION},
    {"outer", 5, OW_LUA_OUTER},
    {"outer_index", 11, NAME_OUTER_INDEX},
    {"values", 6, OW_LUA_VALUES},
    {"value", 5, OW_LUA_VALUE},
    {"arg", 3, OW_LUA_ARGUMENT},
};

/* An index is nil where there is no loop. */
static int push_index(struct ow_lua *lua, const struct ow_loop *loop)
{
    if (!loop)
        return 0;
    lua->api.lua_pushinteger(lua->state, loop->index);
    return 1;
}

static int push_what(struct ow_lua *lua, int what)
{
    const struct ow_answer_context *context = lua->context;
    const struct ow_loop *loop = context->loop;

    if (what == NAME_INDEX)
        return push_index(lua, loop);
    if (what == NAME_OUTER_INDEX)
        return push_index(lua, loop ? loop->outer : NULL);
    if (what < OW_LUA_ROOTS)
        return ow_lua_push_root(lua, (enum ow_lua_root)what);
    lua->api.lua_pushinteger(
        lua->state,
        (lua_Integer)(what == NAME_HIT ? context->hit : context->position));
    return 1;
}

int ow_lua_env_push(struct ow_lua *lua, struct ow_str name)
{
    for (size_t i = 0; i < sizeof changing / sizeof *changing; i++)
        if (changing[i].len == name.len &&
            memcmp(changing[i].name, name.ptr, name.len) == 0)
            return push_what(lua, changing[i].what);
    return -1;
}

static int find_name(lua_State *L)
{
    struct ow_lua *lua = ow_lua_of(L);
    const struct ow_lua_api *api = &lua->api;
    struct ow_str name = {"", 0};

    if (api->lua_type(L, 2) == LUA_TSTRING)
        name.ptr = api->lua_tolstring(L, 2, &name.len);
    int pushed = ow_lua_env_push(lua, name);
    if (pushed >= 0)
        return pushed;
    if (ow_extra_view_push(lua, name))
        return 1;
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
