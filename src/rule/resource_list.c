/*
 * resource_list: lists of resources: their form, their paging, their filters.
 * See resource_parse.h.
 */
#include "config.h"

#include <errno.h>
#include <string.h>

#include "base/json.h"
#include "plan/grammar.h"
#include "plan/value.h"
#include "rule/resource_parse.h"

/* No page is longer, whatever a rule says: its text is bounded, too. */
#define SIZE_MOST 10000

static void set_defaults(struct ow_paging *paging)
{
    bool by_page = paging->style == OW_PAGING_PAGE;

    paging->is_newest_first = true;
    paging->size = by_page ? 50 : 20;
    paging->most = by_page ? 1000 : 100;
    paging->limit = by_page ? OW_STR("PageSize") : OW_STR("limit");
    if (by_page) {
        paging->page = OW_STR("Page");
        return;
    }
    paging->after = OW_STR("after");
    paging->before = OW_STR("before");
    paging->order = OW_STR("order");
}

/* The name of a parameter; null and false for none. */
static int read_name(const struct ow_resource_reader *reader, const cJSON *node,
                     struct ow_str *ret)
{
    if (!node)
        return 0;
    *ret = (struct ow_str){NULL, 0};
    if (cJSON_IsNull(node) || cJSON_IsFalse(node))
        return 0;
    return ow_value_string(&reader->in, node, ret);
}

static int read_names(const struct ow_resource_reader *reader,
                      const cJSON *node, struct ow_paging *paging)
{
    const struct {
        const char *key;
        struct ow_str *name;
    } names[] = {
        {"limit", &paging->limit}, {"size", &paging->limit},
        {"after", &paging->after}, {"before", &paging->before},
        {"order", &paging->order}, {"page", &paging->page},
    };
    int r = 0;

    for (size_t i = 0; i < sizeof names / sizeof *names && r == 0; i++)
        r = read_name(reader, ow_json_member(node, names[i].key),
                      names[i].name);
    return r;
}

static int read_sizes(const struct ow_resource_reader *reader,
                      const cJSON *node, struct ow_paging *paging)
{
    const cJSON *size = ow_json_member(node, "default"),
                *most = ow_json_member(node, "max");
    const cJSON *first = ow_json_member(node, "first");
    int r = 0;

    if (most)
        r = ow_value_integer(&reader->in, most, 1, SIZE_MOST, &paging->most);
    if (r == 0 && paging->size > paging->most)
        paging->size = paging->most;
    if (r == 0 && size)
        r = ow_value_integer(&reader->in, size, 1, SIZE_MOST, &paging->size);
    if (r == 0 && size && paging->size > paging->most)
        paging->most = paging->size;
    if (r == 0 && first)
        r = ow_value_integer(&reader->in, first, 0, 1, &paging->first);
    return r;
}

static int read_paging(const struct ow_resource_reader *reader,
                       const cJSON *node)
{
    struct ow_paging *paging = &reader->type->paging;
    const cJSON *style = ow_json_member(node, "style"),
                *sort = ow_json_member(node, "sort");
    const cJSON *otherwise = ow_json_member(node, "else");
    int word = OW_PAGING_CURSOR, order = 1;

    int r = cJSON_IsObject(node)
                ? 0
                : ow_jsonc_error(reader->in.doc, node, reader->in.err,
                                 "expected an object, or false for lists of "
                                 "all there are");
    if (r == 0 && style)
        r = ow_value_word(&reader->in, style,
                          ow_grammar_words(OW_WORDS_paging_style), &word);
    if (r == 0)
        r = ow_value_check_keys(&reader->in, node,
                                ow_grammar_keys(word == OW_PAGING_PAGE
                                                    ? OW_OBJECT_paging_page
                                                    : OW_OBJECT_paging_cursor));
    if (r < 0)
        return r;
    paging->style = (enum ow_paging_style)word;
    set_defaults(paging);
    r = read_names(reader, node, paging);
    if (r == 0)
        r = read_sizes(reader, node, paging);
    if (r == 0 && sort)
        r = ow_value_word(&reader->in, sort,
                          ow_grammar_words(OW_WORDS_paging_sort), &order);
    paging->is_newest_first = order == 1;
    return r == 0 && otherwise
               ? ow_resource_answers(reader, otherwise, &paging->otherwise)
               : r;
}

/* "purpose", or "To": "to", or "Sent>": "{{ item.sent >= value }}", or
 * "meta[*]" and an expression. */
static int read_filter(const struct ow_resource_reader *reader,
                       const cJSON *node, struct ow_resource_filter *filter)
{
    struct ow_template *expression = NULL;
    int r = ow_value_string(&reader->in, node, &filter->field);

    filter->parameter = filter->field;
    if (r < 0 || !node->string)
        return r;
    if (ow_template_is_in(node)) {
        expression = ow_arena_zalloc(reader->in.arena, sizeof *expression);
        r = expression ? ow_template_json(&reader->in, node, expression)
                       : -ENOMEM;
    }
    filter->expression = expression;
    if (r < 0)
        return r;
    struct ow_str name = ow_str_from(node->string);
    filter->is_bracketed = ow_str_ends(name, ow_str_from("[*]"));
    if (filter->is_bracketed && !expression)
        return ow_jsonc_error(reader->in.doc, node, reader->in.err,
                              "expected an expression: \"%s\" stands for "
                              "several parameters",
                              node->string);
    name.len -= filter->is_bracketed ? strlen("[*]") : 0;
    filter->parameter = ow_arena_copy(reader->in.arena, name);
    return filter->parameter.ptr ? 0 : -ENOMEM;
}

static int read_filters(const struct ow_resource_reader *reader,
                        const cJSON *node)
{
    struct ow_resource_type *type = reader->type;
    size_t n = (size_t)cJSON_GetArraySize(node);
    struct ow_resource_filter *filters =
        ow_arena_zalloc(reader->in.arena, (n + 1) * sizeof *filters);
    const cJSON *item;
    int r = 0;

    if (!cJSON_IsArray(node) && !cJSON_IsObject(node))
        return ow_jsonc_error(reader->in.doc, node, reader->in.err,
                              "expected a list of fields, or parameters of "
                              "the query and the fields that they ask for");
    if (!filters)
        return -ENOMEM;
    type->filters = filters;
    cJSON_ArrayForEach(item, node)
    {
        if (r == 0)
            r = read_filter(reader, item, &filters[type->n_filters++]);
    }
    return r;
}

int ow_resource_list_parse(struct ow_resource_reader *reader)
{
    const cJSON *list = ow_resource_member(reader, "list");
    const cJSON *paging = ow_resource_member(reader, "paging");
    const cJSON *filter = ow_resource_member(reader, "filter");
    int r = 0;

    set_defaults(&reader->type->paging);
    if (cJSON_IsFalse(paging))
        reader->type->paging.style = OW_PAGING_NONE;
    else if (paging)
        r = read_paging(reader, paging);
    if (r == 0 && filter)
        r = read_filters(reader, filter);
    if (r == 0 && list && !cJSON_IsBool(list))
        r = ow_template_is_in(list) || cJSON_IsArray(list)
                ? 0
                : ow_jsonc_error(reader->in.doc, list, reader->in.err,
                                 "a list without \"{{ items }}\" shows "
                                 "nothing of them");
    if (r < 0 || !list || cJSON_IsBool(list))
        return r;
    struct ow_template *template =
        ow_arena_zalloc(reader->in.arena, sizeof *template);
    reader->type->list = template;
    return template ? ow_template_json(&reader->in, list, template) : -ENOMEM;
}
