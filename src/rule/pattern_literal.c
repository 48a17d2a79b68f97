/*
 * pattern_literal: the nodes that are values: text, number, true, null, list,
 * object. See pattern.h.
 */
#include "config.h"

#include <errno.h>
#include <string.h>

#include "rule/pattern.h"

static int test_text(const struct ow_pattern *pattern,
                     const struct ow_subject *value, struct ow_pattern_run *run)
{
    bool fits = false;

    if (value->kind == OW_SUBJECT_TEXT)
        fits = ow_str_equal(value->text, pattern->text);
    else if (value->kind == OW_SUBJECT_JSON && cJSON_IsString(value->json))
        fits =
            ow_str_equal(ow_str_from(value->json->valuestring), pattern->text);
    return fits ? 1 : ow_pattern_differ(pattern, value, run);
}

static void describe_text(const struct ow_pattern *pattern, struct ow_buf *text)
{
    ow_subject_quote(text, pattern->text);
}

const struct ow_pattern_ops ow_pattern_text_ops = {test_text, describe_text};

static int test_number(const struct ow_pattern *pattern,
                       const struct ow_subject *value,
                       struct ow_pattern_run *run)
{
    double number;

    if (ow_subject_as_number(value, &number) && number == pattern->number)
        return 1;
    return ow_pattern_differ(pattern, value, run);
}

static void describe_number(const struct ow_pattern *pattern,
                            struct ow_buf *text)
{
    ow_buf_printf(text, "%.15g", pattern->number);
}

const struct ow_pattern_ops ow_pattern_number_ops = {test_number,
                                                     describe_number};

static int test_boolean(const struct ow_pattern *pattern,
                        const struct ow_subject *value,
                        struct ow_pattern_run *run)
{
    bool fits = false;

    if (value->kind == OW_SUBJECT_JSON)
        fits = cJSON_IsBool(value->json) &&
               cJSON_IsTrue(value->json) == (pattern->number != 0);
    else if (value->kind == OW_SUBJECT_TEXT)
        fits = ow_str_equal(value->text, pattern->text);
    return fits ? 1 : ow_pattern_differ(pattern, value, run);
}

static void describe_boolean(const struct ow_pattern *pattern,
                             struct ow_buf *text)
{
    ow_buf_append_str(text, pattern->text);
}

const struct ow_pattern_ops ow_pattern_boolean_ops = {test_boolean,
                                                      describe_boolean};

static int test_null(const struct ow_pattern *pattern,
                     const struct ow_subject *value, struct ow_pattern_run *run)
{
    if (value->kind == OW_SUBJECT_JSON && cJSON_IsNull(value->json))
        return 1;
    return ow_pattern_differ(pattern, value, run);
}

static void describe_null(const struct ow_pattern *pattern, struct ow_buf *text)
{
    (void)pattern;
    ow_buf_printf(text, "null");
}

const struct ow_pattern_ops ow_pattern_null_ops = {test_null, describe_null};

/* As many elements, each fitting its own. */
static int test_list(const struct ow_pattern *pattern,
                     const struct ow_subject *value, struct ow_pattern_run *run)
{
    if (value->kind != OW_SUBJECT_JSON || !cJSON_IsArray(value->json) ||
        (size_t)cJSON_GetArraySize(value->json) != pattern->n)
        return ow_pattern_differ(pattern, value, run);
    const cJSON *element = value->json->child;
    for (size_t i = 0; i < pattern->n; i++, element = element->next) {
        struct ow_subject part = ow_subject_json(element);
        int r = ow_pattern_test_part(&pattern->items[i], pattern->keys[i],
                                     &part, run);
        if (r <= 0)
            return r;
    }
    return 1;
}

static void describe_list(const struct ow_pattern *pattern, struct ow_buf *text)
{
    ow_buf_printf(text, "a list of %zu", pattern->n);
}

const struct ow_pattern_ops ow_pattern_list_ops = {test_list, describe_list};

static const cJSON *find_member(const cJSON *object, struct ow_str key)
{
    const cJSON *member;

    cJSON_ArrayForEach(member, object)
    {
        if (ow_str_equal(ow_str_from(member->string), key))
            return member;
    }
    return NULL;
}

/* A subset: more keys may be there, unless it is exact ("is"). */
static int test_object(const struct ow_pattern *pattern,
                       const struct ow_subject *value,
                       struct ow_pattern_run *run)
{
    if (value->kind != OW_SUBJECT_JSON || !cJSON_IsObject(value->json))
        return ow_pattern_differ(pattern, value, run);
    for (size_t i = 0; i < pattern->n; i++) {
        struct ow_subject part =
            ow_subject_json(find_member(value->json, pattern->keys[i]));
        int r = ow_pattern_test_part(&pattern->items[i], pattern->keys[i],
                                     &part, run);
        if (r <= 0)
            return r;
    }
    if (pattern->exact && (size_t)cJSON_GetArraySize(value->json) != pattern->n)
        return ow_pattern_differ(pattern, value, run);
    return 1;
}

static void describe_object(const struct ow_pattern *pattern,
                            struct ow_buf *text)
{
    ow_buf_printf(text,
                  pattern->exact ? "an object of just %zu keys" : "an object",
                  pattern->n);
}

const struct ow_pattern_ops ow_pattern_object_ops = {test_object,
                                                     describe_object};
