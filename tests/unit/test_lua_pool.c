#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "plan/lua_pool.h"

static void pool_keeps_what_is_in_a_piece(void **state)
{
    static const size_t sizes[] = {1, 16, 17, 255, 256, 257, 5000, 300, 40, 3};
    struct ow_lua_pool pool = {0};
    char *piece = NULL;
    size_t had = 0;

    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        piece = ow_lua_pool_change(&pool, piece, had, sizes[i]);
        assert_non_null(piece);
        assert_int_equal((uintptr_t)piece % 16, 0);
        size_t kept = had < sizes[i] ? had : sizes[i];
        for (size_t k = 0; k < kept; k++)
            assert_int_equal(piece[k], (char)k);
        for (size_t k = 0; k < sizes[i]; k++)
            piece[k] = (char)k;
        had = sizes[i];
    }
    assert_null(ow_lua_pool_change(&pool, piece, had, 0));
    ow_lua_pool_release(&pool);
}

static void pool_gives_pieces_out_again(void **state)
{
    struct ow_lua_pool pool = {0};
    char *pieces[100];

    (void)state;
    for (int i = 0; i < 100; i++) {
        pieces[i] = ow_lua_pool_change(&pool, NULL, 0, 200);
        memset(pieces[i], i, 200);
    }
    for (int i = 0; i < 100; i++) {
        assert_int_equal(pieces[i][199], (char)i);
        ow_lua_pool_change(&pool, pieces[i], 200, 0);
    }
    assert_ptr_equal(ow_lua_pool_change(&pool, NULL, 0, 193), pieces[99]);
    ow_lua_pool_release(&pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pool_keeps_what_is_in_a_piece),
        cmocka_unit_test(pool_gives_pieces_out_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
