/*
 * lua_guard: functions of Lua's libraries that could work for very long in one
 * step, or that no two runs would see alike, made bounded or taken out. The
 * step count (lua.c) sees nothing of what happens inside a C function.
 */
#ifndef OW_PLAN_LUA_GUARD_H
#define OW_PLAN_LUA_GUARD_H

#include <lua.h>

/* Alters the library's table, which is on top of the stack. */
void ow_lua_guard_library(lua_State *L, const char *name);

#endif
