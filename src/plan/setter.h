/*
 * setter: "set" of a rule: the variables that an answer leaves behind. Values
 * are JSON with templates; a string that is one expression keeps its type, and
 * null takes a variable away. All values are made before the first is written,
 * so that they see the variables as the answer saw them.
 *
 *     "set": { "logged_in": true, "count": "{{ (vars.count or 0) + 1 }}" }
 */
#ifndef OW_PLAN_SETTER_H
#define OW_PLAN_SETTER_H

#include "plan/action.h"

struct ow_setter;

/* Lies in the arena of in. 0, -EINVAL with a placed sentence, -ENOMEM. */
int ow_setter_parse(const struct ow_action_input *in, const cJSON *node,
                    const struct ow_setter **ret);
/*
 * Writes the variables of context->state. 0; -EINVAL with a sentence: an
 * expression failed, a value is over OW_LIMIT_VAR; -ENOMEM.
 */
int ow_setter_apply(const struct ow_setter *setter,
                    const struct ow_answer_context *context,
                    struct ow_err *err);
/* The same with *values, an object of JSON that the caller frees; NULL: there
 * is none yet. */
int ow_setter_keep(const struct ow_setter *setter,
                   const struct ow_answer_context *context, cJSON **values,
                   struct ow_err *err);

#endif
