/*
 * lua_function: the functions of template_functions.def.
 */
#ifndef OW_PLAN_LUA_FUNCTION_H
#define OW_PLAN_LUA_FUNCTION_H

#include <lua.h>

/* Adds them to the table of names on top of the stack. */
void ow_lua_functions_open(lua_State *L);

#endif
