/*
 * arena: memory that is freed whole. See arena.h.
 *
 *   head -> [next | cap | bytes used ... free] -> [older, full] -> NULL
 *
 * What is bigger than a block gets one of its own behind the head, so that the
 * room left in the head is not lost.
 */
#include "config.h"

#include "base/arena.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One kept-alive JSON exchange fits (measured: 1.5 to 3 KiB). */
#define BLOCK 4096

struct ow_arena_block {
    struct ow_arena_block *next;
    size_t cap;
    _Alignas(max_align_t) char bytes[];
};

void ow_arena_init(struct ow_arena *arena)
{
    *arena = (struct ow_arena){0};
}

static size_t least(const struct ow_arena *arena)
{
    return arena->block ? arena->block : BLOCK;
}

static struct ow_arena_block *free_block(struct ow_arena_block *block)
{
    struct ow_arena_block *next = block->next;

    free(block);
    return next;
}

void ow_arena_reset(struct ow_arena *arena)
{
    struct ow_arena_block *kept = NULL, *block = arena->head;

    /* The oldest of the standard size; big ones go. */
    while (block) {
        struct ow_arena_block *next = block->next;
        if (block->cap > least(arena)) {
            free(block);
        } else {
            free(kept);
            kept = block;
        }
        block = next;
    }
    if (kept)
        kept->next = NULL;
    arena->head = kept;
    arena->used = 0;
}

void ow_arena_release(struct ow_arena *arena)
{
    while (arena->head)
        arena->head = free_block(arena->head);
    arena->used = 0;
}

static int add_block(struct ow_arena *arena)
{
    struct ow_arena_block *block = malloc(sizeof *block + least(arena));

    if (!block)
        return -1;
    block->cap = least(arena);
    block->next = arena->head;
    arena->head = block;
    arena->used = 0;
    return 0;
}

/* A block that is all one piece; the head stays the head. */
static void *add_big(struct ow_arena *arena, size_t len)
{
    struct ow_arena_block *block = malloc(sizeof *block + len);
    struct ow_arena_block **place =
        arena->head ? &arena->head->next : &arena->head;

    if (!block)
        return NULL;
    if (!arena->head)
        arena->used = len;
    block->cap = len;
    block->next = *place;
    *place = block;
    return block->bytes;
}

/* Where the next piece begins in the head; behind its end if that is full. */
static size_t next_at(const struct ow_arena *arena)
{
    const size_t align = _Alignof(max_align_t);

    return (arena->used + align - 1) & ~(align - 1);
}

void *ow_arena_alloc(struct ow_arena *arena, size_t len)
{
    size_t at = next_at(arena);

    if (len > PTRDIFF_MAX - sizeof(struct ow_arena_block))
        return NULL;
    if (len > least(arena))
        return add_big(arena, len);
    if (!arena->head || at > arena->head->cap || arena->head->cap - at < len) {
        if (add_block(arena) < 0)
            return NULL;
        at = 0;
    }
    arena->used = at + len;
    return arena->head->bytes + at;
}

void *ow_arena_zalloc(struct ow_arena *arena, size_t len)
{
    void *at = ow_arena_alloc(arena, len);

    return at ? memset(at, 0, len) : NULL;
}

struct ow_str ow_arena_copy(struct ow_arena *arena, struct ow_str s)
{
    char *copy = ow_arena_alloc(arena, s.len + 1);

    if (!copy)
        return (struct ow_str){NULL, 0};
    if (s.len > 0)
        memcpy(copy, s.ptr, s.len);
    copy[s.len] = '\0';
    return (struct ow_str){copy, s.len};
}

struct ow_str ow_arena_join(struct ow_arena *arena, const struct ow_str *parts,
                            size_t n)
{
    size_t len = 0;

    for (size_t i = 0; i < n; i++)
        if (__builtin_add_overflow(len, parts[i].len, &len))
            return (struct ow_str){NULL, 0};
    char *text = len < SIZE_MAX ? ow_arena_alloc(arena, len + 1) : NULL;
    if (!text)
        return (struct ow_str){NULL, 0};
    char *at = text;
    for (size_t i = 0; i < n; i++)
        if (parts[i].len > 0)
            at = mempcpy(at, parts[i].ptr, parts[i].len);
    *at = '\0';
    return (struct ow_str){text, len};
}

/* Where a text may be written before its length is known. */
static char *rest_of(struct ow_arena *arena, size_t *ret_len)
{
    size_t at = next_at(arena);

    *ret_len = arena->head && at < arena->head->cap ? arena->head->cap - at : 0;
    return *ret_len > 0 ? arena->head->bytes + at : NULL;
}

struct ow_str ow_arena_printf(struct ow_arena *arena, const char *format, ...)
{
    va_list args, again;
    struct ow_str result = {NULL, 0};
    size_t room;
    char *rest = rest_of(arena, &room);

    va_start(args, format);
    va_copy(again, args);
    int len = vsnprintf(rest, room, format, args);
    va_end(args);
    char *text = len < 0 ? NULL : ow_arena_alloc(arena, (size_t)len + 1);
    if (text && text != rest)
        vsnprintf(text, (size_t)len + 1, format, again);
    if (text)
        result = (struct ow_str){text, (size_t)len};
    va_end(again);
    return result;
}
