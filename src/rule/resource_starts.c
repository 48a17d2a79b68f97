/*
 * resource_starts: "start", the resources that are there from the beginning.
 * See resource_parse.h.
 */
#include "config.h"

#include <errno.h>
#include <string.h>

#include "plan/value.h"
#include "rule/resource_parse.h"

/* The parameters of "at" in braces, as members of "start" have them. */
static int brace_params(struct ow_resource_reader *reader)
{
    struct ow_resource_type *type = reader->type;
    struct ow_str *braced = ow_arena_zalloc(
        reader->in.arena, (type->n_params + 1) * sizeof *braced);

    if (!braced)
        return -ENOMEM;
    type->braced = braced;
    for (size_t i = 0; i < type->n_params; i++) {
        braced[i] = ow_arena_printf(reader->in.arena, "{%.*s}",
                                    OW_STR_ARGS(type->params[i]));
        if (!braced[i].ptr)
            return -ENOMEM;
    }
    return 0;
}

static bool is_param(const struct ow_resource_type *type, const char *name)
{
    for (size_t i = 0; i < type->n_params; i++)
        if (ow_str_equal(type->braced[i], ow_str_from(name)))
            return true;
    return false;
}

/* All of the path's parameters, and none that it does not have. */
static int check_params(const struct ow_resource_reader *reader,
                        const cJSON *node)
{
    const struct ow_resource_type *type = reader->type;
    const cJSON *item;

    for (size_t i = 0; i < type->n_params; i++)
        if (!cJSON_GetObjectItemCaseSensitive(node, type->braced[i].ptr))
            return ow_jsonc_error(reader->in.doc, node, reader->in.err,
                                  "the path \"%s\" has a parameter: where does "
                                  "this one lie? Say \"%.*s\": \"...\"",
                                  reader->at, OW_STR_ARGS(type->braced[i]));
    cJSON_ArrayForEach(item, node)
    {
        if (item->string[0] == '{' && !is_param(type, item->string))
            return ow_jsonc_error(reader->in.doc, item, reader->in.err,
                                  "the path \"%s\" has no parameter %s",
                                  reader->at, item->string);
    }
    return 0;
}

int ow_resource_starts_parse(struct ow_resource_reader *reader)
{
    const cJSON *node = ow_resource_member(reader, "start"), *item;
    struct ow_resource_type *type = reader->type;
    size_t n = (size_t)cJSON_GetArraySize(node);
    struct ow_resource_start *starts;
    int r = node ? ow_value_list(&reader->in, node) : 0;

    if (r < 0 || n == 0)
        return r;
    starts = ow_arena_zalloc(reader->in.arena, n * sizeof *starts);
    if (!starts)
        return -ENOMEM;
    r = brace_params(reader);
    cJSON_ArrayForEach(item, node)
    {
        if (r == 0)
            r = check_params(reader, item);
        if (r == 0)
            r = ow_resource_object(reader, item,
                                   &starts[type->n_starts++].members);
        if (r < 0)
            return r;
    }
    type->starts = starts;
    reader->table->types.has_starts = true;
    return 0;
}
