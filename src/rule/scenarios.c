/*
 * scenarios: see scenarios.h. Read by table_build.c, asked by table_find.c and
 * explain.c.
 */
#include "config.h"

#include "rule/scenarios.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"

void ow_scenarios_release(struct ow_scenarios *scenarios)
{
    free(scenarios->names);
    *scenarios = (struct ow_scenarios){0};
}

static int grow(struct ow_scenarios *scenarios)
{
    size_t cap = scenarios->cap > 0 ? scenarios->cap * 2 : 8;

    if (scenarios->n + 1 < scenarios->cap)
        return 0;
    const char **names = reallocarray(scenarios->names, cap, sizeof *names);
    if (!names)
        return -ENOMEM;
    scenarios->names = names;
    scenarios->cap = cap;
    return 0;
}

/* The name's number, given to it if it is new. */
static int add(struct ow_scenarios *scenarios, struct ow_arena *arena,
               struct ow_str name, uint32_t *ret)
{
    for (uint32_t i = 0; i < scenarios->n; i++) {
        if (ow_str_equal(ow_str_from(scenarios->names[i]), name)) {
            *ret = i;
            return 0;
        }
    }
    struct ow_str copy = ow_arena_copy(arena, name);
    if (!copy.ptr || grow(scenarios) < 0)
        return -ENOMEM;
    *ret = (uint32_t)scenarios->n;
    scenarios->names[scenarios->n++] = copy.ptr;
    scenarios->names[scenarios->n] = NULL;
    return 0;
}

/* Names stand in a list of the command line: no commas, nothing to trim. */
static bool is_name(struct ow_str name)
{
    return name.len > 0 && ow_str_trim(name).len == name.len &&
           ow_str_find_byte(name, ',', 0) == name.len;
}

int ow_scenarios_parse(struct ow_scenarios *scenarios,
                       const struct ow_pattern_source *source,
                       const cJSON *node, struct ow_scenario_set *ret,
                       struct ow_err *err)
{
    const cJSON *item = cJSON_IsArray(node) ? node->child : node;
    size_t n = cJSON_IsArray(node) ? (size_t)cJSON_GetArraySize(node) : 1;

    if (!node)
        return 0;
    if (!item)
        return ow_jsonc_error(source->doc, node, err,
                              "an empty list: this would never answer");
    ret->items = ow_arena_zalloc(source->arena, n * sizeof *ret->items);
    if (!ret->items)
        return -ENOMEM;
    for (; ret->n < n; item = item->next) {
        struct ow_str name = ow_str_from(cJSON_GetStringValue(item));
        if (!is_name(name))
            return ow_jsonc_error(source->doc, item, err,
                                  "expected the name of a scenario, without "
                                  "commas and spaces at its ends");
        int r = add(scenarios, source->arena, name, &ret->items[ret->n++]);
        if (r < 0)
            return r;
    }
    return 0;
}

int ow_scenarios_note(struct ow_scenarios *scenarios, struct ow_arena *arena,
                      const cJSON *pattern)
{
    struct ow_str name = ow_str_from(cJSON_GetStringValue(pattern));
    const cJSON *part;
    uint32_t number;
    int r = 0;

    cJSON_ArrayForEach(part, pattern)
    {
        if (r == 0)
            r = ow_scenarios_note(scenarios, arena, part);
    }
    if (r < 0 || !is_name(name) || ow_str_starts(name, OW_STR("~")) ||
        ow_str_equal(name, OW_STR("present")) ||
        ow_str_equal(name, OW_STR("absent")))
        return r;
    return add(scenarios, arena, name, &number);
}

bool ow_scenario_set_is_on(const struct ow_scenario_set *set,
                           const struct ow_states *states)
{
    for (size_t i = 0; states && i < set->n; i++)
        if (ow_states_is_on(states, set->items[i]))
            return true;
    return false;
}

int ow_scenario_round_first(const struct ow_states *states)
{
    return states && states->n_on > 0 ? 0 : 1;
}

bool ow_scenario_set_in_round(const struct ow_scenario_set *set, int round,
                              const struct ow_states *states)
{
    if (set->n == 0)
        return round == 1;
    return round == 0 && ow_scenario_set_is_on(set, states);
}
