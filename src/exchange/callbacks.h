/*
 * callbacks: what an exchange sends later: "after" of the rule that answers.
 * Rendered with the answer, so that all data are those of this hit; handed to
 * the host when the exchange ends.
 */
#ifndef OW_EXCHANGE_CALLBACKS_H
#define OW_EXCHANGE_CALLBACKS_H

#include "exchange/exchange.h"

/* Renders what the rule sends later, when its part of the answer is planned: a
 * resource that the answer is about is still at hand. As ow_answer_plan. */
int ow_callbacks_add(struct ow_exchange *x, const struct ow_rule *rule,
                     const struct ow_answer_context *context,
                     struct ow_err *err);
/* An answer that failed calls nobody back. */
void ow_callbacks_drop(struct ow_exchange *x);
/* Gives them out; forgets them. */
void ow_callbacks_hand_over(struct ow_exchange *x);

#endif
