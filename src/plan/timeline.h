/*
 * timeline: what happens to a resource in time. For most of them nothing wakes
 * up: who looks at a resource first applies the steps that were due since, each
 * as of its own moment, so that what is seen is the same as if somebody had.
 *
 * A type is loud if others notice its steps: they make resources, change them,
 * or send something. Its steps are applied when they are due, in the order of
 * time of all resources (agenda.h), and looking at one applies nothing.
 */
#ifndef OW_PLAN_TIMELINE_H
#define OW_PLAN_TIMELINE_H

#include "plan/resource_type.h"
#include "state/resources.h"

/* When a loud one is woken that waits for a condition: at no time, but it is
 * asked whenever something has changed (ow_resources_woken). */
#define OW_TIMELINE_WAITS (INT64_MAX - 1)

/* Begins the timeline of that number, -1 for none, at this moment, and ends the
 * one before; nothing is applied yet. 0 or -ENOMEM with a sentence. */
int ow_timeline_begin(const struct ow_resource_type *type,
                      struct ow_resource *resource, int number, int64_t now_ns,
                      struct ow_err *err);
/*
 * Applies what is due on the context's clock, of a type that is not loud. 0;
 * -ENOMEM, -ENOSPC; -EINVAL with the sentence of the template that failed.
 */
int ow_timeline_settle(const struct ow_resource_type *type,
                       struct ow_resource *resource,
                       const struct ow_answer_context *context,
                       struct ow_err *err);
/* The same for any type, of a resource whose timeline has just begun: what it
 * does to others belongs to the context's deed. */
int ow_timeline_catch_up(const struct ow_resource_type *type,
                         struct ow_resource *resource,
                         const struct ow_answer_context *context,
                         struct ow_err *err);
/*
 * Applies the next step, if it is due, of a loud type, as part of the context's
 * deed. 1: it did; 0: it is not due, or waits for its condition.
 */
int ow_timeline_step(const struct ow_resource_type *type,
                     struct ow_resource *resource,
                     const struct ow_answer_context *context,
                     struct ow_err *err);
/* Leaves the next step out: it has failed. 0 or -ENOMEM with a sentence. */
int ow_timeline_skip(const struct ow_resource_type *type,
                     struct ow_resource *resource, struct ow_err *err);
/* The session time of its next step; INT64_MAX if there is none. */
int64_t ow_timeline_due(const struct ow_resource_type *type,
                        const struct ow_resource *resource);

#endif
