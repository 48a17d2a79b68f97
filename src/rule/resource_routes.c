/*
 * resource_routes: the rules by which a type's ops are reached: method and path
 * in "when", the op as answer. See resource_parse.h.
 */
#include "config.h"

#include <errno.h>
#include <string.h>

#include "base/suggest.h"
#include "plan/value.h"
#include "rule/lot.h"
#include "rule/resource_parse.h"

/* Matchers read nodes of a document; these are of none. */
static int parse_path(const struct ow_resource_reader *reader,
                      const struct ow_resource_entry *entry,
                      struct ow_rule *rule)
{
    cJSON *path = cJSON_CreateString(entry->path);
    struct ow_err why;

    if (!path)
        return -ENOMEM;
    int r = ow_match_path_ops.parse(reader->source, path,
                                    &rule->matchers[OW_MATCHER_path], &why);
    cJSON_Delete(path);
    if (r == -EINVAL)
        return ow_jsonc_error(
            reader->in.doc, entry->node ? entry->node : reader->node,
            reader->in.err, "\"%s\" is no path as those of \"when\" are",
            entry->path);
    return r;
}

static int parse_methods(const struct ow_resource_reader *reader,
                         const struct ow_resource_entry *entry,
                         struct ow_rule *rule)
{
    cJSON *list = cJSON_CreateArray();
    int r = list ? 0 : -ENOMEM;

    for (size_t i = 0; i < 4 && r == 0 && entry->methods[i].ptr; i++) {
        cJSON *name = cJSON_CreateString(entry->methods[i].ptr);
        if (!cJSON_AddItemToArray(list, name)) {
            cJSON_Delete(name);
            r = -ENOMEM;
        }
    }
    if (r == 0)
        r = ow_match_method_ops.parse(reader->source, list,
                                      &rule->matchers[OW_MATCHER_method],
                                      reader->in.err);
    cJSON_Delete(list);
    return r;
}

/* "job.cancel", or what "names" says. */
static int name_rule(const struct ow_resource_reader *reader,
                     const struct ow_resource_entry *entry,
                     struct ow_rule *rule)
{
    const char *op = entry->route.op->name;
    const cJSON *node = cJSON_GetObjectItemCaseSensitive(
        ow_resource_member(reader, "names"), op);
    struct ow_str name;

    if (node && cJSON_GetStringValue(node))
        name = ow_arena_copy(reader->in.arena, ow_str_from(node->valuestring));
    else
        name =
            ow_arena_printf(reader->in.arena, "%s.%s", reader->type->name, op);
    rule->name = name.ptr;
    rule->place = reader->place;
    rule->resource =
        ow_arena_printf(reader->in.arena, "\"%s\": %s", reader->type->name, op)
            .ptr;
    return name.ptr && rule->resource ? 0 : -ENOMEM;
}

static int check_stage(const struct ow_resource_reader *reader,
                       const struct ow_resource_entry *entry,
                       const struct ow_rule *rule)
{
    for (int stage = 0; stage < OW_STAGE_REQUEST; stage++)
        if (ow_answers_have_stage(rule->answers, (enum ow_stage)stage))
            return ow_jsonc_error(reader->in.doc, entry->then, reader->in.err,
                                  "this fault acts before the request is "
                                  "there: put it into a rule");
    return 0;
}

static int add_route(struct ow_resource_reader *reader,
                     const struct ow_resource_entry *entry)
{
    struct ow_rule *rule = ow_table_append(reader->table);
    int r;

    if (!rule)
        return -ENOMEM;
    rule->group = reader->group;
    rule->scope = *reader->scope;
    rule->keeps_more = entry->route.op->what == OW_RESOURCE_CREATE &&
                       reader->type->content_field.ptr;
    reader->table->types.keep_more |= rule->keeps_more;
    r = name_rule(reader, entry, rule);
    if (r == 0)
        rule->lot = ow_lot_of_name(ow_jsonc_root(reader->in.doc), rule->name);
    if (r == 0)
        r = parse_path(reader, entry, rule);
    if (r == 0)
        r = parse_methods(reader, entry, rule);
    if (r == 0)
        r = ow_rule_read_answers(reader->source, entry->then, NULL,
                                 &entry->route, &rule->answers, reader->in.err);
    return r == 0 ? check_stage(reader, entry, rule) : r;
}

static int check_names(const struct ow_resource_reader *reader)
{
    const struct ow_resource_type *type = reader->type;
    const cJSON *names = ow_resource_member(reader, "names"), *node;
    const char **known =
        ow_arena_zalloc(reader->in.arena, (type->n_ops + 1) * sizeof *known);

    if (!known)
        return -ENOMEM;
    for (size_t i = 0; i < type->n_ops; i++)
        known[i] = type->ops[i].name;
    int r = names ? ow_value_check_keys(&reader->in, names, known) : 0;
    cJSON_ArrayForEach(node, names)
    {
        if (r == 0 && !cJSON_IsString(node))
            r = ow_jsonc_error(reader->in.doc, node, reader->in.err,
                               "expected a name as a string");
    }
    return r;
}

int ow_resource_routes_add(struct ow_resource_reader *reader)
{
    const cJSON *routes = ow_resource_member(reader, "routes");
    int r = check_names(reader);

    if (r == 0 && routes && !cJSON_IsBool(routes))
        return ow_jsonc_error(reader->in.doc, routes, reader->in.err,
                              "expected true or false");
    if (cJSON_IsFalse(routes))
        return r;
    for (size_t i = 0; i < reader->type->n_ops && r == 0; i++)
        if (reader->entries[i].methods[0].ptr)
            r = add_route(reader, &reader->entries[i]);
    return r;
}
