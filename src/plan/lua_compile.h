/*
 * lua_compile: expressions and functions of packs become chunks, which a struct
 * ow_lua keeps until it ends. The first one opens it.
 *
 *     ow_lua_be_late      the pack's functions and expressions may wait
 *     ow_lua_define       adds a function that expressions compiled next can
 * call ow_lua_compile      an expression: a number, by which a run finds it
 *     ow_lua_next_pack    ends the pack
 *
 * What is compiled sees the functions of its own pack alone, those that are
 * defined later as well.
 */
#ifndef OW_PLAN_LUA_COMPILE_H
#define OW_PLAN_LUA_COMPILE_H

#include "plan/lua.h"

/*
 * Compiles an expression; ret_chunk is its number in the registry, which equal
 * ones of a pack share: packs say a few things hundreds of times. 0; -EINVAL
 * with Lua's sentence; -ELIBACC with a sentence if there is no Lua; -ENOMEM.
 */
int ow_lua_compile(struct ow_lua *lua, struct ow_str expression, int *ret_chunk,
                   struct ow_err *err);
/*
 * The functions and expressions of the pack that begins are compiled when they
 * are first called, for packs that are known to be right: most programs call a
 * few of hundreds. An expression of which only the compiler can tell whether it
 * is whole does not wait.
 */
void ow_lua_be_late(struct ow_lua *lua);
/* This pack is at its end: what is compiled from here on is of another. */
void ow_lua_next_pack(struct ow_lua *lua);
/*
 * Compiles a function, "function(a, b) ... end", which the pack's expressions
 * and functions find under its name. 0; -EINVAL with a sentence, and *ret_line
 * the line of the text that it is about (0: of none); -ELIBACC; -ENOMEM.
 */
int ow_lua_define(struct ow_lua *lua, const char *name, struct ow_str text,
                  int *ret_line, struct ow_err *err);

#endif
