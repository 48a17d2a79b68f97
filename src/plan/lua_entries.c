/*
 * lua_entries: see lua_entries.h. Called by lua_value.c and lua_tree.c.
 */
#include "config.h"

#include "plan/lua_entries.h"

#include <string.h>

int ow_lua_entries_compare(struct ow_str x, struct ow_str y)
{
    size_t len = x.len < y.len ? x.len : y.len;
    int order = memcmp(x.ptr, y.ptr, len);

    return order != 0 ? order : (x.len > y.len) - (x.len < y.len);
}

/* Puts it where its key belongs among the n that are sorted already. */
static void insert(struct ow_lua_entry *entries, size_t n,
                   struct ow_lua_entry entry)
{
    while (n > 0 && ow_lua_entries_compare(entry.key, entries[n - 1].key) < 0) {
        entries[n] = entries[n - 1];
        n--;
    }
    entries[n] = entry;
}

bool ow_lua_entries_spread(struct ow_lua *lua, int index,
                           struct ow_lua_entry *entries, size_t *ret_n)
{
    const struct ow_lua_api *api = &lua->api;
    lua_State *L = lua->state;
    int top = api->lua_gettop(L);
    size_t n = 0;

    if (!api->lua_checkstack(L, 2 * OW_LUA_FEW + 4))
        return false;
    api->lua_pushnil(L);
    for (; api->lua_next(L, index); api->lua_pushvalue(L, -2)) {
        struct ow_lua_entry entry = {.index = top += 2};
        if (api->lua_type(L, top - 1) == LUA_TSTRING)
            entry.key.ptr = api->lua_tolstring(L, top - 1, &entry.key.len);
        else if (api->lua_tointegerx(L, top - 1, NULL) != (lua_Integer)n + 1)
            return false;
        if (n == OW_LUA_FEW || (n > 0 && !entry.key.ptr != !entries[0].key.ptr))
            return false;
        if (entry.key.ptr)
            insert(entries, n, entry);
        else
            entries[n] = entry;
        n++;
    }
    *ret_n = n;
    return true;
}
