/*
 * callbacks: what an exchange sends later: "after" of the rule that answers.
 * Rendered with the answer, so that all data are those of this hit; handed to
 * the host when the exchange ends.
 */
#ifndef OW_EXCHANGE_CALLBACKS_H
#define OW_EXCHANGE_CALLBACKS_H

#include "exchange/exchange.h"

/* Plans the answer, as ow_answer_plan, and with it what is sent later: a
 * resource that the answer is about is still at hand. The same results. */
int ow_callbacks_plan(struct ow_exchange *x, struct ow_err *err);
/* An answer that failed calls nobody back. */
void ow_callbacks_drop(struct ow_exchange *x);
/* Gives them out; forgets them. */
void ow_callbacks_hand_over(struct ow_exchange *x);

#endif
