/*
 * explain: which rule answers, and what kept the others from it. See explain.h.
 * Looks at every rule of the table: for requests that went wrong, not for those
 * that are answered.
 */
#include "config.h"

#include "rule/explain.h"

#include <errno.h>
#include <string.h>

#include "plan/callback.h"
#include "rule/host_parse.h"
#include "rule/limit.h"
#include "rule/match_method.h"
#include "rule/match_run.h"
#include "rule/table_build.h"

/* Of one reason. */
#define REASON_MAX 600

/*
 * What a rule scores for a request: a fitting host (that of the file and the
 * "host" of the rule) outweighs everything, a path that fits outweighs all
 * other matchers, and a fitting method comes next.
 */
#define SCORE_HOST   10000
#define SCORE_PATH   1000 /* one that is near, at most half of it */
#define SCORE_METHOD 200
#define SCORE_OTHER  20
#define SCORE_CLOSE  (2 * SCORE_HOST + SCORE_PATH)

struct explainer {
    const struct ow_table *table;
    struct ow_match_run run;
    struct ow_host_set set;
    struct ow_buf reason;
};

static int score_of(int kind)
{
    if (kind == OW_MATCHER_host)
        return SCORE_HOST;
    if (kind == OW_MATCHER_path)
        return SCORE_PATH;
    return kind == OW_MATCHER_method ? SCORE_METHOD : SCORE_OTHER;
}

static bool host_fits(const struct explainer *e, const struct ow_rule *rule)
{
    for (uint32_t i = 0; i < e->set.n; i++)
        if (ow_host_set_items(&e->set)[i] == rule->group)
            return true;
    return false;
}

static void explain_host(struct explainer *e, const struct ow_rule *rule)
{
    const struct ow_host_pattern *p;
    uint32_t n = 0;

    ow_buf_printf(&e->reason, "host is %.*s:%u, the rule wants ",
                  OW_STR_ARGS(e->run.host), e->run.port);
    while (n < 4 && (p = ow_hosts_pattern(&e->table->hosts, rule->group, n))) {
        ow_buf_printf(&e->reason, "%s%s%s", n > 0 ? " or " : "",
                      p->kind == OW_HOST_NAME    ? ""
                      : p->kind == OW_HOST_BELOW ? "*."
                                                 : "*",
                      p->name.ptr);
        if (p->port != 0)
            ow_buf_printf(&e->reason, ":%u", p->port);
        n++;
    }
    if (ow_hosts_pattern(&e->table->hosts, rule->group, n))
        ow_buf_printf(&e->reason, " or ...");
}

/* The first rule that has to have answered before and has not; or NULL. */
static const struct ow_order_before *missing(const struct explainer *e,
                                             const struct ow_rule *rule)
{
    const struct ow_client client = ow_rule_client(&e->run);

    if (!rule->order || rule->order->expect)
        return NULL;
    return ow_order_missing(rule->order, e->table, e->run.states, &client);
}

static bool is_off(const struct explainer *e, const struct ow_rule *rule)
{
    return rule->scenarios.n > 0 &&
           !ow_scenario_set_is_on(&rule->scenarios, e->run.states);
}

/* Fits a request in all it asks, and still does not answer it. */
static void explain_answer(struct explainer *e, const struct ow_rule *rule)
{
    uint64_t hit = ow_rule_hits(rule, &e->run);
    const struct ow_answer *answer = ow_answers_at(rule->answers, hit);
    const struct ow_order_before *before = missing(e, rule);

    if (is_off(e, rule))
        ow_buf_printf(&e->reason, "it fits, but its scenario \"%s\" is not on",
                      e->table->scenarios.names[rule->scenarios.items[0]]);
    else if (before)
        ow_buf_printf(&e->reason,
                      "it answers after the rule \"%s\", which has not "
                      "answered yet",
                      before->name.ptr);
    else if (!answer)
        ow_buf_printf(&e->reason,
                      "it is used up: \"repeat\" is \"once\" and it has "
                      "answered %llu times",
                      (unsigned long long)hit);
    else if (ow_answer_stage(answer) != OW_STAGE_REQUEST)
        ow_buf_printf(&e->reason, "its answer (%s) acts before the request%s",
                      ow_fault_name(ow_answer_fault(answer)),
                      ow_answer_stage(answer) == OW_STAGE_UPLOAD ? " is whole"
                                                                 : "");
    else if (rule->turn) {
        ow_buf_printf(&e->reason, "it fits, but ");
        ow_turn_describe(rule->turn, &e->reason);
    } else
        ow_buf_printf(&e->reason, "it fits, but an earlier rule answers");
}

/*
 * The score; *ret_fits tells whether all that the rule asks fits. The first
 * difference goes into the run's reason, if it has one.
 */
static int judge(struct explainer *e, const struct ow_rule *rule,
                 bool *ret_fits)
{
    bool fits = host_fits(e, rule);
    int score = fits ? SCORE_HOST : 0;

    ow_rule_enter(rule, &e->run);
    e->run.pattern.captures.n = 0;
    e->run.params.n = 0;
    if (!fits && e->run.pattern.reason)
        explain_host(e, rule);
    for (int kind = 0; kind < OW_MATCHER_COUNT; kind++) {
        const struct ow_matcher_ops *ops =
            ow_matcher_ops((enum ow_matcher_kind)kind);
        void *self = rule->matchers[kind];
        int r = self                        ? ops->match(self, &e->run)
                : kind == OW_MATCHER_method ? ow_match_method_unnamed(&e->run)
                                            : 1;
        if (r < 0)
            return r;
        /* Any host, any path and any method are fitting ones. */
        if (r == 1)
            score += self || kind <= OW_MATCHER_method ? score_of(kind) : 0;
        else if (ops->nearness)
            score += score_of(kind) * ops->nearness(self, &e->run) / 200;
        fits = fits && r == 1;
    }
    *ret_fits = fits;
    return score;
}

/* Puts a miss where its score belongs; the last falls out if there are max. */
static int place(struct ow_near_miss *misses, int n, int max,
                 struct ow_near_miss miss)
{
    int at = n;

    while (at > 0 && misses[at - 1].score < miss.score)
        at--;
    if (at >= max)
        return n;
    int kept = n < max ? n : max - 1;
    memmove(&misses[at + 1], &misses[at], (size_t)(kept - at) * sizeof *misses);
    misses[at] = miss;
    return kept + 1;
}

/* Whether a rule that fits also answers, now and always; *ret_is_next: it is
 * laid over the one that does. */
static bool answers(const struct explainer *e, const struct ow_rule *rule,
                    bool *ret_is_next)
{
    uint64_t hit = ow_rule_hits(rule, &e->run);
    const struct ow_answer *answer = ow_answers_at(rule->answers, hit);

    *ret_is_next = answer && ow_answer_is_next(answer);
    return answer && ow_answer_stage(answer) == OW_STAGE_REQUEST &&
           !rule->turn && !is_off(e, rule) && !missing(e, rule);
}

/* Whether it is for something that was meant: it answers, names a path, and is
 * no scenario's that takes all of an API. */
static bool is_about(const struct explainer *e, const struct ow_rule *rule)
{
    struct ow_str path = ow_rule_path(rule);

    return path.len > 0 && !ow_answers_have_next(rule->answers) &&
           (!is_off(e, rule) || !ow_str_ends(path, OW_STR("**")));
}

/* All rules but the one that answers, without their reasons; those of
 * scenarios that are on come first, as they do in a look-up. */
static int rank(struct explainer *e, struct ow_near_miss *ret, int max)
{
    bool answered = false, fits, is_next;
    size_t n_rules = e->table->n;
    int n = 0;

    for (size_t i = 0; i < OW_SCENARIO_ROUNDS * n_rules; i++) {
        const struct ow_rule *rule = &e->table->rules[i % n_rules];
        bool is_first =
            ow_scenario_set_in_round(&rule->scenarios, 0, e->run.states);
        /* One that takes what nobody does is near to nothing. */
        if (is_first != (i < n_rules) || rule->takes_unmatched)
            continue;
        int score = judge(e, rule, &fits);
        if (score < 0)
            return score;
        if (fits && !answered && answers(e, rule, &is_next)) {
            answered = !is_next;
            continue;
        }
        n = place(ret, n, max,
                  (struct ow_near_miss){
                      .rule = rule,
                      .score = score - (is_about(e, rule) ? 0 : SCORE_PATH),
                      .is_close = score >= SCORE_CLOSE});
    }
    return n;
}

static int give_reasons(struct explainer *e, struct ow_near_miss *misses, int n)
{
    struct ow_buf *reason = &e->reason;
    bool fits;

    e->run.pattern.reason = reason;
    for (int i = 0; i < n; i++) {
        ow_buf_clear(reason, SIZE_MAX);
        int r = judge(e, misses[i].rule, &fits);
        if (r < 0)
            return r;
        if (fits)
            explain_answer(e, misses[i].rule);
        misses[i].reason =
            ow_arena_copy(e->run.pattern.arena, ow_buf_peek(reason));
        if (!misses[i].reason.ptr)
            return -ENOMEM;
    }
    return n;
}

int ow_explain(const struct ow_table *table, struct ow_request *request,
               struct ow_states *states, struct ow_near_miss *ret, int max)
{
    struct explainer e = {.table = table};
    int n = ow_match_run_init(&e.run, table, request);

    e.run.states = states;
    ow_buf_init(&e.reason, REASON_MAX);
    if (n == 0)
        n = ow_hosts_find(&table->hosts, e.run.host, e.run.port, request->arena,
                          &e.set);
    if (n == 0)
        n = rank(&e, ret, max);
    if (n > 0)
        n = give_reasons(&e, ret, n);
    ow_buf_release(&e.reason);
    return n;
}

static void explain_network(const struct ow_network *network,
                            struct ow_buf *out)
{
    ow_buf_printf(out, "  over a slow network:");
    if (network->name)
        ow_buf_printf(out, " %s,", network->name);
    ow_buf_printf(out, " latency %gms", (double)network->latency_ns / 1e6);
    if (network->rate > 0)
        ow_buf_printf(out, ", %llu bytes a second",
                      (unsigned long long)network->rate);
    if (network->loss > 0)
        ow_buf_printf(out, ", %g%% lost", network->loss * 100);
    ow_buf_printf(out, "\n");
}

void ow_explain_terms(const struct ow_table *table, const struct ow_rule *rule,
                      const struct ow_request *request, struct ow_buf *out)
{
    const struct ow_limit *limit = ow_table_limit(table, rule, request);
    const struct ow_network *network =
        rule->network
            ? rule->network
            : ow_table_network(table, request->host.ptr, request->port);
    size_t later = ow_callbacks_count(rule->callbacks);

    if (rule->turn) {
        ow_buf_printf(out, "  not each time: ");
        ow_turn_describe(rule->turn, out);
        ow_buf_printf(out, "\n");
    }
    if (limit)
        ow_buf_printf(out, "  at most %llu in %gs, %llu at once\n",
                      (unsigned long long)limit->count,
                      (double)limit->period / 1e9,
                      (unsigned long long)limit->burst);
    if (network && !ow_network_is_none(network))
        explain_network(network, out);
    if (later > 0)
        ow_buf_printf(out, "  and calls back: %zu request%s\n", later,
                      later == 1 ? "" : "s");
}
