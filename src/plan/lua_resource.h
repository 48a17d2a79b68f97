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

struct ow_resource;
struct ow_resource_type;

/* Pushes the value of such a name, nil too; false: it is none of them. */
bool ow_lua_resource_name(struct ow_lua *lua, struct ow_str name);
/* The type that is named at that index, of the file of the rule first; an error
 * of Lua's if there is none. */
const struct ow_resource_type *ow_lua_resource_type(struct ow_lua *lua,
                                                    int index);
/* Pushes a resource; a list without any. */
bool ow_lua_resource_push(struct ow_lua *lua, struct ow_resource *resource);
bool ow_lua_resource_push_none(struct ow_lua *lua);
/* The one at that index; NULL: it is none. */
const struct ow_resource *ow_lua_resource_at(struct ow_lua *lua, int index);
/* find(type, id): as a lua_CFunction. */
int ow_lua_resource_find(lua_State *L);

#endif
