/*
 * later: keys of rule files that a later version brings (later.def).
 */
#ifndef OW_RULE_LATER_H
#define OW_RULE_LATER_H

#include <stdbool.h>

#include "base/jsonc.h"

enum ow_later {
    OW_LATER_FILE,
    OW_LATER_RULE,
    OW_LATER_WHEN,
};

bool ow_later_is(enum ow_later where, const char *key);
/* The placed sentence; returns -EINVAL. */
int ow_later_fail(const struct ow_jsonc *doc, const cJSON *node,
                  struct ow_err *err);

#endif
