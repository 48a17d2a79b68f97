/*
 * form: the fields and files of application/x-www-form-urlencoded and
 * multipart/form-data bodies (RFC 7578), one list for both. Values of
 * multipart parts point into the body; everything else lies in the arena.
 */
#ifndef OW_HTTP_FORM_H
#define OW_HTTP_FORM_H

#include "base/arena.h"

struct ow_part {
    struct ow_str name;
    struct ow_str filename; /* absent: a plain field */
    struct ow_str type;  /* its Content-Type as sent; absent if it has none */
    struct ow_str value; /* its bytes, as many as were kept */
    bool whole;          /* value is all of it */
    uint64_t size;       /* how many were sent */
};

struct ow_form {
    struct ow_part *parts; /* in the order sent */
    size_t n;
    size_t cap;
};

/*
 * Parses a body by its Content-Type. whole tells whether body is all of it: if
 * not, the last part may be cut off, and is marked so. A multipart body that
 * is whole must have its closing delimiter.
 *
 * 0; -ENOMSG: not a form's type; -EINVAL: broken; -E2BIG: more than
 * OW_LIMIT_PARAMS parts, the form has the first of them; -ENOMEM.
 */
int ow_form_parse(struct ow_str content_type, struct ow_str body, bool whole,
                  struct ow_arena *arena, struct ow_form *ret_form);
/* CR LF "--" and the boundary, by which the parts of a multipart body of this
 * Content-Type are divided. 0; -ENOMSG: it is no such type; -EINVAL; -ENOMEM.
 */
int ow_form_delimiter(struct ow_str content_type, struct ow_arena *arena,
                      struct ow_str *ret);
/* The first part of that name (with case), and the next one; or NULL. */
const struct ow_part *ow_form_find(const struct ow_form *form,
                                   struct ow_str name);
const struct ow_part *ow_form_next(const struct ow_form *form,
                                   const struct ow_part *part);

#endif
