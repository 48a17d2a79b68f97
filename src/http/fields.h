/*
 * fields: the header or trailer lines of a message, in order, as they came
 * (RFC 9110, 5). Names and values are borrowed; the list itself grows in an
 * arena. A plain value: lives on the stack or in another struct.
 */
#ifndef OW_HTTP_FIELDS_H
#define OW_HTTP_FIELDS_H

#include "base/arena.h"
#include "base/str.h"

struct ow_field {
    struct ow_str name;  /* as sent; compare without case */
    struct ow_str value; /* without surrounding white space */
};

struct ow_fields {
    struct ow_field *items;
    size_t n;
    size_t cap;
};

/* 0 or -ENOMEM. Borrows name and value. */
int ow_fields_add(struct ow_fields *fields, struct ow_arena *arena,
                  struct ow_str name, struct ow_str value);
/* The first field of that name, or NULL. */
const struct ow_field *ow_fields_find(const struct ow_fields *fields,
                                      struct ow_str name);
/* The next one of the same name behind it, or NULL. */
const struct ow_field *ow_fields_next(const struct ow_fields *fields,
                                      const struct ow_field *field);
/*
 * Whether a comma-separated list field (Connection, Transfer-Encoding,
 * Accept-Encoding...) has this token, without case, parameters left out.
 */
bool ow_fields_has_token(const struct ow_fields *fields, struct ow_str name,
                         struct ow_str token);

#endif
