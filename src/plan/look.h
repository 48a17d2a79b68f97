/*
 * look: an expression that does nothing but look at members of JSON that
 * templates have by name, as most of them do. It is found without Lua.
 *
 *     look  = term { "or" term }
 *     term  = path | "not" path | path ("==" | "~=") text | text
 *     path  = "reply.usage.input", "item", "req.json.model", ...
 *     text  = 'in quotes', without escapes
 *
 * What Lua would make of it is the same. Where it would be an error, or where
 * a member of no object is asked for, there is nothing to be found here, and
 * Lua has to say what comes of it.
 *
 *     ow_look_read(text, arena, &look)        once; NULL: it is no such one
 *     ow_look_find(look, context, &node)      at each hit
 */
#ifndef OW_PLAN_LOOK_H
#define OW_PLAN_LOOK_H

#include <cjson/cJSON.h>

#include "base/arena.h"

struct ow_answer_context;
struct ow_look;

/* *ret becomes NULL for what is another expression, and lies in the arena. The
 * text is an expression that Lua has compiled. 0 or -ENOMEM. */
int ow_look_read(struct ow_str text, struct ow_arena *arena,
                 const struct ow_look **ret);
/* What is there now: *ret is NULL for nil. False: Lua has to be asked. */
bool ow_look_find(const struct ow_look *look,
                  const struct ow_answer_context *context, const cJSON **ret);

#endif
