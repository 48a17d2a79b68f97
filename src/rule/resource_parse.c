/*
 * resource_parse: the keys of a resource. See resource_parse.h. Called by
 * table_build.c.
 */
#include "config.h"

#include "rule/resource_parse.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "plan/grammar.h"
#include "plan/lua.h"
#include "plan/value.h"
#include "rule/lot.h"
#include "rule/scope.h"

const cJSON *ow_resource_member(const struct ow_resource_reader *reader,
                                const char *key)
{
    return cJSON_GetObjectItemCaseSensitive(reader->node, key);
}

int ow_resource_answers(const struct ow_resource_reader *reader,
                        const cJSON *node, const struct ow_answers **ret)
{
    struct ow_held_answers *held =
        ow_arena_zalloc(&reader->table->arena, sizeof *held);
    int r;

    if (!held)
        return -ENOMEM;
    r = ow_rule_read_answers(reader->source, node, NULL, NULL, &held->answers,
                             reader->in.err);
    if (r < 0)
        return r;
    held->next = reader->table->held;
    reader->table->held = held;
    *ret = held->answers;
    for (int stage = 0; stage < OW_STAGE_REQUEST; stage++)
        if (ow_answers_have_stage(held->answers, (enum ow_stage)stage))
            return ow_jsonc_error(reader->in.doc, node, reader->in.err,
                                  "this fault acts before the request is "
                                  "there: put it into a rule");
    return 0;
}

int ow_resource_object(const struct ow_resource_reader *reader,
                       const cJSON *node, const struct ow_template **ret)
{
    struct ow_template *template =
        ow_arena_zalloc(reader->in.arena, sizeof *template);

    if (!template)
        return -ENOMEM;
    *ret = template;
    if (!cJSON_IsObject(node) && !ow_template_is_in(node))
        return ow_jsonc_error(reader->in.doc, node, reader->in.err,
                              "expected an object");
    return ow_template_json(&reader->in, node, template);
}

int ow_resource_text(const struct ow_resource_reader *reader, const cJSON *node,
                     const struct ow_template **ret)
{
    struct ow_template *template =
        ow_arena_zalloc(reader->in.arena, sizeof *template);

    if (!template)
        return -ENOMEM;
    *ret = template;
    return ow_template_text(&reader->in, node, template);
}

int ow_resource_words(const struct ow_resource_reader *reader,
                      const cJSON *node, const struct ow_str **ret,
                      size_t *ret_n)
{
    size_t n = (size_t)cJSON_GetArraySize(node), i = 0;
    struct ow_str *words;
    const cJSON *item;
    int r = ow_value_list(&reader->in, node);

    if (r < 0)
        return r;
    words = ow_arena_zalloc(reader->in.arena, (n + 1) * sizeof *words);
    if (!words)
        return -ENOMEM;
    cJSON_ArrayForEach(item, node)
    {
        r = ow_value_string(&reader->in, item, &words[i++]);
        if (r < 0)
            return r;
    }
    *ret = words;
    *ret_n = n;
    return 0;
}

/* Paths. */

/* The names in a path's braces; the path itself was found to be one. */
static int read_params(struct ow_resource_reader *reader, struct ow_str path)
{
    struct ow_resource_type *type = reader->type;
    struct ow_str *params;
    size_t most = 0;

    for (size_t i = 0; i < path.len; i++)
        most += path.ptr[i] == '{';
    params = ow_arena_zalloc(reader->in.arena, (most + 1) * sizeof *params);
    if (!params)
        return -ENOMEM;
    while (path.ptr) {
        ow_str_cut(&path, '{');
        struct ow_str name = path.ptr ? ow_str_cut(&path, '}') : path;
        if (!name.ptr)
            break;
        params[type->n_params] = ow_arena_copy(reader->in.arena, name);
        if (!params[type->n_params++].ptr)
            return -ENOMEM;
    }
    type->params = params;
    return 0;
}

/* A path as in "when", but one that says what it is in full. */
static int read_path(struct ow_resource_reader *reader, const cJSON *node,
                     const char **ret)
{
    const char *text = cJSON_GetStringValue(node);
    struct ow_str path = ow_str_from(text);
    void *ignored;

    if (!text || text[0] != '/' || ow_str_ends(path, OW_STR("/**")))
        return ow_jsonc_error(reader->in.doc, node, reader->in.err,
                              "expected a path, as \"/v1/files\" or "
                              "\"/v1/threads/{thread}/messages\"");
    int r =
        ow_match_path_ops.parse(reader->source, node, &ignored, reader->in.err);
    *ret = ow_arena_copy(reader->in.arena, path).ptr;
    return r == 0 && !*ret ? -ENOMEM : r;
}

static int read_paths(struct ow_resource_reader *reader)
{
    const cJSON *at = ow_resource_member(reader, "at");
    const cJSON *item = ow_resource_member(reader, "item");

    if (!at)
        return ow_jsonc_error(reader->in.doc, reader->node, reader->in.err,
                              "this resource has no \"at\": under which path "
                              "is it?");
    int r = read_path(reader, at, &reader->at);
    if (r == 0)
        r = read_params(reader, ow_str_from(reader->at));
    if (r == 0 && item)
        r = read_path(reader, item, &reader->item);
    if (r == 0 && item && !strstr(reader->item, "{id}"))
        return ow_jsonc_error(reader->in.doc, item, reader->in.err,
                              "the path of one of them has to have its "
                              "\"{id}\"");
    if (r == 0 && !item)
        reader->item =
            ow_arena_printf(reader->in.arena, "%s/{id}", reader->at).ptr;
    return r == 0 && !reader->item ? -ENOMEM : r;
}

/* "thread", or {"thread_id": "thread"}: the path's parameter and the type. */
static int read_parent(struct ow_resource_reader *reader, const cJSON *node)
{
    struct ow_resource_type *type = reader->type;
    const cJSON *name = cJSON_IsObject(node) ? node->child : node;
    const char *param = cJSON_IsObject(node) && name
                            ? name->string
                            : cJSON_GetStringValue(name);

    if (!cJSON_IsString(name) || (name != node && name->next))
        return ow_jsonc_error(reader->in.doc, node, reader->in.err,
                              "expected the name of a resource, or a "
                              "parameter of \"at\" and that name");
    for (size_t i = 0; i < type->n_params; i++)
        if (ow_str_equal(type->params[i], ow_str_from(param)))
            type->parent_param = type->params[i];
    if (!type->parent_param.ptr)
        return ow_jsonc_error(reader->in.doc, node, reader->in.err,
                              "the path \"%s\" has no parameter {%s}",
                              reader->at, param);
    return ow_resource_types_refer(&reader->table->types, &reader->in, name,
                                   name->valuestring, &type->parent);
}

/* A parameter that is called as another resource of the file names it. */
static int guess_parent(struct ow_resource_reader *reader)
{
    struct ow_resource_type *type = reader->type;

    for (size_t i = type->n_params; i > 0; i--) {
        const cJSON *other;
        for (other = reader->siblings->child; other; other = other->next) {
            if (other == reader->node ||
                !ow_str_equal(type->params[i - 1], ow_str_from(other->string)))
                continue;
            type->parent_param = type->params[i - 1];
            return ow_resource_types_refer(&reader->table->types, &reader->in,
                                           other, other->string, &type->parent);
        }
    }
    return 0;
}

/* Ids. */

static int read_id(struct ow_resource_reader *reader, const cJSON *node)
{
    struct ow_resource_type *type = reader->type;

    if (ow_template_is_in(node))
        return ow_resource_text(reader, node, &type->id_text);
    int r = ow_value_string(&reader->in, node, &type->id_format);
    if (r == 0 && ow_seqs_format(type->id_format, 0, NULL) < 0)
        return ow_jsonc_error(reader->in.doc, node, reader->in.err,
                              "expected a format with one %%d, as "
                              "\"ftjob-mock%%06d\", or an expression, as "
                              "\"{{ id('msg_', 24) }}\"");
    return r;
}

/* "field": "type", or {"type": ..., "optional": ..., "missing": ...}. */
static int read_need(struct ow_resource_reader *reader, const cJSON *node,
                     struct ow_resource_need *need)
{
    const cJSON *type = cJSON_GetObjectItemCaseSensitive(node, "type");
    const cJSON *optional = cJSON_GetObjectItemCaseSensitive(node, "optional");
    const cJSON *missing = cJSON_GetObjectItemCaseSensitive(node, "missing");
    int r = 0;

    if (cJSON_IsString(node))
        type = node;
    else
        r = ow_value_check_keys(&reader->in, node,
                                ow_grammar_keys(OW_OBJECT_resource_need));
    if (r == 0 && !cJSON_IsString(type))
        return ow_jsonc_error(reader->in.doc, node, reader->in.err,
                              "expected the name of a resource");
    if (r == 0 && optional && !cJSON_IsBool(optional))
        return ow_jsonc_error(reader->in.doc, optional, reader->in.err,
                              "expected true or false");
    need->is_optional = cJSON_IsTrue(optional);
    if (r == 0)
        r = ow_resource_types_refer(&reader->table->types, &reader->in, type,
                                    type->valuestring, &need->ref);
    return r == 0 && missing
               ? ow_resource_answers(reader, missing, &need->missing)
               : r;
}

static int read_needs(struct ow_resource_reader *reader, const cJSON *node)
{
    struct ow_resource_type *type = reader->type;
    size_t n = (size_t)cJSON_GetArraySize(node);
    struct ow_resource_need *needs =
        ow_arena_zalloc(reader->in.arena, (n + 1) * sizeof *needs);
    const cJSON *member;
    int r = 0;

    if (!cJSON_IsObject(node))
        return ow_jsonc_error(reader->in.doc, node, reader->in.err,
                              "expected fields of the request and the "
                              "resources that they name");
    if (!needs)
        return -ENOMEM;
    type->needs = needs;
    cJSON_ArrayForEach(member, node)
    {
        struct ow_resource_need *need = &needs[type->n_needs++];
        need->field =
            ow_arena_copy(reader->in.arena, ow_str_from(member->string));
        if (!need->field.ptr)
            return -ENOMEM;
        r = read_need(reader, member, need);
        if (r < 0)
            return r;
    }
    return r;
}

/* The file field of a form, an expression, or {"of": ..., "type": ...}. */
static int read_content(struct ow_resource_reader *reader, const cJSON *node)
{
    const cJSON *of = cJSON_GetObjectItemCaseSensitive(node, "of");
    const cJSON *media = cJSON_GetObjectItemCaseSensitive(node, "type");
    struct ow_resource_type *type = reader->type;
    int r = 0;

    if (cJSON_IsString(node))
        of = node;
    else
        r = ow_value_check_keys(&reader->in, node,
                                ow_grammar_keys(OW_OBJECT_resource_content_of));
    if (r == 0 && !cJSON_IsString(of))
        return ow_jsonc_error(reader->in.doc, node, reader->in.err,
                              "expected the field of a form that has the "
                              "file, or an expression");
    type->has_content = true;
    if (r == 0 && media)
        r = ow_resource_text(reader, media, &type->content_type);
    if (r == 0 && ow_template_is_in(of))
        return ow_resource_text(reader, of, &type->content_text);
    return r == 0 ? ow_value_string(&reader->in, of, &type->content_field) : r;
}

static int read_key(struct ow_resource_reader *reader, const cJSON *node)
{
    struct ow_resource_type *type = reader->type;
    struct ow_str text;

    if (strcmp(node->string, "parent") == 0)
        return cJSON_IsNull(node) ? 0 : read_parent(reader, node);
    if (strcmp(node->string, "id") == 0)
        return read_id(reader, node);
    if (strcmp(node->string, "create") == 0)
        return cJSON_IsFalse(node)
                   ? 0
                   : ow_resource_object(reader, node, &type->create);
    if (strcmp(node->string, "requires") == 0)
        return read_needs(reader, node);
    if (strcmp(node->string, "content") == 0)
        return read_content(reader, node);
    if (strcmp(node->string, "hidden") == 0)
        return ow_resource_words(reader, node, &type->hidden, &type->n_hidden);
    if (strcmp(node->string, "missing") == 0)
        return ow_resource_answers(reader, node, &type->missing);
    if (strcmp(node->string, "exists") == 0)
        return ow_resource_answers(reader, node, &type->exists);
    if (strcmp(node->string, "key") != 0)
        return 0;
    int r = ow_value_string(&reader->in, node, &text);
    type->member = text;
    return r;
}

static int read_keys(struct ow_resource_reader *reader)
{
    const cJSON *member;
    int r = ow_value_check_keys(&reader->in, reader->node,
                                ow_grammar_keys(OW_OBJECT_resource));

    if (r == 0)
        r = read_paths(reader);
    cJSON_ArrayForEach(member, reader->node)
    {
        if (r == 0)
            r = read_key(reader, member);
    }
    if (r == 0)
        r = ow_resource_effects_parse(reader, reader->node,
                                      &reader->type->effects);
    if (r == 0 && !ow_resource_member(reader, "parent"))
        r = guess_parent(reader);
    return r;
}

static int parse_type(struct ow_resource_reader *reader)
{
    struct ow_arena *arena = reader->in.arena;
    struct ow_resource_type *type = ow_arena_zalloc(arena, sizeof *type);
    const char *file = ow_jsonc_file(reader->in.doc);

    if (!type)
        return -ENOMEM;
    reader->type = type;
    int line = ow_jsonc_line(reader->in.doc, reader->node);
    if (line > 0)
        reader->place = ow_arena_printf(arena, "%s:%d", file, line).ptr;
    type->name = ow_arena_copy(arena, ow_str_from(reader->node->string)).ptr;
    type->file = ow_arena_copy(arena, ow_str_from(file)).ptr;
    type->place = reader->place;
    type->lot = ow_lot_of_name(ow_jsonc_root(reader->in.doc), type->name);
    type->pack = reader->in.lua->pack;
    type->pack_name = reader->table->pack;
    type->member = OW_STR("id");
    if (!type->name || !type->file || !type->place)
        return -ENOMEM;
    type->key = ow_arena_printf(arena, "%s@%s", type->name, type->file);
    if (!type->key.ptr)
        return -ENOMEM;
    int r = read_keys(reader);
    if (r == 0)
        r = ow_resource_starts_parse(reader);
    if (r == 0)
        r = ow_resource_list_parse(reader);
    if (r == 0)
        r = ow_resource_ops_parse(reader);
    if (r < 0)
        return r;
    ow_resource_types_add(&reader->table->types, type);
    return ow_resource_routes_add(reader);
}

int ow_resource_parse(struct ow_table *table, const struct ow_jsonc *doc,
                      const cJSON *node, uint32_t group, struct ow_err *err)
{
    const struct ow_pattern_source source = {.doc = doc,
                                             .named = table->named,
                                             .arena = &table->arena,
                                             .regexes = &table->regexes,
                                             .flavour = OW_PATTERN_TEXT,
                                             .lua = table->lua};
    const cJSON *whose =
        cJSON_GetObjectItemCaseSensitive(ow_jsonc_root(doc), "scope");
    struct ow_scope scope = {.kind = OW_SCOPE_SESSION};
    const cJSON *member;
    int r = whose ? ow_scope_parse(&source, whose, &scope, err) : 0;

    if (r == 0 && !cJSON_IsObject(node))
        return ow_jsonc_error(doc, node, err,
                              "expected an object: names of resources and "
                              "what they are");
    cJSON_ArrayForEach(member, node)
    {
        struct ow_resource_reader reader = {
            .table = table,
            .source = &source,
            .in = ow_pattern_input(&source, NULL, err),
            .group = group,
            .node = member,
            .siblings = node,
            .scope = &scope,
        };
        if (r == 0)
            r = parse_type(&reader);
    }
    return r;
}
