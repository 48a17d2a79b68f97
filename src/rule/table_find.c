/*
 * table_find: look-ups, as each request asks for them. See table.h.
 */
#include "config.h"

#include "rule/table.h"

#include <errno.h>
#include <string.h>

#include "rule/match_path.h"
#include "rule/match_run.h"
#include "rule/table_build.h"

/* Whether the rule may come now; counts what comes against its order. */
static bool is_in_order(const struct ow_table *table,
                        const struct ow_rule *rule,
                        const struct ow_match_run *run)
{
    const struct ow_client client = ow_rule_client(run);

    if (!rule->order ||
        !ow_order_missing(rule->order, table, run->states, &client))
        return true;
    if (rule->order->expect && run->states)
        ow_states_add_early(run->states, rule->index);
    return rule->order->expect;
}

/* The answer of this hit if it acts at this stage and it is its turn. */
static const struct ow_answer *choose(const struct ow_table *table,
                                      const struct ow_rule *rule,
                                      enum ow_stage stage,
                                      struct ow_match_run *run,
                                      const struct ow_odds *odds)
{
    const struct ow_answer *answer =
        ow_answers_at(rule->answers, ow_rule_hits(rule, run));

    if (!answer || ow_answer_stage(answer) != stage)
        return NULL;
    if (rule->turn && odds &&
        !ow_turn_has_come(rule->turn, rule->index, rule->lot,
                          ow_rule_open(rule, run), odds))
        return NULL;
    return is_in_order(table, rule, run) ? answer : NULL;
}

/* Captures point into what was searched, which may go before the arena does. */
static int keep_captures(struct ow_match_run *run)
{
    for (size_t i = 0; i < run->pattern.captures.n; i++) {
        struct ow_field *capture = &run->pattern.captures.items[i];
        capture->value = ow_arena_copy(run->pattern.arena, capture->value);
        if (!capture->value.ptr)
            return -ENOMEM;
    }
    return 0;
}

/*
 * An escaped slash does not end a segment, but patterns look at the decoded
 * path, where it is like any other: the index is then asked in both ways.
 */
static int collect_decoded(struct ow_match_run *run,
                           const struct ow_host_set *set,
                           struct ow_candidates *candidates)
{
    struct ow_arena *arena = run->pattern.arena;
    struct ow_str *segments;
    size_t n;
    int r =
        ow_match_path_split(run->request->path, false, arena, &segments, &n);

    if (r < 0 || n == run->n_segments)
        return r;
    candidates->segments = segments;
    candidates->n_segments = n;
    for (uint32_t i = 0; r == 0 && i < set->n; i++)
        r = ow_candidates_collect(candidates, ow_host_set_items(set)[i],
                                  run->request->method);
    return r;
}

static int collect(const struct ow_table *table, struct ow_match_run *run,
                   struct ow_candidates *candidates)
{
    struct ow_host_set set;
    int r = ow_hosts_find(&table->hosts, run->host, run->port,
                          run->pattern.arena, &set);

    ow_candidates_init(candidates, &table->index, run->pattern.arena,
                       run->segments, run->n_segments);
    for (uint32_t i = 0; r == 0 && i < set.n; i++)
        r = ow_candidates_collect(candidates, ow_host_set_items(&set)[i],
                                  run->request->method);
    const struct ow_str raw = run->request->raw_path;
    if (r == 0 && ow_str_find_byte(raw, '%', 0) < raw.len)
        r = collect_decoded(run, &set, candidates);
    return r;
}

/* What is looked for. */
struct look_up {
    const struct ow_table *table;
    enum ow_stage stage;
    const struct ow_odds *odds;
    const struct ow_match *over; /* rules that say "next", so far */
};

static int copy_fields(struct ow_fields *fields, struct ow_arena *arena)
{
    size_t size = fields->n * sizeof *fields->items;
    struct ow_field *items = ow_arena_alloc(arena, size > 0 ? size : 1);

    if (!items)
        return -ENOMEM;
    if (size > 0)
        memcpy(items, fields->items, size);
    *fields = (struct ow_fields){items, fields->n, fields->n};
    return 0;
}

/* Keeps the match, whose lists the next look at a rule would write to. */
static int lay_over(struct look_up *l, const struct ow_match *match,
                    struct ow_arena *arena)
{
    struct ow_match *own = ow_arena_alloc(arena, sizeof *own);

    if (!own)
        return -ENOMEM;
    *own = *match;
    int r = copy_fields(&own->params, arena);
    if (r == 0)
        r = copy_fields(&own->captures, arena);
    if (r == 0)
        l->over = own;
    return r;
}

/* Behind the rounds of scenarios: rules for what no other one answers. */
#define ROUND_UNMATCHED OW_SCENARIO_ROUNDS

static bool is_in_round(const struct ow_rule *rule, int round,
                        const struct ow_states *states)
{
    const struct ow_scenario_set *set = &rule->scenarios;

    if (!rule->takes_unmatched)
        return ow_scenario_set_in_round(set, round, states);
    return round == ROUND_UNMATCHED &&
           (set->n == 0 || ow_scenario_set_is_on(set, states));
}

/* The first rule of a round that fits and has its turn. */
static int find_in_round(struct look_up *l, int round, struct ow_match_run *run,
                         struct ow_match *ret_match)
{
    const struct ow_table *table = l->table;
    struct ow_candidates candidates;
    uint32_t number;
    int r = collect(table, run, &candidates);

    while (r == 0 && ow_candidates_next(&candidates, &number)) {
        const struct ow_rule *rule = &table->rules[number];
        if (!is_in_round(rule, round, run->states))
            continue;
        /* Rules that ask about the body wait until it is there. */
        if (l->stage != OW_STAGE_REQUEST &&
            !ow_answers_have_stage(rule->answers, l->stage))
            continue;
        r = ow_rule_match(rule, run);
        if (r <= 0)
            continue;
        r = 0;
        const struct ow_answer *answer =
            choose(table, rule, l->stage, run, l->odds);
        if (!answer)
            continue;
        r = keep_captures(run);
        const struct ow_match match = {rule, answer, run->params,
                                       run->pattern.captures, l->over};
        if (r == 0 && ow_answer_is_next(answer)) {
            r = lay_over(l, &match, run->pattern.arena);
            continue;
        }
        if (r == 0)
            *ret_match = match;
        break;
    }
    return r;
}

static int find(const struct ow_table *table, struct ow_request *request,
                enum ow_stage stage, struct ow_states *states,
                const struct ow_odds *odds, struct ow_match *ret_match)
{
    struct ow_match_run run;
    int r = ow_match_run_init(&run, table, request);

    run.states = states;
    *ret_match = (struct ow_match){0};
    struct look_up l = {table, stage, odds, NULL};
    for (int round = ow_scenario_round_first(states);
         r == 0 && !ret_match->rule && round <= ROUND_UNMATCHED; round++)
        r = find_in_round(&l, round, &run, ret_match);
    return r;
}

int ow_table_find(const struct ow_table *table, struct ow_request *request,
                  struct ow_states *states, const struct ow_odds *odds,
                  struct ow_match *ret_match)
{
    return find(table, request, OW_STAGE_REQUEST, states, odds, ret_match);
}

int ow_table_find_upload(const struct ow_table *table,
                         struct ow_request *request, struct ow_states *states,
                         const struct ow_odds *odds, struct ow_match *ret_match)
{
    return find(table, request, OW_STAGE_UPLOAD, states, odds, ret_match);
}

size_t ow_table_keeps(const struct ow_table *table, struct ow_request *request)
{
    struct ow_candidates candidates;
    struct ow_match_run run;
    uint32_t number;

    if (!table->types.keep_more ||
        ow_match_run_init(&run, table, request) < 0 ||
        collect(table, &run, &candidates) < 0)
        return 0;
    while (ow_candidates_next(&candidates, &number)) {
        const struct ow_rule *rule = &table->rules[number];
        if (rule->keeps_more && ow_rule_match_head(rule, &run) == 1)
            return OW_LIMIT_UPLOAD_KEPT;
    }
    return 0;
}

static bool has_group(const struct ow_host_set *set, uint32_t group)
{
    for (uint32_t i = 0; i < set->n; i++)
        if (ow_host_set_items(set)[i] == group)
            return true;
    return false;
}

/* A look-up before there is a request. */
struct early {
    const struct ow_table *table;
    enum ow_stage stage;
    const struct ow_odds *odds;
    struct ow_match_run run;
    struct ow_host_set set;
};

static void find_early(struct early *e, int round, struct ow_match *ret_match)
{
    const struct ow_table *table = e->table;

    for (size_t i = 0; i < table->n_early[e->stage]; i++) {
        const struct ow_rule *rule = &table->rules[table->early[e->stage][i]];
        if (!has_group(&e->set, rule->group) ||
            !ow_scenario_set_in_round(&rule->scenarios, round, e->run.states) ||
            ow_rule_match_early(rule, &e->run) != 1)
            continue;
        const struct ow_answer *answer =
            choose(table, rule, e->stage, &e->run, e->odds);
        if (!answer)
            continue;
        ret_match->rule = rule;
        ret_match->answer = answer;
        return;
    }
}

void ow_table_find_early(const struct ow_table *table, enum ow_stage stage,
                         const struct ow_asker *asker, struct ow_states *states,
                         const struct ow_odds *odds, struct ow_match *ret_match)
{
    struct early e = {.table = table, .stage = stage, .odds = odds};
    char normal[OW_LIMIT_NAME];
    struct ow_arena arena; /* touched by patterns alone */
    int round = ow_scenario_round_first(states);

    *ret_match = (struct ow_match){0};
    if (table->n_early[stage] == 0 ||
        ow_hosts_normal(ow_str_from(asker->host), normal) < 0)
        return;
    ow_arena_init(&arena);
    ow_match_run_init_early(&e.run, table, asker, &arena);
    e.run.host = ow_str_from(normal);
    e.run.states = states;
    if (ow_hosts_find(&table->hosts, e.run.host, e.run.port, &arena, &e.set) <
        0)
        round = OW_SCENARIO_ROUNDS;
    for (; !ret_match->rule && round < OW_SCENARIO_ROUNDS; round++)
        find_early(&e, round, ret_match);
    ow_arena_release(&arena);
}
