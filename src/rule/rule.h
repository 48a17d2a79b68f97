/*
 * rule: one rule: what it asks ("when") and what it answers ("then"). Inside of
 * rule/; everybody else sees it through table.h.
 */
#ifndef OW_RULE_RULE_H
#define OW_RULE_RULE_H

#include "plan/answer.h"
#include "plan/setter.h"
#include "rule/matcher.h"
#include "rule/network.h"
#include "rule/order.h"
#include "rule/scenarios.h"
#include "rule/times.h"
#include "rule/turn.h"

struct ow_rule {
    size_t index;   /* in the table: the order that decides */
    uint64_t lot;   /* what it draws by; lot.h */
    uint32_t group; /* of hosts */
    const char *name;
    const char *pack;  /* whose it is: "openai" */
    const char *place; /* "my.json:12" */
    struct ow_answers *answers;
    /* By kind; self NULL: not asked for. */
    void *matchers[OW_MATCHER_COUNT];
    const char *times_text; /* NULL: not asked for */
    struct ow_times times;
    const struct ow_callbacks *callbacks; /* NULL: none */
    const struct ow_limit *limit;         /* NULL: that of the host */
    const struct ow_network *network;     /* NULL: that of the host */
    struct ow_turn *turn;                 /* NULL: always */
    struct ow_scope scope;                /* in: that of the file */
    struct ow_scenario_set scenarios;
    const struct ow_setter *set; /* NULL: it leaves no variables */
    struct ow_order *order;      /* NULL: it may come at any time */
    const char *resource; /* of a route: whose, and what it does; else NULL */
    bool keeps_more;      /* of the request's body than usual */
    bool takes_unmatched; /* it answers what no other rule does */
};

/*
 * Parses an element of "rules" into *rule, which is zeroed but for its group
 * and scope. "scenario" is left to table_build.c, which knows the names. What
 * it allocates lies in the source's arena, but for the answers: free them with
 * ow_answers_free, also when it fails. 0, -EINVAL with a placed sentence,
 * -ENOMEM.
 */
int ow_rule_parse(const struct ow_pattern_source *source, const cJSON *node,
                  struct ow_rule *rule, struct ow_err *err);

/* Who asks, for states. */
struct ow_client ow_rule_client(const struct ow_match_run *run);
/*
 * Reads answers with what the source has: those of "then", of a resource's
 * route (then may be NULL, and repeat is), or of what refuses a request. The
 * same results.
 */
int ow_rule_read_answers(const struct ow_pattern_source *source,
                         const cJSON *then, const cJSON *repeat,
                         const struct ow_resource_route *route,
                         struct ow_answers **ret, struct ow_err *err);

/* Makes the run look at this rule's state; ow_rule_match does it, too. */
void ow_rule_enter(const struct ow_rule *rule, struct ow_match_run *run);
/* The hits of that state to count in; NULL if there is none to be had. */
struct ow_hits *ow_rule_open(const struct ow_rule *rule,
                             const struct ow_match_run *run);
/* How often it has answered, in the state that the run looks at. */
uint64_t ow_rule_hits(const struct ow_rule *rule,
                      const struct ow_match_run *run);
/* Whether all that the rule asks fits. 1, 0 or -ENOMEM. */
int ow_rule_match(const struct ow_rule *rule, struct ow_match_run *run);
/* The same without what looks at the body, for when it is not there yet. */
int ow_rule_match_head(const struct ow_rule *rule, struct ow_match_run *run);
/* The same for what can be asked before there is a request. */
int ow_rule_match_early(const struct ow_rule *rule, struct ow_match_run *run);

#endif
