/*
 * lua_env: what an expression sees: the names of template_functions.def, the
 * request (lua_view.h), and of Lua's own libraries what cannot reach files,
 * processes, other expressions or the host's time. Nothing that an expression
 * does is seen by another: names and libraries cannot be assigned to.
 */
#ifndef OW_PLAN_LUA_ENV_H
#define OW_PLAN_LUA_ENV_H

#include <lua.h>

/* Fills a fresh state; struct ow_lua's env is then what chunks get as _ENV. */
int ow_lua_env_open(lua_State *L);

#endif
