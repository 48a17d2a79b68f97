/*
 * functions: "functions" of a rule file: Lua functions that the templates of
 * its pack call by their names.
 *
 *     "functions": {
 *       "problem": "function(code, text) return {code = code, text = text}
 * end", "usage": [ "function(n)", "  return { total = n }", "end" ] }
 *
 * A list of strings is the lines of one function. Whatever the order of files
 * and of functions, each sees all of its pack.
 */
#ifndef OW_RULE_FUNCTIONS_H
#define OW_RULE_FUNCTIONS_H

#include "base/jsonc.h"

struct ow_lua;

/* Defines those of a file in the pack that lua is at. 0; -EINVAL with a placed
 * sentence; -ELIBACC; -ENOMEM. */
int ow_functions_add(struct ow_lua *lua, const struct ow_jsonc *doc,
                     struct ow_err *err);

#endif
