/* grammar: the keys of rule files, and their schema. */
#include "config.h"

#include <cjson/cJSON.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "plan/grammar.h"
#include "rule/schema.h"

static cJSON *make_schema(void)
{
    struct ow_buf text;

    ow_buf_init(&text, 0);
    assert_int_equal(ow_schema_write(OW_SCHEMA_RULES, &text), 0);
    cJSON *schema = cJSON_ParseWithLength(ow_buf_data(&text), text.len);
    assert_non_null(schema);
    ow_buf_release(&text);
    return schema;
}

static void grammar_lists_members_behind_their_object(void **state)
{
    (void)state;
    for (int i = 0; i < OW_OBJECT_COUNT; i++) {
        const struct ow_member *member = ow_grammar_members((enum ow_object)i);
        const char *const *key = ow_grammar_keys((enum ow_object)i);
        assert_non_null(member->key);
        for (; member->key; member++, key++) {
            assert_int_equal(member->object, i);
            assert_string_equal(member->key, *key);
        }
        assert_null(*key);
    }
}

static void grammar_lists_words_of_each_type(void **state)
{
    const char *const *words = ow_grammar_words(OW_WORDS_cut_how);

    (void)state;
    assert_string_equal(ow_grammar_words_name(OW_WORDS_cut_how), "cut_how");
    assert_string_equal(words[0], "close");
    assert_string_equal(words[2], "stall");
    assert_null(words[3]);
    for (int i = 0; i < OW_WORDS_COUNT; i++)
        assert_non_null(ow_grammar_words((enum ow_words)i)[0]);
}

/* How many references there are; each to a definition. */
static int count_references(const cJSON *node, const cJSON *definitions)
{
    static const char prefix[] = "#/definitions/";
    const cJSON *child;
    int n = 0;

    cJSON_ArrayForEach(child, node)
    {
        n += count_references(child, definitions);
        if (!child->string || strcmp(child->string, "$ref") != 0)
            continue;
        n++;
        assert_memory_equal(child->valuestring, prefix, sizeof prefix - 1);
        const char *name = child->valuestring + sizeof prefix - 1;
        if (!cJSON_GetObjectItemCaseSensitive(definitions, name))
            fail();
    }
    return n;
}

static void schema_refers_to_what_it_defines(void **state)
{
    cJSON *schema = make_schema();
    const cJSON *definitions =
        cJSON_GetObjectItemCaseSensitive(schema, "definitions");

    (void)state;
    assert_true(count_references(schema, definitions) > 100);
    cJSON_Delete(schema);
}

static void schema_defines_each_name_once(void **state)
{
    cJSON *schema = make_schema();
    const cJSON *definitions =
        cJSON_GetObjectItemCaseSensitive(schema, "definitions");
    const cJSON *one, *two;

    (void)state;
    cJSON_ArrayForEach(one, definitions)
    {
        for (two = one->next; two; two = two->next)
            assert_string_not_equal(one->string, two->string);
    }
    cJSON_Delete(schema);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(grammar_lists_members_behind_their_object),
        cmocka_unit_test(grammar_lists_words_of_each_type),
        cmocka_unit_test(schema_refers_to_what_it_defines),
        cmocka_unit_test(schema_defines_each_name_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
