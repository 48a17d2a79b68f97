/*
 * order: what has to have answered before a rule: "after_rule", the name of a
 * rule or a list of names, and "order", which says what becomes of a request
 * that comes too early.
 *
 *     "after_rule": "login"                      the rule does not fit before
 *     "after_rule": ["login", "list"], "order": "expect"
 *                  it answers, and the run fails: the order was another
 *
 * Of rules that share a name one is enough. Each is asked in the state of its
 * own scope, for the client whose request it is.
 */
#ifndef OW_RULE_ORDER_H
#define OW_RULE_ORDER_H

#include "base/buf.h"
#include "rule/pattern.h"
#include "state/state.h"

struct ow_table;

/* A rule that has to have answered: those of one name. */
struct ow_order_before {
    struct ow_str name;
    struct ow_str missing; /* the placed sentence, should there be no such */
    uint32_t *rules;       /* their numbers */
    size_t n;
};

struct ow_order {
    struct ow_order_before *before;
    size_t n;
    bool expect; /* it answers in any case */
};

/* "after_rule" and "order" (may be NULL) of a rule. 0, -EINVAL with a placed
 * sentence, -ENOMEM. */
int ow_order_parse(const struct ow_pattern_source *source, const cJSON *after,
                   const cJSON *order, struct ow_order **ret,
                   struct ow_err *err);
/* Finds the rules, when all of them are there. The same results. */
int ow_order_resolve(struct ow_order *order, struct ow_table *table,
                     struct ow_err *err);
/* The first that has not answered yet, or NULL. states may be NULL. */
const struct ow_order_before *ow_order_missing(const struct ow_order *order,
                                               const struct ow_table *table,
                                               const struct ow_states *states,
                                               const struct ow_client *client);

#endif
