/*
 * lua_gather: what expressions take of resources other than by their ids.
 *
 *     all(type, {member = value, ...})   those that have these members; a
 *                                        parameter of their path counts as one
 *     content(resource)                  the bytes that it hands out
 */
#ifndef OW_PLAN_LUA_GATHER_H
#define OW_PLAN_LUA_GATHER_H

#include <lua.h>

/* As lua_CFunctions. */
int ow_lua_gather_all(lua_State *L);
int ow_lua_gather_content(lua_State *L);

#endif
