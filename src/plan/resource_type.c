/*
 * resource_type: the types of a table by their names. See resource_type.h.
 * Called by rule/ while it loads, by act_resource.c and lua_resource.c.
 */
#include "config.h"

#include "plan/resource_type.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/suggest.h"
#include "plan/lua.h"

void ow_resource_types_add(struct ow_resource_types *types,
                           struct ow_resource_type *type)
{
    if (types->last)
        types->last->next = type;
    else
        types->first = type;
    types->last = type;
    types->n++;
}

int ow_resource_types_refer(struct ow_resource_types *types,
                            const struct ow_action_input *in, const cJSON *node,
                            const char *name, struct ow_resource_ref **ret)
{
    struct ow_resource_ref *ref = ow_arena_zalloc(in->arena, sizeof *ref);
    struct ow_err place;

    if (!ref || ow_jsonc_place(in->doc, node, &place) < 0)
        return -ENOMEM;
    ref->name = ow_arena_copy(in->arena, ow_str_from(name)).ptr;
    ref->file =
        ow_arena_copy(in->arena, ow_str_from(ow_jsonc_file(in->doc))).ptr;
    ref->place = ow_arena_copy(in->arena, ow_str_from(place.text)).ptr;
    if (!ref->name || !ref->file || !ref->place)
        return -ENOMEM;
    ref->pack = in->lua->pack;
    ref->next = types->refs;
    types->refs = ref;
    *ret = ref;
    return 0;
}

const struct ow_resource_type *
ow_resource_types_find(const struct ow_resource_types *types,
                       struct ow_str name, const char *file, unsigned pack)
{
    const struct ow_resource_type *first = NULL, *near = NULL;

    for (const struct ow_resource_type *type = types->first; type;
         type = type->next) {
        if (!ow_str_equal(ow_str_from(type->name), name))
            continue;
        if (file && strcmp(type->file, file) == 0)
            return type;
        first = first ? first : type;
        if (!near && type->pack == pack)
            near = type;
    }
    return near ? near : first;
}

const struct ow_resource_op *
ow_resource_type_op(const struct ow_resource_type *type, const char *name)
{
    for (size_t i = 0; i < type->n_ops; i++)
        if (strcmp(type->ops[i].name, name) == 0)
            return &type->ops[i];
    return NULL;
}

static int fail(const struct ow_resource_types *types,
                const struct ow_resource_ref *ref, struct ow_err *err)
{
    const char **names = calloc(types->n + 1, sizeof *names);
    const char *near = NULL;
    size_t n = 0;

    if (!names)
        return -ENOMEM;
    for (const struct ow_resource_type *type = types->first; type;
         type = type->next)
        names[n++] = type->name;
    near = ow_suggest(ow_str_from(ref->name), names);
    int r = near ? ow_err_set(err, -EINVAL,
                              "%sthere is no resource \"%s\"; did you mean "
                              "\"%s\"?",
                              ref->place, ref->name, near)
                 : ow_err_set(err, -EINVAL,
                              "%sthere is no resource \"%s\": no file has it "
                              "under \"resources\"",
                              ref->place, ref->name);
    free(names);
    return r;
}

static int fail_op(const struct ow_resource_ref *ref, struct ow_err *err)
{
    const struct ow_resource_type *type = ref->type;
    const char **names = calloc(type->n_ops + 1, sizeof *names);

    if (!names)
        return -ENOMEM;
    for (size_t i = 0; i < type->n_ops; i++)
        names[i] = type->ops[i].name;
    const char *near = ow_suggest(ow_str_from(ref->op), names);
    free(names);
    return near ? ow_err_set(err, -EINVAL,
                             "%s\"%s\" (%s) has no \"%s\"; did you mean "
                             "\"%s\"?",
                             ref->place, type->name, type->place, ref->op, near)
                : ow_err_set(err, -EINVAL, "%s\"%s\" (%s) has no \"%s\"",
                             ref->place, type->name, type->place, ref->op);
}

/* Parents of parents end somewhere. */
static int check_ring(struct ow_resource_type *type, struct ow_err *err)
{
    const struct ow_resource_type *up = type;

    for (size_t depth = 0; up->parent; depth++) {
        up = up->parent->type;
        if (up == type || depth > OW_RESOURCE_DEPTH)
            return ow_err_set(
                err, -EINVAL, "%s\"%s\" is below itself, or deeper than %d",
                type->parent->place, type->name, OW_RESOURCE_DEPTH);
    }
    return 0;
}

int ow_resource_types_resolve(struct ow_resource_types *types,
                              struct ow_err *err)
{
    int r = 0;

    for (struct ow_resource_ref *ref = types->refs; ref; ref = ref->next) {
        ref->type = ow_resource_types_find(types, ow_str_from(ref->name),
                                           ref->file, ref->pack);
        if (!ref->type)
            return fail(types, ref, err);
        if (ref->op && !ow_resource_type_op(ref->type, ref->op))
            return fail_op(ref, err);
    }
    for (struct ow_resource_type *type = types->first; type && r == 0;
         type = type->next)
        r = check_ring(type, err);
    return r;
}
