/*
 * lua_text: functions of templates that read texts: base64, JSON, shapes; and
 * those that write the time as one.
 */
#ifndef OW_PLAN_LUA_TEXT_H
#define OW_PLAN_LUA_TEXT_H

#include "plan/lua.h"

/* unb64(text): the bytes, in either alphabet; nil if it is no base64. */
int ow_lua_text_unb64(lua_State *L);
/* unjson(text): its value, as a view; nil if it is no JSON. */
int ow_lua_text_unjson(lua_State *L);
/* misfit(value, shape): nil, or where the value has not the shape, what was
 * expected there, and what is there. */
int ow_lua_text_misfit(lua_State *L);
int ow_lua_text_only(lua_State *L);
/* iso(t): seconds since the epoch as "2026-01-02T03:04:05Z"; milliseconds, if
 * there are any. */
int ow_lua_text_iso(lua_State *L);
/* rfc2822(t): seconds since the epoch as "Fri, 02 Jan 2026 03:04:05 +0000". */
int ow_lua_text_rfc2822(lua_State *L);

#endif
