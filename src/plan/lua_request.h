/*
 * lua_request: the request as templates see it, and the process that asks:
 * "req" and what lies below it but for JSON, "p", "m" and "program". What is in
 * them, lua_view.h tells.
 */
#ifndef OW_PLAN_LUA_REQUEST_H
#define OW_PLAN_LUA_REQUEST_H

#include "plan/lua_view.h"

extern const struct ow_lua_view_ops ow_lua_request_view;
extern const struct ow_lua_view_ops ow_lua_params_view;
extern const struct ow_lua_view_ops ow_lua_captures_view;
extern const struct ow_lua_view_ops ow_lua_program_view;

#endif
