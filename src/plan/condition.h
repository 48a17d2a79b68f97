/*
 * condition: what has to be so for a step of a timeline, an action or a
 * deletion: fields of the resource and what they have to be, or an expression.
 *
 *     { "status": ["succeeded", "failed"] }      "{{ self.n > 3 }}"
 *
 * The patterns are rule/'s, which fills in how to test them.
 */
#ifndef OW_PLAN_CONDITION_H
#define OW_PLAN_CONDITION_H

#include "plan/template.h"

struct ow_resource;

/* 1: fits, 0: does not, -ENOMEM. */
typedef int (*ow_condition_test_fn)(const void *pattern, const cJSON *value,
                                    struct ow_arena *arena);

struct ow_condition {
    const void *pattern; /* NULL: it is the expression */
    ow_condition_test_fn test;
    struct ow_template expression; /* as JSON: false and null are no */
};

/* 1: it is so, 0: it is not; -ENOMEM; -EINVAL with a sentence. The arena is
 * that of the context's request. */
int ow_condition_test(const struct ow_condition *condition,
                      struct ow_resource *self,
                      const struct ow_answer_context *context,
                      struct ow_err *err);

#endif
