/*
 * rule_lab: rule files and requests as text, for tests of look-ups.
 *
 *     rule_lab_load(&lab, "{'offwire': 1, 'hosts': ['a.test'], 'rules':
 * [...]}"); assert_string_equal(rule_lab_find(&lab, "GET http://a.test/x"),
 * "first");
 *
 * A ' in rules stands for ". A request is "METHOD URL", then lines "Name:
 * value", then perhaps an empty line and a body; lines end in "\n".
 */
#ifndef OW_TESTS_LIB_RULE_LAB_H
#define OW_TESTS_LIB_RULE_LAB_H

#include "rule/explain.h"
#include "rule/table.h"

struct rule_lab {
    struct ow_table *table;
    struct ow_states states;
    struct ow_odds odds;
    struct ow_err err;
    struct ow_arena arena;
    struct ow_program program;
    struct ow_body body;
    struct ow_request request; /* of the last look-up */
    struct ow_match match;
};

void rule_lab_init(struct rule_lab *lab);
void rule_lab_release(struct rule_lab *lab);
/* The same for cmocka: *state is a lab of its own. */
int rule_lab_set_up(void **state);
int rule_lab_tear_down(void **state);
/* What ow_table_load_text returned; err has single quotes as well. */
int rule_lab_load(struct rule_lab *lab, const char *rules);
/* The same with only the list of rules, for the host "a.test". */
int rule_lab_rules(struct rule_lab *lab, const char *rules);
/* Makes lab->request; fails the test if the text is none. */
void rule_lab_request(struct rule_lab *lab, const char *text);
/* The name of the rule that answers, or "". Does not count the hit. */
const char *rule_lab_find(struct rule_lab *lab, const char *request);
/* The nearest rule that does not fit, as "name: reason", or "". */
const char *rule_lab_explain(struct rule_lab *lab, const char *request);
/* The value of a path parameter or a capture of the last find, or "". */
const char *rule_lab_param(struct rule_lab *lab, const char *name);
const char *rule_lab_capture(struct rule_lab *lab, const char *name);

#endif
