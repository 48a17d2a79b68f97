/*
 * Shapes: what fits, and where and how something does not.
 */
#include "config.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "plan/shape.h"

/* "path: expected, got", "" if it fits, or the sentence about the shape. */
static const char *told(const char *shape, const char *json)
{
    static char text[sizeof(struct ow_err) + sizeof(struct ow_misfit)];
    cJSON *value = json ? cJSON_Parse(json) : NULL;
    struct ow_shapes shapes = {0};
    const struct ow_shape *read;
    struct ow_misfit misfit;
    struct ow_err err;

    int r = ow_shapes_get(&shapes, ow_str_from(shape), &read, &err);
    if (r < 0)
        snprintf(text, sizeof text, "%s", err.text);
    else if (ow_shape_fits(read, value, &misfit))
        text[0] = '\0';
    else
        snprintf(text, sizeof text, "%s: %s, %s", misfit.path, misfit.expected,
                 misfit.got);
    cJSON_Delete(value);
    ow_shapes_release(&shapes);
    return text;
}

static void shape_of_a_word_takes_values_of_that_kind(void **state)
{
    static const struct {
        const char *shape, *json, *told;
    } rows[] = {
        {"string", "\"\"", ""},
        {"string", "1", ": string, integer"},
        {"integer", "1", ""},
        {"integer", "1.5", ": integer, number"},
        {"integer", "1e300", ": integer, number"},
        {"number", "1", ""},
        {"number", "true", ": number, boolean"},
        {"boolean", "false", ""},
        {"object", "{}", ""},
        {"object", "[]", ": object, array"},
        {"array", "[1, {}]", ""},
        {"array", "{}", ": array, object"},
        {"any", "null", ""},
        {"string", "null", ": string, null"},
        {"string", NULL, ": string, nothing"},
        {"any", NULL, ": any, nothing"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_string_equal(told(rows[i].shape, rows[i].json), rows[i].told);
}

static void shape_of_an_object_looks_at_the_members_it_names(void **state)
{
    const char *shape = "{ model!: string, n: integer, a: { b: boolean } }";

    (void)state;
    assert_string_equal(told(shape, "{\"model\":\"x\",\"other\":[]}"), "");
    assert_string_equal(told(shape, "{\"model\":\"x\",\"n\":null}"), "");
    assert_string_equal(told(shape, "{\"n\":1}"), "model: string, nothing");
    assert_string_equal(told(shape, "{\"model\":null}"), "model: string, null");
    assert_string_equal(told(shape, "{\"model\":\"x\",\"n\":\"1\"}"),
                        "n: integer, string");
    assert_string_equal(told(shape, "{\"model\":\"x\",\"a\":{\"b\":1}}"),
                        "a.b: boolean, integer");
    assert_string_equal(told("{}", "{\"a\":1}"), "");
}

static void shape_with_a_star_looks_at_each_member(void **state)
{
    (void)state;
    assert_string_equal(told("{*: string}", "{\"a\":\"b\",\"c\":\"d\"}"), "");
    assert_string_equal(told("{*: string}", "{}"), "");
    assert_string_equal(told("{*: string}", "{\"a\":\"b\",\"c\":4}"),
                        "c: string, integer");
    assert_string_equal(told("{*: any, c: string}", "{\"a\":{},\"c\":4}"),
                        "c: string, integer");
}

static void shape_of_a_list_looks_at_each_element(void **state)
{
    const char *shape = "{ m: [ { role!: string } ] }";

    (void)state;
    assert_string_equal(told(shape, "{\"m\":[{\"role\":\"a\"}]}"), "");
    assert_string_equal(told(shape, "{\"m\":[{\"role\":\"a\"},{}]}"),
                        "m[1].role: string, nothing");
    assert_string_equal(told(shape, "{\"m\":[null]}"), "m[0]: object, null");
    assert_string_equal(told(shape, "{\"m\":{}}"),
                        "m: array of objects, object");
    assert_string_equal(told("[[integer]]", "[[1],[2,\"3\"]]"),
                        "[1][1]: integer, string");
    assert_string_equal(told("[[integer]]", "[]"), "");
}

static void shape_with_alternatives_takes_each_of_them(void **state)
{
    const char *shape = "{ c: string | [ { t!: string } ] | [ integer ] }";

    (void)state;
    assert_string_equal(told(shape, "{\"c\":\"x\"}"), "");
    assert_string_equal(told(shape, "{\"c\":[{\"t\":\"x\"}]}"), "");
    assert_string_equal(told(shape, "{\"c\":[1,2]}"), "");
    assert_string_equal(told(shape, "{\"c\":[{\"t\":1}]}"),
                        "c[0].t: string, integer");
    assert_string_equal(
        told(shape, "{\"c\":1}"),
        "c: string|array of objects|array of integers, integer");
}

static void shape_tells_where_it_cannot_be_read(void **state)
{
    (void)state;
    assert_string_equal(told("{ a string }", "{}"),
                        "shape, character 5: expected \":\"");
    assert_string_equal(told("{ a: strnig }", "{}"),
                        "shape, character 6: expected any, string, integer, "
                        "number, boolean, object, array, { or [");
    assert_string_equal(told("{ : string }", "{}"),
                        "shape, character 3: expected a member's name");
    assert_string_equal(told("[ string", "{}"),
                        "shape, character 9: expected \"]\"");
    assert_string_equal(told("{ a: string b: string }", "{}"),
                        "shape, character 13: expected \",\" or \"}\"");
    assert_string_equal(told("string string", "{}"),
                        "shape, character 8: expected its end");
    assert_non_null(strstr(told("", "{}"), "character 1: expected any"));
}

static void shape_and_path_that_are_too_long_are_bounded(void **state)
{
    char shape[2 * OW_LIMIT_SHAPE_PARTS], json[8 + OW_LIMIT_SHAPE_PATH];

    (void)state;
    memset(shape, '[', sizeof shape);
    shape[sizeof shape - 1] = '\0';
    assert_non_null(strstr(told(shape, "[]"), "expected fewer parts"));
    snprintf(json, sizeof json, "{\"%0*d\":1}", OW_LIMIT_SHAPE_PATH, 0);
    assert_string_equal(strchr(told("{*: string}", json), ':'),
                        ": string, integer");
}

static void shape_with_a_long_text_is_refused(void **state)
{
    char shape[OW_LIMIT_SHAPE_TEXT + 2];

    (void)state;
    memset(shape, ' ', sizeof shape);
    memcpy(shape, "any", 3);
    shape[sizeof shape - 1] = '\0';
    assert_string_equal(told(shape, "{}"),
                        "shape of 16385 characters: 16384 at most");
    shape[sizeof shape - 2] = '\0';
    assert_string_equal(told(shape, "{}"), "");
}

static void shapes_are_read_once(void **state)
{
    char text[] = "{ a!: string }", other[] = "{ b!: string }";
    struct ow_shapes shapes = {0};
    const struct ow_shape *first, *again;
    struct ow_misfit misfit;

    (void)state;
    assert_int_equal(ow_shapes_get(&shapes, ow_str_from(text), &first, NULL),
                     0);
    assert_int_equal(ow_shapes_get(&shapes, ow_str_from(other), &again, NULL),
                     0);
    assert_ptr_not_equal(first, again);
    assert_int_equal(
        ow_shapes_get(&shapes, OW_STR("{ a!: string }"), &again, NULL), 0);
    assert_ptr_equal(first, again);
    /* Whoever gave the text may do away with it. */
    memset(text, 'x', sizeof text);
    cJSON *value = cJSON_Parse("{}");
    assert_false(ow_shape_fits(first, value, &misfit));
    assert_string_equal(misfit.path, "a");
    cJSON_Delete(value);
    ow_shapes_release(&shapes);
}

static void shapes_that_are_too_many_take_the_place_of_the_oldest(void **state)
{
    struct ow_shapes shapes = {0};
    const struct ow_shape *first = NULL, *shape;
    char text[32];

    (void)state;
    for (int i = 0; i <= OW_LIMIT_SHAPES; i++) {
        snprintf(text, sizeof text, "{ a%d!: string }", i);
        assert_int_equal(
            ow_shapes_get(&shapes, ow_str_from(text), &shape, NULL), 0);
        first = i == 1 ? shape : first;
    }
    assert_int_equal(shapes.n, OW_LIMIT_SHAPES);
    assert_ptr_equal(shapes.all[0], shape);
    assert_int_equal(
        ow_shapes_get(&shapes, OW_STR("{ a1!: string }"), &shape, NULL), 0);
    assert_ptr_equal(first, shape);
    assert_int_equal(ow_shapes_get(&shapes, OW_STR("{"), &shape, NULL),
                     -EINVAL);
    assert_int_equal(shapes.n, OW_LIMIT_SHAPES);
    ow_shapes_release(&shapes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shape_of_a_word_takes_values_of_that_kind),
        cmocka_unit_test(shape_of_an_object_looks_at_the_members_it_names),
        cmocka_unit_test(shape_with_a_star_looks_at_each_member),
        cmocka_unit_test(shape_of_a_list_looks_at_each_element),
        cmocka_unit_test(shape_with_alternatives_takes_each_of_them),
        cmocka_unit_test(shape_tells_where_it_cannot_be_read),
        cmocka_unit_test(shape_and_path_that_are_too_long_are_bounded),
        cmocka_unit_test(shape_with_a_long_text_is_refused),
        cmocka_unit_test(shapes_are_read_once),
        cmocka_unit_test(shapes_that_are_too_many_take_the_place_of_the_oldest),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
