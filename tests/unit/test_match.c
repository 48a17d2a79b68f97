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

/* One rule with this "when", asked with this request. */
static bool fits(struct rule_lab *lab, const char *when, const char *request)
{
    char rules[2048];

    snprintf(rules, sizeof rules, "{'name': 'r', 'when': {%s}, 'then': {}}",
             when);
    int r = rule_lab_rules(lab, rules);
    assert_string_equal(lab->err.text, "");
    assert_int_equal(r, 0);
    return strcmp(rule_lab_find(lab, request), "r") == 0;
}

struct row {
    const char *when;
    const char *request;
    bool fits;
};

static void check_rows(void **state, const struct row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (fits(*state, rows[i].when, rows[i].request) != rows[i].fits)
            fail_msg("row %zu: %s: %s", i, rows[i].when, rows[i].request);
}

#define CHECK(rows) check_rows(state, rows, sizeof(rows) / sizeof *(rows))

static void query_matches_decoded_parameters(void **state)
{
    static const struct row rows[] = {
        {"'query': {'q': 'a b'}", "GET http://a.test/?q=a+b", true},
        {"'query': {'q': 'a b'}", "GET http://a.test/?q=a%20b", true},
        {"'query': {'q': 'a b'}", "GET http://a.test/?Q=a+b", false},
        {"'query': {'q': 'a b'}", "GET http://a.test/", false},
        {"'query': {'q': ''}", "GET http://a.test/?q", true},
        {"'query': {'q': 'present'}", "GET http://a.test/?q", true},
        {"'query': {'q': 'absent'}", "GET http://a.test/?x=q", true},
        {"'query': {'q': {'is': 'present'}}", "GET http://a.test/?q=present",
         true},
        {"'query': {'q': {'is': '~x'}}", "GET http://a.test/?q=~x", true},
        {"'query': {'limit': '~^\\\\d+$'}", "GET http://a.test/?limit=10",
         true},
        {"'query': {'limit': '~^\\\\d+$'}", "GET http://a.test/?limit=1x",
         false},
        {"'query': {'limit': 10}", "GET http://a.test/?limit=10", true},
        {"'query': {'limit': 10}", "GET http://a.test/?limit=10.0", true},
        {"'query': {'limit': 10}", "GET http://a.test/?limit=ten", false},
        {"'query': {'all': true}", "GET http://a.test/?all=true", true},
        {"'query': {'all': true}", "GET http://a.test/?all=1", false},
        {"'query': {'n': {'gt': 5, 'lt': 10}}", "GET http://a.test/?n=7", true},
        {"'query': {'n': {'gt': 5, 'lt': 10}}", "GET http://a.test/?n=5",
         false},
        {"'query': {'n': {'gt': 5}}", "GET http://a.test/?n=0x10", false},
        {"'query': {'n': {'gt': 5}}", "GET http://a.test/?n=inf", false},
        {"'query': {'n': {'gt': -1}}", "GET http://a.test/?n=", false},
        {"'query': {'debug': {'absent': true}}", "GET http://a.test/?debug=1",
         false},
        {"'query': {'debug': {'absent': false}}", "GET http://a.test/?debug=1",
         true},
    };

    CHECK(rows);
}

static void values_that_come_several_times_are_lists(void **state)
{
    static const struct row rows[] = {
        {"'query': {'t': 'b'}", "GET http://a.test/?t=a&t=b", true},
        {"'query': {'t': 'c'}", "GET http://a.test/?t=a&t=b", false},
        {"'query': {'t': {'not': 'b'}}", "GET http://a.test/?t=a&t=b", false},
        {"'query': {'t': {'not': 'c'}}", "GET http://a.test/?t=a&t=b", true},
        {"'query': {'t': {'first': 'a', 'last': 'b', 'count': 2}}",
         "GET http://a.test/?t=a&t=b", true},
        {"'query': {'t': {'count': {'gt': 2}}}", "GET http://a.test/?t=a&t=b",
         false},
        {"'query': {'t': {'count': 0}}", "GET http://a.test/", true},
        {"'query': {'t': {'count': 1, 'first': 'a', 'has': '~a'}}",
         "GET http://a.test/?t=a", true},
        /* both of one value, not one of each */
        {"'query': {'n': {'gt': 5, 'lt': 10}}", "GET http://a.test/?n=1&n=20",
         false},
        {"'query': {'n': {'gt': 5, 'lt': 10}}", "GET http://a.test/?n=1&n=7",
         true},
        {"'headers': {'accept': '~json'}",
         "GET http://a.test/\nAccept: text/html\nAccept: application/json",
         true},
    };

    CHECK(rows);
}

static void headers_and_cookies_match_by_name(void **state)
{
    static const struct row rows[] = {
        {"'headers': {'Authorization': '~^Bearer sk-'}",
         "GET http://a.test/\nauthorization: Bearer sk-1", true},
        {"'headers': {'authorization': '~^Bearer sk-'}",
         "GET http://a.test/\nauthorization: Basic x", false},
        {"'headers': {'x-a': 'V'}", "GET http://a.test/\nX-A: v", false},
        {"'headers': {'x-a': {'any': ['v', '~^w']}}",
         "GET http://a.test/\nX-A: wow", true},
        {"'headers': {'x-a': {'all': ['~^w', {'contains': 'o'}]}}",
         "GET http://a.test/\nX-A: wow", true},
        {"'headers': {'x-a': {'all': ['~^w', {'contains': 'z'}]}}",
         "GET http://a.test/\nX-A: wow", false},
        {"'headers': {'x-a': {'regex': '(?i)^WOW$'}}",
         "GET http://a.test/\nX-A: wow", true},
        {"'cookies': {'session': 'present'}",
         "GET http://a.test/\nCookie: a=1; session=x", true},
        {"'cookies': {'Session': 'present'}",
         "GET http://a.test/\nCookie: a=1; session=x", false},
        {"'cookies': {'a': '1', 'b': 'absent'}",
         "GET http://a.test/\nCookie: a=1; session=x", true},
    };

    CHECK(rows);
}

static void json_matches_a_subset(void **state)
{
    static const struct row rows[] = {
        {"'json': {'model': 'm'}",
         "POST http://a.test/\n\n{\"model\": \"m\", \"x\": 1}", true},
        {"'json': {'model': 'm'}", "POST http://a.test/\n\n{\"model\": \"n\"}",
         false},
        {"'json': {'model': 'm'}", "POST http://a.test/\n\nmodel=m", false},
        {"'json': {'model': 'm'}", "POST http://a.test/", false},
        {"'json': 'absent'", "POST http://a.test/\n\nx", true},
        {"'json': 'present'", "POST http://a.test/\n\n[]", true},
        {"'json': {}", "POST http://a.test/\n\n{\"a\": 1}", true},
        {"'json': {}", "POST http://a.test/\n\n[]", false},
        {"'json': {'a': {'b': {'c': null}}}",
         "POST http://a.test/\n\n{\"a\": {\"b\": {\"c\": null, \"d\": 1}}}",
         true},
        {"'json': {'a': null}", "POST http://a.test/\n\n{}", false},
        {"'json': {'a': true, 'n': 1.5}",
         "POST http://a.test/\n\n{\"a\": true, \"n\": 15e-1}", true},
        {"'json': {'a': true}", "POST http://a.test/\n\n{\"a\": \"true\"}",
         false},
        {"'json': {'n': 1}", "POST http://a.test/\n\n{\"n\": \"1\"}", false},
        {"'json': {'n': '~^1'}", "POST http://a.test/\n\n{\"n\": 12}", true},
        {"'json': {'n': {'gt': 1}}", "POST http://a.test/\n\n{\"n\": 2}", true},
        {"'json': {'n': {'not': {'gt': 1}}}", "POST http://a.test/\n\n{}",
         true},
        {"'json': [1, {'a': '~b'}]",
         "POST http://a.test/\n\n[1, {\"a\": \"abc\", \"c\": 1}]", true},
        {"'json': [1]", "POST http://a.test/\n\n[1, 2]", false},
        {"'json': {'is': {'a': [1, {'b': '~x'}]}}",
         "POST http://a.test/\n\n{\"a\": [1, {\"b\": \"~x\"}]}", true},
        {"'json': {'is': {'a': 1}}",
         "POST http://a.test/\n\n"
         "{\"a\": 1, \"b\": 2}",
         false},
        {"'json': {'is': {'count': 1}}",
         "POST http://a.test/\n\n{\"count\": 1}", true},
        {"'json': {'m': {'last': {'role': 'user'}}}",
         "POST http://a.test/\n\n{\"m\": [{\"role\": \"system\"}, "
         "{\"role\": \"user\", \"c\": 1}]}",
         true},
        {"'json': {'m': {'first': {'role': 'user'}}}",
         "POST http://a.test/\n\n{\"m\": [{\"role\": \"system\"}]}", false},
        {"'json': {'m': {'first': 'absent', 'count': 0}}",
         "POST http://a.test/\n\n{\"m\": []}", true},
        {"'json': {'m': {'has': {'role': '~^sys'}, 'count': {'lt': 3}}}",
         "POST http://a.test/\n\n{\"m\": [1, {\"role\": \"system\"}]}", true},
        {"'json': {'m': {'has': 3}}", "POST http://a.test/\n\n{\"m\": 3}",
         false},
        {"'json': {'/count': 3, 'x': 1}",
         "POST http://a.test/\n\n{\"count\": 3, \"x\": 1}", true},
        {"'json': {'/first': 'a'}", "POST http://a.test/\n\n{\"first\": \"a\"}",
         true},
        {"'json': {'//a': 1}", "POST http://a.test/\n\n{\"/a\": 1}", true},
        {"'json': {'type': 'text', 'size': 3}",
         "POST http://a.test/\n\n{\"type\": \"text\", \"size\": 3}", true},
        {"'json': {'any': [{'a': 1}, {'b': 1}]}",
         "POST http://a.test/\n\n{\"b\": 1}", true},
    };

    CHECK(rows);
}

#define MULTIPART                                                              \
    "POST http://a.test/\nContent-Type: multipart/form-data; boundary=B\n\n"   \
    "--B\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\n"            \
    "whisper-1\r\n--B\r\nContent-Disposition: form-data; name=\"file\"; "      \
    "filename=\"a.wav\"\r\nContent-Type: audio/wav\r\n\r\nRIFF\r\n--B--\r\n"

static void form_matches_fields_and_files(void **state)
{
    static const struct row rows[] = {
        {"'form': {'To': '+1', 'Body': '~hi'}",
         "POST http://a.test/\nContent-Type: application/x-www-form-urlencoded"
         "\n\nTo=%2B1&Body=oh+hi",
         true},
        {"'form': {'To': '+2'}",
         "POST http://a.test/\nContent-Type: application/x-www-form-urlencoded"
         "\n\nTo=%2B1",
         false},
        {"'form': {'x': 'absent'}", "POST http://a.test/\n\nx=1", true},
        {"'form': {'model': 'whisper-1'}", MULTIPART, true},
        {"'form': {'file': {'filename': '~\\\\.wav$', 'size': {'gt': 0}}}",
         MULTIPART, true},
        {"'form': {'file': {'size': 4, 'type': 'audio/wav'}}", MULTIPART, true},
        {"'form': {'file': {'size': {'gt': 4}}}", MULTIPART, false},
        {"'form': {'file': 'RIFF'}", MULTIPART, true},
        {"'form': {'model': {'filename': 'present'}}", MULTIPART, false},
        {"'form': {'model': {'size': 'absent'}}", MULTIPART, true},
    };

    CHECK(rows);
}

static void body_matches_bytes(void **state)
{
    static const struct row rows[] = {
        {"'body': '~<Envelope'", "POST http://a.test/\n\n<Envelope/>", true},
        {"'body': 'x'", "POST http://a.test/\n\nx", true},
        {"'body': 'x'", "POST http://a.test/\n\nxy", false},
        {"'body': {'contains': 'y'}", "POST http://a.test/\n\nxy", true},
        {"'body': 'absent'", "POST http://a.test/", true},
        {"'body': '~\\\\w\xc3\xa9$'",
         "POST http://a.test/\n\n\xff\xfe"
         "caf\xc3\xa9",
         true},
    };

    CHECK(rows);
}

static void method_and_program_match(void **state)
{
    static const struct row rows[] = {
        {"'method': ['GET', 'PUT']", "PUT http://a.test/", true},
        {"'method': ['GET', 'PUT']", "POST http://a.test/", false},
        {"'method': '~^P'", "POST http://a.test/", true},
        {"'method': {'not': 'GET'}", "GET http://a.test/", false},
        {"'method': 'PURGE'", "PURGE http://a.test/", true},
        {"'method': 'GET'", "HEAD http://a.test/", false},
        {"'program': 'curl'", "GET http://a.test/", true},
        {"'program': '~^wget'", "GET http://a.test/", false},
        {"'program': {'name': 'curl', 'pid': 42}", "GET http://a.test/", true},
        {"'program': {'argv': {'last': '~^http'}}", "GET http://a.test/", true},
        {"'program': {'argv': '-sS'}", "GET http://a.test/", true},
        {"'program': {'argv': '-s'}", "GET http://a.test/", false},
        {"'program': {'argv': {'count': 3}}", "GET http://a.test/", true},
        {"'program': {'env': {'MODE': 'test', 'X': 'absent'}}",
         "GET http://a.test/", true},
        {"'program': {'env': {'MOD': 'present'}}", "GET http://a.test/", false},
        {"'host': 'a.test'", "GET http://a.test/", true},
        {"'host': 'b.test'", "GET http://a.test/", false},
    };

    CHECK(rows);
}

static void path_patterns_match_the_decoded_path(void **state)
{
    static const struct row rows[] = {
        {"'path': '~^/v\\\\d+/'", "GET http://a.test/v12/x", true},
        {"'path': '~^/v\\\\d+/'", "GET http://a.test/a/v12/x", false},
        {"'path': '~^/v1/?$'", "GET http://a.test/v1", true},
        {"'path': '~^/v1/?$'", "GET http://a.test/v1/", true},
        {"'path': '~^/a/*b'", "GET http://a.test/ab", true},
        {"'path': '~^/(a|b)/c|^/d'", "GET http://a.test/d", true},
        {"'path': '~^/a\\\\.b/c'", "GET http://a.test/a.b/cd", true},
        {"'path': '~^/a/b+/c'", "GET http://a.test/a/bbb/c", true},
        {"'path': '~(?i)^/A$'", "GET http://a.test/a", true},
        {"'path': {'any': ['/a', '~^/b']}", "GET http://a.test/bc", true},
        {"'path': {'not': '/a'}", "GET http://a.test/a", false},
        {"'path': '/caf\xc3\xa9'", "GET http://a.test/caf%C3%A9", true},
        {"'path': '/a%20b'", "GET http://a.test/a%20b", true},
        {"'path': '/a b'", "GET http://a.test/a%20b", true},
        {"'path': '~^/v1/a/b'", "GET http://a.test/v1/a%2Fb", true},
        {"'path': '~^/v1/a/b'", "GET http://a.test/v1%2fa%2Fb", true},
        {"'path': '/v1/a/b'", "GET http://a.test/v1/a%2Fb", false},
        {"'path': '/v1/a%2fb'", "GET http://a.test/v1/a%2Fb", true},
        {"'path': '/'", "GET http://a.test", true},
        {"'path': '/v1/**'", "GET http://a.test/v1", true},
        {"'path': '/v1/**'", "GET http://a.test/v1/a/b", true},
        {"'path': '/v1/**'", "GET http://a.test/v12", false},
    };

    CHECK(rows);
}

static void captures_are_of_all_matchers(void **state)
{
    struct rule_lab *lab = *state;

    assert_true(
        fits(lab,
             "'path': '~^/(?<version>v\\\\d)/', 'headers': {'authorization':"
             " '~^Bearer (?<key>.*)'}, 'query': {'q': {'any': ['~(?<no>x)z',"
             " '~(?<yes>x)y']}, 'r': {'not': '~(?<never>q)'}}, 'json': {'m':"
             " {'last': {'n': '~(?<digit>\\\\d)$', 'c': '~capital of"
             " (?<country>\\\\w+)(?<none>!)?'}}}",
             "POST http://a.test/v1/x?q=xy&r=1\nAuthorization: Bearer k\n\n"
             "{\"m\": [{\"c\": \"The capital of France?\", \"n\": 1234}]}"));
    assert_string_equal(rule_lab_capture(lab, "version"), "v1");
    assert_string_equal(rule_lab_capture(lab, "key"), "k");
    assert_string_equal(rule_lab_capture(lab, "yes"), "x");
    assert_string_equal(rule_lab_capture(lab, "digit"), "4");
    assert_string_equal(rule_lab_capture(lab, "country"), "France");
    assert_int_equal(lab->match.captures.n, 5);
}

static void captures_of_rules_that_do_not_fit_are_dropped(void **state)
{
    struct rule_lab *lab = *state;

    rule_lab_rules(lab,
                   "{'when': {'path': '~(?<a>.)$', 'query': {'x': '1'}},"
                   " 'then': {}},"
                   "{'name': 'r', 'when': {'path': '~(?<b>.)$'},"
                   " 'then': {}}");
    assert_string_equal(rule_lab_find(lab, "GET http://a.test/x"), "r");
    assert_int_equal(lab->match.captures.n, 1);
    assert_string_equal(rule_lab_capture(lab, "b"), "x");
}

static void search_that_never_ends_is_given_up(void **state)
{
    static const char request[] =
        "GET http://a.test/?q=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    struct rule_lab *lab = *state;

    assert_false(fits(lab, "'query': {'q': '~^(a+)+$(?<!a)'}", request));
    assert_string_equal(rule_lab_explain(lab, request),
                        "r: the search for ~^(a+)+$(?<!a) in query took too "
                        "long");
}

int main(void)
{
#define TEST(name)                                                             \
    cmocka_unit_test_setup_teardown(name, rule_lab_set_up, rule_lab_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(query_matches_decoded_parameters),
        TEST(values_that_come_several_times_are_lists),
        TEST(headers_and_cookies_match_by_name),
        TEST(json_matches_a_subset),
        TEST(form_matches_fields_and_files),
        TEST(body_matches_bytes),
        TEST(method_and_program_match),
        TEST(path_patterns_match_the_decoded_path),
        TEST(captures_are_of_all_matchers),
        TEST(captures_of_rules_that_do_not_fit_are_dropped),
        TEST(search_that_never_ends_is_given_up),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
