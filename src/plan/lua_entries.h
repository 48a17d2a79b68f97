/*
 * lua_entries: what small tables have, as most are, in the order in which JSON
 * has it: found in one pass over them.
 *
 *     struct ow_lua_entry entries[OW_LUA_FEW];
 *     int top = lua_gettop(L);
 *     if (ow_lua_entries_spread(lua, index, entries, &n))
 *         for (i = 0; i < n; i++)
 *             ... entries[i].key, and on the stack entries[i].index
 *     lua_settop(L, top);
 */
#ifndef OW_PLAN_LUA_ENTRIES_H
#define OW_PLAN_LUA_ENTRIES_H

#include "plan/lua.h"

/* What has more takes memory to be sorted. */
#define OW_LUA_FEW 32

/* Of a list, which has 1, 2, ... in turn, without a key. */
struct ow_lua_entry {
    struct ow_str key;
    int index; /* of its value on the stack */
};

/*
 * Puts the table's keys and values on the stack, and what there is into
 * entries, which have room for OW_LUA_FEW, sorted by their keys. False: there
 * are more, or it may be a list whose elements Lua has in another order, or it
 * is neither a list nor an object; what stands on the stack is to be dropped.
 */
bool ow_lua_entries_spread(struct ow_lua *lua, int index,
                           struct ow_lua_entry *entries, size_t *ret_n);
/* Which comes first: as memcmp, by bytes. */
int ow_lua_entries_compare(struct ow_str x, struct ow_str y);

#endif
