/*
 * literal_parse: see literal_parse.h. Called by pattern_parse.c.
 */
#include "config.h"

#include "rule/literal_parse.h"

#include <errno.h>

const char *ow_literal_type(const cJSON *node)
{
    if (cJSON_IsString(node))
        return "a string";
    if (cJSON_IsNumber(node))
        return "a number";
    if (cJSON_IsBool(node))
        return cJSON_IsTrue(node) ? "true" : "false";
    if (cJSON_IsNull(node))
        return "null";
    return cJSON_IsArray(node) ? "a list" : "an object";
}

int ow_literal_items(const struct ow_pattern_source *source, size_t n,
                     struct ow_pattern *ret)
{
    ret->n = n;
    ret->items = ow_arena_zalloc(source->arena, n * sizeof *ret->items);
    return ret->items ? 0 : -ENOMEM;
}

int ow_literal_parse_text(const struct ow_pattern_source *source,
                          struct ow_str s, struct ow_pattern *ret)
{
    ret->ops = &ow_pattern_text_ops;
    ret->text = ow_arena_copy(source->arena, s);
    return ret->text.ptr ? 0 : -ENOMEM;
}

/* Number, true, false, null: the same in a rule and under "is". */
int ow_literal_parse_scalar(const struct ow_pattern_source *source,
                            const cJSON *node, struct ow_pattern *ret,
                            struct ow_err *err)
{
    if (cJSON_IsNumber(node)) {
        ret->ops = &ow_pattern_number_ops;
        ret->number = node->valuedouble;
        return 0;
    }
    if (cJSON_IsBool(node)) {
        ret->ops = &ow_pattern_boolean_ops;
        ret->number = cJSON_IsTrue(node);
        ret->text = ow_str_from(cJSON_IsTrue(node) ? "true" : "false");
        return 0;
    }
    if (source->flavour != OW_PATTERN_JSON)
        return ow_jsonc_error(source->doc, node, err,
                              "expected a string, a number or an object of "
                              "matchers, got null; \"absent\" asks that it is "
                              "not there");
    ret->ops = &ow_pattern_null_ops;
    return 0;
}

int ow_literal_number(const struct ow_pattern_source *source,
                      struct ow_pattern *ret)
{
    ret->keys = ow_arena_zalloc(source->arena, ret->n * sizeof *ret->keys);
    if (!ret->keys)
        return -ENOMEM;
    for (size_t i = 0; i < ret->n; i++) {
        ret->keys[i] = ow_arena_printf(source->arena, "%zu", i);
        if (!ret->keys[i].ptr)
            return -ENOMEM;
    }
    return 0;
}

static int parse_exact_elements(const struct ow_pattern_source *source,
                                const cJSON *node, struct ow_pattern *ret,
                                struct ow_err *err)
{
    size_t i = 0;
    const cJSON *element;
    int r = ow_literal_items(source, (size_t)cJSON_GetArraySize(node), ret);

    if (r == 0)
        r = ow_literal_number(source, ret);
    cJSON_ArrayForEach(element, node)
    {
        if (r < 0)
            return r;
        if (element->string) {
            ret->keys[i] =
                ow_arena_copy(source->arena, ow_str_from(element->string));
            if (!ret->keys[i].ptr)
                return -ENOMEM;
        }
        r = ow_literal_parse(source, element, &ret->items[i++], err);
    }
    return r;
}

int ow_literal_parse(const struct ow_pattern_source *source, const cJSON *node,
                     struct ow_pattern *ret, struct ow_err *err)
{
    bool container = cJSON_IsArray(node) || cJSON_IsObject(node);

    if (cJSON_IsString(node))
        return ow_literal_parse_text(source, ow_str_from(node->valuestring),
                                     ret);
    if (!container)
        return ow_literal_parse_scalar(source, node, ret, err);
    if (source->flavour != OW_PATTERN_JSON)
        return ow_jsonc_error(source->doc, node, err,
                              "expected a string or a number, got %s",
                              ow_literal_type(node));
    ret->exact = true;
    ret->ops =
        cJSON_IsArray(node) ? &ow_pattern_list_ops : &ow_pattern_object_ops;
    return parse_exact_elements(source, node, ret, err);
}
