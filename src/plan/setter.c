/*
 * setter: see setter.h. Called by rule/ when rules are loaded, by exchange/
 * behind the answer's plan.
 */
#include "config.h"

#include "plan/setter.h"

#include <errno.h>

#include "base/limits.h"
#include "plan/template.h"

struct variable {
    struct ow_str name;
    struct ow_template value;
};

struct ow_setter {
    struct variable *items;
    size_t n;
};

static int parse_variable(const struct ow_action_input *in, const cJSON *node,
                          struct variable *ret)
{
    ret->name = ow_arena_copy(in->arena, ow_str_from(node->string));
    return ret->name.ptr ? ow_template_json(in, node, &ret->value) : -ENOMEM;
}

int ow_setter_parse(const struct ow_action_input *in, const cJSON *node,
                    const struct ow_setter **ret)
{
    size_t n = (size_t)cJSON_GetArraySize(node);
    const cJSON *member;
    int r = 0;

    if (!cJSON_IsObject(node))
        return ow_jsonc_error(in->doc, node, in->err,
                              "expected an object of variables and their "
                              "values");
    struct ow_setter *setter = ow_arena_zalloc(in->arena, sizeof *setter);
    if (!setter)
        return -ENOMEM;
    setter->items = ow_arena_zalloc(in->arena, n * sizeof *setter->items);
    if (!setter->items)
        return -ENOMEM;
    cJSON_ArrayForEach(member, node)
    {
        if (r == 0)
            r = parse_variable(in, member, &setter->items[setter->n++]);
    }
    *ret = setter;
    return r;
}

/* Adds the variable's value of now to an object of such. */
static int make_value(const struct variable *variable,
                      const struct ow_answer_context *context, cJSON *made,
                      struct ow_err *err)
{
    struct ow_buf text;

    ow_buf_init(&text, OW_LIMIT_VAR);
    int r = ow_template_write(&variable->value, context, &text, err);
    if (r == -ENOBUFS)
        r = ow_err_set(err, -EINVAL, "the variable \"%s\" is over %d KiB",
                       variable->name.ptr, OW_LIMIT_VAR / 1024);
    if (r == 0) {
        cJSON *value = cJSON_ParseWithLength(ow_buf_data(&text), text.len);
        if (!value || !cJSON_AddItemToObject(made, variable->name.ptr, value)) {
            cJSON_Delete(value);
            r = -ENOMEM;
        }
    }
    ow_buf_release(&text);
    return r;
}

/* Moves what was made into the variables. */
static int keep_values(cJSON *made, cJSON **vars)
{
    if (!*vars)
        *vars = cJSON_CreateObject();
    while (*vars && made->child) {
        cJSON *value = cJSON_DetachItemViaPointer(made, made->child);
        cJSON_DeleteItemFromObjectCaseSensitive(*vars, value->string);
        if (cJSON_IsNull(value)) {
            cJSON_Delete(value);
        } else if (!cJSON_AddItemToObject(*vars, value->string, value)) {
            cJSON_Delete(value);
            return -ENOMEM;
        }
    }
    return *vars ? 0 : -ENOMEM;
}

int ow_setter_apply(const struct ow_setter *setter,
                    const struct ow_answer_context *context, struct ow_err *err)
{
    return ow_setter_keep(setter, context, &context->state->vars, err);
}

int ow_setter_keep(const struct ow_setter *setter,
                   const struct ow_answer_context *context, cJSON **values,
                   struct ow_err *err)
{
    cJSON *made = cJSON_CreateObject();
    int r = made ? 0 : -ENOMEM;

    for (size_t i = 0; i < setter->n && r == 0; i++)
        r = make_value(&setter->items[i], context, made, err);
    if (r == 0)
        r = keep_values(made, values);
    cJSON_Delete(made);
    return r == -ENOMEM ? ow_err_set(err, r, "out of memory") : r;
}
