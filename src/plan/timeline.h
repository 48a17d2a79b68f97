/*
 * timeline: what happens to a resource in time. Nothing wakes up for it: who
 * looks at a resource first applies the steps that were due since, each as of
 * its own moment, so that what is seen is the same as if somebody had.
 */
#ifndef OW_PLAN_TIMELINE_H
#define OW_PLAN_TIMELINE_H

#include "plan/resource_type.h"
#include "state/resources.h"

/* Begins the timeline of that number, -1 for none, at this moment; nothing is
 * applied yet. */
void ow_timeline_begin(const struct ow_resource_type *type,
                       struct ow_resource *resource, int number,
                       int64_t now_ns);
/*
 * Applies what is due on the context's clock. 0; -ENOMEM, -ENOSPC; -EINVAL with
 * the sentence of the template that failed.
 */
int ow_timeline_settle(const struct ow_resource_type *type,
                       struct ow_resource *resource,
                       const struct ow_answer_context *context,
                       struct ow_err *err);
/* The session time of its next step; INT64_MAX if there is none. */
int64_t ow_timeline_due(const struct ow_resource_type *type,
                        const struct ow_resource *resource);

#endif
