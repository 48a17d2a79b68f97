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

struct ow_shape;

/* Shapes that were read, by their text: packs ask for the same ones with each
 * request. All zero is none. */
struct ow_shapes {
    struct ow_shape *all[OW_LIMIT_SHAPES];
    size_t n;    /* how many there are */
    size_t next; /* whose place the next takes once there is no other */
};

struct ow_misfit {
    char path[OW_LIMIT_SHAPE_PATH];     /* "tools[0].name"; cut off if longer */
    char expected[OW_LIMIT_SHAPE_PATH]; /* "string|array of objects" */
    const char *got; /* "boolean", "null", "nothing"; of static storage */
};

/*
 * The shape of a text, which holds until the next one is asked for. 0; -EINVAL
 * with a sentence if it cannot be read; -ENOMEM.
 */
int ow_shapes_get(struct ow_shapes *shapes, struct ow_str text,
                  const struct ow_shape **ret, struct ow_err *err);
void ow_shapes_release(struct ow_shapes *shapes);

/* Whether the value (NULL: there is none) has the shape; if not, *ret_misfit is
 * the first place that is not as it has to be. */
bool ow_shape_fits(const struct ow_shape *shape, const cJSON *value,
                   struct ow_misfit *ret_misfit);

#endif
