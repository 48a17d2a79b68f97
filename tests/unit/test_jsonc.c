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

#include "base/jsonc.h"
#include "base/limits.h"

static struct ow_jsonc *parse(const char *text)
{
    struct ow_jsonc *doc = NULL;
    struct ow_err err = {""};

    int r = ow_jsonc_parse("my.json", text, strlen(text), &doc, &err);
    assert_string_equal(err.text, "");
    assert_int_equal(r, 0);
    return doc;
}

static void refused_with(const char *text, size_t len, const char *sentence)
{
    struct ow_jsonc *doc = NULL;
    struct ow_err err = {""};

    assert_int_equal(ow_jsonc_parse("my.json", text, len, &doc, &err), -EINVAL);
    assert_string_equal(err.text, sentence);
    assert_null(doc);
}

static void jsonc_parse_takes_comments_and_trailing_commas(void **state)
{
    struct ow_jsonc *doc = parse(
        "\xef\xbb\xbf// été\n"
        "{ \"a\": [1, 2, /* , */ ], // \"b\": 1\n"
        "  \"u\": \"http://x/*y*/\", /* end */ }\n//");
    const cJSON *root = ow_jsonc_root(doc);

    (void)state;
    assert_int_equal(cJSON_GetArraySize(root), 2);
    assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(root, "a")), 2);
    assert_string_equal(cJSON_GetStringValue(cJSON_GetObjectItem(root, "u")),
                        "http://x/*y*/");
    ow_jsonc_free(doc);
}

/* Eight bytes are looked at together: each place of a byte that is not plain.
 */
static void jsonc_parse_sees_each_byte_of_a_string(void **state)
{
    static const char *const good[] = {"\\\"", "\\\\", "\xc3\xa9", "\x7f", "!"};
    char text[64], sentence[128];

    (void)state;
    for (int at = 0; at < 20; at++) {
        for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
            snprintf(text, sizeof text, "\"%.*s%s%s\"", at,
                     "abcdefghijklmnopqrstuvwxyz", good[i], "12345678901");
            struct ow_jsonc *doc = parse(text);
            assert_int_equal(strlen(ow_jsonc_root(doc)->valuestring),
                             strlen(text) - 2 - (good[i][0] == '\\'));
            ow_jsonc_free(doc);
        }
        snprintf(text, sizeof text, "\"%.*s\x1f%s\"", at,
                 "abcdefghijklmnopqrstuvwxyz", "12345678901");
        snprintf(sentence, sizeof sentence,
                 "my.json:1:%d: a control character in a string (the byte "
                 "0x1f) is written as an escape",
                 at + 2);
        refused_with(text, strlen(text), sentence);
    }
}

static void jsonc_parse_takes_what_json_has(void **state)
{
    struct ow_jsonc *doc = parse(
        "[null, true, false, -0.5e+3, \"\\ud83d\\ude00\\n\\/\", {}, "
        "[], \"\xf0\x9f\x98\x80\"]");
    const cJSON *root = ow_jsonc_root(doc);

    (void)state;
    assert_int_equal(cJSON_GetArraySize(root), 8);
    assert_true(cJSON_GetArrayItem(root, 3)->valuedouble == -500);
    assert_string_equal(cJSON_GetArrayItem(root, 4)->valuestring,
                        "\xf0\x9f\x98\x80\n/");
    ow_jsonc_free(doc);
}

static void jsonc_parse_says_what_is_wrong_and_where(void **state)
{
    static const struct {
        const char *text, *sentence;
    } cases[] = {
        {"", "my.json:1:1: expected a value, got the end of the file"},
        {"{} x", "my.json:1:4: expected the end of the file, got 'x'"},
        {"{\"a\":\n  nope}",
         "my.json:2:3: /a: expected a value, got nope; "
         "strings are written in double quotes"},
        {"{\"a\": {\"b/c\": [0, 'x']}}",
         "my.json:1:19: /a/b~1c/1: strings are written in double quotes"},
        {"{a: 1}", "my.json:1:2: expected a key in double quotes, got 'a'"},
        {"{\"a\" 1}",
         "my.json:1:6: expected ':' behind the key \"a\", got "
         "'1'"},
        {"{\"a\": 1 \"b\": 2}", "my.json:1:9: expected ',' or '}', got '\"'"},
        {"[1 2]", "my.json:1:4: expected ',' or ']', got '2'"},
        {"[,]", "my.json:1:2: /0: expected a value, got ','"},
        {"[1,,]", "my.json:1:4: /1: expected a value, got ','"},
        {"[01]", "my.json:1:2: /0: this is no number as JSON writes it"},
        {"[1.]", "my.json:1:2: /0: this is no number as JSON writes it"},
        {"[1e999]", "my.json:1:2: /0: this number is too large"},
        {"[\"a\nb\"]",
         "my.json:1:2: /0: this string has no end on its line; "
         "a line break in it is written \"\\n\""},
        {"[\"a\tb\"]",
         "my.json:1:4: /0: a control character in a string "
         "(the byte 0x09) is written as an escape"},
        {"[\"\\d\"]",
         "my.json:1:3: /0: unknown escape in a string, \"\\\" "
         "before 'd'; a backslash itself is written \"\\\\\""},
        {"[\"\\u0000\"]", "my.json:1:3: /0: a string cannot hold \\u0000"},
        {"[\"\\ud800x\"]",
         "my.json:1:3: /0: half of a surrogate pair: \"\\ud800\""},
        {"[\"\\u12\"]",
         "my.json:1:3: /0: \"\\u\" wants four hexadecimal digits"},
        {"[\"\xff\"]", "my.json:1:3: /0: invalid UTF-8: the byte 0xff"},
        {"[\"\xc0\x80\"]", "my.json:1:3: /0: invalid UTF-8: the byte 0xc0"},
        {"[\"\xed\xa0\x80\"]", "my.json:1:3: /0: invalid UTF-8: the byte 0xed"},
        {"/* no end",
         "my.json:1:1: this comment has no end: \"*/\" is "
         "missing"},
        {"[\"abc", "my.json:1:2: /0: this string has no end"},
        {"[1", "my.json:1:3: expected ',' or ']', got the end of the file"},
        {"{\"a\": 1, \"b\": 2, \"a\": 3}",
         "my.json:1:18: /a: the key \"a\" is there twice"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        refused_with(cases[i].text, strlen(cases[i].text), cases[i].sentence);
    refused_with("[\"a\0\"]", 6,
                 "my.json:1:4: /0: a control character in a string (the byte "
                 "0x00) is written as an escape");
}

static void jsonc_parse_sees_a_duplicate_among_many_keys(void **state)
{
    char text[1024] = "{\n", line[32];

    (void)state;
    for (int i = 0; i < 40; i++) {
        snprintf(line, sizeof line, "\"k%d\": 1,\n", i % 39);
        strncat(text, line, sizeof text - strlen(text) - 1);
    }
    strncat(text, "}", sizeof text - strlen(text) - 1);
    refused_with(text, strlen(text),
                 "my.json:41:1: /k0: the key \"k0\" is there twice");
}

static void jsonc_parse_refuses_deep_nesting(void **state)
{
    char text[2 * OW_LIMIT_JSON_DEPTH + 3];
    size_t depth = OW_LIMIT_JSON_DEPTH;
    struct ow_jsonc *doc = NULL;
    struct ow_err err;

    (void)state;
    memset(text, '[', depth + 1);
    memset(text + depth + 1, ']', depth + 1);
    assert_int_equal(ow_jsonc_parse("d", text, 2 * depth + 2, &doc, &err),
                     -EINVAL);
    assert_non_null(strstr(err.text, "nested deeper than 200 levels"));
    assert_int_equal(ow_jsonc_parse("d", text + 1, 2 * depth, &doc, &err), 0);
    ow_jsonc_free(doc);
}

static void jsonc_error_names_place_and_pointer(void **state)
{
    struct ow_jsonc *doc = parse(
        "/* été */ {\n"
        "  \"rules\": [ {}, // 10\n"
        "   {\"wh~en\": {\"\\u00e9\": [1, -2e1, "
        "\"x\\\"\", true,] } } ] }");
    const cJSON *rules = cJSON_GetObjectItem(ow_jsonc_root(doc), "rules");
    const cJSON *list = cJSON_GetArrayItem(rules, 1)->child->child;
    struct ow_err err;

    (void)state;
    assert_int_equal(ow_jsonc_error(doc, cJSON_GetArrayItem(list, 3), &err,
                                    "expected a %s", "string"),
                     -EINVAL);
    assert_string_equal(err.text,
                        "my.json:3:42: /rules/1/wh~0en/é/3: "
                        "expected a string");
    ow_jsonc_error(doc, ow_jsonc_root(doc), &err, "expected more");
    assert_string_equal(err.text, "my.json:1:11: expected more");
    ow_jsonc_error(doc, NULL, &err, "no place");
    assert_string_equal(err.text, "my.json: no place");
    assert_int_equal(ow_jsonc_line(doc, cJSON_GetArrayItem(rules, 0)), 2);
    assert_int_equal(ow_jsonc_line(doc, cJSON_GetArrayItem(rules, 1)), 3);
    ow_jsonc_free(doc);
}

static void jsonc_unknown_key_offers_the_nearest_word(void **state)
{
    static const char *const known[] = {"method", "path", "headers", NULL};
    struct ow_jsonc *doc = parse("{\n \"heders\": {}, \"zebra\": 1 }");
    const cJSON *root = ow_jsonc_root(doc);
    struct ow_err err;

    (void)state;
    assert_int_equal(ow_jsonc_unknown_key(doc, root->child, &err, known),
                     -EINVAL);
    assert_string_equal(err.text,
                        "my.json:2:2: /heders: unknown key "
                        "\"heders\"; did you mean \"headers\"?");
    ow_jsonc_unknown_key(doc, root->child->next, &err, known);
    assert_string_equal(err.text,
                        "my.json:2:16: /zebra: unknown key \"zebra\"; "
                        "expected one of method, path, headers");
    ow_jsonc_free(doc);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(jsonc_parse_takes_comments_and_trailing_commas),
        cmocka_unit_test(jsonc_parse_sees_each_byte_of_a_string),
        cmocka_unit_test(jsonc_parse_takes_what_json_has),
        cmocka_unit_test(jsonc_parse_says_what_is_wrong_and_where),
        cmocka_unit_test(jsonc_parse_sees_a_duplicate_among_many_keys),
        cmocka_unit_test(jsonc_parse_refuses_deep_nesting),
        cmocka_unit_test(jsonc_error_names_place_and_pointer),
        cmocka_unit_test(jsonc_unknown_key_offers_the_nearest_word),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
