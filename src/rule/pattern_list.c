/*
 * pattern_list: the words that look at lists (JSON arrays, values that come
 * several times) and at uploaded files. See pattern.h.
 */
#include "config.h"

#include <errno.h>

#include "rule/pattern.h"

/*
 * How many elements a value has: those of an array or a list; a single text
 * is a list of one; anything else has none, and *ret_is_list is false.
 */
static size_t count_elements(const struct ow_subject *value, bool *ret_is_list)
{
    *ret_is_list = true;
    if (value->kind == OW_SUBJECT_LIST)
        return value->n;
    if (value->kind == OW_SUBJECT_TEXT)
        return 1;
    if (value->kind == OW_SUBJECT_JSON && cJSON_IsArray(value->json))
        return (size_t)cJSON_GetArraySize(value->json);
    *ret_is_list = false;
    return 0;
}

static struct ow_subject last_element(const struct ow_subject *value)
{
    const cJSON *json = value->json ? value->json->child : NULL;

    if (value->kind == OW_SUBJECT_LIST)
        return value->items[value->n - 1];
    if (value->kind == OW_SUBJECT_TEXT)
        return *value;
    /* cJSON keeps the last child as the first one's prev. */
    return ow_subject_json(json ? json->prev : NULL);
}

static struct ow_subject first_element(const struct ow_subject *value)
{
    if (value->kind == OW_SUBJECT_LIST)
        return value->items[0];
    if (value->kind == OW_SUBJECT_TEXT)
        return *value;
    return ow_subject_json(value->json ? value->json->child : NULL);
}

static int has_in_array(const struct ow_pattern *pattern, const cJSON *array,
                        struct ow_pattern_run *run)
{
    const cJSON *element;

    cJSON_ArrayForEach(element, array)
    {
        struct ow_subject part = ow_subject_json(element);
        int r = ow_pattern_try(pattern->items, &part, run);
        if (r != 0)
            return r;
    }
    return 0;
}

static int has_in_list(const struct ow_pattern *pattern,
                       const struct ow_subject *value,
                       struct ow_pattern_run *run)
{
    const struct ow_subject *items =
        value->kind == OW_SUBJECT_LIST ? value->items : value;
    size_t n = value->kind == OW_SUBJECT_LIST ? value->n : 1;

    for (size_t i = 0; i < n; i++) {
        int r = ow_pattern_try(pattern->items, &items[i], run);
        if (r != 0)
            return r;
    }
    return 0;
}

static int test_has(const struct ow_pattern *pattern,
                    const struct ow_subject *value, struct ow_pattern_run *run)
{
    bool is_list;
    int r = 0;

    count_elements(value, &is_list);
    if (is_list)
        r = value->kind == OW_SUBJECT_JSON
                ? has_in_array(pattern, value->json, run)
                : has_in_list(pattern, value, run);
    return r != 0 ? r : ow_pattern_differ(pattern, value, run);
}

static void describe_has(const struct ow_pattern *pattern, struct ow_buf *text)
{
    ow_buf_printf(text, "an element in it: ");
    pattern->items->ops->describe(pattern->items, text);
}

const struct ow_pattern_ops ow_pattern_has_ops = {test_has, describe_has};

static int test_first(const struct ow_pattern *pattern,
                      const struct ow_subject *value,
                      struct ow_pattern_run *run)
{
    bool is_list;
    size_t n = count_elements(value, &is_list);

    if (!is_list)
        return ow_pattern_differ(pattern, value, run);
    struct ow_subject part =
        n > 0 ? first_element(value) : ow_subject_json(NULL);
    return ow_pattern_test_part(pattern->items, OW_STR("first"), &part, run);
}

static void describe_first(const struct ow_pattern *pattern,
                           struct ow_buf *text)
{
    ow_buf_printf(text, "a list whose first element is ");
    pattern->items->ops->describe(pattern->items, text);
}

const struct ow_pattern_ops ow_pattern_first_ops = {test_first, describe_first};

static int test_last(const struct ow_pattern *pattern,
                     const struct ow_subject *value, struct ow_pattern_run *run)
{
    bool is_list;
    size_t n = count_elements(value, &is_list);

    if (!is_list)
        return ow_pattern_differ(pattern, value, run);
    struct ow_subject part =
        n > 0 ? last_element(value) : ow_subject_json(NULL);
    return ow_pattern_test_part(pattern->items, OW_STR("last"), &part, run);
}

static void describe_last(const struct ow_pattern *pattern, struct ow_buf *text)
{
    ow_buf_printf(text, "a list whose last element is ");
    pattern->items->ops->describe(pattern->items, text);
}

const struct ow_pattern_ops ow_pattern_last_ops = {test_last, describe_last};

static int test_count(const struct ow_pattern *pattern,
                      const struct ow_subject *value,
                      struct ow_pattern_run *run)
{
    bool is_list;
    size_t n = count_elements(value, &is_list);

    if (!is_list && value->kind != OW_SUBJECT_ABSENT)
        return ow_pattern_differ(pattern, value, run);
    struct ow_subject part = ow_subject_number((double)n);
    return ow_pattern_test_part(pattern->items, OW_STR("count"), &part, run);
}

static void describe_count(const struct ow_pattern *pattern,
                           struct ow_buf *text)
{
    ow_buf_printf(text, "a list whose count is ");
    pattern->items->ops->describe(pattern->items, text);
}

const struct ow_pattern_ops ow_pattern_count_ops = {test_count, describe_count};

static int test_filename(const struct ow_pattern *pattern,
                         const struct ow_subject *value,
                         struct ow_pattern_run *run)
{
    struct ow_subject part = ow_subject_text(
        value->is_file ? value->filename : (struct ow_str){NULL, 0});

    return ow_pattern_test_part(pattern->items, OW_STR("filename"), &part, run);
}

static void describe_filename(const struct ow_pattern *pattern,
                              struct ow_buf *text)
{
    ow_buf_printf(text, "a file whose name is ");
    pattern->items->ops->describe(pattern->items, text);
}

const struct ow_pattern_ops ow_pattern_filename_ops = {test_filename,
                                                       describe_filename};

static int test_size(const struct ow_pattern *pattern,
                     const struct ow_subject *value, struct ow_pattern_run *run)
{
    struct ow_subject part = {OW_SUBJECT_ABSENT};

    if (value->is_file)
        part = ow_subject_number(value->size);
    return ow_pattern_test_part(pattern->items, OW_STR("size"), &part, run);
}

static void describe_size(const struct ow_pattern *pattern, struct ow_buf *text)
{
    ow_buf_printf(text, "a file whose size is ");
    pattern->items->ops->describe(pattern->items, text);
}

const struct ow_pattern_ops ow_pattern_size_ops = {test_size, describe_size};

static int test_type(const struct ow_pattern *pattern,
                     const struct ow_subject *value, struct ow_pattern_run *run)
{
    struct ow_subject part = ow_subject_text(
        value->is_file ? value->type : (struct ow_str){NULL, 0});

    return ow_pattern_test_part(pattern->items, OW_STR("type"), &part, run);
}

static void describe_type(const struct ow_pattern *pattern, struct ow_buf *text)
{
    ow_buf_printf(text, "a file whose type is ");
    pattern->items->ops->describe(pattern->items, text);
}

const struct ow_pattern_ops ow_pattern_type_ops = {test_type, describe_type};
