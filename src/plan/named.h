/*
 * named: answers of a pack that have a name: where an answer can stand, their
 * name can, too.
 *
 *     "answers": { "no_key": { "status": 401, "json": {...} } }
 *     ...
 *     "then": "no_key"
 *
 * The name is looked up when rules are loaded, and the answer read in its
 * place, from the document in which it stands.
 */
#ifndef OW_PLAN_NAMED_H
#define OW_PLAN_NAMED_H

#include "plan/action.h"

struct ow_named_answer {
    const struct ow_jsonc *doc;
    const cJSON *node; /* its name is the node's */
    bool is_used;
};

struct ow_named_answers {
    struct ow_named_answer *items;
    size_t n;
};

void ow_named_release(struct ow_named_answers *named);
/* Adds those of a file ("answers"), which has to outlive the list. 0; -EINVAL
 * with a placed sentence; -ENOMEM. */
int ow_named_add(struct ow_named_answers *named, const struct ow_jsonc *doc,
                 struct ow_err *err);
/*
 * If in->then is a name, *in becomes about the answer of that name. 0; -EINVAL
 * with a placed sentence if there is none.
 */
int ow_named_resolve(struct ow_action_input *in);

#endif
