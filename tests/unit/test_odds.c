/*
 * Unit tests of src/state/odds.c.
 */
#include "config.h"

/* cmocka's header wants these before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "state/odds.h"

static uint64_t drawn(uint64_t seed, enum ow_odds_purpose purpose, uint64_t of,
                      uint64_t n)
{
    struct ow_odds odds = {.seed = seed};
    struct ow_rand rand;

    ow_odds_draw(&odds, purpose, of, n, &rand);
    return ow_rand_u64(&rand);
}

static void odds_draw_is_the_same_for_the_same_seed(void **state)
{
    (void)state;
    assert_true(drawn(1, OW_ODDS_CHANCE, 2, 3) ==
                drawn(1, OW_ODDS_CHANCE, 2, 3));
    assert_true(drawn(0, OW_ODDS_ANSWER, 0, 0) ==
                drawn(0, OW_ODDS_ANSWER, 0, 0));
}

static void odds_draw_tells_all_that_it_is_for_apart(void **state)
{
    uint64_t one = drawn(1, OW_ODDS_CHANCE, 2, 3);

    (void)state;
    assert_true(one != drawn(2, OW_ODDS_CHANCE, 2, 3));
    assert_true(one != drawn(1, OW_ODDS_ANSWER, 2, 3));
    assert_true(one != drawn(1, OW_ODDS_CHANCE, 3, 2));
    assert_true(one != drawn(1, OW_ODDS_CHANCE, 2, 4));
}

static void odds_draw_is_even(void **state)
{
    struct ow_odds odds = {.seed = 7};
    int below = 0;

    (void)state;
    for (uint64_t n = 0; n < 10000; n++) {
        struct ow_rand rand;
        ow_odds_draw(&odds, OW_ODDS_CHANCE, 0, n, &rand);
        below += ow_rand_unit(&rand) < 0.1;
    }
    assert_in_range(below, 900, 1100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(odds_draw_is_the_same_for_the_same_seed),
        cmocka_unit_test(odds_draw_tells_all_that_it_is_for_apart),
        cmocka_unit_test(odds_draw_is_even),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
