/*
 * resource_effects: "make", "change", "remove" and "after" of a resource, of
 * its actions and of its steps. See resource_parse.h.
 */
#include "config.h"

#include <errno.h>
#include <string.h>

#include "base/json.h"
#include "plan/callback.h"
#include "plan/grammar.h"
#include "plan/value.h"
#include "rule/condition_parse.h"
#include "rule/resource_parse.h"

static const struct {
    const char *key;
    int kind;
    enum ow_object object;
} kinds[] = {
    {"make", OW_EFFECT_MAKE, OW_OBJECT_resource_make},
    {"change", OW_EFFECT_CHANGE, OW_OBJECT_resource_change},
    {"remove", OW_EFFECT_REMOVE, OW_OBJECT_resource_remove},
};

static int read_text(const struct ow_resource_reader *reader, const cJSON *node,
                     const struct ow_template **ret)
{
    if (!node)
        return 0;
    return cJSON_IsString(node)
               ? ow_resource_text(reader, node, ret)
               : ow_jsonc_error(reader->in.doc, node, reader->in.err,
                                "expected a string");
}

/* An expression that gives a list. */
static int read_each(const struct ow_resource_reader *reader, const cJSON *node,
                     const struct ow_template **ret)
{
    struct ow_template *template =
        ow_arena_zalloc(reader->in.arena, sizeof *template);

    if (!template)
        return -ENOMEM;
    *ret = template;
    return ow_template_is_in(node) || cJSON_IsArray(node)
               ? ow_template_json(&reader->in, node, template)
               : ow_jsonc_error(reader->in.doc, node, reader->in.err,
                                "expected an expression that gives a list");
}

static int read_params(const struct ow_resource_reader *reader,
                       const cJSON *node, struct ow_effect *effect)
{
    size_t n = (size_t)cJSON_GetArraySize(node);
    struct ow_resource_param *params =
        ow_arena_zalloc(reader->in.arena, (n + 1) * sizeof *params);
    const cJSON *item;
    int r = 0;

    if (!cJSON_IsObject(node))
        return ow_jsonc_error(reader->in.doc, node, reader->in.err,
                              "expected the parameters of the path that the "
                              "new one lies under");
    if (!params)
        return -ENOMEM;
    effect->params = params;
    cJSON_ArrayForEach(item, node)
    {
        struct ow_resource_param *param = &params[effect->n_params++];
        param->name =
            ow_arena_copy(reader->in.arena, ow_str_from(item->string));
        if (!param->name.ptr)
            return -ENOMEM;
        if (!cJSON_IsString(item))
            return ow_jsonc_error(reader->in.doc, item, reader->in.err,
                                  "expected a string");
        r = ow_template_text(&reader->in, item, &param->value);
        if (r < 0)
            return r;
    }
    return r;
}

static int read_make(const struct ow_resource_reader *reader, const cJSON *node,
                     struct ow_effect *effect)
{
    const cJSON *json = ow_json_member(node, "json"),
                *params = ow_json_member(node, "params");
    int r = 0;

    if (json)
        r = ow_resource_object(reader, json, &effect->json);
    if (r == 0 && params)
        r = read_params(reader, params, effect);
    if (r == 0)
        r = read_text(reader, ow_json_member(node, "content"),
                      &effect->content);
    if (r == 0)
        r = read_text(reader, ow_json_member(node, "content_type"),
                      &effect->content_type);
    return r;
}

static int read_other(const struct ow_resource_reader *reader,
                      const cJSON *node, struct ow_effect *effect)
{
    const cJSON *stop = ow_json_member(node, "stop");

    if (!ow_json_member(node, "id"))
        return ow_jsonc_error(reader->in.doc, node, reader->in.err,
                              "this has no \"id\": which one is meant?");
    if (stop && !cJSON_IsBool(stop))
        return ow_jsonc_error(reader->in.doc, stop, reader->in.err,
                              "expected true or false");
    effect->stop = cJSON_IsTrue(stop);
    return read_text(reader, ow_json_member(node, "id"), &effect->id);
}

/* What all of them have. */
static int read_effect(const struct ow_resource_reader *reader,
                       const cJSON *node, size_t kind, struct ow_effect *effect)
{
    const cJSON *type = ow_json_member(node, "type"),
                *set = ow_json_member(node, "set");
    const cJSON *each = ow_json_member(node, "each"),
                *when = ow_json_member(node, "when");
    struct ow_err place;
    int r = ow_value_check_keys(&reader->in, node,
                                ow_grammar_keys(kinds[kind].object));

    if (r == 0 && !cJSON_IsString(type))
        return ow_jsonc_error(reader->in.doc, type ? type : node,
                              reader->in.err,
                              "expected a resource's name under \"type\"");
    if (r == 0 && ow_jsonc_place(reader->in.doc, node, &place) < 0)
        return -ENOMEM;
    if (r < 0)
        return r;
    effect->kind = kinds[kind].kind;
    effect->place =
        ow_arena_copy(reader->in.arena, ow_str_from(place.text)).ptr;
    r = effect->place
            ? ow_resource_types_refer(&reader->table->types, &reader->in, type,
                                      type->valuestring, &effect->ref)
            : -ENOMEM;
    if (r == 0 && each)
        r = read_each(reader, each, &effect->each);
    if (r == 0 && when)
        r = ow_condition_parse(reader->source, when, &effect->when,
                               reader->in.err);
    if (r == 0 && set)
        r = ow_resource_object(reader, set, &effect->set);
    if (r < 0)
        return r;
    return effect->kind == OW_EFFECT_MAKE ? read_make(reader, node, effect)
                                          : read_other(reader, node, effect);
}

/* One, or a list of them. */
static size_t count(const cJSON *node)
{
    if (cJSON_IsArray(node))
        return (size_t)cJSON_GetArraySize(node);
    return node ? 1 : 0;
}

int ow_resource_effects_parse(const struct ow_resource_reader *reader,
                              const cJSON *node, struct ow_effects *ret)
{
    const cJSON *after = ow_json_member(node, "after");
    struct ow_effect *effects;
    size_t n = 0;
    int r = 0;

    for (size_t kind = 0; kind < 3; kind++)
        n += count(ow_json_member(node, kinds[kind].key));
    effects = ow_arena_zalloc(reader->in.arena, (n + 1) * sizeof *effects);
    if (!effects)
        return -ENOMEM;
    ret->items = effects;
    for (size_t kind = 0; kind < 3; kind++) {
        const cJSON *all = ow_json_member(node, kinds[kind].key);
        const cJSON *item = cJSON_IsArray(all) ? all->child : all;
        for (; item && r == 0; item = item == all ? NULL : item->next)
            r = read_effect(reader, item, kind, &effects[ret->n++]);
    }
    return r == 0 && after ? ow_callbacks_parse(&reader->in, after, &ret->after)
                           : r;
}
