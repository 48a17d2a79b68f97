/*
 * tail: what comes of a multipart body behind its kept prefix. The middle of a
 * long part is passed over and counted; delimiters, the fields of parts and
 * parts that are short are kept, so that a form is known however long its files
 * are.
 *
 *      kept prefix      tail.kept
 *     |------------|---|.....|-------|......|--|
 *                      gap 0         gap 1
 *
 *     tail = ow_tail_new(delimiter, prefix);    when the prefix is full
 *     ow_tail_feed(tail, bytes, len);           everything behind it
 *     ow_tail_join(tail, prefix, &arena, &body);
 *     ow_form_parse(type, body, !ow_tail_is_full(tail), &arena, &form);
 *     ow_tail_mend(tail, body, &form);          sizes as they were sent
 */
#ifndef OW_HTTP_TAIL_H
#define OW_HTTP_TAIL_H

#include "base/arena.h"

struct ow_form;
struct ow_tail;

/* The delimiter (ow_form_delimiter) stays the caller's and must outlive it.
 * The prefix is only looked at. NULL when memory is out. */
struct ow_tail *ow_tail_new(struct ow_str delimiter, struct ow_str prefix);
struct ow_tail *ow_tail_free(struct ow_tail *tail);
/* 0 or -ENOMEM. */
int ow_tail_feed(struct ow_tail *tail, const char *bytes, size_t len);
/* Whether there were more parts than it can tell of: the end is missing. */
bool ow_tail_is_full(const struct ow_tail *tail);
/* The prefix and what was kept behind it, in one piece. 0 or -ENOMEM. */
int ow_tail_join(const struct ow_tail *tail, struct ow_str prefix,
                 struct ow_arena *arena, struct ow_str *ret);
/* Parts of the joined body that have a gap: their size is put right, and their
 * value ends where the gap begins. */
void ow_tail_mend(const struct ow_tail *tail, struct ow_str joined,
                  struct ow_form *form);

#endif
