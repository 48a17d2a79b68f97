/*
 * lua_tree: what an expression gives as a tree, of which the parts that come
 * from a request are not copied: they are referred to. Within a run, as all
 * that has a struct ow_lua.
 */
#ifndef OW_PLAN_LUA_TREE_H
#define OW_PLAN_LUA_TREE_H

#include <cjson/cJSON.h>

#include "plan/lua.h"

/* The value at that index, which is positive, as ow_lua_write_json would write
 * it. The tree is the run's, and ends with it. */
const cJSON *ow_lua_tree(struct ow_lua *lua, int index);

#endif
