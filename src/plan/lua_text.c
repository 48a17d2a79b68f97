/*
 * lua_text: see lua_text.h. Called by expressions, through lua_function.c.
 */
#include "config.h"

#include "plan/lua_text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/base64.h"
#include "plan/lua_value.h"
#include "plan/lua_view.h"
#include "plan/shape.h"

#define YEAR_10000 253402300800.0 /* seconds since the epoch */

int ow_lua_text_unb64(lua_State *L)
{
    struct ow_lua *lua = ow_lua_of(L);
    struct ow_str text = ow_lua_check_str(L, 1), bytes = {"", 0};
    size_t mark = lua->out.len;
    struct ow_arena arena; /* not held while Lua is called */

    ow_arena_init(&arena);
    int r = ow_base64_decode(text, &arena, &bytes);
    bool is_none = r == -EINVAL;
    if (r == 0)
        r = ow_buf_append_str(&lua->out, bytes);
    ow_arena_release(&arena);
    if (is_none)
        return 0;
    ow_lua_check(lua, r);
    ow_lua_push_written(lua, mark);
    return 1;
}

int ow_lua_text_unjson(lua_State *L)
{
    struct ow_lua *lua = ow_lua_of(L);
    struct ow_str text = ow_lua_check_str(L, 1);
    const char *end = NULL;
    cJSON *tree = cJSON_ParseWithLengthOpts(text.ptr, text.len + 1, &end, true);

    if (!tree)
        return 0;
    ow_lua_keep_read(lua, tree, text.len);
    return ow_lua_push_json(lua, tree);
}

/* A table as it would be written, for the rest of the run. */
static const cJSON *node_of_table(struct ow_lua *lua, int index)
{
    size_t mark = lua->out.len;

    ow_lua_write_json(lua, index);
    const char *text = ow_buf_data(&lua->out) + mark;
    size_t len = lua->out.len - mark;
    cJSON *tree = cJSON_ParseWithLength(text, len);
    lua->out.len = mark;
    if (!tree)
        ow_lua_check(lua, -ENOMEM);
    ow_lua_keep_read(lua, tree, len);
    return tree;
}

/* A value of Lua as a node of JSON, which is *scalar if it has no node; NULL
 * for nil. */
static const cJSON *node_at(struct ow_lua *lua, int index, cJSON *scalar)
{
    const struct ow_lua_api *api = &lua->api;
    lua_State *L = lua->state;

    switch (api->lua_type(L, index)) {
    case LUA_TNIL:
        return NULL;
    case LUA_TSTRING:
        *scalar = (cJSON){.type = cJSON_String};
        return scalar;
    case LUA_TNUMBER:
        *scalar = (cJSON){
            .type = cJSON_Number,
            .valuedouble = api->lua_tonumberx(L, index, NULL),
        };
        return scalar;
    case LUA_TBOOLEAN:
        *scalar = (cJSON){
            .type = api->lua_toboolean(L, index) ? cJSON_True : cJSON_False,
        };
        return scalar;
    case LUA_TUSERDATA:
        return ow_lua_view_tree(lua, index);
    case LUA_TTABLE:
        return node_of_table(lua, index);
    default:
        api->luaL_argerror(L, index, "expected a value that JSON has");
        return NULL;
    }
}

int ow_lua_text_misfit(lua_State *L)
{
    struct ow_lua *lua = ow_lua_of(L);
    struct ow_str text = ow_lua_check_str(L, 2);
    const struct ow_shape *shape;
    struct ow_misfit misfit;
    struct ow_err err;
    cJSON scalar;

    const cJSON *node = node_at(lua, 1, &scalar);
    int r = ow_shapes_get(&lua->shapes, text, &shape, &err);
    if (r == -EINVAL)
        return lua->api.luaL_argerror(L, 2, err.text);
    ow_lua_check(lua, r);
    if (ow_shape_fits(shape, node, &misfit))
        return 0;
    const char *told[] = {misfit.path, misfit.expected, misfit.got};
    for (size_t i = 0; i < 3; i++)
        lua->api.lua_pushlstring(L, told[i], strlen(told[i]));
    return 3;
}

/* The names are at 2 and above. */
static bool is_named(struct ow_lua *lua, const char *key)
{
    const struct ow_lua_api *api = &lua->api;
    int last = api->lua_gettop(lua->state);

    for (int i = 2; i <= last; i++)
        if (strcmp(api->luaL_checklstring(lua->state, i, NULL), key) == 0)
            return true;
    return false;
}

int ow_lua_text_only(lua_State *L)
{
    struct ow_lua *lua = ow_lua_of(L);
    cJSON scalar;
    const cJSON *node = node_at(lua, 1, &scalar), *child;
    bool is_only = cJSON_IsObject(node);

    for (child = is_only ? node->child : NULL; child && is_only;
         child = child->next)
        is_only = is_named(lua, child->string);
    lua->api.lua_pushboolean(L, is_only);
    return 1;
}

/* Of the epoch's seconds; years have four digits in either form. */
static double check_time(lua_State *L, const struct ow_lua_api *api)
{
    double t = api->luaL_checknumber(L, 1);

    if (!(t >= 0 && t < YEAR_10000))
        api->luaL_argerror(L, 1, "expected seconds since the epoch");
    return t;
}

int ow_lua_text_iso(lua_State *L)
{
    const struct ow_lua_api *api = &ow_lua_of(L)->api;
    double t = check_time(L, api);
    char text[40], fraction[8] = "";
    struct tm tm;

    int64_t ms = (int64_t)(t * 1000);
    time_t seconds = (time_t)(ms / 1000);
    if (ms % 1000 > 0)
        snprintf(fraction, sizeof fraction, ".%03d", (int)(ms % 1000));
    gmtime_r(&seconds, &tm);
    int n = snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02d%sZ",
                     tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour,
                     tm.tm_min, tm.tm_sec, fraction);
    api->lua_pushlstring(L, text, (size_t)n);
    return 1;
}

/* RFC 5322, 3.3: in English, whatever the locale. */
int ow_lua_text_rfc2822(lua_State *L)
{
    static const char days[] = "SunMonTueWedThuFriSat";
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    const struct ow_lua_api *api = &ow_lua_of(L)->api;
    time_t seconds = (time_t)check_time(L, api);
    char text[48];
    struct tm tm;

    gmtime_r(&seconds, &tm);
    int n =
        snprintf(text, sizeof text, "%.3s, %02d %.3s %04d %02d:%02d:%02d +0000",
                 days + 3 * tm.tm_wday, tm.tm_mday, months + 3 * tm.tm_mon,
                 tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec);
    api->lua_pushlstring(L, text, (size_t)n);
    return 1;
}
