/*
 * scenarios: named sets of rules that are switched on and off. A rule is in the
 * sets that its key "scenario" names, and answers only while one of them is on;
 * then it comes before all rules without. "when": {"scenario": ...} asks what
 * is on, and makes a name known as well.
 */
#ifndef OW_RULE_SCENARIOS_H
#define OW_RULE_SCENARIOS_H

#include "rule/pattern.h"
#include "state/state.h"

/* All names of a table, in the order in which files say them. */
struct ow_scenarios {
    const char **names; /* NULL-terminated; NULL while there is none */
    size_t n;
    size_t cap;
};

/* What a rule is in: numbers of names. */
struct ow_scenario_set {
    uint32_t *items;
    size_t n; /* 0: in none, it always answers */
};

void ow_scenarios_release(struct ow_scenarios *scenarios);
/*
 * "scenario" of a rule (a name or a list of them) into ret; node may be NULL.
 * Names lie in the source's arena. 0, -EINVAL placed, -ENOMEM.
 */
int ow_scenarios_parse(struct ow_scenarios *scenarios,
                       const struct ow_pattern_source *source,
                       const cJSON *node, struct ow_scenario_set *ret,
                       struct ow_err *err);
/* Makes the plain names in a pattern of "when" known. 0 or -ENOMEM. */
int ow_scenarios_note(struct ow_scenarios *scenarios, struct ow_arena *arena,
                      const cJSON *pattern);

/* Whether one of the set is on; states may be NULL. */
bool ow_scenario_set_is_on(const struct ow_scenario_set *set,
                           const struct ow_states *states);
/*
 * Rules are looked at in rounds: with any scenario on, first those that are in
 * one, then the others. From which round on, and whether a rule's set is in it.
 */
int ow_scenario_round_first(const struct ow_states *states);
bool ow_scenario_set_in_round(const struct ow_scenario_set *set, int round,
                              const struct ow_states *states);
#define OW_SCENARIO_ROUNDS 2

#endif
