/*
 * limits: whether a request comes too often: "limit" of the rule that answers
 * it, or else of its host (rule/limit.h).
 */
#ifndef OW_EXCHANGE_LIMITS_H
#define OW_EXCHANGE_LIMITS_H

#include "exchange/exchange.h"
#include "rule/limit.h"

/*
 * Takes a token for this request. *ret_is_over: there was none. The context of
 * the rule whose limit it is then has "limit". 0; -ENOMEM; -EINVAL with a
 * sentence (the template of "by").
 */
int ow_limits_ask(struct ow_exchange *x, const struct ow_limit *limit,
                  struct ow_answer_context *context, bool *ret_is_over,
                  struct ow_err *err);
/* Plans what one too many gets, in x->context. 0 or as ow_answer_plan. */
int ow_limits_plan(struct ow_exchange *x, const struct ow_limit *limit,
                   struct ow_err *err);
/* Puts "headers" on the answer that is planned. 0; -ENOMEM; -EINVAL. */
int ow_limits_add_fields(struct ow_exchange *x, const struct ow_limit *limit,
                         const struct ow_answer_context *context,
                         struct ow_err *err);

#endif
