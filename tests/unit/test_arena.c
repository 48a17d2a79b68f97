#include "config.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "assert_str.h"
#include "base/arena.h"

static void arena_aligns_for_any_type(void **state)
{
    struct ow_arena arena;

    (void)state;
    ow_arena_init(&arena);
    for (size_t len = 0; len < 40; len++) {
        void *at = ow_arena_alloc(&arena, len);
        assert_non_null(at);
        assert_int_equal((uintptr_t)at % _Alignof(max_align_t), 0);
    }
    ow_arena_release(&arena);
}

static void arena_pieces_do_not_overlap(void **state)
{
    struct ow_arena arena;
    unsigned char *pieces[300];

    (void)state;
    ow_arena_init(&arena);
    for (size_t i = 0; i < 300; i++) {
        pieces[i] = ow_arena_alloc(&arena, i * 7 + 1);
        memset(pieces[i], (int)(i % 251), i * 7 + 1);
    }
    for (size_t i = 0; i < 300; i++)
        for (size_t j = 0; j < i * 7 + 1; j++)
            assert_int_equal(pieces[i][j], i % 251);
    ow_arena_release(&arena);
}

static void arena_reset_keeps_one_small_block(void **state)
{
    struct ow_arena arena;

    (void)state;
    ow_arena_init(&arena);
    void *first = ow_arena_alloc(&arena, 100);
    ow_arena_alloc(&arena, 100000);
    ow_arena_alloc(&arena, 4000);
    ow_arena_reset(&arena);
    assert_ptr_equal(ow_arena_alloc(&arena, 100), first);
    ow_arena_release(&arena);
    assert_null(arena.head);
}

static void arena_uses_the_room_before_a_big_piece(void **state)
{
    struct ow_arena arena;

    (void)state;
    ow_arena_init(&arena);
    char *first = ow_arena_alloc(&arena, 16);
    char *big = ow_arena_alloc(&arena, 100000);
    memset(big, 1, 100000);
    assert_ptr_equal(ow_arena_alloc(&arena, 16), first + 16);
    ow_arena_release(&arena);
}

static void arena_reset_lets_a_big_first_block_go(void **state)
{
    struct ow_arena arena;

    (void)state;
    ow_arena_init(&arena);
    ow_arena_alloc(&arena, 100000);
    ow_arena_reset(&arena);
    assert_null(arena.head);
    assert_non_null(ow_arena_alloc(&arena, 10));
    ow_arena_release(&arena);
}

static void arena_refuses_sizes_that_overflow(void **state)
{
    struct ow_arena arena;

    (void)state;
    ow_arena_init(&arena);
    assert_null(ow_arena_alloc(&arena, SIZE_MAX));
    assert_null(ow_arena_alloc(&arena, PTRDIFF_MAX));
    assert_non_null(ow_arena_alloc(&arena, 1));
    ow_arena_release(&arena);
}

static void arena_zalloc_gives_zeros_after_reset(void **state)
{
    struct ow_arena arena;

    (void)state;
    ow_arena_init(&arena);
    memset(ow_arena_alloc(&arena, 64), 0xff, 64);
    ow_arena_reset(&arena);
    const char *at = ow_arena_zalloc(&arena, 64);
    for (int i = 0; i < 64; i++)
        assert_int_equal(at[i], 0);
    ow_arena_release(&arena);
}

static void arena_copy_and_printf_end_in_nul(void **state)
{
    struct ow_arena arena;

    (void)state;
    ow_arena_init(&arena);
    struct ow_str copy = ow_arena_copy(&arena, OW_STR("a\0b"));
    assert_str(copy, "a\0b");
    assert_int_equal(copy.ptr[3], 0);
    assert_str(ow_arena_copy(&arena, OW_STR("")), "");
    struct ow_str text = ow_arena_printf(&arena, "%s:%d", "x", 443);
    assert_str(text, "x:443");
    assert_int_equal(text.ptr[5], 0);
    ow_arena_release(&arena);
}

static void arena_join_puts_parts_behind_each_other(void **state)
{
    const struct ow_str parts[] = {
        OW_STR("ab"), {NULL, 0}, OW_STR(""), OW_STR("c")};
    const struct ow_str much[] = {OW_STR("a"), {"", SIZE_MAX}};
    struct ow_arena arena;

    (void)state;
    ow_arena_init(&arena);
    struct ow_str all = ow_arena_join(&arena, parts, 4);
    assert_int_equal(all.len, 3);
    assert_string_equal(all.ptr, "abc");
    assert_string_equal(ow_arena_join(&arena, parts, 0).ptr, "");
    assert_null(ow_arena_join(&arena, much, 2).ptr);
    assert_null(ow_arena_join(&arena, much + 1, 1).ptr);
    ow_arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arena_join_puts_parts_behind_each_other),
        cmocka_unit_test(arena_aligns_for_any_type),
        cmocka_unit_test(arena_pieces_do_not_overlap),
        cmocka_unit_test(arena_reset_keeps_one_small_block),
        cmocka_unit_test(arena_uses_the_room_before_a_big_piece),
        cmocka_unit_test(arena_reset_lets_a_big_first_block_go),
        cmocka_unit_test(arena_refuses_sizes_that_overflow),
        cmocka_unit_test(arena_zalloc_gives_zeros_after_reset),
        cmocka_unit_test(arena_copy_and_printf_end_in_nul),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
