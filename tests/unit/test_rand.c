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
#include "base/rand.h"

static void rand_same_seed_same_numbers(void **state)
{
    struct ow_rand a, b, c;

    (void)state;
    ow_rand_init(&a, 42);
    ow_rand_init(&b, 42);
    ow_rand_init(&c, 43);
    uint64_t first = ow_rand_u64(&a);
    assert_true(first == ow_rand_u64(&b));
    assert_true(first != ow_rand_u64(&c));
    for (int i = 0; i < 100; i++)
        assert_true(ow_rand_u64(&a) == ow_rand_u64(&b));
}

/* The first number of xoshiro256++ seeded by splitmix64 from 0, worked out
 * from the published algorithms: a run must be the same on every machine and
 * in every version. */
static void rand_follows_the_published_algorithm(void **state)
{
    struct ow_rand rand;

    (void)state;
    ow_rand_init(&rand, 0);
    assert_true(rand.state[0] == 0xe220a8397b1dcdafu);
    assert_true(rand.state[1] == 0x6e789e6aa1b965f4u);
    assert_true(ow_rand_u64(&rand) == 0x53175d61490b23dfu);
}

static void rand_unit_is_from_0_to_below_1(void **state)
{
    struct ow_rand rand;
    double sum = 0;

    (void)state;
    ow_rand_init(&rand, 1);
    for (int i = 0; i < 10000; i++) {
        double x = ow_rand_unit(&rand);
        assert_true(x >= 0 && x < 1);
        sum += x;
    }
    assert_true(sum > 4800 && sum < 5200);
}

static void rand_range_reaches_both_ends(void **state)
{
    struct ow_rand rand;
    int seen[5] = {0};

    (void)state;
    ow_rand_init(&rand, 1);
    for (int i = 0; i < 1000; i++) {
        int64_t x = ow_rand_range(&rand, -2, 2);
        assert_true(x >= -2 && x <= 2);
        seen[x + 2]++;
    }
    for (int i = 0; i < 5; i++)
        assert_true(seen[i] > 100);
    assert_int_equal(ow_rand_range(&rand, 7, 7), 7);
}

static void rand_range_takes_the_widest(void **state)
{
    struct ow_rand rand;
    int below = 0;

    (void)state;
    ow_rand_init(&rand, 1);
    for (int i = 0; i < 100; i++)
        below += ow_rand_range(&rand, INT64_MIN, INT64_MAX) < 0;
    assert_true(below > 20 && below < 80);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rand_same_seed_same_numbers),
        cmocka_unit_test(rand_follows_the_published_algorithm),
        cmocka_unit_test(rand_unit_is_from_0_to_below_1),
        cmocka_unit_test(rand_range_reaches_both_ends),
        cmocka_unit_test(rand_range_takes_the_widest),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
