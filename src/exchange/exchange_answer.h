/*
 * exchange_answer: what an exchange is answered with. Each function writes the
 * plan, tells the journal, stderr and libcurl's caller what is to be told, and
 * leaves the playing to exchange.c. An answer that cannot be made is no error
 * here: the client gets a 500 that says why, and so does the journal.
 *
 * All return 0 or -ENOMEM: there is no plan then.
 */
#ifndef OW_EXCHANGE_EXCHANGE_ANSWER_H
#define OW_EXCHANGE_EXCHANGE_ANSWER_H

#include "exchange/exchange.h"

/*
 * The way of x->match, which has a rule: the limit of a rule over it, then its
 * own or its host's; it counts its hit; its answer, the callbacks that come of
 * it, its "set", and what is laid over it. One request too many has the limit's
 * answer instead, and the rule counts no hit.
 */
int ow_exchange_answer_by_rule(struct ow_exchange *x);
/* No rule fits: the refusal, with the rules that come nearest. */
int ow_exchange_answer_unmatched(struct ow_exchange *x);
/* The session itself is asked: no rule, no record. */
int ow_exchange_answer_control(struct ow_exchange *x);
/* Drops what was planned: another answer is written in its place. */
void ow_exchange_plan_again(struct ow_exchange *x);

#endif
