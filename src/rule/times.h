/*
 * times: how often a rule is expected to answer: 4, ">=4", "<=2", ">0", "<3",
 * "3..5".
 */
#ifndef OW_RULE_TIMES_H
#define OW_RULE_TIMES_H

#include "base/str.h"

struct ow_times {
    uint64_t least;
    uint64_t most;
};

/* 0 or -EINVAL. */
int ow_times_parse(struct ow_str text, struct ow_times *ret);

#endif
