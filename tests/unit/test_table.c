#include "config.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../lib/rule_lab.h"
#include "base/limits.h"

static void loads(struct rule_lab *lab, const char *rules)
{
    int r = rule_lab_load(lab, rules);

    assert_string_equal(lab->err.text, "");
    assert_int_equal(r, 0);
}

static void loads_rules(struct rule_lab *lab, const char *rules)
{
    int r = rule_lab_rules(lab, rules);

    assert_string_equal(lab->err.text, "");
    assert_int_equal(r, 0);
}

static void find_gives_the_first_rule_that_fits(void **state)
{
    struct rule_lab *lab = *state;

    loads_rules(lab,
                "{'name': 'post', 'when': {'method': 'POST', 'path': '/x'},"
                " 'then': {'text': '1'}},"
                "{'name': 'x', 'when': {'path': '/x'}, 'then': {'text': '2'}},"
                "{'name': 'rest', 'when': {'path': '/**'},"
                " 'then': {'text': '3'}},"
                "{'name': 'never', 'when': {'path': '/x'},"
                " 'then': {'text': '4'}}");
    assert_string_equal(rule_lab_find(lab, "POST http://a.test/x"), "post");
    assert_string_equal(rule_lab_find(lab, "GET http://a.test/x"), "x");
    assert_string_equal(rule_lab_find(lab, "GET http://a.test/x/"), "rest");
    assert_string_equal(rule_lab_find(lab, "GET http://a.test/"), "rest");
    assert_string_equal(rule_lab_find(lab, "GET http://b.test/x"), "");
}

static void find_keeps_the_order_across_kinds_of_paths(void **state)
{
    struct rule_lab *lab = *state;

    loads_rules(lab,
                "{'name': 'a', 'when': {'path': '/v1/{id}/a'}, 'then': {}},"
                "{'name': 'b', 'when': {'path': '/v1/x/**'}, 'then': {}},"
                "{'name': 'c', 'when': {'path': '~^/v1/x'}, 'then': {}},"
                "{'name': 'd', 'when': {'path': '/v1/x/a'}, 'then': {}},"
                "{'name': 'e', 'when': {'path': '~a$'}, 'then': {}},"
                "{'name': 'f', 'when': {'method': 'GET'}, 'then': {}},"
                "{'name': 'g', 'then': {}}");
    assert_string_equal(rule_lab_find(lab, "GET http://a.test/v1/x/a"), "a");
    assert_string_equal(rule_lab_find(lab, "GET http://a.test/v1/x/b"), "b");
    assert_string_equal(rule_lab_find(lab, "GET http://a.test/v1/x"), "b");
    assert_string_equal(rule_lab_find(lab, "GET http://a.test/v1/xy"), "c");
    assert_string_equal(rule_lab_find(lab, "GET http://a.test/v1/a"), "e");
    assert_string_equal(rule_lab_find(lab, "GET http://a.test/v1"), "f");
    assert_string_equal(rule_lab_find(lab, "PUT http://a.test/v1"), "g");
}

static void path_parameters_take_one_segment(void **state)
{
    struct rule_lab *lab = *state;

    loads_rules(lab,
                "{'name': 'gen', 'when': {'path':"
                " '/v1/models/{model}:generate'}, 'then': {}},"
                "{'name': 'two', 'when': {'path': '/{owner}/{repo}.git'},"
                " 'then': {}},"
                "{'name': 'file', 'when': {'path': '/f/{id}'}, 'then': {}},"
                "{'name': 'ver', 'when': {'path': '/{a}-{b}/x%20y'},"
                " 'then': {}}");
    assert_string_equal(
        rule_lab_find(lab, "GET http://a.test/v1/models/g-1:generate"), "gen");
    assert_string_equal(rule_lab_param(lab, "model"), "g-1");
    assert_string_equal(rule_lab_find(lab, "GET http://a.test/me/off.git"),
                        "two");
    assert_string_equal(rule_lab_param(lab, "owner"), "me");
    assert_string_equal(rule_lab_param(lab, "repo"), "off");
    assert_string_equal(rule_lab_find(lab, "GET http://a.test/f/a%2Fb%20c"),
                        "file");
    assert_string_equal(rule_lab_param(lab, "id"), "a/b c");
    assert_string_equal(rule_lab_find(lab, "GET http://a.test/f/"), "");
    assert_string_equal(rule_lab_find(lab, "GET http://a.test/f/a/b"), "");
    assert_string_equal(rule_lab_find(lab, "GET http://a.test/1-2-3/x%20y"),
                        "ver");
    assert_string_equal(rule_lab_param(lab, "b"), "2-3");
}

static void path_parameters_share_a_segment(void **state)
{
    struct rule_lab *lab = *state;

    loads_rules(lab,
                "{'name': 'date', 'when': {'path':"
                " '/on-{y}-{m}-{d}.html'}, 'then': {}}");
    assert_string_equal(
        rule_lab_find(lab, "GET http://a.test/on--1--2--3.html.html"), "date");
    assert_string_equal(rule_lab_param(lab, "y"), "-1");
    assert_string_equal(rule_lab_param(lab, "m"), "-2");
    assert_string_equal(rule_lab_param(lab, "d"), "-3.html");
    assert_string_equal(rule_lab_find(lab, "GET http://a.test/on-1-2-.html"),
                        "");
    assert_string_equal(rule_lab_find(lab, "GET http://a.test/on--2-3.html"),
                        "");
    assert_string_equal(rule_lab_find(lab, "GET http://a.test/on-1-2.html"),
                        "");
    assert_string_equal(rule_lab_find(lab, "GET http://a.test/on-"), "");
}

/* To try all places for each parameter would take longer than anybody waits. */
static void path_parameters_take_no_time_on_what_nearly_fits(void **state)
{
    struct rule_lab *lab = *state;
    char request[1000] = "GET http://a.test/";
    size_t len = strlen(request);

    loads_rules(lab,
                "{'name': 'many', 'when': {'path':"
                " '/{a}-{b}-{c}-{d}-{e}-{f}-{g}-{h}x'}, 'then': {}}");
    memset(request + len, '-', sizeof request - len - 1);
    request[sizeof request - 1] = '\0';
    assert_string_equal(rule_lab_find(lab, request), "");
    request[sizeof request - 2] = 'x';
    assert_string_equal(rule_lab_find(lab, request), "many");
    assert_string_equal(rule_lab_param(lab, "g"), "-");
}

static void hosts_are_names_wildcards_ports_and_literals(void **state)
{
    struct rule_lab *lab = *state;

    loads(lab,
          "{'offwire': 1, 'hosts': ['API.example.com.',"
          " '*.eu.example.com', 'bücher.example', 'p.test:8080',"
          " '127.0.0.1:8080', '[::1]:443', '2001:DB8:0::1'],"
          " 'rules': [{'name': 'r', 'then': {}}]}");
    assert_true(ow_table_has_literals(lab->table));
    assert_true(ow_table_knows(lab->table, "api.example.com", 0));
    assert_true(ow_table_knows(lab->table, "Api.Example.COM.", 443));
    assert_false(ow_table_knows(lab->table, "example.com", 0));
    assert_true(ow_table_knows(lab->table, "a.b.eu.example.com", 0));
    assert_false(ow_table_knows(lab->table, "eu.example.com", 0));
    assert_true(ow_table_knows(lab->table, "xn--bcher-kva.example", 0));
    assert_true(ow_table_knows(lab->table, "BÜCHER.example", 0));
    assert_true(ow_table_knows(lab->table, "p.test", 0));
    assert_true(ow_table_knows(lab->table, "p.test", 8080));
    assert_false(ow_table_knows(lab->table, "p.test", 443));
    assert_true(ow_table_knows(lab->table, "127.0.0.1", 8080));
    assert_false(ow_table_knows(lab->table, "127.0.0.1", 80));
    assert_true(ow_table_knows(lab->table, "::ffff:127.0.0.1", 8080));
    assert_true(ow_table_knows(lab->table, "0:0::1", 443));
    assert_true(ow_table_knows(lab->table, "2001:db8::1", 1));
    assert_string_equal(rule_lab_find(lab, "GET http://[::1]:443/"), "r");
    assert_string_equal(rule_lab_find(lab, "GET https://P.test:8080/"), "r");
    assert_string_equal(rule_lab_find(lab, "GET https://p.test/"), "");
}

static void host_star_leaves_local_names_alone(void **state)
{
    struct rule_lab *lab = *state;

    loads(lab,
          "{'offwire': 1, 'hosts': ['*'],"
          " 'rules': [{'name': 'r', 'then': {}}]}");
    assert_true(ow_table_knows(lab->table, "anything.example", 0));
    assert_false(ow_table_knows(lab->table, "localhost", 0));
    assert_false(ow_table_knows(lab->table, "db", 0));
    assert_false(ow_table_knows(lab->table, "x.localhost", 0));
    assert_false(ow_table_knows(lab->table, "printer.local", 0));
    assert_false(ow_table_knows(lab->table, "10.0.0.1", 0));
    assert_false(ow_table_knows(lab->table, "fe80::1", 0));
    assert_false(ow_table_has_literals(lab->table));
}

/* How many of 400 are drawn when another rule is asked for in between. */
static int again(struct rule_lab *lab)
{
    int drawn = 0;

    assert_int_equal(ow_states_reset(&lab->states, 0), 0);
    for (int i = 0; i < 400; i++) {
        rule_lab_find(lab, "GET http://a.test/d");
        drawn += strcmp(rule_lab_find(lab, "GET http://a.test/c"), "c") == 0;
    }
    return drawn;
}

static void find_draws_chance_last_and_from_the_seed(void **state)
{
    struct rule_lab *lab = *state;
    int drawn = 0;

    loads_rules(lab,
                "{'name': 'c', 'when': {'path': '/c'}, 'chance': 0.25,"
                " 'then': {}},"
                "{'name': 'zero', 'chance': 0, 'then': {}},"
                "{'name': 'else', 'then': {}}");
    for (int i = 0; i < 400; i++)
        drawn += strcmp(rule_lab_find(lab, "GET http://a.test/c"), "c") == 0;
    assert_in_range(drawn, 70, 130);
    /* "zero" has fitted too, and what else is asked changes nothing for "c". */
    assert_int_equal(drawn, again(lab));
}

static void find_passes_over_answers_that_are_used_up(void **state)
{
    struct rule_lab *lab = *state;

    loads_rules(lab,
                "{'name': 'once', 'then': [{'text': 'a'}, {'text': 'b'}],"
                " 'repeat': 'once'}, {'name': 'else', 'then': {}}");
    assert_string_equal(rule_lab_find(lab, "GET http://a.test/"), "once");
    ow_states_count(&lab->states, &lab->states.shared, 0);
    assert_string_equal(rule_lab_find(lab, "GET http://a.test/"), "once");
    ow_states_count(&lab->states, &lab->states.shared, 0);
    assert_string_equal(rule_lab_find(lab, "GET http://a.test/"), "else");
    assert_string_equal(rule_lab_explain(lab, "GET http://a.test/"),
                        "once: it is used up: 'repeat' is 'once' and it has "
                        "answered 2 times");
}

static const char *early(struct rule_lab *lab, enum ow_stage stage,
                         const char *host, uint16_t port)
{
    struct ow_match match;

    struct ow_asker asker = {host, port, &lab->program};

    ow_table_find_early(lab->table, stage, &asker, &lab->states, &lab->odds,
                        &match);
    assert_true(!match.rule == !match.answer);
    return match.rule ? ow_rule_name(match.rule) : "";
}

static void find_early_asks_for_host_and_program(void **state)
{
    struct rule_lab *lab = *state;

    loads(lab,
          "{'offwire': 1, 'hosts': ['*.test:443', 'n.test'], 'rules': ["
          "{'name': 'wget', 'when': {'program': 'wget'},"
          " 'then': {'fault': 'refuse'}},"
          "{'name': 'n', 'when': {'host': '~^N(?i)'}, 'then': {}},"
          "{'name': 'name', 'when': {'host': 'n.test'},"
          " 'then': {'fault': 'nxdomain'}},"
          "{'name': 'tls', 'when': {'host': {'not': 'n.test'},"
          " 'program': {'name': '~^c', 'env': {'MODE': 'test'},"
          " 'argv': '-sS', 'pid': {'gt': 1}}},"
          " 'then': {'fault': 'tls-expired'}}]}");
    assert_true(ow_table_has_stage(lab->table, OW_STAGE_NAME));
    assert_true(ow_table_has_stage(lab->table, OW_STAGE_CONNECT));
    assert_string_equal(early(lab, OW_STAGE_NAME, "n.test", 0), "name");
    assert_string_equal(early(lab, OW_STAGE_NAME, "m.test", 0), "");
    assert_string_equal(early(lab, OW_STAGE_CONNECT, "m.test", 443), "");
    lab->program.name = "wget";
    assert_string_equal(early(lab, OW_STAGE_CONNECT, "m.test", 443), "wget");
    assert_string_equal(early(lab, OW_STAGE_CONNECT, "m.test", 80), "");
    lab->program.name = "curl";
    assert_string_equal(early(lab, OW_STAGE_TLS, "M.test", 443), "tls");
    assert_string_equal(early(lab, OW_STAGE_TLS, "n.test", 443), "");
}

static void times_met_counts_as_asked(void **state)
{
    static const struct {
        const char *times;
        unsigned least, most;
    } cases[] = {
        {"2", 2, 2},     {"'>=4'", 4, 99}, {"'<=2'", 0, 2},
        {"'>0'", 1, 99}, {"'3..5'", 3, 5}, {"'<3'", 0, 2},
        {"'0'", 0, 0},   {"0", 0, 0},      {"' >= 1 '", 1, 99},
    };
    struct rule_lab *lab = *state;
    char rules[128];
    struct ow_err err;

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        snprintf(rules, sizeof rules, "{'times': %s, 'then': {}}",
                 cases[i].times);
        loads_rules(lab, rules);
        const struct ow_rule *rule = ow_table_rule(lab->table, 0);
        for (unsigned n = 0; n < 99; n++) {
            assert_int_equal(ow_rule_met(rule, &lab->states, &err),
                             n >= cases[i].least && n <= cases[i].most);
            ow_states_count(&lab->states, &lab->states.shared, 0);
        }
    }
    loads_rules(lab, "{'times': '>=4', 'then': {}}");
    ow_states_count(&lab->states, &lab->states.shared, 0);
    ow_states_count(&lab->states, &lab->states.shared, 0);
    assert_false(ow_rule_met(ow_table_rule(lab->table, 0), &lab->states, &err));
    assert_string_equal(err.text, "asked for >=4, seen 2");
}

static void rules_without_a_name_are_named_by_their_place(void **state)
{
    struct rule_lab *lab = *state;

    loads_rules(lab, "\n{'then': {}},\n{'name': 'x', 'then': {}}");
    assert_string_equal(ow_rule_name(ow_table_rule(lab->table, 0)),
                        "my.json:2");
    assert_string_equal(ow_rule_place(ow_table_rule(lab->table, 1)),
                        "my.json:3");
    assert_int_equal(ow_rule_index(ow_table_rule(lab->table, 1)), 1);
}

static void keeps_of_a_body_is_told_before_it_is_there(void **state)
{
    struct rule_lab *lab = *state;

    loads_rules(lab,
                "{'when': {'method': 'POST', 'path': '/talk',"
                " 'json': {'store': true}},"
                " 'then': {'replies': {"
                " 'conversation': '{{ req.json }}',"
                " 'plain': {'json': {}}}}},"
                "{'when': {'path': '/**'}, 'then': {'json': {}}}");
    rule_lab_request(lab, "POST http://a.test/talk");
    assert_int_equal(ow_table_keeps(lab->table, &lab->request),
                     OW_LIMIT_UPLOAD_KEPT);
    rule_lab_request(lab, "POST http://a.test/other");
    assert_int_equal(ow_table_keeps(lab->table, &lab->request), 0);
    rule_lab_request(lab, "GET http://a.test/talk");
    assert_int_equal(ow_table_keeps(lab->table, &lab->request), 0);
}

static void index_finds_the_same_rule_as_asking_all_in_order(void **state)
{
    static const char *const paths[] = {
        "/a",      "/a/b", "/a/{x}",  "/{x}/b",   "/a/**",      "/**",
        "~^/a/b$", "~b",   "/a/{x}c", "/a/b/c/d", "/a/{x}/c/**"};
    static const char *const asked[] = {"/",    "/a",       "/a/b",    "/a/c",
                                        "/b",   "/a/b/c",   "/x/b",    "/a/bc",
                                        "/a//", "/a/b/c/d", "/a/x/c/d"};
    const size_t n = sizeof paths / sizeof *paths;
    struct rule_lab *lab = *state;
    char rules[4096], request[64];

    /* Each rotation of the list, against a table of one rule after another. */
    for (size_t first = 0; first < n; first++) {
        for (size_t a = 0; a < sizeof asked / sizeof *asked; a++) {
            const char *expected = "";
            snprintf(request, sizeof request, "GET http://a.test%s", asked[a]);
            rules[0] = '\0';
            for (size_t i = 0; i < n; i++) {
                char rule[128];
                const char *path = paths[(first + i) % n];
                snprintf(rule, sizeof rule,
                         "{'name': '%s', 'when': {'path': '%s'}, 'then': {}},",
                         path, path);
                strncat(rules, rule, sizeof rules - strlen(rules) - 1);
                loads_rules(lab, rule);
                if (!*expected && *rule_lab_find(lab, request))
                    expected = path;
            }
            loads_rules(lab, rules);
            assert_string_equal(rule_lab_find(lab, request), expected);
        }
    }
}

static void table_of_many_rules_finds_the_last(void **state)
{
    struct rule_lab *lab = *state;
    const int n = 10000;
    size_t cap = (size_t)n * 160;
    char *text = malloc(cap);
    size_t len = (size_t)snprintf(
        text, cap, "{'offwire': 1, 'hosts': ['a.test'], 'rules': [");

    for (int i = 0; i < n; i++)
        len += (size_t)snprintf(
            text + len, cap - len,
            "{'name': 'r%d', 'when': {'method': 'GET',"
            " 'path': '/v1/item%d/{id}'}, 'then': {'json': {'n': %d}}},\n",
            i, i, i);
    snprintf(text + len, cap - len, "]}");
    loads(lab, text);
    free(text);
    assert_int_equal(ow_table_count(lab->table), n);
    assert_string_equal(rule_lab_find(lab, "GET http://a.test/v1/item9999/7"),
                        "r9999");
    assert_string_equal(rule_lab_param(lab, "id"), "7");
    assert_string_equal(rule_lab_find(lab, "GET http://a.test/v1/item0/7"),
                        "r0");
    assert_string_equal(rule_lab_find(lab, "PUT http://a.test/v1/item0/7"), "");
}

int main(void)
{
#define TEST(name)                                                             \
    cmocka_unit_test_setup_teardown(name, rule_lab_set_up, rule_lab_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(find_gives_the_first_rule_that_fits),
        TEST(find_keeps_the_order_across_kinds_of_paths),
        TEST(path_parameters_take_one_segment),
        TEST(path_parameters_share_a_segment),
        TEST(path_parameters_take_no_time_on_what_nearly_fits),
        TEST(hosts_are_names_wildcards_ports_and_literals),
        TEST(host_star_leaves_local_names_alone),
        TEST(find_draws_chance_last_and_from_the_seed),
        TEST(find_passes_over_answers_that_are_used_up),
        TEST(find_early_asks_for_host_and_program),
        TEST(times_met_counts_as_asked),
        TEST(rules_without_a_name_are_named_by_their_place),
        TEST(keeps_of_a_body_is_told_before_it_is_there),
        TEST(index_finds_the_same_rule_as_asking_all_in_order),
        TEST(table_of_many_rules_finds_the_last),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
