/*
 * shadow: rules that never answer, because an earlier one takes everything.
 * ow_table_find_shadow of table.h; see there.
 */
#include "config.h"

#include <errno.h>

#include "rule/match_method.h"
#include "rule/match_path.h"
#include "rule/table_build.h"

static bool acts_early(const struct ow_rule *rule)
{
    for (int stage = 0; stage < OW_STAGE_REQUEST; stage++)
        if (ow_answers_have_stage(rule->answers, (enum ow_stage)stage))
            return true;
    return false;
}

/* Asks for nothing but method and path, and answers each time. */
static bool takes_all(const struct ow_rule *rule)
{
    for (int kind = 0; kind < OW_MATCHER_COUNT; kind++)
        if (rule->matchers[kind] && kind != OW_MATCHER_path &&
            kind != OW_MATCHER_method)
            return false;
    return !acts_early(rule) && !ow_answers_have_next(rule->answers) &&
           !rule->turn && !rule->order && rule->scenarios.n == 0 &&
           !rule->takes_unmatched && ow_answers_at(rule->answers, UINT64_MAX);
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

static bool covers(const struct ow_rule *a, const struct ow_rule *b)
{
    const void *path = a->matchers[OW_MATCHER_path];
    const void *other = b->matchers[OW_MATCHER_path];

    /* What is in a scenario comes first while it is on. */
    if (a->group != b->group || !takes_all(a) || b->scenarios.n > 0)
        return false;
    if (path && (!other || !ow_match_path_covers(path, other)))
        return false;
    return methods_cover(a->matchers[OW_MATCHER_method],
                         b->matchers[OW_MATCHER_method]);
}

/*
 * The path of the rule as the index is asked for one: what covers a literal is
 * the same literal or a {param}; what covers a {param} is another, so that its
 * text is one which no literal has.
 */
static int path_segments(const void *path, struct ow_arena *arena,
                         struct ow_str **ret_segments, size_t *ret_n)
{
    struct ow_path_step step;
    bool open;
    size_t n = 0;

    while (path && ow_match_path_step(path, n, &step, &open))
        n++;
    struct ow_str *segments = ow_arena_alloc(arena, n * sizeof *segments);
    if (!segments)
        return -ENOMEM;
    for (size_t i = 0; i < n; i++) {
        ow_match_path_step(path, i, &step, &open);
        segments[i] = step.param ? OW_STR("{}") : step.text;
    }
    *ret_segments = segments;
    *ret_n = n;
    return 0;
}

static const struct ow_rule *search(const struct ow_table *table,
                                    const struct ow_rule *rule,
                                    struct ow_arena *arena)
{
    const void *methods = rule->matchers[OW_MATCHER_method];
    struct ow_candidates candidates;
    struct ow_str method = {NULL, 0};
    struct ow_str *segments;
    uint32_t number;
    size_t n;

    if (methods)
        method = ow_match_method_at(methods, 0);
    if (path_segments(rule->matchers[OW_MATCHER_path], arena, &segments, &n) <
        0)
        return NULL;
    ow_candidates_init(&candidates, &table->index, arena, segments, n);
    if (ow_candidates_collect(&candidates, rule->group, method) < 0)
        return NULL;
    while (ow_candidates_next(&candidates, &number) && number < rule->index)
        if (covers(&table->rules[number], rule))
            return &table->rules[number];
    return NULL;
}

const struct ow_rule *ow_table_find_shadow(const struct ow_table *table,
                                           const struct ow_rule *rule)
{
    struct ow_arena arena;

    /* A rule before a resource's route is there to refine it. */
    if (acts_early(rule) || rule->resource)
        return NULL;
    ow_arena_init(&arena);
    const struct ow_rule *shadow = search(table, rule, &arena);
    ow_arena_release(&arena);
    return shadow;
}
