/*
 * Unit tests of src/state/buckets.c.
 */
#include "config.h"

/* cmocka's header wants these before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>

#include "base/limits.h"
#include "state/buckets.h"

#define SECOND INT64_C(1000000000)
#define PER_S  (1 / 1e9)

static void buckets_are_full_and_get_empty(void **state)
{
    struct ow_buckets buckets = {NULL, 0};
    double left;

    (void)state;
    assert_true(ow_buckets_take(&buckets, OW_STR("a"), 2, PER_S, 0, &left));
    assert_true(left == 1);
    assert_true(ow_buckets_take(&buckets, OW_STR("a"), 2, PER_S, 0, &left));
    assert_true(left == 0);
    assert_false(ow_buckets_take(&buckets, OW_STR("a"), 2, PER_S, 0, &left));
    assert_true(ow_buckets_take(&buckets, OW_STR("b"), 2, PER_S, 0, &left));
    ow_buckets_release(&buckets);
    ow_buckets_release(&buckets);
}

static void buckets_are_refilled_up_to_their_burst(void **state)
{
    struct ow_buckets buckets = {NULL, 0};
    struct ow_str a = OW_STR("a");
    double left;

    (void)state;
    ow_buckets_take(&buckets, a, 2, PER_S, 0, &left);
    ow_buckets_take(&buckets, a, 2, PER_S, 0, &left);
    assert_false(ow_buckets_take(&buckets, a, 2, PER_S, SECOND - 1000, &left));
    assert_true(ow_buckets_take(&buckets, a, 2, PER_S, SECOND, &left));
    assert_true(ow_buckets_take(&buckets, a, 2, PER_S, 99 * SECOND, &left));
    assert_true(left == 1);
    ow_buckets_release(&buckets);
}

static void buckets_beyond_the_bound_are_full_ones(void **state)
{
    struct ow_buckets buckets = {NULL, 0};
    double left;

    (void)state;
    for (int i = 0; i < OW_LIMIT_BUCKETS + 5; i++) {
        char key[16];
        int n = snprintf(key, sizeof key, "%d", i);
        struct ow_str name = {key, (size_t)n};
        assert_true(ow_buckets_take(&buckets, name, 1, PER_S, 0, &left));
    }
    assert_int_equal(buckets.n, OW_LIMIT_BUCKETS);
    assert_true(ow_buckets_take(&buckets, OW_STR("x"), 1, PER_S, 0, &left));
    assert_false(ow_buckets_take(&buckets, OW_STR("7"), 1, PER_S, 0, &left));
    ow_buckets_release(&buckets);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(buckets_are_full_and_get_empty),
        cmocka_unit_test(buckets_are_refilled_up_to_their_burst),
        cmocka_unit_test(buckets_beyond_the_bound_are_full_ones),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
