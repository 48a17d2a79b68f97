/*
 * table_build: rule files into a table. See table_build.h.
 */
#include "config.h"

#include "rule/table_build.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "plan/grammar.h"
#include "plan/lua.h"
#include "plan/lua_compile.h"
#include "plan/named.h"
#include "plan/template.h"
#include "rule/crowd.h"
#include "rule/functions.h"
#include "rule/limit.h"
#include "rule/lot.h"
#include "rule/match_method.h"
#include "rule/resource_parse.h"
#include "rule/scope.h"

struct ow_table *ow_table_new(void)
{
    struct ow_table *table = calloc(1, sizeof *table);

    if (!table)
        return NULL;
    table->lua = ow_lua_new();
    if (!table->lua) {
        free(table);
        return NULL;
    }
    table->lua->types = &table->types;
    ow_arena_init(&table->arena);
    /* Rules by the thousand: fewer, larger blocks. */
    table->arena.block = 64 * 1024;
    ow_regexes_init(&table->regexes, &table->arena);
    ow_hosts_init(&table->hosts);
    ow_index_init(&table->index);
    ow_perhost_init(&table->networks);
    ow_perhost_init(&table->crowds);
    ow_perhost_init(&table->limits);
    return table;
}

const struct ow_table *ow_table_ref(const struct ow_table *table)
{
    /* Who holds it may count, whatever else is const about it. */
    if (table)
        ((struct ow_table *)(uintptr_t)table)->refs++;
    return table;
}

void ow_table_unref(const struct ow_table *table)
{
    ow_table_free((struct ow_table *)(uintptr_t)table);
}

struct ow_table *ow_table_free(struct ow_table *table)
{
    if (!table)
        return NULL;
    if (table->refs > 0) {
        table->refs--;
        return NULL;
    }
    for (size_t i = 0; i < table->n; i++)
        ow_answers_free(table->rules[i].answers);
    for (struct ow_held_answers *held = table->held; held; held = held->next)
        ow_answers_free(held->answers);
    ow_lua_free(table->lua);
    cJSON_Delete(table->vars);
    ow_scenarios_release(&table->scenarios);
    ow_replies_release(&table->replies);
    for (int stage = 0; stage < OW_STAGE_REQUEST; stage++)
        free(table->early[stage]);
    free(table->rules);
    ow_index_release(&table->index);
    ow_hosts_release(&table->hosts);
    ow_perhost_release(&table->networks);
    ow_perhost_release(&table->crowds);
    ow_perhost_release(&table->limits);
    ow_limits_free(table->all_limits);
    ow_regexes_release(&table->regexes);
    ow_arena_release(&table->arena);
    free(table);
    return NULL;
}

/* Files that others wrote and a later version reads. */
static const char *foreign_format(const cJSON *root)
{
    if (cJSON_HasObjectItem(root, "mappings") ||
        (cJSON_HasObjectItem(root, "request") &&
         cJSON_HasObjectItem(root, "response")))
        return "WireMock stub mappings";
    if (cJSON_HasObjectItem(root, "log"))
        return "an HTTP archive (HAR)";
    if (cJSON_HasObjectItem(root, "openapi") ||
        cJSON_HasObjectItem(root, "swagger"))
        return "an OpenAPI document";
    return NULL;
}

static int refuse_talk(const struct ow_jsonc *doc, struct ow_err *err)
{
    return ow_jsonc_error(doc, ow_jsonc_root(doc), err,
                          "this is a conversation, which offwire webhook "
                          "sends, and no rule file");
}

static int check_version(const struct ow_jsonc *doc, struct ow_err *err)
{
    const cJSON *root = ow_jsonc_root(doc);
    const cJSON *version = cJSON_GetObjectItemCaseSensitive(root, "offwire");
    const char *foreign = foreign_format(root);

    if (!cJSON_IsObject(root))
        return ow_jsonc_error(doc, root, err,
                              "expected a rule file: { \"offwire\": 1, "
                              "\"hosts\": [...], \"rules\": [...] }");
    if (cJSON_HasObjectItem(root, "turns"))
        return refuse_talk(doc, err);
    if (!version && foreign)
        return ow_jsonc_error(doc, root, err,
                              "this looks like %s; reading it comes with a "
                              "later version",
                              foreign);
    if (!version)
        return ow_jsonc_error(doc, root, err,
                              "this rule file does not say \"offwire\": 1");
    if (!cJSON_IsNumber(version) || version->valuedouble != 1)
        return ow_jsonc_error(doc, version, err,
                              "expected 1: this version of Offwire reads "
                              "rule files of version 1");
    return 0;
}

static int check_keys(const struct ow_jsonc *doc, struct ow_err *err)
{
    const cJSON *key;

    cJSON_ArrayForEach(key, ow_jsonc_root(doc))
    {
        const char *const *known = ow_grammar_keys(OW_OBJECT_file);
        while (*known && strcmp(*known, key->string) != 0)
            known++;
        if (*known)
            continue;
        return ow_jsonc_unknown_key(doc, key, err,
                                    ow_grammar_keys(OW_OBJECT_file));
    }
    return 0;
}

struct ow_rule *ow_table_append(struct ow_table *table)
{
    if (table->n == table->cap) {
        size_t cap = table->cap > 0 ? table->cap * 2 : 32;
        struct ow_rule *rules = reallocarray(table->rules, cap, sizeof *rules);
        if (!rules)
            return NULL;
        table->rules = rules;
        table->cap = cap;
    }
    struct ow_rule *rule = &table->rules[table->n];
    *rule = (struct ow_rule){.index = table->n++, .pack = table->pack};
    return rule;
}

static int add_scenarios(struct ow_table *table,
                         const struct ow_pattern_source *source,
                         const cJSON *node, struct ow_rule *rule,
                         struct ow_err *err)
{
    const cJSON *when = cJSON_GetObjectItemCaseSensitive(node, "when");
    int r =
        ow_scenarios_parse(&table->scenarios, source,
                           cJSON_GetObjectItemCaseSensitive(node, "scenario"),
                           &rule->scenarios, err);

    return r < 0 ? r
                 : ow_scenarios_note(
                       &table->scenarios, &table->arena,
                       cJSON_GetObjectItemCaseSensitive(when, "scenario"));
}

static struct ow_pattern_source source_of(struct ow_table *table,
                                          const struct ow_jsonc *doc)
{
    return (struct ow_pattern_source){.doc = doc,
                                      .arena = &table->arena,
                                      .regexes = &table->regexes,
                                      .flavour = OW_PATTERN_TEXT,
                                      .lua = table->lua,
                                      .named = table->named,
                                      .limits = &table->all_limits};
}

static int add_replies(struct ow_table *table, const struct ow_jsonc *doc,
                       struct ow_err *err)
{
    const struct ow_pattern_source source = source_of(table, doc);
    const cJSON *list =
        cJSON_GetObjectItemCaseSensitive(ow_jsonc_root(doc), "replies");

    return list ? ow_replies_add(&table->replies, &source, list,
                                 &table->scenarios, err)
                : 0;
}

static int add_webhooks(struct ow_table *table, const struct ow_jsonc *doc,
                        struct ow_err *err)
{
    const struct ow_pattern_source source = source_of(table, doc);
    const cJSON *object =
        cJSON_GetObjectItemCaseSensitive(ow_jsonc_root(doc), "webhooks");

    return object ? ow_webhooks_add(&table->webhooks, &source, object, err) : 0;
}

static int add_rules(struct ow_table *table, const struct ow_jsonc *doc,
                     const cJSON *rules, uint32_t group, struct ow_err *err)
{
    const cJSON *whose =
        cJSON_GetObjectItemCaseSensitive(ow_jsonc_root(doc), "scope");
    const struct ow_pattern_source source = source_of(table, doc);
    struct ow_scope scope = {.kind = OW_SCOPE_SESSION};
    const cJSON *node;
    int r = whose ? ow_scope_parse(&source, whose, &scope, err) : 0;

    if (r < 0)
        return r;
    cJSON_ArrayForEach(node, rules)
    {
        struct ow_rule *rule = ow_table_append(table);
        if (!rule)
            return -ENOMEM;
        rule->group = group;
        rule->scope = scope;
        rule->lot = ow_lot_of_rule(ow_jsonc_root(doc), node);
        r = ow_rule_parse(&source, node, rule, err);
        if (r == 0)
            r = add_scenarios(table, &source, node, rule, err);
        if (r < 0)
            return r;
        table->is_slow = table->is_slow || rule->network;
    }
    return 0;
}

static int read_network(const struct ow_jsonc *doc, const cJSON *node,
                        bool takes_hosts, void *context, const void **ret,
                        struct ow_err *err)
{
    struct ow_table *table = context;
    const struct ow_network *network = NULL;
    int r =
        ow_network_parse(doc, node, takes_hosts, &table->arena, &network, err);

    if (r == 0)
        *ret = network;
    return r;
}

static int read_limit(const struct ow_jsonc *doc, const cJSON *node,
                      bool takes_hosts, void *context, const void **ret,
                      struct ow_err *err)
{
    struct ow_table *table = context;
    const struct ow_pattern_source source = source_of(table, doc);
    int r = ow_limit_parse(&source, node, takes_hosts, &table->all_limits, err);

    if (r == 0)
        *ret = table->all_limits;
    return r;
}

/* What a file says of its hosts. */
static int add_host_things(struct ow_table *table, const struct ow_jsonc *doc,
                           struct ow_err *err)
{
    int r = ow_perhost_add(&table->networks, doc, "network", read_network,
                           table, err);

    table->is_slow = table->is_slow || table->networks.n > 0;
    if (r == 0)
        r = ow_perhost_add(&table->crowds, doc, "connections", ow_crowd_read,
                           &table->arena, err);
    if (r == 0)
        r = ow_perhost_add(&table->limits, doc, "limit", read_limit, table,
                           err);
    return r;
}

/* First values; of two files that name a variable the first counts. */
static int add_vars(struct ow_table *table, const struct ow_jsonc *doc,
                    const cJSON *vars, struct ow_err *err)
{
    const cJSON *var;

    if (!vars)
        return 0;
    if (!cJSON_IsObject(vars))
        return ow_jsonc_error(doc, vars, err,
                              "expected an object of variables and their "
                              "first values");
    int r = ow_template_check(doc, vars, err);
    if (r == 0 && !table->vars) {
        table->vars = cJSON_CreateObject();
        r = table->vars ? 0 : -ENOMEM;
    }
    cJSON_ArrayForEach(var, vars)
    {
        if (r < 0 || cJSON_GetObjectItemCaseSensitive(table->vars, var->string))
            continue;
        cJSON *copy = cJSON_Duplicate(var, true);
        if (!copy || !cJSON_AddItemToObject(table->vars, var->string, copy)) {
            cJSON_Delete(copy);
            r = -ENOMEM;
        }
    }
    return r;
}

static int add_document(struct ow_table *table, const struct ow_jsonc *doc,
                        struct ow_err *err)
{
    const cJSON *root = ow_jsonc_root(doc);
    const cJSON *rules = cJSON_GetObjectItemCaseSensitive(root, "rules");
    const cJSON *hosts = cJSON_GetObjectItemCaseSensitive(root, "hosts");
    const cJSON *resources =
        cJSON_GetObjectItemCaseSensitive(root, "resources");
    uint32_t group = 0;
    int r = 0;

    if (rules && !cJSON_IsArray(rules))
        return ow_jsonc_error(doc, rules, err, "expected a list of rules");
    if (!hosts && ((rules && rules->child) || resources))
        return ow_jsonc_error(doc, root, err,
                              "this file has no \"hosts\": whose requests do "
                              "its rules answer?");
    if (hosts)
        r = ow_hosts_add(&table->hosts, doc, hosts, &group, err);
    if (r == 0)
        r = add_host_things(table, doc, err);
    if (r == 0)
        r = add_vars(table, doc, cJSON_GetObjectItemCaseSensitive(root, "vars"),
                     err);
    if (r == 0)
        r = add_replies(table, doc, err);
    if (r == 0)
        r = add_webhooks(table, doc, err);
    if (r == 0)
        r = add_rules(table, doc, rules, group, err);
    return r == 0 && resources
               ? ow_resource_parse(table, doc, resources, group, err)
               : r;
}

/* What the files of a pack have in common comes before their rules. */
static int begin_pack(struct ow_table *table, const struct ow_pack *pack,
                      struct ow_named_answers *named, struct ow_err *err)
{
    int r = 0;

    for (size_t i = 0; r == 0 && i < pack->n; i++) {
        r = check_version(pack->docs[i], err);
        if (r == 0)
            r = check_keys(pack->docs[i], err);
    }
    table->regexes.is_late = pack->is_shipped;
    if (pack->is_shipped)
        ow_lua_be_late(table->lua);
    for (size_t i = 0; r == 0 && i < pack->n; i++) {
        r = ow_functions_add(table->lua, pack->docs[i], err);
        if (r == 0)
            r = ow_named_add(named, pack->docs[i], err);
    }
    return r;
}

/* An answer that nobody names is read as well: mistakes in it are mistakes. */
static int check_unused(struct ow_table *table,
                        const struct ow_named_answers *named,
                        struct ow_err *err)
{
    int r = 0;

    for (size_t i = 0; r == 0 && i < named->n; i++) {
        struct ow_pattern_source source = source_of(table, named->items[i].doc);
        struct ow_answers *answers = NULL;
        source.takes_next = true;
        if (!named->items[i].is_used)
            r = ow_rule_read_answers(&source, named->items[i].node, NULL, NULL,
                                     &answers, err);
        ow_answers_free(answers);
    }
    return r;
}

int ow_table_add(struct ow_table *table, const struct ow_pack *pack,
                 struct ow_err *err)
{
    struct ow_named_answers named = {NULL, 0};
    int r = begin_pack(table, pack, &named, err);

    table->pack = ow_arena_copy(&table->arena, pack->name).ptr;
    if (r == 0 && !table->pack)
        r = -ENOMEM;
    table->named = &named;
    for (size_t i = 0; r == 0 && i < pack->n; i++)
        r = add_document(table, pack->docs[i], err);
    if (r == 0)
        r = check_unused(table, &named, err);
    table->named = NULL;
    ow_named_release(&named);
    ow_lua_next_pack(table->lua);
    return r == -ENOMEM ? ow_err_set(err, r, "out of memory") : r;
}

static int index_rule(struct ow_table *table, const struct ow_rule *rule)
{
    const void *path = rule->matchers[OW_MATCHER_path];
    const void *methods = rule->matchers[OW_MATCHER_method];
    struct ow_str method = {NULL, 0};
    size_t n = 0;
    int r;

    do {
        if (methods)
            method = ow_match_method_at(methods, n++);
        if (!method.ptr && n > 1)
            return 0;
        r = ow_index_add(&table->index, rule->group, method, path,
                         (uint32_t)rule->index);
    } while (r == 0 && method.ptr);
    return r;
}

static int list_early(struct ow_table *table, int stage)
{
    size_t n = 0;

    for (size_t i = 0; i < table->n; i++)
        n += ow_answers_have_stage(table->rules[i].answers,
                                   (enum ow_stage)stage);
    if (n == 0)
        return 0;
    uint32_t *list = calloc(n, sizeof *list);
    if (!list)
        return -ENOMEM;
    table->early[stage] = list;
    for (size_t i = 0; i < table->n; i++)
        if (ow_answers_have_stage(table->rules[i].answers,
                                  (enum ow_stage)stage))
            list[table->n_early[stage]++] = (uint32_t)i;
    return 0;
}

static int resolve_order(struct ow_table *table, struct ow_rule *rule,
                         struct ow_err *err)
{
    if (!rule->order)
        return 0;
    table->orders += rule->order->expect;
    return ow_order_resolve(rule->order, table, err);
}

int ow_table_finish(struct ow_table *table, struct ow_err *err)
{
    int r = ow_lots_part(table->rules, table->n);

    for (size_t i = 0; r == 0 && i < table->n; i++)
        r = resolve_order(table, &table->rules[i], err);
    for (size_t i = 0; r == 0 && i < table->n; i++)
        r = index_rule(table, &table->rules[i]);
    for (int stage = 0; r == 0 && stage < OW_STAGE_REQUEST; stage++)
        r = list_early(table, stage);
    for (size_t i = 0; i < table->n; i++) {
        struct ow_rule *rule = &table->rules[i];
        table->sets_curl |= ow_answers_set_curl(rule->answers);
        rule->keeps_more |= ow_answers_have_replies(rule->answers);
        table->types.keep_more |= rule->keeps_more;
    }
    return r;
}
