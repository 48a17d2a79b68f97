/*
 * shape: whether a JSON value has a shape that is told in few words, and what
 * of it has not; misfit() of templates, in offwire-rules(5).
 *
 *     { model!: string, n: integer, stop: string | [string], metadata: { *:
 * string } }
 *
 * A shape is "string", "integer", "number", "boolean", "object", "array" or
 * "any"; an object by its members, each of which may be missing or null unless
 * "!" stands behind its name, where "*" is all of them; or a list by what its
 * elements are. With "|" between them it is one of several. Members that a
 * shape does not name may be anything.
 */
#ifndef OW_PLAN_SHAPE_H
#define OW_PLAN_SHAPE_H

#include <cjson/cJSON.h>

#include "base/err.h"
#include "base/limits.h"
#include "base/str.h"

struct ow_misfit {
    char path[OW_LIMIT_SHAPE_PATH];     /* "tools[0].name"; cut off if longer */
    char expected[OW_LIMIT_SHAPE_PATH]; /* "string|array of objects" */
    const char *got; /* "boolean", "null", "nothing"; of static storage */
};

/*
 * 0 if the value (NULL: there is none) has the shape; 1 if not, with the first
 * place that is not as it has to be; -EINVAL with a sentence if the shape
 * cannot be read.
 */
int ow_shape_check(struct ow_str shape, const cJSON *value,
                   struct ow_misfit *ret_misfit, struct ow_err *err);

#endif
