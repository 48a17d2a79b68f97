/*
 * match_run: sets up the look-up that matchers work in (struct ow_match_run).
 */
#ifndef OW_RULE_MATCH_RUN_H
#define OW_RULE_MATCH_RUN_H

#include "rule/matcher.h"
#include "rule/table.h"

/* 0 or -ENOMEM. */
int ow_match_run_init(struct ow_match_run *run, const struct ow_table *table,
                      struct ow_request *request);
/* Before there is a request. The asker's host is in normal form. */
void ow_match_run_init_early(struct ow_match_run *run,
                             const struct ow_table *table,
                             const struct ow_asker *asker,
                             struct ow_arena *arena);

#endif
