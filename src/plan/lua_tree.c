/*
 * lua_tree: see lua_tree.h. Called by template_write.c and lua_say.c.
 */
#include "config.h"

#include "plan/lua_tree.h"

#include <errno.h>
#include <math.h>

#include "plan/lua_entries.h"
#include "plan/lua_value.h"
#include "plan/lua_view.h"

/* Tables in tables deeper than this are written, and read anew. */
#define DEPTH 8

static cJSON *read_written(struct ow_lua *lua, int index)
{
    size_t mark = lua->out.len;

    ow_lua_write_json(lua, index);
    struct ow_str all = ow_buf_peek(&lua->out);
    cJSON *node = cJSON_ParseWithLength(all.ptr + mark, all.len - mark);
    lua->out.len = mark;
    return node;
}

/* Whether it is the same in JSON, but for its quotes and escapes. */
static bool is_ascii(struct ow_str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (s.ptr[i] <= 0)
            return false;
    return true;
}

static cJSON *refer(const cJSON *tree)
{
    return cJSON_IsObject(tree) ? cJSON_CreateObjectReference(tree->child)
                                : cJSON_CreateArrayReference(tree->child);
}

/* Of all but small tables. NULL: memory is out. */
static cJSON *make_node(struct ow_lua *lua, int index)
{
    const struct ow_lua_api *api = &lua->api;
    lua_State *L = lua->state;
    const cJSON *tree;
    struct ow_str text;
    double number;

    switch (api->lua_type(L, index)) {
    case LUA_TSTRING:
        text.ptr = api->lua_tolstring(L, index, &text.len);
        if (is_ascii(text))
            return cJSON_CreateString(text.ptr);
        break;
    case LUA_TNUMBER:
        number = api->lua_tonumberx(L, index, NULL);
        if (isfinite(number))
            return cJSON_CreateNumber(number);
        break;
    case LUA_TBOOLEAN:
        return cJSON_CreateBool(api->lua_toboolean(L, index));
    case LUA_TUSERDATA:
        tree = ow_lua_view_tree(lua, index);
        if (cJSON_IsObject(tree) || cJSON_IsArray(tree))
            return refer(tree);
        break;
    default:
        break;
    }
    return read_written(lua, index);
}

/* Takes the node into the parent, which is the run's; NULL: it is the root. */
static void attach(struct ow_lua *lua, cJSON *parent, const char *key,
                   cJSON *take_node)
{
    bool is_in = false;

    if (take_node && !parent) {
        ow_lua_keep(lua, take_node);
        return;
    }
    if (take_node)
        is_in = key ? cJSON_AddItemToObject(parent, key, take_node)
                    : cJSON_AddItemToArray(parent, take_node);
    if (is_in)
        return;
    cJSON_Delete(take_node);
    ow_lua_check(lua, -ENOMEM);
}

static bool are_ascii(const struct ow_lua_entry *entries, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!is_ascii(entries[i].key))
            return false;
    return true;
}

static const cJSON *grow(struct ow_lua *lua, int index, cJSON *parent,
                         const char *key, int depth)
{
    const struct ow_lua_api *api = &lua->api;
    int top = api->lua_gettop(lua->state);
    struct ow_lua_entry entries[OW_LUA_FEW];
    size_t n = 0;

    bool is_small =
        api->lua_type(lua->state, index) == LUA_TTABLE && depth < DEPTH &&
        ow_lua_entries_spread(lua, index, entries, &n) && are_ascii(entries, n);
    bool is_list = is_small && n > 0 && !entries[0].key.ptr;
    cJSON *node = is_list    ? cJSON_CreateArray()
                  : is_small ? cJSON_CreateObject()
                             : make_node(lua, index);
    attach(lua, parent, key, node);
    for (size_t i = 0; is_small && i < n; i++)
        grow(lua, entries[i].index, node, entries[i].key.ptr, depth + 1);
    api->lua_settop(lua->state, top);
    return node;
}

const cJSON *ow_lua_tree(struct ow_lua *lua, int index)
{
    return grow(lua, index, NULL, NULL, 0);
}
