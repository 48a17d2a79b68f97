/*
 * Values that fit a JSON Schema: each keyword, what goes on within itself, and
 * what happens when memory is out.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../lib/failmalloc.h"
#include "plan/sample.h"

/* Single quotes stand for double ones, both ways. */
static void swap(char *text, char from, char to)
{
    for (; *text; text++)
        if (*text == from)
            *text = to;
}

static void fits(const char *schema, const char *expected)
{
    char *text = strdup(schema);

    assert_non_null(text);
    swap(text, '\'', '"');
    cJSON *node = cJSON_Parse(text);
    assert_non_null(node);
    cJSON *value = ow_sample_make(node, "text");
    assert_non_null(value);
    char *printed = cJSON_PrintUnformatted(value);
    assert_non_null(printed);
    swap(printed, '"', '\'');
    assert_string_equal(printed, expected);
    cJSON_free(printed);
    cJSON_Delete(value);
    cJSON_Delete(node);
    free(text);
}

static void sample_has_the_type(void **state)
{
    (void)state;
    fits("{'type': 'string'}", "'text'");
    fits("{'type': 'integer'}", "1");
    fits("{'type': 'number'}", "1");
    fits("{'type': 'boolean'}", "true");
    fits("{'type': 'null'}", "null");
    fits("{'type': 'array'}", "['text']");
    fits("{'type': 'object'}", "{}");
    fits("{'type': ['null', 'integer']}", "1");
    fits("{'type': ['null']}", "null");
    fits("{}", "'text'");
    fits("true", "'text'");
    fits("{'properties': {'a': {}}}", "{'a':'a'}");
    fits("{'minimum': 7}", "7");
}

static void sample_takes_what_is_given(void **state)
{
    (void)state;
    fits("{'const': [1, {'a': null}]}", "[1,{'a':null}]");
    fits("{'type': 'string', 'enum': ['b', 'a']}", "'b'");
    fits("{'type': 'integer', 'default': 12}", "12");
    fits("{'type': 'string', 'examples': ['x', 'y']}", "'x'");
    fits("{'type': 'string', 'example': 'z'}", "'z'");
    fits("{'type': 'array', 'minItems': 3, 'items': {'enum': ['a', 'b']}}",
         "['a','b','a']");
}

static void sample_keeps_bounds_of_numbers(void **state)
{
    (void)state;
    fits("{'type': 'integer', 'minimum': 3, 'maximum': 9}", "3");
    fits("{'type': 'integer', 'maximum': -4}", "-4");
    fits("{'type': 'integer', 'exclusiveMinimum': 3}", "4");
    fits("{'type': 'integer', 'exclusiveMaximum': 1}", "0");
    fits("{'type': 'number', 'maximum': 0.25}", "0.25");
    fits("{'type': 'number', 'exclusiveMinimum': 1, 'exclusiveMaximum': 1.5}",
         "1.25");
    fits("{'type': 'number', 'multipleOf': 0.5, 'minimum': 2.2}", "2.5");
    fits("{'type': 'integer', 'multipleOf': 7, 'maximum': 20, 'minimum': 15}",
         "14");
    fits("{'type': 'array', 'minItems': 3, 'items': {'type': 'integer'}}",
         "[1,2,3]");
}

static void sample_keeps_lengths_of_texts(void **state)
{
    (void)state;
    fits("{'type': 'string', 'minLength': 6}", "'textxx'");
    fits("{'type': 'string', 'maxLength': 2}", "'te'");
    fits("{'type': 'string', 'maxLength': 0}", "''");
    fits("{'properties': {'n\xc3\xa4me': {'maxLength': 2, 'minLength': 1}}}",
         "{'n\xc3\xa4me':'n\xc3\xa4'}");
    fits("{'type': 'string', 'format': 'date-time'}", "'2026-01-02T03:04:05Z'");
    fits("{'type': 'string', 'format': 'email'}", "'ada@example.com'");
    fits("{'type': 'string', 'format': 'other'}", "'text'");
}

static void sample_keeps_numbers_of_elements(void **state)
{
    (void)state;
    fits("{'type': 'array', 'minItems': 2, 'items': {'type': 'string'}}",
         "['text','text 2']");
    fits("{'type': 'array', 'maxItems': 0}", "[]");
    fits(
        "{'prefixItems': [{'type': 'integer'}, {'const': 'b'}],"
        " 'items': false}",
        "[1,'b']");
    fits(
        "{'prefixItems': [{'const': 'a'}], 'minItems': 3,"
        " 'items': {'type': 'integer'}}",
        "['a',2,3]");
}

static void sample_has_all_members(void **state)
{
    (void)state;
    fits(
        "{'type': 'object', 'properties': {'a': {'type': 'integer'}, 'b':"
        " {'type': 'object', 'properties': {'c': {}}}}, 'required': ['a']}",
        "{'a':1,'b':{'c':'c'}}");
    fits(
        "{'type': 'object', 'required': ['x', 'y'],"
        " 'additionalProperties': {'type': 'integer'}}",
        "{'x':1,'y':1}");
    fits("{'additionalProperties': {'type': 'boolean'}}", "{'key':true}");
}

static void sample_passes_over_what_is_no_schema(void **state)
{
    (void)state;
    fits("{'type': 'object', 'properties': [null, {'a': {}}]}", "{}");
    fits("{'type': 'object', 'properties': 'x', 'required': {}}", "{}");
    fits("{'type': 'object', 'properties': {'a': null}}", "{'a':'a'}");
    fits("{'type': 'object', 'required': [1, null, 'b']}", "{'b':'b'}");
}

static void sample_follows_alternatives(void **state)
{
    (void)state;
    fits("{'anyOf': [{'type': 'null'}, {'type': 'integer'}]}", "1");
    fits("{'oneOf': [{'const': 'a'}, {'const': 'b'}]}", "'a'");
    fits(
        "{'allOf': [{'properties': {'a': {'const': 1}}},"
        " {'properties': {'a': {'const': 3}, 'b': {'const': 2}}}]}",
        "{'a':1,'b':2}");
    fits(
        "{'properties': {'a': {'const': 1}},"
        " 'anyOf': [{'properties': {'b': {'const': 2}}}]}",
        "{'a':1,'b':2}");
    fits("{'allOf': [{'type': 'integer'}]}", "1");
    fits("{'anyOf': []}", "'text'");
}

static void sample_follows_references(void **state)
{
    (void)state;
    fits("{'$ref': '#/$defs/a~1b', '$defs': {'a/b': {'const': 7}}}", "7");
    fits("{'$ref': '#/$defs/l/1', '$defs': {'l': [{}, {'const': 8}]}}", "8");
    fits("{'$ref': '#/nowhere/1/2'}", "'text'");
    fits("{'$ref': 'http://elsewhere'}", "'text'");
    fits("{'$ref': '#/$defs/l/x', '$defs': {'l': []}}", "'text'");
}

static void sample_ends_what_goes_on_within_itself(void **state)
{
    (void)state;
    fits(
        "{'properties': {'value': {'type': 'integer'}, 'next':"
        " {'anyOf': [{'$ref': '#'}, {'type': 'null'}]}},"
        " 'required': ['value', 'next']}",
        "{'value':1,'next':{'value':1,'next':{'value':1,'next':null}}}");
    fits("{'$ref': '#'}", "null");
    /* It cannot end, and does: so wide that memory would. */
    static const char endless[] =
        "{\"required\": [\"a\", \"b\"], \"properties\":"
        " {\"a\": {\"$ref\": \"#\"}, \"b\": {\"$ref\": \"#\"}}}";
    cJSON *schema = cJSON_Parse(endless);
    cJSON *value = ow_sample_make(schema, "text");
    assert_true(cJSON_IsObject(value));
    cJSON_Delete(value);
    cJSON_Delete(schema);
}

static void sample_without_memory_is_none(void **state)
{
    static const char text[] =
        "{\"properties\": {\"a\": {\"type\": \"string\"}, \"b\": {\"items\":"
        " {\"type\": \"integer\"}}}, \"allOf\": [{\"properties\": {\"c\":"
        " {\"const\": {\"d\": 1}}}}]}";
    cJSON *schema = cJSON_Parse(text);

    (void)state;
    assert_non_null(schema);
    bool done = false;
    long n = 0;
    for (; !done; n++) {
        failmalloc_arm(n);
        cJSON *value = ow_sample_make(schema, "text");
        done = !failmalloc_disarm();
        assert_true(done == (value != NULL));
        cJSON_Delete(value);
    }
    cJSON_Delete(schema);
    assert_true(n > 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sample_has_the_type),
        cmocka_unit_test(sample_takes_what_is_given),
        cmocka_unit_test(sample_keeps_bounds_of_numbers),
        cmocka_unit_test(sample_keeps_lengths_of_texts),
        cmocka_unit_test(sample_keeps_numbers_of_elements),
        cmocka_unit_test(sample_has_all_members),
        cmocka_unit_test(sample_passes_over_what_is_no_schema),
        cmocka_unit_test(sample_follows_alternatives),
        cmocka_unit_test(sample_follows_references),
        cmocka_unit_test(sample_ends_what_goes_on_within_itself),
        cmocka_unit_test(sample_without_memory_is_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
