/*
 * lua_list: see lua_list.h. Called by expressions, through lua_function.c.
 */
#include "config.h"

#include "plan/lua_list.h"

#include "base/limits.h"
#include "plan/answer.h"
#include "plan/lua_value.h"
#include "plan/lua_view.h"

static bool is_tree(const struct ow_lua_api *api, lua_State *L, int index)
{
    int type = api->lua_type(L, index);

    return type == LUA_TTABLE || type == LUA_TUSERDATA;
}

int ow_lua_list_pick(lua_State *L)
{
    const struct ow_lua *lua = ow_lua_of(L);
    const struct ow_lua_api *api = &lua->api;
    int type = api->lua_type(L, 1);

    if (type != LUA_TTABLE && type != LUA_TUSERDATA)
        api->luaL_checktype(L, 1, LUA_TTABLE);
    lua_Integer n = api->luaL_len(L, 1);
    if (n < 1)
        return api->luaL_argerror(L, 1, "the list is empty");
    api->lua_geti(L, 1, ow_rand_range(lua->context->rand, 1, n));
    return 1;
}

/* What text() does. */
struct texts {
    struct ow_lua *lua;
    int names; /* those that are asked for are at 2 to names */
    int depth;
    int left; /* values that may be looked at: tables may be in themselves */
};

static void append_texts(struct texts *texts, int index);

/* The first member that has one of the names. */
static void append_member(struct texts *texts, int index)
{
    const struct ow_lua_api *api = &texts->lua->api;
    lua_State *L = texts->lua->state;
    int top = api->lua_gettop(L);
    const char *name = "text";

    for (int i = 2; i == 2 || i <= texts->names; i++) {
        if (i <= texts->names)
            name = api->luaL_checklstring(L, i, NULL);
        bool found = api->lua_getfield(L, index, name) != LUA_TNIL;
        if (found)
            append_texts(texts, top + 1);
        api->lua_settop(L, top);
        if (found)
            return;
    }
}

static void append_list(struct texts *texts, int index)
{
    const struct ow_lua_api *api = &texts->lua->api;
    lua_State *L = texts->lua->state;
    lua_Integer n = api->luaL_len(L, index);
    int top = api->lua_gettop(L);

    if (n == 0)
        append_member(texts, index);
    for (lua_Integer i = 1; i <= n; i++) {
        api->lua_geti(L, index, i);
        append_texts(texts, top + 1);
        api->lua_settop(L, top);
    }
}

/* Strings of the value at index, lists and members followed downwards. */
static void append_texts(struct texts *texts, int index)
{
    struct ow_lua *lua = texts->lua;
    const struct ow_lua_api *api = &lua->api;
    struct ow_str text;

    if (--texts->left < 0 || ++texts->depth > OW_LIMIT_JSON_DEPTH ||
        !api->lua_checkstack(lua->state, 4))
        api->luaL_error(lua->state, "there is too much in it");
    if (api->lua_type(lua->state, index) == LUA_TSTRING) {
        text.ptr = api->lua_tolstring(lua->state, index, &text.len);
        ow_lua_check(lua, ow_buf_append_str(&lua->out, text));
    } else if (is_tree(api, lua->state, index)) {
        append_list(texts, index);
    }
    texts->depth--;
}

int ow_lua_list_text(lua_State *L)
{
    struct ow_lua *lua = ow_lua_of(L);
    struct texts texts = {.lua = lua,
                          .names = lua->api.lua_gettop(L),
                          .left = OW_LIMIT_TEMPLATE_MOVE};
    size_t mark = lua->out.len;

    if (lua->api.lua_type(L, 1) <= LUA_TNIL)
        return 0;
    append_texts(&texts, 1);
    ow_lua_push_written(lua, mark);
    return 1;
}

/* Whether the element on top has the key at 2, and the value at 3 if there is
 * one. */
static bool is_wanted(const struct ow_lua_api *api, lua_State *L, bool any)
{
    int top = api->lua_gettop(L);
    bool wanted = false;

    if (is_tree(api, L, top)) {
        api->lua_pushvalue(L, 2);
        int type = api->lua_gettable(L, top);
        wanted = type != LUA_TNIL && (any || api->lua_rawequal(L, -1, 3));
    }
    api->lua_settop(L, top);
    return wanted;
}

int ow_lua_list_where(lua_State *L)
{
    const struct ow_lua_api *api = &ow_lua_of(L)->api;
    bool any = api->lua_gettop(L) < 3;
    lua_Integer found = 0;

    api->luaL_checklstring(L, 2, NULL);
    if (!is_tree(api, L, 1))
        return 0;
    lua_Integer n = api->luaL_len(L, 1);
    api->lua_settop(L, 3);
    api->lua_createtable(L, 0, 0);
    for (lua_Integer i = 1; i <= n; i++) {
        api->lua_geti(L, 1, i);
        if (is_wanted(api, L, any))
            api->lua_rawseti(L, 4, ++found);
        api->lua_settop(L, 4);
    }
    return found > 0;
}

int ow_lua_list_map(lua_State *L)
{
    const struct ow_lua_api *api = &ow_lua_of(L)->api;

    if (api->lua_type(L, 1) <= LUA_TNIL)
        return 0;
    if (!is_tree(api, L, 1))
        api->luaL_checktype(L, 1, LUA_TTABLE);
    api->luaL_checktype(L, 2, LUA_TFUNCTION);
    lua_Integer n = api->luaL_len(L, 1);
    api->lua_createtable(L, 0, 0);
    for (lua_Integer i = 1; i <= n; i++) {
        api->lua_pushvalue(L, 2);
        api->lua_geti(L, 1, i);
        api->lua_pushinteger(L, i);
        api->lua_callk(L, 2, 1, 0, NULL);
        api->lua_rawseti(L, 3, i);
    }
    return 1;
}

int ow_lua_list_list(lua_State *L)
{
    /* As a view, since an empty table is an empty object in JSON. */
    static const cJSON empty = {.type = cJSON_Array};
    struct ow_lua *lua = ow_lua_of(L);
    const struct ow_lua_api *api = &lua->api;
    bool is_empty = api->lua_type(L, 1) <= LUA_TNIL;

    if (is_tree(api, L, 1)) {
        api->lua_settop(L, 1);
        is_empty = api->luaL_len(L, 1) == 0;
    }
    if (is_empty)
        return ow_lua_push_json(lua, &empty);
    api->lua_settop(L, 1);
    return 1;
}
