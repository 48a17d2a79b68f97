/*
 * lua_value: what an expression gives, as JSON or as text, at the end of struct
 * ow_lua's out. Within a run: what cannot be written is an error of Lua's.
 *
 *     number     its digits: whole ones without ".0" up to 2^53
 *     table      a list if it has elements 1, 2, ... and nothing else, else an
 *                object, its keys sorted: Lua's own order changes each run
 *     nil        null; in text nothing
 */
#ifndef OW_PLAN_LUA_VALUE_H
#define OW_PLAN_LUA_VALUE_H

#include <cjson/cJSON.h>

#include "plan/lua.h"

/* The value at that index, which is positive. */
void ow_lua_write_json(struct ow_lua *lua, int index);
/* Strings as they are, tables as JSON. */
void ow_lua_write_text(struct ow_lua *lua, int index);
/* Takes what out has behind mark away, and pushes it as a string. */
void ow_lua_push_written(struct ow_lua *lua, size_t mark);
/* A number of a request's JSON: whole ones are Lua's integers. */
void ow_lua_push_number(struct ow_lua *lua, double number);

/*
 * What the value of a node would be written as if Lua had it, at the end of
 * out: as JSON, and as text. NULL is nil. 0; -EDOM: a number that JSON does not
 * have; the errors of buf.h. Behind one there may be part of it in out.
 */
int ow_lua_write_node(struct ow_buf *out, const cJSON *node);
int ow_lua_write_said(struct ow_buf *out, const cJSON *node);

struct ow_jsonw;
/* A request's own JSON, written anew. */
void ow_lua_write_cjson(struct ow_jsonw *w, const cJSON *node);

#endif
