/*
 * resource_start: resources that are there from the beginning, "start" of a
 * type. They are made in each state when somebody first looks at its
 * resources, as of the moment at which the state began: the same as if they had
 * been made then.
 */
#ifndef OW_PLAN_RESOURCE_START_H
#define OW_PLAN_RESOURCE_START_H

#include "plan/resource_type.h"
#include "state/odds.h"

/*
 * Makes those of all types that the context's state does not have yet. odds may
 * be NULL: ids are drawn from the context's generator. 0 or a negative errno
 * with a sentence; what was made before it stays, and none is made twice.
 */
int ow_resource_start(const struct ow_resource_types *types,
                      const struct ow_odds *odds,
                      const struct ow_answer_context *context,
                      struct ow_err *err);

#endif
