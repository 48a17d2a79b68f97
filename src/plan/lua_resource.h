/*
 * lua_resource: resources as expressions see them.
 *
 *     self             the resource that the request is about: members of its
 *                      JSON, and id and n, which it has whatever its JSON says
 *     items            those on the page of a list; more, first, last, total
 *     page             size, number, start, stop, uri, first, next, previous
 *                      and token of that page
 *     find(type, id)   any resource, or nil
 */
#ifndef OW_PLAN_LUA_RESOURCE_H
#define OW_PLAN_LUA_RESOURCE_H

#include "plan/lua.h"

/* Pushes the value of such a name, nil too; false: it is none of them. */
bool ow_lua_resource_name(struct ow_lua *lua, struct ow_str name);
/* find(type, id): as a lua_CFunction. */
int ow_lua_resource_find(lua_State *L);

#endif
