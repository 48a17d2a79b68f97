/*
 * table: the rules of a session, and what is known of them. See table.h. Made
 * by table_build.c and load.c; table_find.c looks rules up.
 */
#include "config.h"

#include "rule/table.h"

#include <stdio.h>

#include "rule/host_parse.h"
#include "rule/match_method.h"
#include "rule/match_path.h"
#include "rule/table_build.h"

bool ow_table_knows(const struct ow_table *table, const char *host,
                    uint16_t port)
{
    char normal[OW_LIMIT_NAME];

    if (ow_hosts_normal(ow_str_from(host), normal) < 0)
        return false;
    return ow_hosts_knows(&table->hosts, ow_str_from(normal), port);
}

static bool is_listed(struct ow_str list, bool is_below, struct ow_str name)
{
    while (list.ptr) {
        struct ow_str one = ow_str_cut(&list, ',');
        bool has_dot = one.len > 0 && *one.ptr == '.';
        if (has_dot == is_below &&
            ow_str_equal((struct ow_str){one.ptr + has_dot, one.len - has_dot},
                         name))
            return true;
    }
    return false;
}

/* Appends one pattern's name; false if there is no room. */
static bool list_pattern(const struct ow_host_pattern *pattern, char *list,
                         size_t *len, size_t size)
{
    const char *dot = pattern->kind == OW_HOST_BELOW ? "." : "";
    const char *comma = *len > 0 ? "," : "";

    if (pattern->kind == OW_HOST_ALL ||
        (pattern->port != 0 && ow_hosts_is_literal(pattern->name)) ||
        is_listed((struct ow_str){list, *len}, *dot, pattern->name))
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

struct ow_str ow_rule_full_name(const struct ow_rule *rule,
                                struct ow_arena *arena)
{
    return ow_arena_printf(arena, "%s/%s", rule->pack, rule->name);
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

bool ow_rule_takes_unmatched(const struct ow_rule *rule)
{
    return rule->takes_unmatched;
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
