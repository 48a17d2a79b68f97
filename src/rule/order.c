/*
 * order: see order.h. Read by rule.c, resolved by table_build.c, asked by
 * table_find.c.
 */
#include "config.h"

#include "rule/order.h"

#include <errno.h>
#include <stdlib.h>

#include "base/suggest.h"
#include "rule/table_build.h"

static int parse_before(const struct ow_pattern_source *source,
                        const cJSON *node, struct ow_order_before *ret,
                        struct ow_err *err)
{
    struct ow_str name = ow_str_from(cJSON_GetStringValue(node));
    struct ow_err missing;

    if (name.len == 0)
        return ow_jsonc_error(source->doc, node, err,
                              "expected the name of a rule");
    ow_jsonc_error(source->doc, node, &missing, "no rule is called \"%s\"",
                   name.ptr);
    ret->name = ow_arena_copy(source->arena, name);
    ret->missing = ow_arena_copy(source->arena, ow_str_from(missing.text));
    return ret->name.ptr && ret->missing.ptr ? 0 : -ENOMEM;
}

static int parse_order(const struct ow_pattern_source *source,
                       const cJSON *node, bool *ret_expect, struct ow_err *err)
{
    struct ow_str word = ow_str_from(cJSON_GetStringValue(node));

    *ret_expect = word.ptr && ow_str_equal(word, OW_STR("expect"));
    if (!node || *ret_expect ||
        (word.ptr && ow_str_equal(word, OW_STR("gate"))))
        return 0;
    return ow_jsonc_error(source->doc, node, err,
                          "expected \"gate\" (the rule does not fit before) "
                          "or \"expect\" (it fits, and the run fails)");
}

int ow_order_parse(const struct ow_pattern_source *source, const cJSON *after,
                   const cJSON *order, struct ow_order **ret,
                   struct ow_err *err)
{
    const cJSON *item = cJSON_IsArray(after) ? after->child : after;
    size_t n = cJSON_IsArray(after) ? (size_t)cJSON_GetArraySize(after) : 1;

    if (!after && !order)
        return 0;
    if (!after)
        return ow_jsonc_error(source->doc, order, err,
                              "\"order\" says what \"after_rule\" means, and "
                              "this rule has none");
    struct ow_order *made = ow_arena_zalloc(source->arena, sizeof *made);
    if (!made)
        return -ENOMEM;
    made->before = ow_arena_zalloc(source->arena, n * sizeof *made->before);
    if (!made->before)
        return -ENOMEM;
    int r = parse_order(source, order, &made->expect, err);
    for (; r == 0 && item && made->n < n; item = item->next)
        r = parse_before(source, item, &made->before[made->n++], err);
    *ret = made;
    return r;
}

/* By its name, or its pack's and its name: "openai/files.create". */
static bool is_called(const struct ow_rule *rule, struct ow_str name)
{
    struct ow_str own = ow_str_from(rule->name);

    return ow_str_equal(name, own) ||
           ow_str_is_joined(name, ow_str_from(rule->pack), '/', own);
}

static int find_rules(struct ow_order_before *before, struct ow_table *table)
{
    size_t n = 0;

    for (size_t i = 0; i < table->n; i++)
        n += is_called(&table->rules[i], before->name);
    before->rules = ow_arena_zalloc(&table->arena, n * sizeof *before->rules);
    if (!before->rules)
        return -ENOMEM;
    for (size_t i = 0; i < table->n; i++)
        if (is_called(&table->rules[i], before->name))
            before->rules[before->n++] = (uint32_t)i;
    return 0;
}

static int fail(const struct ow_order_before *before,
                const struct ow_table *table, struct ow_err *err)
{
    const char **names = calloc(table->n + 1, sizeof *names);

    if (!names)
        return -ENOMEM;
    for (size_t i = 0; i < table->n; i++)
        names[i] = table->rules[i].name;
    const char *near = ow_suggest(before->name, names);
    int r = ow_err_set(err, -EINVAL, "%s%s%s%s", before->missing.ptr,
                       near ? "; did you mean \"" : "", near ? near : "",
                       near ? "\"?" : "");
    free(names);
    return r;
}

int ow_order_resolve(struct ow_order *order, struct ow_table *table,
                     struct ow_err *err)
{
    for (size_t i = 0; i < order->n; i++) {
        int r = find_rules(&order->before[i], table);
        if (r == 0 && order->before[i].n == 0)
            r = fail(&order->before[i], table, err);
        if (r < 0)
            return r;
    }
    return 0;
}

static bool has_answered(const struct ow_order_before *before,
                         const struct ow_table *table,
                         const struct ow_states *states,
                         const struct ow_client *client)
{
    for (size_t i = 0; states && i < before->n; i++) {
        const struct ow_rule *rule = &table->rules[before->rules[i]];
        const struct ow_state *state =
            ow_states_find(states, &rule->scope, client);
        if (ow_hits_get(&state->hits, rule->index) > 0)
            return true;
    }
    return false;
}

const struct ow_order_before *ow_order_missing(const struct ow_order *order,
                                               const struct ow_table *table,
                                               const struct ow_states *states,
                                               const struct ow_client *client)
{
    for (size_t i = 0; i < order->n; i++)
        if (!has_answered(&order->before[i], table, states, client))
            return &order->before[i];
    return NULL;
}
