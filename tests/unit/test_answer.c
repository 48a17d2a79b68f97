#include "config.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "../lib/answer_lab.h"

/* The plan of the first answer, as text. */
static const char *plan_of(struct answer_lab *lab, const char *rule)
{
    if (answer_lab_load(lab, rule) < 0)
        return lab->err.text;
    return answer_lab_dump(lab, 0);
}

/* The sentence that refuses a rule. */
static const char *refusal_of(struct answer_lab *lab, const char *rule)
{
    return answer_lab_load(lab, rule) == -EINVAL ? lab->err.text : "taken";
}

static void answer_json_is_serialized_with_its_type(void **state)
{
    assert_string_equal(
        plan_of(*state,
                "{'then': {'json': { 'id' : 1, 'big': 1700000000123,"
                " 'l': [ true, null, 1.5 ] } } }"),
        "HEAD 200 len=48 | "
        "BODY '{'id':1,'big':1700000000123,'l':[true,null,1.5]}' | END");
    assert_string_equal(answer_lab_fields(*state),
                        "content-type: application/json");
}

static void answer_json_goes_out_as_it_is_written(void **state)
{
    assert_string_equal(
        plan_of(*state,
                "{'then': {'json': [1234567890123456789, 1.0, -2E3,\n"
                "'a \\\\', /* no */ {'k' : [ ] , }, ] } }"),
        "HEAD 200 len=46 | "
        "BODY '[1234567890123456789,1.0,-2E3,'a \\\\',{'k':[]}]' | END");
    assert_string_equal(plan_of(*state, "{'then': {'json': 5 /* */ }}"),
                        "HEAD 200 len=1 | BODY '5' | END");
    assert_string_equal(plan_of(*state, "{'then': {'json': '\\u00e9'}}"),
                        "HEAD 200 len=8 | BODY ''\\u00e9'' | END");
}

static void answer_text_is_plain_utf8(void **state)
{
    assert_string_equal(plan_of(*state, "{'then': {'text': 'caf\xc3\xa9'}}"),
                        "HEAD 200 len=5 | BODY 'caf\\xc3\\xa9' | END");
    assert_string_equal(answer_lab_fields(*state),
                        "content-type: text/plain; charset=utf-8");
}

static void answer_base64_gives_bytes(void **state)
{
    assert_string_equal(plan_of(*state, "{'then': {'base64': 'AP 9C'}}"),
                        "HEAD 200 len=3 | BODY '\\x00\\xffB' | END");
    assert_string_equal(plan_of(*state, "{'then': {'base64': '_-8'}}"),
                        "HEAD 200 len=2 | BODY '\\xff\\xef' | END");
    assert_string_equal(refusal_of(*state, "{'then': {'base64': 'abcde'}}"),
                        "lab.json:1:21: /then/base64: this is not base64");
    assert_string_equal(refusal_of(*state, "{'then': {'base64': 'a=bc'}}"),
                        "lab.json:1:21: /then/base64: this is not base64");
}

static void answer_without_body_is_empty(void **state)
{
    assert_string_equal(plan_of(*state, "{'then': {}}"),
                        "HEAD 200 len=0 | END");
    assert_string_equal(answer_lab_fields(*state), "");
    assert_string_equal(plan_of(*state, "{'then': {'status': 204}}"),
                        "HEAD 204 none | END");
    assert_string_equal(plan_of(*state, "{'then': {'text': ''}}"),
                        "HEAD 200 len=0 | END");
}

static void answer_refuses_body_for_status_without_one(void **state)
{
    assert_string_equal(
        refusal_of(*state, "{'then': {'status': 304, 'json': {}}}"),
        "lab.json:1:34: /then/json: an answer of status 304 has no body");
}

static void answer_takes_status_reason_and_delay(void **state)
{
    assert_string_equal(
        plan_of(*state,
                "{'then': {'status': 503, 'reason': 'Try Later',"
                " 'delay': '1.5s'}}"),
        "WAIT 1500ms | HEAD 503 Try Later len=0 | END");
    assert_string_equal(plan_of(*state, "{'then': {'delay': 20}}"),
                        "WAIT 20ms | HEAD 200 len=0 | END");
}

static void answer_refuses_status_out_of_range(void **state)
{
    assert_string_equal(refusal_of(*state, "{'then': {'status': 100}}"),
                        "lab.json:1:21: /then/status: expected a whole number "
                        "from 200 to 999");
    assert_string_equal(refusal_of(*state, "{'then': {'status': '200'}}"),
                        "lab.json:1:21: /then/status: expected a whole number "
                        "from 200 to 999");
}

static void answer_headers_repeat_override_and_leave_out(void **state)
{
    plan_of(*state,
            "{'then': {'json': 1, 'headers': {'Set-Cookie': ['a=1', "
            "'b=2'], 'x-n': 5, 'Content-Type': 'a/b'}}}");
    assert_string_equal(
        answer_lab_fields(*state),
        "Set-Cookie: a=1, Set-Cookie: b=2, x-n: 5, Content-Type: a/b");
    plan_of(*state, "{'then': {'json': 1, 'headers': {'content-type': null}}}");
    assert_string_equal(answer_lab_fields(*state), "");
    plan_of(*state, "{'then': {'headers': {'a': 'b\\tc'}}}");
    assert_string_equal(answer_lab_fields(*state), "a: b\tc");
}

static void answer_refuses_headers_that_break_the_head(void **state)
{
    assert_non_null(strstr(refusal_of(*state,
                                      "{'then': {'headers': {'a b': "
                                      "'c'}}}"),
                           "is no name of a header"));
    assert_non_null(strstr(refusal_of(*state,
                                      "{'then': {'headers': {'a': "
                                      "'b\\r\\nc: d'}}}"),
                           "/then/headers/a: the value of a header has no "));
    assert_non_null(strstr(refusal_of(*state,
                                      "{'then': {'headers': "
                                      "{'Content-Length': 5}}}"),
                           "the fault 'bad-length'"));
    assert_non_null(strstr(refusal_of(*state,
                                      "{'then': {'headers': {'a': "
                                      "{}}}}"),
                           "expected a string, a number, or a list"));
    assert_non_null(strstr(refusal_of(*state, "{'then': {'headers': []}}"),
                           "/then/headers: expected an object"));
}

static void answer_trailers_make_it_chunked(void **state)
{
    assert_string_equal(
        plan_of(*state,
                "{'then': {'text': 'ab', 'trailers': {'x-sum': '9', "
                "'y': 'z'}}}"),
        "HEAD 200 chunked | BODY 'ab' | END x-sum: 9, y: z");
    assert_string_equal(answer_lab_fields(*state),
                        "trailer: x-sum, y, "
                        "content-type: text/plain; charset=utf-8");
}

static void answer_refuses_two_bodies(void **state)
{
    assert_string_equal(
        refusal_of(*state, "{'then': {'json': {}, 'text': ''}}"),
        "lab.json:1:31: /then/text: 'json' and 'text' are two bodies: an "
        "answer has one");
}

static void answer_suggests_for_unknown_keys(void **state)
{
    assert_string_equal(
        refusal_of(*state, "{'then': {'haeders': {}}}"),
        "lab.json:1:11: /then/haeders: unknown key 'haeders'; did you mean "
        "'headers'?");
}

static void answer_names_keys_of_later_versions(void **state)
{
    assert_string_equal(refusal_of(*state, "{'then': {'pass': true}}"),
                        "lab.json:1:19: /then/pass: 'pass' comes with a later "
                        "version");
}

static void answer_refuses_templates_where_there_are_none(void **state)
{
    assert_non_null(
        strstr(refusal_of(*state, "{'then': {'json': [{'{{a}}': 1}]}}"),
               "lab.json:1:30: /then/json/0/{{a}}: a name is no template"));
    assert_non_null(
        strstr(refusal_of(*state, "{'then': {'file': '{{ p.id }}'}}"),
               "lab.json:1:19: /then/file: no template can stand here"));
    assert_non_null(strstr(refusal_of(*state,
                                      "{'then': {'stream': {'text': '{{ 1 }}', "
                                      "'rate': '{{ 2 }}'}}}"),
                           "/then/stream/rate: no template can stand here"));
    assert_non_null(
        strstr(refusal_of(*state, "{'then': {'fault': {'kind': '{{ 1 }}'}}}"),
               "/then/fault/kind: no template can stand here"));
    assert_string_equal(plan_of(*state, "{'then': {'text': '{ }}'}}"),
                        "HEAD 200 len=4 | BODY '{ }}' | END");
}

static void answer_sequence_repeats_its_last(void **state)
{
    struct answer_lab *lab = *state;

    assert_int_equal(
        answer_lab_load(lab, "{'then': [{'text': 'a'}, {'text': 'b'}]}"), 0);
    assert_int_equal(ow_answers_count(lab->answers), 2);
    assert_string_equal(answer_lab_dump(lab, 0),
                        "HEAD 200 len=1 | BODY 'a' | END");
    assert_string_equal(answer_lab_dump(lab, 1),
                        "HEAD 200 len=1 | BODY 'b' | END");
    assert_string_equal(answer_lab_dump(lab, 7),
                        "HEAD 200 len=1 | BODY 'b' | END");
}

static void answer_sequence_cycles(void **state)
{
    struct answer_lab *lab = *state;

    assert_int_equal(answer_lab_load(lab,
                                     "{'then': [{'text': 'a'}, {'text': "
                                     "'b'}], 'repeat': 'cycle'}"),
                     0);
    assert_string_equal(answer_lab_dump(lab, 2),
                        "HEAD 200 len=1 | BODY 'a' | END");
    assert_string_equal(answer_lab_dump(lab, 5),
                        "HEAD 200 len=1 | BODY 'b' | END");
}

static void answer_sequence_once_ends(void **state)
{
    struct answer_lab *lab = *state;

    assert_int_equal(
        answer_lab_load(lab, "{'then': {'text': 'a'}, 'repeat': 'once'}"), 0);
    assert_string_equal(answer_lab_dump(lab, 0),
                        "HEAD 200 len=1 | BODY 'a' | END");
    assert_string_equal(answer_lab_dump(lab, 1), "nothing");
}

static void answer_refuses_bad_sequences(void **state)
{
    assert_string_equal(
        refusal_of(*state, "{'then': []}"),
        "lab.json:1:10: /then: a sequence needs one answer at least");
    assert_string_equal(refusal_of(*state, "{'then': [{}, 'x']}"),
                        "lab.json:1:15: /then/1: no answer is called 'x': "
                        "'answers' of a file of this pack names them");
    assert_string_equal(refusal_of(*state, "{'then': [{}, 5]}"),
                        "lab.json:1:15: /then/1: expected an answer: an "
                        "object, or a list of objects");
    assert_string_equal(
        refusal_of(*state, "{'then': [{}], 'repeat': 'cicle'}"),
        "lab.json:1:26: /repeat: unknown word 'cicle'; did you mean 'cycle'?");
    assert_string_equal(refusal_of(*state, "{'then': {}, 'repeat': 'forever'}"),
                        "lab.json:1:24: /repeat: unknown word 'forever'; "
                        "expected one of last, cycle, once");
}

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static void answer_file_is_opened_at_each_hit(void **state)
{
    struct answer_lab *lab = *state;
    char folder[] = "/tmp/ow-answer-XXXXXX";
    char rules[64], data[64];

    assert_non_null(mkdtemp(folder));
    snprintf(rules, sizeof rules, "%s/rules.json", folder);
    snprintf(data, sizeof data, "%s/a.bin", folder);
    write_file(data, "one");
    lab->file = rules;
    assert_string_equal(plan_of(lab, "{'then': {'file': 'a.bin'}}"),
                        "HEAD 200 len=3 | FILE 0+3 | END");
    write_file(data, "two is longer");
    assert_string_equal(answer_lab_dump(lab, 1),
                        "HEAD 200 len=13 | FILE 0+13 | END");
    assert_string_equal(answer_lab_body(lab).ptr, "two is longer");
    unlink(data);
    assert_non_null(strstr(answer_lab_dump(lab, 2), "a.bin\": No such file"));
    assert_int_equal(lab->plan.nfds, 0);
    rmdir(folder);
}

static void answer_refuses_file_that_is_missing_or_a_folder(void **state)
{
    assert_non_null(
        strstr(refusal_of(*state, "{'then': {'file': '/nowhere/x'}}"),
               "/then/file: cannot open '/nowhere/x': No such file"));
    assert_non_null(strstr(refusal_of(*state, "{'then': {'file': '/tmp'}}"),
                           "Is a directory"));
    assert_non_null(
        strstr(refusal_of(*state, "{'then': {'file': '/dev/null'}}"),
               "it is no regular file"));
}

#define TEST(name)                                                             \
    cmocka_unit_test_setup_teardown(name, answer_lab_set_up,                   \
                                    answer_lab_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(answer_json_is_serialized_with_its_type),
        TEST(answer_json_goes_out_as_it_is_written),
        TEST(answer_text_is_plain_utf8),
        TEST(answer_base64_gives_bytes),
        TEST(answer_without_body_is_empty),
        TEST(answer_refuses_body_for_status_without_one),
        TEST(answer_takes_status_reason_and_delay),
        TEST(answer_refuses_status_out_of_range),
        TEST(answer_headers_repeat_override_and_leave_out),
        TEST(answer_refuses_headers_that_break_the_head),
        TEST(answer_trailers_make_it_chunked),
        TEST(answer_refuses_two_bodies),
        TEST(answer_suggests_for_unknown_keys),
        TEST(answer_names_keys_of_later_versions),
        TEST(answer_refuses_templates_where_there_are_none),
        TEST(answer_sequence_repeats_its_last),
        TEST(answer_sequence_cycles),
        TEST(answer_sequence_once_ends),
        TEST(answer_refuses_bad_sequences),
        TEST(answer_file_is_opened_at_each_hit),
        TEST(answer_refuses_file_that_is_missing_or_a_folder),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
