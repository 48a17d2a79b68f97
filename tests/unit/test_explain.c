#include "config.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "../lib/rule_lab.h"
#include "base/limits.h"

static void explains(struct rule_lab *lab, const char *when,
                     const char *request, const char *reason)
{
    char rules[2048], expected[700];

    snprintf(rules, sizeof rules, "{'name': 'r', 'when': {%s}, 'then': {}}",
             when);
    int r = rule_lab_rules(lab, rules);
    assert_string_equal(lab->err.text, "");
    assert_int_equal(r, 0);
    snprintf(expected, sizeof expected, "r: %s", reason);
    assert_string_equal(rule_lab_explain(lab, request), expected);
}

static void explain_says_what_differed_first(void **state)
{
    static const struct {
        const char *when, *request, *reason;
    } rows[] = {
        {"'path': '/v1/models'", "GET http://a.test/v1/modelz",
         "path is '/v1/modelz', the rule wants '/v1/models'"},
        {"'path': '/v1/{id}', 'method': 'GET'", "PUT http://a.test/v1/a/b",
         "path is '/v1/a/b', the rule wants '/v1/{id}'"},
        {"'method': ['POST', 'PUT']", "GET http://a.test/",
         "method is GET, the rule wants POST or PUT"},
        {"'headers': {'authorization': '~^Bearer'}", "GET http://a.test/",
         "header authorization is absent, the rule wants it to match "
         "~^Bearer"},
        {"'query': {'t': {'any': ['c', {'gt': 3}]}}",
         "GET http://a.test/?t=a&t=b",
         "query t is 'a', 'b', the rule wants 'c' or more than 3"},
        {"'query': {'n': {'gt': 5, 'lt': 10}}", "GET http://a.test/?n=12",
         "query n is '12', the rule wants less than 10"},
        {"'query': {'n': {'not': 'x'}}", "GET http://a.test/?n=x",
         "query n is 'x', the rule wants not 'x'"},
        {"'query': {'n': 'absent'}", "GET http://a.test/?n=x",
         "query n is 'x', the rule wants it to be absent"},
        {"'cookies': {'s': {'contains': 'q'}}", "GET http://a.test/",
         "cookie s is absent, the rule wants it to contain 'q'"},
        {"'json': {'model': 'm'}", "POST http://a.test/\n\n{}",
         "json model is absent, the rule wants 'm'"},
        {"'json': {'a': [1, {'b': true}]}",
         "POST http://a.test/\n\n{\"a\": [1, {\"b\": false}]}",
         "json a.1.b is false, the rule wants true"},
        {"'json': {'a': [1]}", "POST http://a.test/\n\n{\"a\": [1, 2]}",
         "json a is a list of 2, the rule wants a list of 1"},
        {"'json': {'a': {'count': {'gt': 2}}}",
         "POST http://a.test/\n\n{\"a\": [1, 2]}",
         "json a.count is 2, the rule wants more than 2"},
        {"'json': {'a': {'has': {'b': 1}}}",
         "POST http://a.test/\n\n{\"a\":[]}",
         "json a is a list of 0, the rule wants an element in it: an object"},
        {"'json': {'is': {'a': 1}}",
         "POST http://a.test/\n\n"
         "{\"a\": 1, \"b\": 1}",
         "json is an object, the rule wants an object of just 1 keys"},
        {"'json': {'a': null}", "POST http://a.test/\n\nnull",
         "json is null, the rule wants an object"},
        {"'json': {'a': 1}", "POST http://a.test/",
         "the body is empty, the rule wants JSON"},
        {"'json': {'a': 1}", "POST http://a.test/\n\na=1",
         "the body is no JSON, the rule wants JSON"},
        {"'form': {'a': '1'}", "POST http://a.test/\n\na=1",
         "the body is no form, the rule wants fields of one"},
        {"'form': {'a': {'size': 1}}",
         "POST http://a.test/\nContent-Type: application/x-www-form-urlencoded"
         "\n\na=1",
         "form a.size is absent, the rule wants 1"},
        {"'body': 'x'", "POST http://a.test/\n\ny\n\"\x01",
         "body is 'y\\n\\'\\x01', the rule wants 'x'"},
        {"'program': 'wget'", "GET http://a.test/",
         "program is 'curl', the rule wants 'wget'"},
        {"'program': {'env': {'A': 'b'}}", "GET http://a.test/",
         "program env A is absent, the rule wants 'b'"},
        {"'host': '~^b'", "GET http://a.test/",
         "host is 'a.test', the rule wants it to match ~^b"},
        {"", "GET http://b.test:8080/",
         "host is b.test:8080, the rule wants a.test"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        explains(*state, rows[i].when, rows[i].request, rows[i].reason);
}

static void explain_cuts_long_values(void **state)
{
    struct rule_lab *lab = *state;
    char request[1024] = "GET http://a.test/?q=";

    /* Cut within a character: it is left out whole. */
    strcat(request, "x");
    for (int i = 0; i < 100; i++)
        strncat(request, "\xc3\xa9", sizeof request - strlen(request) - 1);
    explains(lab, "'query': {'q': '1'}", request,
             "query q is 'x\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9"
             "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9"
             "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9"
             "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9..."
             "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9"
             "', the rule wants '1'");
}

/* Puts text at the begin of request; its length. */
static size_t begin(char *request, const char *text)
{
    size_t len = strlen(text);

    memcpy(request, text, len);
    return len;
}

/* What is more than the limit is said to be that, and not to be missing. */
static void explain_names_limits(void **state)
{
    struct rule_lab *lab = *state;
    char request[OW_LIMIT_PARAMS * 2 + OW_LIMIT_JSON_DEPTH + 128];
    size_t len = begin(request, "POST http://a.test/\n\n");

    memset(request + len, '[', OW_LIMIT_JSON_DEPTH + 1);
    request[len + OW_LIMIT_JSON_DEPTH + 1] = '\0';
    explains(lab, "'json': {'a': 1}", request,
             "the body nests more than 200 deep, or has more than 1000000 "
             "values, which is not looked at as "
             "JSON");
    len = begin(request, "GET http://a.test/?");
    for (int i = 0; i < OW_LIMIT_PARAMS; i++, len += 2)
        memcpy(request + len, "a&", 2);
    memcpy(request + len, "b=1", sizeof "b=1");
    explains(lab, "'query': {'b': '1'}", request,
             "query b is absent, the rule wants '1' (of more than 1000, the "
             "first 1000 are looked at)");
    len = begin(request,
                "POST http://a.test/\n"
                "Content-Type: application/x-www-form-urlencoded\n\n");
    for (int i = 0; i < OW_LIMIT_PARAMS; i++, len += 2)
        memcpy(request + len, "a&", 2);
    memcpy(request + len, "b=1", sizeof "b=1");
    explains(lab, "'form': {'b': '1'}", request,
             "form b is absent, the rule wants '1' (of more than 1000, the "
             "first 1000 are looked at)");
}

static void explain_puts_the_nearest_first(void **state)
{
    struct rule_lab *lab = *state;
    struct ow_near_miss misses[8];

    rule_lab_load(
        lab,
        "{'offwire': 1, 'hosts': ['a.test', 'b.test:81'], 'rules': ["
        "{'name': 'far', 'when': {'path': '/x/y/z'}, 'then': {}},"
        "{'name': 'other host', 'when': {'path': '/v1/models',"
        " 'host': 'b.test'}, 'then': {}},"
        "{'name': 'near path', 'when': {'path': '/v1/model'},"
        " 'then': {}},"
        "{'name': 'method', 'when': {'path': '/v1/models',"
        " 'method': 'PUT'}, 'then': {}},"
        "{'name': 'header', 'when': {'path': '/v1/models',"
        " 'headers': {'a': 'b'}}, 'then': {}},"
        "{'name': 'two', 'when': {'path': '/v1/models',"
        " 'headers': {'x': 'present'}, 'query': {'q': '1'}}, 'then': {}}"
        "]}");
    assert_string_equal(lab->err.text, "");
    rule_lab_request(lab, "GET http://a.test/v1/models\nX: 1");
    int n = ow_explain(lab->table, &lab->request, &lab->states, misses, 8);
    assert_int_equal(n, 6);
    assert_string_equal(ow_rule_name(misses[0].rule), "two");
    assert_string_equal(ow_rule_name(misses[1].rule), "header");
    assert_string_equal(ow_rule_name(misses[2].rule), "method");
    assert_string_equal(ow_rule_name(misses[3].rule), "near path");
    assert_string_equal(ow_rule_name(misses[4].rule), "far");
    assert_string_equal(ow_rule_name(misses[5].rule), "other host");
    assert_true(misses[2].is_close);
    assert_false(misses[3].is_close);
    n = ow_explain(lab->table, &lab->request, &lab->states, misses, 2);
    assert_int_equal(n, 2);
    assert_string_equal(ow_rule_name(misses[1].rule), "header");
}

static void explain_leaves_out_the_rule_that_answers(void **state)
{
    struct rule_lab *lab = *state;

    rule_lab_rules(lab, "{'name': 'a', 'then': {}}");
    assert_string_equal(rule_lab_explain(lab, "GET http://a.test/"), "");
    rule_lab_rules(lab, "{'name': 'a', 'then': {}}, {'name': 'b', 'then': {}}");
    assert_string_equal(rule_lab_explain(lab, "GET http://a.test/"),
                        "b: it fits, but an earlier rule answers");
    rule_lab_rules(lab, "{'name': 'a', 'then': {'fault': 'refuse'}}");
    assert_string_equal(rule_lab_explain(lab, "GET http://a.test/"),
                        "a: its answer (refuse) acts before the request");
    rule_lab_rules(lab, "{'name': 'a', 'chance': 0.5, 'then': {}}");
    assert_string_equal(rule_lab_explain(lab, "GET http://a.test/"),
                        "a: it fits, but its chance is 0.5");
}

static void explain_passes_over_what_is_laid_over(void **state)
{
    struct rule_lab *lab = *state;

    rule_lab_rules(lab,
                   "{'name': 'a', 'then': {'next': true}},"
                   "{'name': 'b', 'then': {}},"
                   "{'name': 'c', 'then': {}}");
    assert_string_equal(rule_lab_explain(lab, "GET http://a.test/"),
                        "c: it fits, but an earlier rule answers");
}

static const char *shadow_of(struct rule_lab *lab, size_t i)
{
    const struct ow_rule *rule =
        ow_table_find_shadow(lab->table, ow_table_rule(lab->table, i));

    return rule ? ow_rule_name(rule) : "";
}

static void shadow_is_an_earlier_rule_that_takes_all(void **state)
{
    static const struct {
        const char *first, *second;
        bool shadowed;
    } rows[] = {
        {"'when': {'path': '/a'}", "'when': {'path': '/a'}", true},
        {"'when': {'path': '/a'}", "'when': {'path': '/b'}", false},
        {"'when': {'path': '/{x}'}", "'when': {'path': '/a'}", true},
        {"'when': {'path': '/{x}'}", "'when': {'path': '/{y}'}", true},
        {"'when': {'path': '/{x}'}", "'when': {'path': '/'}", false},
        {"'when': {'path': '/a'}", "'when': {'path': '/{x}'}", false},
        {"'when': {'path': '/a/**'}", "'when': {'path': '/a/{x}/b'}", true},
        {"'when': {'path': '/a/**'}", "'when': {'path': '/a'}", true},
        {"'when': {'path': '/a/**'}", "'when': {'path': '/**'}", false},
        {"'when': {'path': '~^/a'}", "'when': {'path': '~^/a'}", true},
        {"'when': {'path': '~^/a'}", "'when': {'path': '~^/b'}", false},
        {"'when': {'method': 'GET'}",
         "'when': {'method': 'GET', 'path': '/x', 'query': {'a': 'b'}}", true},
        {"'when': {'method': 'GET'}", "'when': {'method': ['GET', 'PUT']}",
         false},
        {"'when': {'method': ['GET', 'PUT']}", "'when': {'method': 'PUT'}",
         true},
        {"'when': {'method': 'GET'}", "'when': {}", false},
        {"'chance': 0.5", "'when': {}", false},
        {"'repeat': 'once'", "'when': {}", false},
        {"'when': {'query': {'a': 'b'}}", "'when': {}", false},
    };
    struct rule_lab *lab = *state;
    char rules[1024];

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        snprintf(rules, sizeof rules,
                 "{'name': 'first', %s, 'then': {}}, {%s, 'then': {}}",
                 rows[i].first, rows[i].second);
        assert_int_equal(rule_lab_rules(lab, rules), 0);
        assert_string_equal(shadow_of(lab, 0), "");
        if ((*shadow_of(lab, 1) != '\0') != rows[i].shadowed)
            fail_msg("row %zu: %s", i, rules);
    }
    rule_lab_rules(lab, "{'then': {'next': true}}, {'then': {}}");
    assert_string_equal(shadow_of(lab, 1), "");
    rule_lab_rules(lab,
                   "{'then': {'fault': 'refuse'}}, {'then': {}},"
                   "{'then': {'fault': 'refuse'}}");
    assert_string_equal(shadow_of(lab, 1), "");
    assert_string_equal(shadow_of(lab, 2), "");
}

int main(void)
{
#define TEST(name)                                                             \
    cmocka_unit_test_setup_teardown(name, rule_lab_set_up, rule_lab_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(explain_says_what_differed_first),
        TEST(explain_cuts_long_values),
        TEST(explain_names_limits),
        TEST(explain_puts_the_nearest_first),
        TEST(explain_leaves_out_the_rule_that_answers),
        TEST(explain_passes_over_what_is_laid_over),
        TEST(shadow_is_an_earlier_rule_that_takes_all),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
