/*
 * lua_guard: bounds for Lua's libraries. See lua_guard.h. Called by lua_env.c.
 */
#include "config.h"

#include "plan/lua_guard.h"

#include <errno.h>
#include <string.h>

#include "base/limits.h"
#include "plan/answer.h"
#include "plan/lua.h"
#include "plan/lua_pattern.h"
#include "plan/lua_value.h"

/* The function that a guard stands before is its upvalue. */
static int call_guarded(lua_State *L, const struct ow_lua_api *api)
{
    int n = api->lua_gettop(L);

    api->lua_pushvalue(L, lua_upvalueindex(1));
    api->lua_rotate(L, 1, 1);
    api->lua_callk(L, n, LUA_MULTRET, 0, NULL);
    return api->lua_gettop(L);
}

/* Most texts are too short for any pattern of this length to take long, which
 * is quicker to tell than what the pattern does. */
static bool is_surely_quick(struct ow_str pattern, struct ow_str text)
{
    double cost = (double)text.len + 1;

    for (size_t i = 0; i < pattern.len; i++)
        if (memchr("*+-?", pattern.ptr[i], 4))
            cost *= (double)text.len + 1;
    return cost <= OW_LIMIT_TEMPLATE_PATTERN;
}

static void check_pattern(lua_State *L, const struct ow_lua_api *api)
{
    struct ow_str text = ow_lua_check_str(L, 1);
    struct ow_str pattern = ow_lua_check_str(L, 2);

    if (!is_surely_quick(pattern, text) &&
        ow_lua_pattern_cost(pattern, text) > OW_LIMIT_TEMPLATE_PATTERN)
        api->luaL_argerror(L, 2, "it may take too long on a text like this");
}

/* match, gmatch, gsub */
static int guard_pattern(lua_State *L)
{
    const struct ow_lua_api *api = &ow_lua_of(L)->api;

    check_pattern(L, api);
    return call_guarded(L, api);
}

static int guard_find(lua_State *L)
{
    const struct ow_lua_api *api = &ow_lua_of(L)->api;

    if (!api->lua_toboolean(L, 4))
        check_pattern(L, api);
    return call_guarded(L, api);
}

static int repeat(lua_State *L)
{
    struct ow_lua *lua = ow_lua_of(L);
    const struct ow_lua_api *api = &lua->api;
    struct ow_str text = ow_lua_check_str(L, 1), between;
    lua_Integer n = api->luaL_checkinteger(L, 2);
    between.ptr = api->luaL_optlstring(L, 3, "", &between.len);
    size_t mark = lua->out.len;

    /* Empty texts a quadrillion times are empty, too. */
    if (text.len + between.len == 0)
        n = 0;
    if (n > OW_LIMIT_TEMPLATE_OUT)
        return api->luaL_argerror(L, 2, "too often");
    size_t len = n > 0 ? (size_t)n * (text.len + between.len) : 0;
    char *at = ow_buf_reserve(&lua->out, len);
    if (!at)
        ow_lua_check(lua, len > lua->out.max - mark ? -ENOBUFS : -ENOMEM);
    for (lua_Integer i = 0; i < n; i++) {
        at = mempcpy(at, text.ptr, text.len);
        if (i + 1 < n)
            at = mempcpy(at, between.ptr, between.len);
    }
    ow_buf_commit(&lua->out, n > 0 ? len - between.len : 0);
    ow_lua_push_written(lua, mark);
    return 1;
}

static int guard_move(lua_State *L)
{
    const struct ow_lua_api *api = &ow_lua_of(L)->api;
    lua_Integer from = api->luaL_checkinteger(L, 2);
    lua_Integer to = api->luaL_checkinteger(L, 3);

    if (to > from &&
        (lua_Unsigned)to - (lua_Unsigned)from > OW_LIMIT_TEMPLATE_MOVE)
        return api->luaL_argerror(L, 3, "too many elements");
    return call_guarded(L, api);
}

/* math.random() from the session's generator. */
static int draw(lua_State *L)
{
    struct ow_lua *lua = ow_lua_of(L);
    const struct ow_lua_api *api = &lua->api;
    struct ow_rand *rand = lua->context->rand;
    int n = api->lua_gettop(L);

    if (n == 0) {
        api->lua_pushnumber(L, ow_rand_unit(rand));
        return 1;
    }
    lua_Integer low = n > 1 ? api->luaL_checkinteger(L, 1) : 1;
    lua_Integer high = api->luaL_checkinteger(L, n > 1 ? 2 : 1);
    if (low > high)
        return api->luaL_argerror(L, n > 1 ? 2 : 1, "interval is empty");
    api->lua_pushinteger(L, ow_rand_range(rand, low, high));
    return 1;
}

static const struct {
    const char *library;
    const char *function;
    lua_CFunction guard; /* NULL: it is taken out */
} guards[] = {
    {"string", "dump", NULL},
    {"string", "find", guard_find},
    {"string", "gmatch", guard_pattern},
    {"string", "gsub", guard_pattern},
    {"string", "match", guard_pattern},
    {"string", "rep", repeat},
    {"table", "move", guard_move},
    {"math", "random", draw},
    {"math", "randomseed", NULL},
};

void ow_lua_guard_library(lua_State *L, const char *name)
{
    const struct ow_lua_api *api = &ow_lua_of(L)->api;

    for (size_t i = 0; i < sizeof guards / sizeof *guards; i++) {
        if (strcmp(guards[i].library, name) != 0)
            continue;
        if (guards[i].guard) {
            api->lua_getfield(L, -1, guards[i].function);
            api->lua_pushcclosure(L, guards[i].guard, 1);
        } else {
            api->lua_pushnil(L);
        }
        api->lua_setfield(L, -2, guards[i].function);
    }
}
