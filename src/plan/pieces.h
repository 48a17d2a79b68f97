/*
 * pieces: a body as the parts in which it reaches the wire: events, chunks,
 * tokens. Built while rules are loaded, then unchanging:
 *
 *     ow_pieces_begin(&maker);
 *     ow_buf_append(&maker.bytes, ...);    // any number of times
 *     ow_pieces_mark(&maker);              // a piece ends here
 *     r = ow_pieces_finish(&maker, arena, &pieces); // releases the maker
 *
 *       items[0]     items[1]  items[2]
 *       v            v         v
 *     | piece      | piece   | piece |     one block in the arena
 */
#ifndef OW_PLAN_PIECES_H
#define OW_PLAN_PIECES_H

#include "base/arena.h"
#include "base/buf.h"

struct ow_pieces {
    struct ow_str *items;
    size_t n;
    const bool *waits; /* those that come in time; NULL: all */
};

struct ow_pieces_maker {
    struct ow_buf bytes;
    struct ow_buf ends;  /* size_t each: where in bytes a piece ends */
    struct ow_buf waits; /* bool each, if any was told so */
};

void ow_pieces_begin(struct ow_pieces_maker *maker);
/* 0 or -ENOMEM. */
int ow_pieces_mark(struct ow_pieces_maker *maker);
/* The same, for a maker that says of each whether it comes in time. */
int ow_pieces_mark_timed(struct ow_pieces_maker *maker, bool waits);
/* Releases the maker whatever comes of it. 0 or -ENOMEM. */
int ow_pieces_finish(struct ow_pieces_maker *maker, struct ow_arena *arena,
                     struct ow_pieces *ret);
void ow_pieces_drop(struct ow_pieces_maker *maker);

#endif
