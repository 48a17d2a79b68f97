/*
 * shadow: rules that never answer, because an earlier one takes everything.
 * ow_table_find_shadow of table.h; see there.
 */
#include "config.h"

#include "rule/match_method.h"
#include "rule/match_path.h"
#include "rule/table_build.h"

/* Asks for nothing but method and path, and answers each time. */
static bool takes_all(const struct ow_rule *rule)
{
    for (int kind = 0; kind < OW_MATCHER_COUNT; kind++)
        if (rule->matchers[kind] && kind != OW_MATCHER_path &&
            kind != OW_MATCHER_method)
            return false;
    for (int stage = 0; stage < OW_STAGE_REQUEST; stage++)
        if (ow_answers_have_stage(rule->answers, (enum ow_stage)stage))
            return false;
    return rule->chance >= 1 && ow_answers_at(rule->answers, UINT64_MAX);
}

static bool has_method(const void *methods, struct ow_str method)
{
    struct ow_str m;

    for (size_t i = 0; (m = ow_match_method_at(methods, i)).ptr; i++)
        if (ow_str_equal(m, method))
            return true;
    return false;
}

static bool methods_cover(const void *a, const void *b)
{
    struct ow_str method;

    if (!a)
        return true;
    if (!b || !ow_match_method_at(b, 0).ptr)
        return false;
    for (size_t i = 0; (method = ow_match_method_at(b, i)).ptr; i++)
        if (!has_method(a, method))
            return false;
    return true;
}

static bool acts_early(const struct ow_rule *rule)
{
    for (int stage = 0; stage < OW_STAGE_REQUEST; stage++)
        if (ow_answers_have_stage(rule->answers, (enum ow_stage)stage))
            return true;
    return false;
}

static bool covers(const struct ow_rule *a, const struct ow_rule *b)
{
    const void *path = a->matchers[OW_MATCHER_path];
    const void *other = b->matchers[OW_MATCHER_path];

    if (a->group != b->group || !takes_all(a))
        return false;
    if (path && (!other || !ow_match_path_covers(path, other)))
        return false;
    return methods_cover(a->matchers[OW_MATCHER_method],
                         b->matchers[OW_MATCHER_method]);
}

const struct ow_rule *ow_table_find_shadow(const struct ow_table *table,
                                           const struct ow_rule *rule)
{
    if (acts_early(rule))
        return NULL;
    for (size_t i = 0; i < rule->index; i++)
        if (covers(&table->rules[i], rule))
            return &table->rules[i];
    return NULL;
}
