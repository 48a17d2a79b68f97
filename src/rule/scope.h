/*
 * scope: whose state a rule looks at: "scope" of a file or of a rule, which
 * counts more.
 *
 *     "scope": "session"                  all programs share it; so without it
 *     "scope": "program"                  each process has its own
 *     "scope": { "header": "x-test-id" }  each value of this header has
 */
#ifndef OW_RULE_SCOPE_H
#define OW_RULE_SCOPE_H

#include "rule/pattern.h"
#include "state/state.h"

/* 0, -EINVAL with a placed sentence, -ENOMEM. */
int ow_scope_parse(const struct ow_pattern_source *source, const cJSON *node,
                   struct ow_scope *ret, struct ow_err *err);

#endif
