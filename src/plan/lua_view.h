/*
 * lua_view: what expressions see of a request: values that look like tables
 * and are none. Nothing is copied into Lua but what is asked for, and nothing
 * of a view can be changed.
 *
 *     req           method, url, path, host, body, and views of the rest
 *     req.query     req.headers (whatever their case), req.cookies, req.form:
 *                   the first value of that name
 *     req.files     by the field's name: filename, type, size, content
 *     req.json      objects and lists below it are views, too
 *     p, m          path parameters, captures
 *     program       name, pid, argv (a list), env
 *     vars          empty
 */
#ifndef OW_PLAN_LUA_VIEW_H
#define OW_PLAN_LUA_VIEW_H

#include "plan/lua.h"

struct ow_jsonw;

/* Adds the views to the table of names on top of the stack. */
void ow_lua_views_open(lua_State *L);
/* The view at that index as JSON; an error of Lua's if it is none. */
void ow_lua_view_write(struct ow_lua *lua, int index, struct ow_jsonw *w);

#endif
