/*
 * lua_pattern: how long a search with a pattern of Lua's may take at worst. Its
 * matcher backtracks without a bound of its own.
 */
#ifndef OW_PLAN_LUA_PATTERN_H
#define OW_PLAN_LUA_PATTERN_H

#include "base/str.h"

/*
 * The most comparisons, in a rough estimate from above: the product of the
 * longest runs that the repeated items could share out in different ways, for
 * each place where a match may begin. Broken patterns cost something, too:
 * Lua says what is wrong with them.
 */
double ow_lua_pattern_cost(struct ow_str pattern, struct ow_str text);

#endif
