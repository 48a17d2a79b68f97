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

/* A whole file. */
static const struct {
    const char *file, *sentence;
} files[] = {
    {"[]",
     "my.json:1:1: expected a rule file: { 'offwire': 1, 'hosts': [...], "
     "'rules': [...] }"},
    {"{'hosts': ['a']}",
     "my.json:1:1: this rule file does not say 'offwire': 1"},
    {"{'offwire': 2}",
     "my.json:1:13: /offwire: expected 1: this version of "
     "Offwire reads rule files of version 1"},
    {"{'offwire': 1, 'ruls': []}",
     "my.json:1:16: /ruls: unknown key 'ruls'; did you mean 'rules'?"},
    {"{'offwire': 1, 'network': {}}",
     "my.json:1:27: /network: this file has no 'hosts': whose is it?"},
    {"{'mappings': []}",
     "my.json:1:1: this looks like WireMock stub mappings; "
     "reading it comes with a later version"},
    {"{'log': {}}",
     "my.json:1:1: this looks like an HTTP archive (HAR); "
     "reading it comes with a later version"},
    {"{'openapi': '3.0.0'}",
     "my.json:1:1: this looks like an OpenAPI "
     "document; reading it comes with a later version"},
    {"{'offwire': 1, 'rules': {}}",
     "my.json:1:25: /rules: expected a list of rules"},
    {"{'offwire': 1, 'rules': [{}]}",
     "my.json:1:1: this file has no 'hosts': "
     "whose requests do its rules answer?"},
    {"{'offwire': 1, 'hosts': 'a'}",
     "my.json:1:25: /hosts: expected a list of "
     "hosts, as ['api.example.com']"},
    {"{'offwire': 1, 'hosts': []}",
     "my.json:1:25: /hosts: expected a list of "
     "hosts, as ['api.example.com']"},
};

/* A host in the list. */
static const struct {
    const char *host, *sentence;
} hosts[] = {
    {"1", "expected a host as a string"},
    {"''", "expected a host, got an empty string"},
    {"'https://a.test'",
     "a host has no scheme: write 'api.example.com', or "
     "'api.example.com:8443' for one port alone"},
    {"'a.test/v1'", "a host has no path; it goes into 'path' of a rule"},
    {"'a b'", "this is no host"},
    {"'a..b'", "this is no host"},
    {"'a.*.b'", "'*' stands alone or as the first label: '*.example.com'"},
    {"'*a.b'", "'*' stands alone or as the first label: '*.example.com'"},
    {"'*.10.0.0.1'", "an IP address has nothing below it"},
    {"'a:0'",
     "expected 'name', 'name:port' or '[IPv6]:port', the port from 1 "
     "to 65535"},
    {"'a:65536'",
     "expected 'name', 'name:port' or '[IPv6]:port', the port "
     "from 1 to 65535"},
    {"'[::1'",
     "expected 'name', 'name:port' or '[IPv6]:port', the port from "
     "1 to 65535"},
    {"'[a]:1'",
     "expected 'name', 'name:port' or '[IPv6]:port', the port from "
     "1 to 65535"},
    {"'::g'", "this is no host"},
};

/* A rule; the place is /rules/0 and what is given. */
static const struct {
    const char *rule, *sentence;
} rules[] = {
    {"1", "2:1: /rules/0: expected a rule: an object with 'when' and 'then'"},
    {"{}", "2:1: /rules/0: this rule has no 'then': what does it answer?"},
    {"{'whne': {}, 'then': {}}",
     "2:2: /rules/0/whne: unknown key 'whne'; did you mean 'when'?"},
    {"{'foo': {}, 'then': {}}",
     "2:2: /rules/0/foo: unknown key 'foo'; did you mean 'for'?"},
    {"{'then': {'statsu': 200}}",
     "2:11: /rules/0/then/statsu: unknown key 'statsu'; did you mean "
     "'status'?"},
    {"{'scenario': '', 'then': {}}",
     "2:14: /rules/0/scenario: expected the name of a scenario, without "
     "commas and spaces at its ends"},
    {"{'set': [], 'then': {}}",
     "2:9: /rules/0/set: expected an object of variables and their values"},
    {"{'after': [], 'then': {}}",
     "2:11: /rules/0/after: an empty list: it would send nothing"},
    {"{'name': '', 'then': {}}",
     "2:10: /rules/0/name: expected a name as a string"},
    {"{'times': '>=x', 'then': {}}",
     "2:11: /rules/0/times: expected how often: 4, '>=4', '<=2', '>0' or "
     "'3..5'"},
    {"{'times': '5..3', 'then': {}}",
     "2:11: /rules/0/times: expected how often: 4, '>=4', '<=2', '>0' or "
     "'3..5'"},
    {"{'times': 1.5, 'then': {}}",
     "2:11: /rules/0/times: expected how often: 4, '>=4', '<=2', '>0' or "
     "'3..5'"},
    {"{'times': -1, 'then': {}}",
     "2:11: /rules/0/times: expected how often: 4, '>=4', '<=2', '>0' or "
     "'3..5'"},
    {"{'chance': 1.5, 'then': {}}",
     "2:12: /rules/0/chance: expected a number from 0 to 1"},
    {"{'when': [], 'then': {}}",
     "2:10: /rules/0/when: expected an object with method, path, ..."},
};

/* A key of "when"; the place is /rules/0/when and what is given. */
static const struct {
    const char *when, *sentence;
} whens[] = {
    {"'heders': {}",
     "11: /heders: unknown key 'heders'; did you mean "
     "'headers'?"},
    {"'vars': []",
     "19: /vars: expected an object of names and what they have to be"},
    {"'method': 'get'", "21: /method: methods have case: write 'GET'"},
    {"'method': ''", "21: /method: this is no method"},
    {"'method': ['GET', 1]",
     "29: /method/1: expected a method, or a list of methods"},
    {"'method': []", "21: /method: expected a method in the list"},
    {"'path': 1", "19: /path: expected a path, or an object of matchers"},
    {"'path': ''", "19: /path: a path begins with '/', a pattern with '~'"},
    {"'path': 'v1'", "19: /path: a path begins with '/', a pattern with '~'"},
    {"'path': 'https://a.test/v1'",
     "19: /path: a path begins with '/'; the host goes into 'hosts'"},
    {"'path': '/v1?a=b'",
     "19: /path: a path has no '?'; parameters go into 'query'"},
    {"'path': '/v1#a'",
     "19: /path: a path has no '#': clients keep what is behind it"},
    {"'path': '/v1/*'",
     "19: /path: '*' is no wildcard here: write {name} for one segment, "
     "'/**' at the end for the rest, or '~' and a pattern"},
    {"'path': '/**/x'",
     "19: /path: '*' is no wildcard here: write {name} for one segment, "
     "'/**' at the end for the rest, or '~' and a pattern"},
    {"'path': '/{id'", "19: /path: a '{' without its '}'"},
    {"'path': '/id}'", "19: /path: a '}' without its '{'"},
    {"'path': '/{}'",
     "19: /path: '{}' has to hold a name: letters, digits and '_'"},
    {"'path': '/{1a}'",
     "19: /path: '{1a}' has to hold a name: letters, digits and '_'"},
    {"'path': '/{a}{b}'",
     "19: /path: two parameters need something between them"},
    {"'path': '/{a}/{a}'", "19: /path: the parameter {a} is there twice"},
    {"'path': '~(abc'",
     "19: /path: the pattern '(abc' is wrong at its "
     "character 5: missing closing parenthesis"},
    {"'path': '~é[z-a]'",
     "19: /path: the pattern 'é[z-a]' is wrong at its character 5: range out "
     "of order in character class"},
    {"'query': []",
     "20: /query: expected an object of names and what they "
     "have to be"},
    {"'query': {'a': null}",
     "26: /query/a: expected a string, a number or an object of matchers, got "
     "null; 'absent' asks that it is not there"},
    {"'query': {'a': ['x']}",
     "26: /query/a: expected a string, a number or an object of matchers, got "
     "a list; for one of several values write { 'any': [...] }"},
    {"'query': {'a': {}}",
     "26: /query/a: expected a matcher in it, got an empty object"},
    {"'query': {'a': {'contians': 'x'}}",
     "27: /query/a/contians: unknown key 'contians'; did you mean "
     "'contains'?"},
    {"'query': {'a': {'size': 1}}",
     "27: /query/a/size: unknown key 'size'; expected one of is, regex, "
     "contains, not, any, all, present, absent, gt, lt, has, first, last, "
     "count"},
    {"'query': {'a': {'gt': '1'}}",
     "33: /query/a/gt: expected a number, got a string"},
    {"'query': {'a': {'contains': 1}}",
     "39: /query/a/contains: expected a string, got a number"},
    {"'query': {'a': {'present': 'x'}}",
     "38: /query/a/present: expected true or false, got a string"},
    {"'query': {'a': {'any': []}}",
     "34: /query/a/any: expected a list of matchers, got an empty one"},
    {"'query': {'a': {'all': 'x'}}",
     "34: /query/a/all: expected a list of matchers, got a string"},
    {"'query': {'a': {'is': ['x']}}",
     "33: /query/a/is: expected a string or a number, got a list"},
    {"'json': {'a': {'count': 1, 'b': 2}}",
     "35: /json/a/count: 'count' is a matcher and stands among plain keys; for "
     "the key of that name write '/count'"},
    {"'json': {'a': {'gt': 1, 'lte': 2}}",
     "35: /json/a/lte: unknown key 'lte'; did you mean 'lt'?"},
    {"'program': {'nam': 'x'}",
     "23: /program/nam: unknown key 'nam'; did you mean 'name'?"},
    {"'program': 1",
     "22: /program: expected a program's name or an object "
     "with name, argv, pid or env"},
};

/* Faults that act before there is a request, and what was asked of it. */
static const struct {
    const char *rule, *sentence;
} early[] = {
    {"{'when': {'path': '/x'}, 'then': {'fault': 'tls-expired'}}",
     "2:19: /rules/0/when/path: a TLS fault acts before there is a request: "
     "'path' cannot be matched here"},
    {"{'when': {'method': 'GET'}, 'then': {'fault': 'refuse'}}",
     "2:21: /rules/0/when/method: a fault of the connection acts before there "
     "is a request: 'method' cannot be matched here"},
    {"{'when': {'json': {}}, 'then': [{}, {'fault': 'nxdomain'}]}",
     "2:19: /rules/0/when/json: a fault of the name look-up acts before there "
     "is a request: 'json' cannot be matched here"},
};

static void refuses(struct rule_lab *lab, const char *file,
                    const char *sentence)
{
    assert_int_equal(rule_lab_load(lab, file), -EINVAL);
    assert_string_equal(lab->err.text, sentence);
    assert_null(lab->table);
}

static void load_says_what_is_wrong_in_a_file(void **state)
{
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        refuses(*state, files[i].file, files[i].sentence);
}

static void load_says_what_is_wrong_in_a_host(void **state)
{
    char file[1024], sentence[1024];

    for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++) {
        snprintf(file, sizeof file, "{'offwire': 1, 'hosts': ['x.test', %s]}",
                 hosts[i].host);
        snprintf(sentence, sizeof sentence, "my.json:1:36: /hosts/1: %s",
                 hosts[i].sentence);
        refuses(*state, file, sentence);
    }
}

static void refuses_rule(struct rule_lab *lab, const char *rule,
                         const char *prefix, const char *expected)
{
    char file[1024], sentence[1024];

    snprintf(file, sizeof file,
             "{'offwire': 1, 'hosts': ['a.test'], 'rules': [\n%s]}", rule);
    snprintf(sentence, sizeof sentence, "%s%s", prefix, expected);
    refuses(lab, file, sentence);
}

static void load_says_what_is_wrong_in_a_rule(void **state)
{
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        refuses_rule(*state, rules[i].rule, "my.json:", rules[i].sentence);
    for (size_t i = 0; i < sizeof early / sizeof *early; i++)
        refuses_rule(*state, early[i].rule, "my.json:", early[i].sentence);
}

static void load_says_what_is_wrong_in_a_matcher(void **state)
{
    char rule[512], prefix[64];

    for (size_t i = 0; i < sizeof whens / sizeof *whens; i++) {
        const char *rest = strchr(whens[i].sentence, '/');
        snprintf(rule, sizeof rule, "{'when': {%s}, 'then': {}}",
                 whens[i].when);
        snprintf(prefix, sizeof prefix, "my.json:2:%.*s/rules/0/when",
                 (int)(rest - whens[i].sentence), whens[i].sentence);
        refuses_rule(*state, rule, prefix, rest);
    }
}

int main(void)
{
#define TEST(name)                                                             \
    cmocka_unit_test_setup_teardown(name, rule_lab_set_up, rule_lab_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(load_says_what_is_wrong_in_a_file),
        TEST(load_says_what_is_wrong_in_a_host),
        TEST(load_says_what_is_wrong_in_a_rule),
        TEST(load_says_what_is_wrong_in_a_matcher),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
