/*
 * lua_env: what an expression sees: the names of template_functions.def, the
 * request (lua_view.h), and of Lua's own libraries what cannot reach files,
 * processes, other expressions or the host's time. Nothing that an expression
 * does is seen by another: names and libraries cannot be assigned to.
 */
#ifndef OW_PLAN_LUA_ENV_H
#define OW_PLAN_LUA_ENV_H

#include <lua.h>
#include <stdbool.h>

#include "base/str.h"

struct ow_lua;

/* Fills a fresh state; struct ow_lua's names are then what all packs have. */
int ow_lua_env_open(lua_State *L);
/* Makes what the chunks of a pack get as _ENV: struct ow_lua's env, with its
 * functions. */
void ow_lua_env_pack(lua_State *L);
/* Pushes the value of a name that stands for something else in each run: 1; 0
 * if that is nil, which is not pushed; -1: there is no such name here, but
 * there may be of a resource or of what answered. */
int ow_lua_env_push(struct ow_lua *lua, struct ow_str name);
/* Whether the names, which stand on top, have this one at any time. */
bool ow_lua_env_has(lua_State *L, const char *name);

#endif
