#include "config.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "assert_str.h"
#include "base/limits.h"
#include "http/body.h"

/* As `xxhsum -H128` says of "", "abc" and 3000000 bytes of zero. */
#define EMPTY   "99aa06d3014798d86001c324468d497f"
#define ABC     "06b05ab6733a618578af5f94892f3950"
#define ZEROS   "c0b66d2c29af5d09a16251685b6b78c4"
#define N_ZEROS 3000000

static void body_without_bytes_is_whole_and_has_a_hash(void **state)
{
    struct ow_body body;
    char hex[OW_BODY_HASH + 1];

    (void)state;
    ow_body_init(&body, 10);
    assert_true(ow_body_is_whole(&body));
    ow_body_hash(&body, hex);
    assert_string_equal(hex, EMPTY);
    ow_body_release(&body);
}

static void body_within_the_limit_is_kept_whole(void **state)
{
    struct ow_body body;
    char hex[OW_BODY_HASH + 1];

    (void)state;
    ow_body_init(&body, 3);
    assert_int_equal(ow_body_feed(&body, "ab", 2), 0);
    assert_int_equal(ow_body_feed(&body, "c", 1), 0);
    assert_true(ow_body_is_whole(&body));
    assert_int_equal(body.size, 3);
    assert_buf(body.kept, "abc");
    assert_null(body.hash);
    ow_body_hash(&body, hex);
    assert_string_equal(hex, ABC);
    ow_body_release(&body);
}

static void body_over_the_limit_keeps_its_front_and_hashes_all(void **state)
{
    (void)state;
    for (size_t keep = 0; keep < 3; keep++)
        for (size_t cut = 0; cut <= 3; cut++) {
            struct ow_body body;
            char hex[OW_BODY_HASH + 1];
            ow_body_init(&body, keep);
            assert_int_equal(ow_body_feed(&body, "abc", cut), 0);
            assert_int_equal(ow_body_feed(&body, "abc" + cut, 3 - cut), 0);
            assert_false(ow_body_is_whole(&body));
            assert_int_equal(body.size, 3);
            assert_int_equal(body.kept.len, keep);
            assert_memory_equal(ow_buf_peek(&body.kept).ptr, "abc", keep);
            ow_body_hash(&body, hex);
            assert_string_equal(hex, ABC);
            ow_body_release(&body);
        }
}

static void body_hash_may_be_asked_for_on_the_way(void **state)
{
    struct ow_body body;
    char hex[OW_BODY_HASH + 1];

    (void)state;
    ow_body_init(&body, 1);
    ow_body_feed(&body, "abc", 3);
    ow_body_hash(&body, hex);
    assert_string_equal(hex, ABC);
    ow_body_hash(&body, hex);
    assert_string_equal(hex, ABC);
    ow_body_feed(&body, "d", 1);
    ow_body_hash(&body, hex);
    assert_string_not_equal(hex, ABC);
    ow_body_release(&body);
}

static void body_of_many_pieces_has_the_hash_of_all_of_it(void **state)
{
    static const char zeros[99991];
    struct ow_body body;
    char hex[OW_BODY_HASH + 1];

    (void)state;
    ow_body_init(&body, 1000);
    while (body.size < N_ZEROS) {
        size_t left = N_ZEROS - body.size;
        size_t n = left < sizeof zeros ? left : sizeof zeros;
        assert_int_equal(ow_body_feed(&body, zeros, n), 0);
    }
    ow_body_hash(&body, hex);
    assert_string_equal(hex, ZEROS);
    ow_body_release(&body);
}

static void body_memory_stays_within_the_limit(void **state)
{
    static char block[OW_LIMIT_IO];
    struct ow_body body;

    (void)state;
    ow_body_init(&body, OW_LIMIT_BODY_KEPT);
    for (int i = 0; i < 100; i++)
        assert_int_equal(ow_body_feed(&body, block, sizeof block), 0);
    assert_int_equal(body.size, 100 * sizeof block);
    assert_int_equal(body.kept.len, OW_LIMIT_BODY_KEPT);
    assert_int_equal(body.kept.cap, OW_LIMIT_BODY_KEPT);
    ow_body_release(&body);
}

static void body_reset_begins_anew_and_lets_big_memory_go(void **state)
{
    static char block[100000];
    struct ow_body body;
    char hex[OW_BODY_HASH + 1];

    (void)state;
    ow_body_init(&body, 200000);
    ow_body_feed(&body, "x", 1);
    ow_body_reset(&body);
    assert_non_null(body.kept.data);
    for (int i = 0; i < 3; i++)
        ow_body_feed(&body, block, sizeof block);
    assert_false(ow_body_is_whole(&body));
    ow_body_reset(&body);
    assert_null(body.kept.data);
    assert_true(ow_body_is_whole(&body));
    ow_body_feed(&body, "abc", 3);
    ow_body_hash(&body, hex);
    assert_string_equal(hex, ABC);
    ow_body_release(&body);
}

static void body_release_takes_null(void **state)
{
    (void)state;
    ow_body_release(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(body_without_bytes_is_whole_and_has_a_hash),
        cmocka_unit_test(body_within_the_limit_is_kept_whole),
        cmocka_unit_test(body_over_the_limit_keeps_its_front_and_hashes_all),
        cmocka_unit_test(body_hash_may_be_asked_for_on_the_way),
        cmocka_unit_test(body_of_many_pieces_has_the_hash_of_all_of_it),
        cmocka_unit_test(body_memory_stays_within_the_limit),
        cmocka_unit_test(body_reset_begins_anew_and_lets_big_memory_go),
        cmocka_unit_test(body_release_takes_null),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
