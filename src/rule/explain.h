/*
 * explain: which rule answers a request, and what kept the others from it.
 * Serves `offwire explain` and the answer to a request that no rule fits.
 */
#ifndef OW_RULE_EXPLAIN_H
#define OW_RULE_EXPLAIN_H

#include "rule/table.h"

struct ow_near_miss {
    const struct ow_rule *rule;
    int score;            /* how much of it fitted: higher is nearer */
    bool is_close;        /* host and path fit: it is about this request */
    struct ow_str reason; /* the first thing that differed: "method is GET,
                             the rule wants POST"; in the request's arena */
};

/*
 * The max nearest rules that do not fit, nearest first, into ret; returns how
 * many, or -ENOMEM.
 */
int ow_explain(const struct ow_table *table, struct ow_request *request,
               struct ow_states *states, struct ow_near_miss *ret, int max);

/*
 * What a rule that answers a request has beside its answer, a line each: when
 * it has its turn, how often it answers, over which network, what it sends.
 */
void ow_explain_terms(const struct ow_table *table, const struct ow_rule *rule,
                      const struct ow_request *request, struct ow_buf *out);

#endif
