#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "state/hits.h"

static void hits_add_returns_the_number_before(void **state)
{
    struct ow_hits hits;

    (void)state;
    assert_int_equal(ow_hits_init(&hits, 2), 0);
    assert_int_equal(ow_hits_add(&hits, 1), 0);
    assert_int_equal(ow_hits_add(&hits, 1), 1);
    assert_int_equal(ow_hits_get(&hits, 1), 2);
    assert_int_equal(ow_hits_get(&hits, 0), 0);
    ow_hits_release(&hits);
}

static void hits_fit_counts_beside_the_answers(void **state)
{
    struct ow_hits hits;

    (void)state;
    assert_int_equal(ow_hits_init(&hits, 2), 0);
    assert_int_equal(ow_hits_fit(&hits, 1), 1);
    assert_int_equal(ow_hits_fit(&hits, 1), 2);
    assert_int_equal(ow_hits_get(&hits, 1), 0);
    assert_int_equal(ow_hits_add(&hits, 1), 0);
    assert_int_equal(ow_hits_fit(&hits, 1), 3);
    assert_int_equal(ow_hits_fit(&hits, 0), 1);
    ow_hits_release(&hits);
    assert_int_equal(ow_hits_fit(&hits, 0), 1);
}

static void hits_of_a_rule_that_is_not_there_are_none(void **state)
{
    struct ow_hits hits;

    (void)state;
    assert_int_equal(ow_hits_init(&hits, 0), 0);
    assert_int_equal(ow_hits_add(&hits, 0), 0);
    assert_int_equal(ow_hits_get(&hits, 0), 0);
    ow_hits_release(&hits);
    ow_hits_release(&hits);
    assert_int_equal(ow_hits_get(&hits, 0), 0);
}

static void hits_map_follows_rules_to_their_new_places(void **state)
{
    static const size_t map[] = {1, SIZE_MAX, 0};
    struct ow_hits hits;

    (void)state;
    assert_int_equal(ow_hits_init(&hits, 2), 0);
    ow_hits_add(&hits, 1);
    ow_hits_fit(&hits, 0);
    assert_int_equal(ow_hits_map(&hits, 3, map), 0);
    assert_int_equal(ow_hits_get(&hits, 0), 1);
    assert_int_equal(ow_hits_get(&hits, 1), 0);
    assert_int_equal(ow_hits_get(&hits, 2), 0);
    assert_int_equal(ow_hits_fit(&hits, 2), 2);
    assert_int_equal(ow_hits_fit(&hits, 1), 1);
    ow_hits_release(&hits);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hits_add_returns_the_number_before),
        cmocka_unit_test(hits_fit_counts_beside_the_answers),
        cmocka_unit_test(hits_map_follows_rules_to_their_new_places),
        cmocka_unit_test(hits_of_a_rule_that_is_not_there_are_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
