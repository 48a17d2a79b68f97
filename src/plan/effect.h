/*
 * effect: what is done to other resources, and sent, because of what happens to
 * one: "make", "change", "remove" and "after" of a type, of an action, of a
 * step. Read by rule/resource_effects.c into struct ow_effects
 * (resource_type.h).
 */
#ifndef OW_PLAN_EFFECT_H
#define OW_PLAN_EFFECT_H

#include "plan/resource_run.h"

/*
 * Does them all, in the order of rules: makes, changes, removals, then what is
 * to be sent. They belong to the context's deed, which is undone by who began
 * it. self (NULL: the list of them) is the cause, name what happened to it:
 * "create", "cancel", "timeline". 0 or a negative errno with a sentence.
 */
int ow_effects_apply(const struct ow_effects *effects,
                     const struct ow_resource_type *type,
                     struct ow_resource *self, const char *name,
                     const struct ow_answer_context *context,
                     struct ow_err *err);
/* Whether there are none. */
bool ow_effects_are_none(const struct ow_effects *effects);

#endif
