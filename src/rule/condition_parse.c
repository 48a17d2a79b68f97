/*
 * condition_parse: see condition_parse.h. Called by resource_ops.c.
 */
#include "config.h"

#include "rule/condition_parse.h"

#include <errno.h>

#include "rule/literal_parse.h"

struct fields {
    const struct ow_regexes *regexes;
    struct ow_pattern pattern; /* an object */
};

static int test(const void *pattern, const cJSON *value, struct ow_arena *arena)
{
    const struct fields *fields = pattern;
    struct ow_subject subject = ow_subject_json(value);
    struct ow_pattern_run run = {.arena = arena};

    ow_regex_run_init(&run.regex, fields->regexes, arena);
    return ow_pattern_try(&fields->pattern, &subject, &run);
}

/* A list is one of these. */
static int parse_field(const struct ow_pattern_source *source,
                       const cJSON *node, struct ow_pattern *ret,
                       struct ow_err *err)
{
    const cJSON *item;
    size_t i = 0;

    if (!cJSON_IsArray(node))
        return ow_pattern_parse(source, node, ret, err);
    if (!node->child)
        return ow_jsonc_error(source->doc, node, err,
                              "expected a value at least");
    ret->ops = &ow_pattern_any_ops;
    int r = ow_literal_items(source, (size_t)cJSON_GetArraySize(node), ret);
    cJSON_ArrayForEach(item, node)
    {
        if (r == 0)
            r = ow_pattern_parse(source, item, &ret->items[i], err);
        if (r == 0)
            ret->whole |= ret->items[i++].whole;
    }
    return r;
}

static int parse_fields(const struct ow_pattern_source *source,
                        const cJSON *node, struct ow_condition *condition,
                        struct ow_err *err)
{
    struct fields *fields = ow_arena_zalloc(source->arena, sizeof *fields);
    size_t n = (size_t)cJSON_GetArraySize(node), i = 0;
    const cJSON *member;

    if (!fields)
        return -ENOMEM;
    fields->regexes = source->regexes;
    struct ow_pattern *object = &fields->pattern;
    object->ops = &ow_pattern_object_ops;
    int r = ow_literal_items(source, n, object);
    object->keys =
        ow_arena_zalloc(source->arena, (n + 1) * sizeof *object->keys);
    if (r < 0 || !object->keys)
        return -ENOMEM;
    cJSON_ArrayForEach(member, node)
    {
        object->keys[i] =
            ow_arena_copy(source->arena, ow_str_from(member->string));
        if (!object->keys[i].ptr)
            return -ENOMEM;
        r = parse_field(source, member, &object->items[i++], err);
        if (r < 0)
            return r;
    }
    condition->pattern = fields;
    condition->test = test;
    return 0;
}

int ow_condition_parse(const struct ow_pattern_source *source,
                       const cJSON *node, const struct ow_condition **ret,
                       struct ow_err *err)
{
    struct ow_condition *condition =
        ow_arena_zalloc(source->arena, sizeof *condition);
    struct ow_pattern_source json = *source;
    const struct ow_action_input in = ow_pattern_input(source, NULL, err);
    int r;

    if (!condition)
        return -ENOMEM;
    json.flavour = OW_PATTERN_JSON;
    *ret = condition;
    if (cJSON_IsObject(node)) {
        r = ow_template_check(source->doc, node, err);
        return r < 0 ? r : parse_fields(&json, node, condition, err);
    }
    if (!cJSON_IsString(node) || !ow_template_is_in(node))
        return ow_jsonc_error(source->doc, node, err,
                              "expected fields and what they have to be, as "
                              "{\"status\": [\"failed\"]}, or an expression in "
                              "\"{{ }}\"");
    return ow_template_json(&in, node, &condition->expression);
}
