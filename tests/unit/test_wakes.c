#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/rand.h"
#include "state/wakes.h"

#define MANY 500

static void first_is_the_earliest_then_the_smallest_number(void **state)
{
    struct ow_wakes wakes = {0};
    struct ow_wake a = {.number = 2}, b = {.number = 1}, c = {.number = 3};

    (void)state;
    assert_null(ow_wakes_first(&wakes));
    assert_int_equal(ow_wakes_put(&wakes, &a, 5), 0);
    assert_int_equal(ow_wakes_put(&wakes, &b, 5), 0);
    assert_int_equal(ow_wakes_put(&wakes, &c, 4), 0);
    assert_ptr_equal(ow_wakes_first(&wakes), &c);
    assert_int_equal(ow_wakes_put(&wakes, &c, 6), 0);
    assert_ptr_equal(ow_wakes_first(&wakes), &b);
    ow_wakes_drop(&wakes, &b);
    ow_wakes_drop(&wakes, &b);
    assert_ptr_equal(ow_wakes_first(&wakes), &a);
    ow_wakes_drop(&wakes, &a);
    assert_ptr_equal(ow_wakes_first(&wakes), &c);
    ow_wakes_release(&wakes);
}

static void all_come_in_order_whatever_was_moved_and_dropped(void **state)
{
    struct ow_wakes wakes = {0};
    struct ow_wake *items = calloc(MANY, sizeof *items);
    struct ow_rand rand;
    int64_t last = -1;
    size_t n = 0;

    (void)state;
    assert_non_null(items);
    ow_rand_init(&rand, 7);
    for (size_t i = 0; i < 3 * MANY; i++) {
        struct ow_wake *item = &items[ow_rand_range(&rand, 0, MANY - 1)];
        item->number = (uint64_t)(item - items);
        if (ow_rand_range(&rand, 0, 4) == 0)
            ow_wakes_drop(&wakes, item);
        else
            assert_int_equal(
                ow_wakes_put(&wakes, item, ow_rand_range(&rand, 0, 99)), 0);
    }
    for (size_t i = 0; i < MANY; i++)
        n += items[i].place > 0;
    assert_int_equal(n, wakes.n);
    for (struct ow_wake *first; (first = ow_wakes_first(&wakes)); n--) {
        assert_true(first->at_ns >= last);
        last = first->at_ns;
        ow_wakes_drop(&wakes, first);
    }
    assert_int_equal(n, 0);
    ow_wakes_release(&wakes);
    free(items);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(first_is_the_earliest_then_the_smallest_number),
        cmocka_unit_test(all_come_in_order_whatever_was_moved_and_dropped),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
