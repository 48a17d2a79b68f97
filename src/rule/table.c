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
#include "rule/match_method.h"
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

const struct ow_crowd *ow_table_crowd(const struct ow_table *table,
                                      const char *host, uint16_t port)
{
    return find_thing(&table->crowds, host, port);
}

bool ow_table_has_crowds(const struct ow_table *table)
{
    return table->crowds.n > 0;
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

void ow_table_set_replies(const struct ow_table *table,
                          struct ow_answer_context *context)
{
    context->find_reply = ow_replies_find;
    context->replies = &table->replies;
}

const struct ow_webhooks *ow_table_webhooks(const struct ow_table *table)
{
    return &table->webhooks;
}

size_t ow_table_count_replies(const struct ow_table *table)
{
    return table->replies.n;
}

bool ow_table_sets_curl(const struct ow_table *table)
{
    return table->sets_curl;
}

void ow_table_shape(const struct ow_table *table, struct ow_state_shape *ret)
{
    *ret = (struct ow_state_shape){.rules = table->n,
                                   .orders = table->orders,
                                   .vars = table->vars,
                                   .scenarios = table->scenarios.names};
}

const struct ow_resource_types *ow_table_types(const struct ow_table *table)
{
    return &table->types;
}

size_t ow_table_count(const struct ow_table *table)
{
    return table->n;
}

size_t ow_table_count_hosts(const struct ow_table *table)
{
    return ow_hosts_count(&table->hosts);
}

const struct ow_host_pattern *ow_table_host(const struct ow_table *table,
                                            size_t i)
{
    const struct ow_host_pattern *pattern = NULL;

    for (uint32_t group = 0; group < table->hosts.n_groups; group++)
        for (uint32_t n = 0;
             (pattern = ow_hosts_pattern(&table->hosts, group, n)); n++)
            if (i-- == 0)
                return pattern;
    return pattern;
}

size_t ow_table_count_resources(const struct ow_table *table,
                                size_t *ret_routes)
{
    *ret_routes = 0;
    for (size_t i = 0; i < table->n; i++)
        *ret_routes += table->rules[i].resource != NULL;
    return table->types.n;
}

const struct ow_rule *ow_table_rule(const struct ow_table *table, size_t i)
{
    return &table->rules[i];
}

size_t ow_rule_index(const struct ow_rule *rule)
{
    return rule->index;
}

uint64_t ow_rule_lot(const struct ow_rule *rule)
{
    return rule->lot;
}

const char *ow_rule_name(const struct ow_rule *rule)
{
    return rule->name;
}

const char *ow_rule_place(const struct ow_rule *rule)
{
    return rule->place;
}

const char *ow_rule_pack(const struct ow_rule *rule)
{
    return rule->pack;
}

int ow_rule_list_methods(const struct ow_rule *rule, struct ow_buf *out)
{
    const void *methods = rule->matchers[OW_MATCHER_method];
    struct ow_str method;
    int r = 0;

    for (size_t i = 0; methods && r == 0; i++) {
        method = ow_match_method_at(methods, i);
        if (!method.ptr)
            break;
        r = i > 0 ? ow_buf_append(out, ", ", 2) : 0;
        if (r == 0)
            r = ow_buf_append_str(out, method);
    }
    return r;
}

struct ow_str ow_rule_path(const struct ow_rule *rule)
{
    const void *path = rule->matchers[OW_MATCHER_path];

    return path ? ow_match_path_text(path) : OW_STR("");
}

bool ow_rule_is_in_scenario(const struct ow_rule *rule, size_t scenario)
{
    for (size_t i = 0; i < rule->scenarios.n; i++)
        if (rule->scenarios.items[i] == scenario)
            return true;
    return false;
}

const char *ow_rule_resource(const struct ow_rule *rule)
{
    return rule->resource;
}

const struct ow_scope *ow_rule_scope(const struct ow_rule *rule)
{
    return &rule->scope;
}

const struct ow_answers *ow_rule_answers(const struct ow_rule *rule)
{
    return rule->answers;
}

const struct ow_callbacks *ow_rule_callbacks(const struct ow_rule *rule)
{
    return rule->callbacks;
}

const struct ow_limit *ow_table_limit(const struct ow_table *table,
                                      const struct ow_rule *rule,
                                      const struct ow_request *request)
{
    if (rule->limit || table->limits.n == 0)
        return rule->limit;
    return find_thing(&table->limits, request->host.ptr, request->port);
}

const struct ow_limit *ow_rule_own_limit(const struct ow_rule *rule)
{
    return rule->limit;
}

const struct ow_network *ow_rule_network(const struct ow_rule *rule)
{
    return rule->network;
}

const struct ow_setter *ow_rule_set(const struct ow_rule *rule)
{
    return rule->set;
}

bool ow_rule_met(const struct ow_rule *rule, const struct ow_states *states,
                 struct ow_err *ret_text)
{
    uint64_t count = ow_hits_get(&states->shared.hits, rule->index);
    uint64_t early = ow_states_early(states, rule->index);

    if (early > 0) {
        ow_err_set(ret_text, 0, "answered %llu time%s before \"%s\"%s had",
                   (unsigned long long)early, early == 1 ? "" : "s",
                   rule->order->before->name.ptr,
                   rule->order->n > 1 ? " and the others" : "");
        return false;
    }
    if (!rule->times_text ||
        (count >= rule->times.least && count <= rule->times.most))
        return true;
    ow_err_set(ret_text, 0, "asked for %s, seen %llu", rule->times_text,
               (unsigned long long)count);
    return false;
}

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
        if (!ow_scenario_set_in_round(&rule->scenarios, round, run->states))
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
         r == 0 && !ret_match->rule && round < OW_SCENARIO_ROUNDS; round++)
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
