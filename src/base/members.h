/*
 * members: the members of a JSON object that is text on one line, without white
 * space between its tokens, as templates and jsonw write it. Nothing is parsed
 * into a tree: a resource is read and written a hundred times for each time
 * that somebody looks into it.
 *
 *     struct ow_member m;
 *     for (bool more = ow_member_first(json, &m); more;
 *          more = ow_member_next(json, &m)) ...
 */
#ifndef OW_BASE_MEMBERS_H
#define OW_BASE_MEMBERS_H

#include "base/buf.h"

struct ow_member {
    struct ow_str key;   /* as written, without its quotes */
    struct ow_str value; /* as written */
};

/* Whether the text begins and ends as an object does. */
bool ow_members_is_object(struct ow_str json);
/* false: there is none. */
bool ow_member_first(struct ow_str json, struct ow_member *ret);
/* The one behind *member. */
bool ow_member_next(struct ow_str json, struct ow_member *member);
/* The value of that key as it is written; absent if there is none. */
struct ow_str ow_members_find(struct ow_str json, struct ow_str key);
/*
 * Appends the object base with the members of over set: those that base has
 * keep their place, the others come behind. 0; -EINVAL: one of them is no
 * object; -ENOMEM, -ENOBUFS.
 */
int ow_members_merge(struct ow_str base, struct ow_str over,
                     struct ow_buf *out);
/*
 * The members of json that are called as one of the n names, and the others, as
 * two objects. The same results.
 */
int ow_members_split(struct ow_str json, const struct ow_str *names, size_t n,
                     struct ow_buf *named, struct ow_buf *others);
/* Whether the value is a string of that text, or a number or a word that is
 * written so. Strings with escapes are taken apart. */
bool ow_members_is_text(struct ow_str value, struct ow_str text);

#endif
