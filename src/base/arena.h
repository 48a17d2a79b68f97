/*
 * arena: memory that is freed whole. One exchange has one arena (style.md,
 * rule 19); what lies in it lives until ow_arena_reset or ow_arena_release.
 * reset keeps the first block, so that a kept-alive connection's next exchange
 * calls malloc not at all.
 */
#ifndef OW_BASE_ARENA_H
#define OW_BASE_ARENA_H

#include "base/str.h"

struct ow_arena {
    struct ow_arena_block *head; /* the newest block */
    size_t used;                 /* bytes handed out of it */
    size_t block; /* least size of a block; 0, as after init, means 4 KiB. For
                     owners that are many and small. */
};

void ow_arena_init(struct ow_arena *arena);
void ow_arena_reset(struct ow_arena *arena);
void ow_arena_release(struct ow_arena *arena);

/* Aligned for any type, not zeroed. NULL when memory is out. */
void *ow_arena_alloc(struct ow_arena *arena, size_t len);
void *ow_arena_zalloc(struct ow_arena *arena, size_t len);
/* A copy, with a NUL behind it that len does not count. ptr NULL on failure. */
struct ow_str ow_arena_copy(struct ow_arena *arena, struct ow_str s);
/* The parts behind each other, likewise. */
struct ow_str ow_arena_join(struct ow_arena *arena, const struct ow_str *parts,
                            size_t n);
struct ow_str ow_arena_printf(struct ow_arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
