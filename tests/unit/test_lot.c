/*
 * Unit tests of src/rule/lot.c: what a rule draws by changes with the rule, and
 * with nothing around it.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../lib/rule_lab.h"

#define NAMED   "{'name': 'a', 'then': {'text': 'x'}}"
#define UNNAMED "{'when': {'path': '/x', 'method': 'GET'}, 'then': {}}"

/* Of the i-th rule of a file. */
static uint64_t lot_in(struct rule_lab *lab, const char *file, size_t i)
{
    assert_int_equal(rule_lab_load(lab, file), 0);
    return ow_rule_lot(ow_table_rule(lab->table, i));
}

static uint64_t lot(struct rule_lab *lab, const char *rules, size_t i)
{
    assert_int_equal(rule_lab_rules(lab, rules), 0);
    return ow_rule_lot(ow_table_rule(lab->table, i));
}

static void lots_of_named_rules_are_by_their_names(void **state)
{
    struct rule_lab *lab = *state;
    uint64_t alone = lot(lab, NAMED, 0);

    assert_true(lot(lab, UNNAMED ", {'name': 'b', 'then': {}}, " NAMED, 2) ==
                alone);
    assert_true(lot(lab,
                    "{'name': 'a', 'when': {'path': '/new'}, "
                    "'then': {'text': 'y'}}",
                    0) == alone);
    assert_true(lot(lab, "{'name': 'b', 'then': {'text': 'x'}}", 0) != alone);
}

static void lots_of_unnamed_rules_are_by_what_they_match(void **state)
{
    struct rule_lab *lab = *state;
    uint64_t alone = lot(lab, UNNAMED, 0);

    assert_true(lot(lab, NAMED ", " UNNAMED, 1) == alone);
    assert_true(lot(lab,
                    "{'when': {'method': 'GET', 'path': '/x'}, "
                    "'then': {'json': []}}",
                    0) == alone);
    assert_true(lot(lab,
                    "{'when': {'path': '/y', 'method': 'GET'}, "
                    "'then': {}}",
                    0) != alone);
    assert_true(lot(lab,
                    "{'when': {'path': '/x', 'method': ['GET']}, "
                    "'then': {}}",
                    0) != alone);
    assert_true(lot(lab,
                    "{'scenario': 's', 'when': {'path': '/x', 'method': "
                    "'GET'}, 'then': {}}",
                    0) != alone);
}

static void lots_of_twins_are_numbered_from_the_last(void **state)
{
    struct rule_lab *lab = *state;
    uint64_t alone = lot(lab, NAMED, 0);
    uint64_t before = lot(lab, NAMED ", " NAMED, 0);

    assert_true(lot(lab, NAMED ", " NAMED, 1) == alone);
    assert_true(before != alone);
    assert_true(lot(lab, NAMED ", " NAMED ", " NAMED, 1) == before);
    assert_true(lot(lab, NAMED ", " NAMED ", " NAMED, 0) != before);
    assert_true(lot(lab, NAMED ", " NAMED ", " NAMED, 0) != alone);
}

static void lots_of_two_apis_differ_by_their_first_host(void **state)
{
    struct rule_lab *lab = *state;
    uint64_t a = lot_in(lab,
                        "{'offwire': 1, 'hosts': ['a.test'], "
                        "'rules': [" NAMED "]}",
                        0);

    assert_true(lot_in(lab,
                       "{'offwire': 1, 'hosts': ['a.test', 'b.test'], "
                       "'rules': [" NAMED "]}",
                       0) == a);
    assert_true(lot_in(lab,
                       "{'offwire': 1, 'hosts': ['b.test'], "
                       "'rules': [" NAMED "]}",
                       0) != a);
}

static uint64_t lot_called(struct rule_lab *lab, const char *file,
                           const char *name)
{
    size_t i = 0;

    assert_int_equal(rule_lab_load(lab, file), 0);
    while (strcmp(ow_rule_name(ow_table_rule(lab->table, i)), name) != 0)
        i++;
    return ow_rule_lot(ow_table_rule(lab->table, i));
}

static void lots_of_routes_are_by_resource_and_what_is_done(void **state)
{
    struct rule_lab *lab = *state;
    const char *alone =
        "{'offwire': 1, 'hosts': ['a.test'], "
        "'resources': {'job': {'at': '/jobs'}}}";
    const char *more = "{'offwire': 1, 'hosts': ['a.test'], 'rules': [" NAMED
                       "], 'resources': {'file': {'at': '/files'}, "
                       "'job': {'at': '/v2/jobs'}}}";
    uint64_t create = lot_called(lab, alone, "job.create");

    assert_true(lot_called(lab, more, "job.create") == create);
    assert_true(lot_called(lab, more, "file.create") != create);
    assert_true(lot_called(lab, more, "job.get") != create);
}

#define TEST(name)                                                             \
    cmocka_unit_test_setup_teardown(name, rule_lab_set_up, rule_lab_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(lots_of_named_rules_are_by_their_names),
        TEST(lots_of_unnamed_rules_are_by_what_they_match),
        TEST(lots_of_twins_are_numbered_from_the_last),
        TEST(lots_of_two_apis_differ_by_their_first_host),
        TEST(lots_of_routes_are_by_resource_and_what_is_done),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
