/*
 * refusal: the answers that are Offwire's own and no rule's: no rule fits, the
 * bytes are no request, a plan could not be made. Each is a plan like any
 * other, with a JSON body in the shape that the SDKs of HTTP APIs show:
 * {"error": {"message": ..., "type": ...}}.
 */
#ifndef OW_EXCHANGE_REFUSAL_H
#define OW_EXCHANGE_REFUSAL_H

#include "plan/plan.h"
#include "rule/explain.h"

/* How many rules a refusal names. */
#define OW_REFUSAL_NEAREST 3

/*
 * "no rule answers GET https://...; nearest: "models" (my.json:12): method is
 * GET, the rule wants POST": for stderr, the journal and the answer. In the
 * request's arena; absent when memory is out.
 */
struct ow_str ow_refusal_sentence(const struct ow_request *request,
                                  const struct ow_near_miss *misses, int n);

/* 404, Offwire-Unmatched: 1, told not to be retried. 0 or -ENOMEM. */
int ow_refusal_unmatched(struct ow_plan *plan, struct ow_str sentence,
                         const struct ow_near_miss *misses, int n);
/* Offwire-Unmatched: 1 on the answer that a rule gives to such a request. The
 * same results. */
int ow_refusal_mark_unmatched(struct ow_plan *plan);
/* The status given; sentence is what is wrong with the bytes. */
int ow_refusal_bad_request(struct ow_plan *plan, int status,
                           struct ow_str sentence);
/* 500, Offwire-Error: the sentence. */
int ow_refusal_failed(struct ow_plan *plan, struct ow_str sentence);

#endif
