/*
 * fields: header and trailer lines. See fields.h.
 */
#include "config.h"

#include "http/fields.h"

#include <errno.h>
#include <string.h>

#define FIRST 16 /* what a browser-like client sends fits */

int ow_fields_add(struct ow_fields *fields, struct ow_arena *arena,
                  struct ow_str name, struct ow_str value)
{
    if (fields->n == fields->cap) {
        size_t cap = fields->cap ? fields->cap * 2 : FIRST;
        struct ow_field *items = ow_arena_alloc(arena, cap * sizeof *items);
        if (!items)
            return -ENOMEM;
        if (fields->n > 0)
            memcpy(items, fields->items, fields->n * sizeof *items);
        fields->items = items;
        fields->cap = cap;
    }
    fields->items[fields->n++] = (struct ow_field){name, value};
    return 0;
}

static const struct ow_field *find_from(const struct ow_fields *fields,
                                        size_t from, struct ow_str name)
{
    for (size_t i = from; i < fields->n; i++)
        if (ow_str_equal_case(fields->items[i].name, name))
            return &fields->items[i];
    return NULL;
}

const struct ow_field *ow_fields_find(const struct ow_fields *fields,
                                      struct ow_str name)
{
    return find_from(fields, 0, name);
}

const struct ow_field *ow_fields_next(const struct ow_fields *fields,
                                      const struct ow_field *field)
{
    return find_from(fields, (size_t)(field - fields->items) + 1, field->name);
}

bool ow_fields_has_token(const struct ow_fields *fields, struct ow_str name,
                         struct ow_str token)
{
    const struct ow_field *field = ow_fields_find(fields, name);

    for (; field; field = ow_fields_next(fields, field)) {
        struct ow_str rest = field->value;
        while (rest.ptr) {
            struct ow_str item = ow_str_cut(&rest, ',');
            item = ow_str_trim(ow_str_cut(&item, ';'));
            if (ow_str_equal_case(item, token))
                return true;
        }
    }
    return false;
}
