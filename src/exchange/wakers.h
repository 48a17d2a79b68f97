/*
 * wakers: what resources do by themselves, for all states of a session: before
 * an answer looks at them, and when it is time although nobody looks.
 *
 *     due = ow_wakers_run(env);       // when due has come: again
 */
#ifndef OW_EXCHANGE_WAKERS_H
#define OW_EXCHANGE_WAKERS_H

#include "exchange/exchange.h"

/* Settles the state that the context looks at. 0, or a negative errno with a
 * sentence. Costs nothing where no rule has resources of that kind. */
int ow_wakers_settle(struct ow_serve_env *env, const struct ow_table *table,
                     const struct ow_answer_context *context,
                     struct ow_err *err);
/* When an answer has been planned: takes what it sends, and cancels what is not
 * wanted any more. */
void ow_wakers_take(struct ow_exchange *x, struct ow_deed *deed);
/* Settles all states; returns the session time at which to call again,
 * INT64_MAX for never. What fails is said. */
int64_t ow_wakers_run(struct ow_serve_env *env);
/* The session is over: what the steps to come would send is handed over, due at
 * its time, so that it can be told; a thousand steps at most, as timelines may
 * go on for ever. The states are of no use any more then. */
void ow_wakers_run_out(struct ow_serve_env *env);

#endif
