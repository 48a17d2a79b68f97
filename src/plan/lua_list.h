/*
 * lua_list: functions of templates that go through lists, which are tables or
 * views of JSON alike.
 *
 *     text(req.json.messages, "content", "text")
 *     where(req.json.tools, "type", "function")
 */
#ifndef OW_PLAN_LUA_LIST_H
#define OW_PLAN_LUA_LIST_H

#include "plan/lua.h"

/* pick{...}: one element, by the random numbers of the session. */
int ow_lua_list_pick(lua_State *L);
/* text(value, name, ...): the strings in a value as one: lists are followed,
 * and of what is no list the first member of those names ("text"); nil for
 * nil. */
int ow_lua_list_text(lua_State *L);
/* where(list, key, value): the elements that have the key, with that value if
 * one is given; nil if there are none. */
int ow_lua_list_where(lua_State *L);
/* map(list, f): a list of f(element, number from 1); nil for nil. */
int ow_lua_list_map(lua_State *L);
/* list(value): the value; for nil and an empty table or list what JSON has as
 * an empty list. */
int ow_lua_list_list(lua_State *L);

#endif
