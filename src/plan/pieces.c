/*
 * pieces: bodies in parts. See pieces.h. Called by act_stream.c and gzip.c.
 */
#include "config.h"

#include "plan/pieces.h"

#include <errno.h>
#include <string.h>

void ow_pieces_begin(struct ow_pieces_maker *maker)
{
    /* Bounded by the rule file, which is (OW_LIMIT_RULE_FILE). */
    ow_buf_init(&maker->bytes, 0);
    ow_buf_init(&maker->ends, 0);
    ow_buf_init(&maker->waits, 0);
}

int ow_pieces_mark(struct ow_pieces_maker *maker)
{
    return ow_buf_append(&maker->ends, &maker->bytes.len, sizeof(size_t));
}

int ow_pieces_mark_timed(struct ow_pieces_maker *maker, bool waits)
{
    int r = ow_pieces_mark(maker);

    return r < 0 ? r : ow_buf_append(&maker->waits, &waits, sizeof waits);
}

static int finish(struct ow_pieces_maker *maker, struct ow_arena *arena,
                  struct ow_pieces *ret)
{
    size_t n = maker->ends.len / sizeof(size_t);
    struct ow_str all = ow_arena_copy(arena, ow_buf_peek(&maker->bytes));
    struct ow_str *items = ow_arena_alloc(arena, n * sizeof *items);
    size_t from = 0;

    if (!all.ptr || !items)
        return -ENOMEM;
    for (size_t i = 0; i < n; i++) {
        size_t end;
        memcpy(&end, ow_buf_data(&maker->ends) + i * sizeof end, sizeof end);
        items[i] = (struct ow_str){all.ptr + from, end - from};
        from = end;
    }
    *ret = (struct ow_pieces){items, n, NULL};
    if (maker->waits.len == 0)
        return 0;
    ret->waits =
        (const bool *)ow_arena_copy(arena, ow_buf_peek(&maker->waits)).ptr;
    return ret->waits ? 0 : -ENOMEM;
}

int ow_pieces_finish(struct ow_pieces_maker *maker, struct ow_arena *arena,
                     struct ow_pieces *ret)
{
    int r = finish(maker, arena, ret);

    ow_pieces_drop(maker);
    return r;
}

void ow_pieces_drop(struct ow_pieces_maker *maker)
{
    ow_buf_release(&maker->bytes);
    ow_buf_release(&maker->ends);
    ow_buf_release(&maker->waits);
}
