/*
 * layers: rules that say "next": what they have is laid over the answer of the
 * rule that gives one. Each is a rule as any other: it counts its hits, has its
 * state, its captures, its limit, and leaves its variables.
 *
 *     over:  "slow"       delay, header        asked first, laid on last
 *            "retries"    limit                one too many: its own answer,
 *                                              and what is below does not count
 *     the rule that answers                    asked last, planned first
 */
#ifndef OW_EXCHANGE_LAYERS_H
#define OW_EXCHANGE_LAYERS_H

#include "exchange/exchange.h"

struct ow_layer {
    const struct ow_match *match;
    struct ow_answer_context context;
    struct ow_rand rand;
};

/* What a rule that fits is answered in; its state counts no hit yet. 0; -ENOMEM
 * or another errno with a sentence. */
int ow_layers_open(struct ow_exchange *x, const struct ow_match *match,
                   struct ow_rand *rand, struct ow_answer_context *context,
                   struct ow_err *err);
/* Counts the hit, which decides on what is random in the answer. */
void ow_layers_count(struct ow_exchange *x, const struct ow_match *match,
                     struct ow_answer_context *context);
/*
 * Asks the rules over the one that answers, the outermost first: each counts as
 * one that has answered. *ret_limit is the limit of one that is asked too
 * often; it is then x->match, in x->context, and only those over it are laid on
 * what the limit answers. NULL: the rule below may answer, in x->context. 0;
 * -ENOMEM; -EINVAL with a sentence about x->match.
 */
int ow_layers_begin(struct ow_exchange *x, const struct ow_limit **ret_limit,
                    struct ow_err *err);
/* Lays them over the plan. The same results. */
int ow_layers_plan(struct ow_exchange *x, struct ow_err *err);
/* What the host's own limit is for: no rule over the answer has one. */
bool ow_layers_have_limit(const struct ow_exchange *x);
/* Their names for the record, the outermost first, and behind them the names of
 * their packs; NULL when memory is out. */
const struct ow_str *ow_layers_names(struct ow_exchange *x);
/* The rule whose network the answer has: the outermost that has one. */
const struct ow_rule *ow_layers_slow_rule(const struct ow_exchange *x);

#endif
