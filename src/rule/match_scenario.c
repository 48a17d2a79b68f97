/*
 * match_scenario: "scenario": "api_errors": which scenarios are switched on.
 */
#include "config.h"

#include <errno.h>

#include "rule/matcher.h"

/* The names of those that are on, as a list. */
static int get_value(struct ow_match_run *run, struct ow_subject *ret)
{
    const struct ow_states *states = run->states;
    size_t n_on = states ? states->n_on : 0, n = 0;

    *ret = ow_subject_text((struct ow_str){NULL, 0});
    if (n_on == 0)
        return 0;
    struct ow_subject *items =
        ow_arena_alloc(run->pattern.arena, n_on * sizeof *items);
    if (!items)
        return -ENOMEM;
    for (size_t i = 0; i < states->n_scenarios && n < n_on; i++)
        if (ow_states_is_on(states, i))
            items[n++] =
                ow_subject_text(ow_str_from(states->shape.scenarios[i]));
    *ret = (struct ow_subject){.kind = OW_SUBJECT_LIST, .items = items, .n = n};
    return 0;
}

static int match(const void *self, struct ow_match_run *run)
{
    struct ow_subject value;
    int r = get_value(run, &value);

    return r < 0 ? r : ow_matcher_test(self, "scenario", &value, run);
}

const struct ow_matcher_ops ow_match_scenario_ops = {ow_matcher_parse_pattern,
                                                     match, NULL};
