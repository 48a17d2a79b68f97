/*
 * lua_compile: see lua_compile.h. Called by template.c for expressions, by
 * rule/functions.c for functions and by rule/table_build.c for packs.
 */
#include "config.h"

#include "plan/lua_compile.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "plan/answer.h"
#include "plan/lua_env.h"

/* What Lua puts before its sentences: the name given here, and a line. */
#define CHUNK "=?"

/* What was made since so much was used stays, and is no part of what this run
 * may take. */
static void add_to_loaded(struct ow_lua *lua, size_t used)
{
    lua->loaded += lua->used > used ? lua->used - used : 0;
}

/* Behind the string whose quote stands at at; 0 if it has no end. */
static size_t pass_string(struct ow_str s, size_t at)
{
    char quote = s.ptr[at++];

    for (; at < s.len && s.ptr[at] != quote; at++)
        at += s.ptr[at] == '\\';
    return at < s.len ? at + 1 : 0;
}

/*
 * Whether the text is seen to be whole: no string and no brace of it goes on
 * behind its end. Comments and long brackets are not looked into: no.
 */
static bool is_whole(struct ow_str s)
{
    size_t depth = 0, at = 0;

    while (at < s.len) {
        char c = s.ptr[at], next = at + 1 < s.len ? s.ptr[at + 1] : '\0';
        if ((c == '-' && next == '-') ||
            (c == '[' && (next == '[' || next == '=')) ||
            (c == '}' && depth == 0))
            return false;
        depth += (c == '{') - (size_t)(c == '}');
        at = c == '"' || c == '\'' ? pass_string(s, at) : at + 1;
        if (at == 0)
            return false;
    }
    return depth == 0;
}

/* Leaves the text's chunk at the top. */
static void make_chunk(lua_State *L, struct ow_str text, int env)
{
    const struct ow_lua_api *api = &ow_lua_of(L)->api;

    if (api->luaL_loadbufferx(L, text.ptr, text.len, CHUNK, "t") != LUA_OK)
        api->lua_error(L);
    api->lua_pushvalue(L, env);
    /* A chunk's one upvalue is its _ENV. */
    api->lua_setupvalue(L, -2, 1);
}

/*
 * In the place of a late pack's expression until it is first called: makes its
 * chunk, which takes that place, and calls it. Its upvalues are the text, what
 * it sees, and its number.
 */
static int call_late(lua_State *L)
{
    struct ow_lua *lua = ow_lua_of(L);
    const struct ow_lua_api *api = &lua->api;
    const size_t used = lua->used;
    struct ow_str text;

    text.ptr = api->lua_tolstring(L, lua_upvalueindex(1), &text.len);
    make_chunk(L, text, lua_upvalueindex(2));
    api->lua_pushvalue(L, -1);
    api->lua_rawseti(L, LUA_REGISTRYINDEX,
                     api->lua_tointegerx(L, lua_upvalueindex(3), NULL));
    add_to_loaded(lua, used);
    api->lua_callk(L, 0, 1, 0, NULL);
    return 1;
}

/* Takes the text at the top; gives the number of what stands for it. */
static int ref_late(lua_State *L)
{
    struct ow_lua *lua = ow_lua_of(L);
    const struct ow_lua_api *api = &lua->api;

    /* A number that is taken, for the closure to know it. */
    api->lua_pushboolean(L, true);
    int number = api->luaL_ref(L, LUA_REGISTRYINDEX);
    api->lua_rawgeti(L, LUA_REGISTRYINDEX, lua->env);
    api->lua_pushinteger(L, number);
    api->lua_pushcclosure(L, call_late, 3);
    api->lua_rawseti(L, LUA_REGISTRYINDEX, number);
    return number;
}

static int ref_chunk(lua_State *L, struct ow_str text)
{
    struct ow_lua *lua = ow_lua_of(L);
    const struct ow_lua_api *api = &lua->api;

    api->lua_rawgeti(L, LUA_REGISTRYINDEX, lua->env);
    make_chunk(L, text, api->lua_gettop(L));
    return api->luaL_ref(L, LUA_REGISTRYINDEX);
}

/* Takes what stands in out; leaves the chunk's number in *argument. */
static int compile(lua_State *L)
{
    struct ow_lua *lua = ow_lua_of(L);
    const struct ow_lua_api *api = &lua->api;
    struct ow_str text = ow_buf_peek(&lua->out);
    int *ret = api->lua_touserdata(L, 1);

    if (lua->env == 0)
        ow_lua_env_pack(L);
    api->lua_rawgeti(L, LUA_REGISTRYINDEX, lua->chunks);
    api->lua_pushlstring(L, text.ptr, text.len);
    api->lua_pushvalue(L, -1);
    if (api->lua_rawget(L, 2) == LUA_TNUMBER) {
        *ret = (int)api->lua_tointegerx(L, -1, NULL);
        return 0;
    }
    api->lua_settop(L, 3);
    api->lua_pushvalue(L, 3);
    *ret = lua->is_late && is_whole(text) ? ref_late(L) : ref_chunk(L, text);
    api->lua_settop(L, 3);
    api->lua_pushinteger(L, *ret);
    api->lua_rawset(L, 2);
    return 0;
}

/* Leaves what gives the value of the text in Lua's own buffer. */
static int begin_chunk(struct ow_lua *lua, struct ow_str text,
                       struct ow_err *err)
{
    static const char name[] = "_ENV";
    int r = ow_lua_open(lua, err);

    if (r < 0)
        return r;
    /* With it an expression could change what it sees the next time. */
    if (!lua->is_late && memmem(text.ptr, text.len, name, sizeof name - 1))
        return ow_err_set(err, -EINVAL, "there is no %s here", name);
    ow_buf_clear(&lua->out, OW_LIMIT_IO);
    r = ow_buf_append_str(&lua->out, OW_STR("return "));
    if (r == 0)
        r = ow_buf_append_str(&lua->out, text);
    return r < 0 ? ow_err_set(err, -ENOMEM, "out of memory") : 0;
}

int ow_lua_compile(struct ow_lua *lua, struct ow_str expression, int *ret_chunk,
                   struct ow_err *err)
{
    int r = begin_chunk(lua, expression, err);
    int chunk;

    if (r < 0)
        return r;
    lua->most = SIZE_MAX; /* bounded by the rule file, which is */
    r = ow_lua_call(lua, compile, &chunk, err);
    lua->loaded = lua->used;
    if (r == 0)
        *ret_chunk = chunk;
    return r;
}

void ow_lua_be_late(struct ow_lua *lua)
{
    lua->is_late = true;
}

void ow_lua_next_pack(struct ow_lua *lua)
{
    lua->env = lua->late = 0;
    lua->is_late = false;
    lua->pack++;
    if (!lua->state || lua->chunks == 0)
        return;
    /* Not nil: luaL_ref would give the number away. */
    lua->api.lua_pushboolean(lua->state, false);
    lua->api.lua_rawseti(lua->state, LUA_REGISTRYINDEX, lua->chunks);
}

/* Whether what stands at the top is a function that keeps nothing from one
 * call to the next: of its upvalues the names are the only one. */
static bool is_plain(const struct ow_lua_api *api, lua_State *L)
{
    if (api->lua_type(L, -1) != LUA_TFUNCTION)
        return false;
    const char *name = api->lua_getupvalue(L, -1, 1);
    if (!name)
        return true;
    bool is_plain = strcmp(name, "_ENV") == 0;
    api->lua_settop(L, -2);
    if (!is_plain || !api->lua_getupvalue(L, -1, 2))
        return is_plain;
    api->lua_settop(L, -2);
    return false;
}

/*
 * Leaves the function at the top. Its text is run to get at it, while it sees
 * no names at all; then what both of them see becomes that at env.
 */
static void make_function(lua_State *L, const char *name, struct ow_str text,
                          int env)
{
    const struct ow_lua_api *api = &ow_lua_of(L)->api;
    char place[OW_LIMIT_FUNCTION_NAME + 2];

    snprintf(place, sizeof place, "=%s", name);
    if (api->luaL_loadbufferx(L, text.ptr, text.len, place, "t") != LUA_OK)
        api->lua_error(L);
    int chunk = api->lua_gettop(L);
    api->lua_createtable(L, 0, 0);
    api->lua_setupvalue(L, chunk, 1);
    api->lua_pushvalue(L, chunk);
    api->lua_callk(L, 0, LUA_MULTRET, 0, NULL);
    if (api->lua_gettop(L) != chunk + 1 || !is_plain(api, L))
        api->luaL_error(L, "expected one function: function(a, b) ... end");
    api->lua_pushvalue(L, env);
    api->lua_setupvalue(L, chunk, 1);
}

/* Compiled now: all that may be wrong with it is told. */
static void add_function(lua_State *L, const char *name, struct ow_str text)
{
    struct ow_lua *lua = ow_lua_of(L);
    const struct ow_lua_api *api = &lua->api;

    api->lua_rawgeti(L, LUA_REGISTRYINDEX, lua->functions);
    api->lua_rawgeti(L, LUA_REGISTRYINDEX, lua->names);
    if (ow_lua_env_has(L, name))
        api->luaL_error(L, "all templates have a \"%s\" already", name);
    api->lua_pushlstring(L, name, strlen(name));
    if (api->lua_rawget(L, 2) != LUA_TNIL)
        api->luaL_error(L, "there are two functions \"%s\"", name);
    api->lua_rawgeti(L, LUA_REGISTRYINDEX, lua->env);
    make_function(L, name, text, 5);
    api->lua_setfield(L, 2, name);
}

/*
 * __index of a late pack's functions: a name that they do not have yet. Its
 * upvalues are the texts of those that were not called yet, with what they see
 * at 1, and the names of all templates. What does not change is kept.
 */
static int find_late(lua_State *L)
{
    struct ow_lua *lua = ow_lua_of(L);
    const struct ow_lua_api *api = &lua->api;
    struct ow_str text, name;

    name.ptr = api->lua_tolstring(L, 2, &name.len);
    int pushed = ow_lua_env_push(lua, name);
    if (pushed >= 0)
        return pushed;
    api->lua_pushvalue(L, 2);
    if (api->lua_rawget(L, lua_upvalueindex(1)) == LUA_TSTRING) {
        const size_t used = lua->used;
        text.ptr = api->lua_tolstring(L, 3, &text.len);
        api->lua_rawgeti(L, lua_upvalueindex(1), 1);
        make_function(L, name.ptr, text, 4);
        add_to_loaded(lua, used);
    } else {
        api->lua_pushvalue(L, 2);
        if (api->lua_rawget(L, lua_upvalueindex(2)) == LUA_TNIL) {
            api->lua_pushvalue(L, 2);
            api->lua_gettable(L, lua_upvalueindex(2));
            return 1; /* of this request, or none */
        }
    }
    api->lua_pushvalue(L, 2);
    api->lua_pushvalue(L, -2);
    api->lua_rawset(L, 1);
    return 1;
}

/* What find_late looks in: for the first function of a late pack. */
static void make_late(lua_State *L)
{
    struct ow_lua *lua = ow_lua_of(L);
    const struct ow_lua_api *api = &lua->api;

    api->lua_rawgeti(L, LUA_REGISTRYINDEX, lua->functions);
    api->lua_getmetatable(L, -1);
    api->lua_createtable(L, 1, 64);
    api->lua_rawgeti(L, LUA_REGISTRYINDEX, lua->env);
    api->lua_rawseti(L, -2, 1);
    api->lua_pushvalue(L, -1);
    lua->late = api->luaL_ref(L, LUA_REGISTRYINDEX);
    api->lua_rawgeti(L, LUA_REGISTRYINDEX, lua->names);
    api->lua_pushcclosure(L, find_late, 2);
    api->lua_setfield(L, -2, "__index");
}

/* To be compiled when it is called. */
static void add_text(lua_State *L, const char *name, struct ow_str text)
{
    struct ow_lua *lua = ow_lua_of(L);
    const struct ow_lua_api *api = &lua->api;

    if (lua->late == 0)
        make_late(L);
    api->lua_rawgeti(L, LUA_REGISTRYINDEX, lua->late);
    api->lua_pushlstring(L, text.ptr, text.len);
    api->lua_setfield(L, -2, name);
}

/* Takes what stands in out. */
static int define(lua_State *L)
{
    struct ow_lua *lua = ow_lua_of(L);
    const char *name = lua->api.lua_touserdata(L, 1);
    struct ow_str text = ow_buf_peek(&lua->out);

    if (lua->env == 0)
        ow_lua_env_pack(L);
    if (lua->is_late)
        add_text(L, name, text);
    else
        add_function(L, name, text);
    return 0;
}

/* Takes "name:3: " off the sentence, which is Lua's; gives the line. */
static int take_line(struct ow_err *err, const char *name)
{
    size_t len = strlen(name);
    char *end;

    if (strncmp(err->text, name, len) != 0 || err->text[len] != ':')
        return 0;
    long line = strtol(err->text + len + 1, &end, 10);
    if (line <= 0 || strncmp(end, ": ", 2) != 0)
        return 0;
    memmove(err->text, end + 2, strlen(end + 2) + 1);
    return (int)line;
}

int ow_lua_define(struct ow_lua *lua, const char *name, struct ow_str text,
                  int *ret_line, struct ow_err *err)
{
    static const struct ow_answer_context nothing = {NULL};
    int r = begin_chunk(lua, text, err);

    *ret_line = 0;
    if (r < 0)
        return r;
    lua->context = &nothing;
    lua->most = lua->used + OW_LIMIT_TEMPLATE_HEAP;
    r = ow_lua_call(lua, define, (void *)name, err);
    lua->context = NULL;
    lua->loaded = lua->used;
    if (r == -EINVAL)
        *ret_line = take_line(err, name);
    return r;
}
