/*
 * table: the rules of a session. See table.h. Here: look-ups, as each request
 * asks for them. Made by table_build.c and load.c.
 */
#include "config.h"

#include "rule/table.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "rule/host_parse.h"
#include "rule/match_path.h"
#include "rule/match_run.h"
#include "rule/table_build.h"

bool ow_table_knows(const struct ow_table *table, const char *host,
                    uint16_t port)
{
    char normal[OW_LIMIT_NAME];

    if (ow_hosts_normal(ow_str_from(host), normal) < 0)
        return false;
    return ow_hosts_knows(&table->hosts, ow_str_from(normal), port);
}

/* Appends one pattern's name; false if there is no room. */
static bool list_pattern(const struct ow_host_pattern *pattern, char *list,
                         size_t *len, size_t size)
{
    const char *dot = pattern->kind == OW_HOST_BELOW ? "." : "";
    const char *comma = *len > 0 ? "," : "";

    if (pattern->kind == OW_HOST_ALL ||
        (pattern->port != 0 && ow_hosts_is_literal(pattern->name)))
        return true;
    if (*len + pattern->name.len + 3 > size)
        return false;
    int n = snprintf(list + *len, size - *len, "%s%s%.*s", comma, dot,
                     OW_STR_ARGS(pattern->name));
    *len += n > 0 ? (size_t)n : 0;
    return true;
}

void ow_table_list_hosts(const struct ow_table *table, char *ret_list,
                         size_t size)
{
    const struct ow_host_pattern *pattern;
    size_t len = 0;

    ret_list[0] = '\0';
    for (uint32_t group = 0; group < table->hosts.n_groups; group++)
        for (uint32_t i = 0;
             (pattern = ow_hosts_pattern(&table->hosts, group, i)); i++)
            if (!list_pattern(pattern, ret_list, &len, size))
                return;
}

bool ow_table_has_literals(const struct ow_table *table)
{
    return table->hosts.has_literals;
}

/* What a thing of hosts says of this one. */
static const void *find_thing(const struct ow_perhost *things, const char *host,
                              uint16_t port)
{
    char normal[OW_LIMIT_NAME];

    if (things->n == 0 || ow_hosts_normal(ow_str_from(host), normal) < 0)
        return NULL;
    return ow_perhost_find(things, ow_str_from(normal), port);
}

const struct ow_network *ow_table_network(const struct ow_table *table,
                                          const char *host, uint16_t port)
{
    return find_thing(&table->networks, host, port);
}

bool ow_table_is_slow(const struct ow_table *table)
{
    return table->is_slow;
}

bool ow_table_has_stage(const struct ow_table *table, enum ow_stage stage)
{
    if (stage == OW_STAGE_REQUEST)
        return table->n > 0;
    return table->n_early[stage] > 0;
}

void ow_table_shape(const struct ow_table *table, struct ow_state_shape *ret)
{
    *ret = (struct ow_state_shape){.rules = table->n};
}

size_t ow_table_count(const struct ow_table *table)
{
    return table->n;
}

size_t ow_table_count_hosts(const struct ow_table *table)
{
    return ow_hosts_count(&table->hosts);
}

const struct ow_rule *ow_table_rule(const struct ow_table *table, size_t i)
{
    return &table->rules[i];
}

size_t ow_rule_index(const struct ow_rule *rule)
{
    return rule->index;
}

const char *ow_rule_name(const struct ow_rule *rule)
{
    return rule->name;
}

const char *ow_rule_place(const struct ow_rule *rule)
{
    return rule->place;
}

const struct ow_scope *ow_rule_scope(const struct ow_rule *rule)
{
    return &rule->scope;
}

const struct ow_answers *ow_rule_answers(const struct ow_rule *rule)
{
    return rule->answers;
}

const struct ow_network *ow_rule_network(const struct ow_rule *rule)
{
    return rule->network;
}

bool ow_rule_times_met(const struct ow_rule *rule, uint64_t count,
                       struct ow_err *ret_text)
{
    if (!rule->times_text ||
        (count >= rule->times.least && count <= rule->times.most))
        return true;
    ow_err_set(ret_text, 0, "asked for %s, seen %llu", rule->times_text,
               (unsigned long long)count);
    return false;
}

/* The answer of this hit if it acts at this stage and it is its turn. */
static const struct ow_answer *choose(const struct ow_rule *rule,
                                      enum ow_stage stage,
                                      struct ow_match_run *run,
                                      const struct ow_odds *odds)
{
    const struct ow_answer *answer =
        ow_answers_at(rule->answers, ow_rule_hits(rule, run));

    if (!answer || ow_answer_stage(answer) != stage)
        return NULL;
    if (rule->turn && odds &&
        !ow_turn_has_come(rule->turn, rule->index, ow_rule_open(rule, run),
                          odds))
        return NULL;
    return answer;
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

static int find(const struct ow_table *table, struct ow_request *request,
                enum ow_stage stage, struct ow_states *states,
                const struct ow_odds *odds, struct ow_match *ret_match)
{
    struct ow_match_run run;
    struct ow_candidates candidates;
    uint32_t number;
    int r = ow_match_run_init(&run, table, request);

    run.states = states;
    *ret_match = (struct ow_match){0};
    if (r == 0)
        r = collect(table, &run, &candidates);
    while (r == 0 && ow_candidates_next(&candidates, &number)) {
        const struct ow_rule *rule = &table->rules[number];
        r = ow_rule_match(rule, &run);
        if (r <= 0)
            continue;
        r = 0;
        const struct ow_answer *answer = choose(rule, stage, &run, odds);
        if (!answer)
            continue;
        r = keep_captures(&run);
        if (r < 0)
            break;
        *ret_match =
            (struct ow_match){rule, answer, run.params, run.pattern.captures};
        break;
    }
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

static bool has_group(const struct ow_host_set *set, uint32_t group)
{
    for (uint32_t i = 0; i < set->n; i++)
        if (ow_host_set_items(set)[i] == group)
            return true;
    return false;
}

static void find_early(const struct ow_table *table, enum ow_stage stage,
                       struct ow_match_run *run, const struct ow_odds *odds,
                       struct ow_match *ret_match)
{
    struct ow_host_set set;

    if (ow_hosts_find(&table->hosts, run->host, run->port, run->pattern.arena,
                      &set) < 0)
        return;
    for (size_t i = 0; i < table->n_early[stage]; i++) {
        const struct ow_rule *rule = &table->rules[table->early[stage][i]];
        if (!has_group(&set, rule->group) ||
            ow_rule_match_early(rule, run) != 1)
            continue;
        const struct ow_answer *answer = choose(rule, stage, run, odds);
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
    char normal[OW_LIMIT_NAME];
    struct ow_arena arena; /* touched by patterns alone */
    struct ow_match_run run;

    *ret_match = (struct ow_match){0};
    if (table->n_early[stage] == 0 ||
        ow_hosts_normal(ow_str_from(asker->host), normal) < 0)
        return;
    ow_arena_init(&arena);
    ow_match_run_init_early(&run, table, asker, &arena);
    run.host = ow_str_from(normal);
    run.states = states;
    find_early(table, stage, &run, odds, ret_match);
    ow_arena_release(&arena);
}
