/*
 * path_prefix: the literal beginning of a path pattern, so that the index can
 * put "~^/v1/files/[a-z]+$" below /v1/files.
 */
#ifndef OW_RULE_PATH_PREFIX_H
#define OW_RULE_PATH_PREFIX_H

#include "base/arena.h"

/*
 * The whole segments with which every path that the pattern is found in
 * begins, without the slashes at either end ("v1/files"); absent if there are
 * none. 0 or -ENOMEM.
 */
int ow_path_prefix(struct ow_str pattern, struct ow_arena *arena,
                   struct ow_str *ret);

#endif
