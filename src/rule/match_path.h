/*
 * match_path: "path": "/v1/models", "/v1/files/{id}", "/static/" followed by
 * two stars, "~^/v\d+/", or an object of matchers. The index asks for the
 * literal segments that every path it fits begins with.
 */
#ifndef OW_RULE_MATCH_PATH_H
#define OW_RULE_MATCH_PATH_H

#include "rule/matcher.h"

/* What the index has to know of self (of ow_match_path_ops). */
struct ow_path_step {
    bool param;         /* any one segment */
    struct ow_str text; /* else this one, decoded */
};
/*
 * The n-th segment of the paths that fit; false behind the last. *ret_open
 * tells whether longer paths may fit too.
 */
bool ow_match_path_step(const void *self, size_t n, struct ow_path_step *ret,
                        bool *ret_open);
/* As the rule says it, "~" and all; absent if it is an object. */
struct ow_str ow_match_path_text(const void *self);
/* Whether every path that fits other fits self. */
bool ow_match_path_covers(const void *self, const void *other);

/* Splits a path at its slashes into segments, which are then decoded if it is
 * a raw one: an escaped slash stays within its own. 0 or -ENOMEM. */
int ow_match_path_split(struct ow_str path, bool decode, struct ow_arena *arena,
                        struct ow_str **ret_segments, size_t *ret_n);

#endif
