#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "state/clock.h"

static void clock_begins_at_zero_and_goes_on(void **state)
{
    struct ow_clock clock;

    (void)state;
    ow_clock_init(&clock, 1.0);
    int64_t first = ow_clock_now(&clock);
    int64_t second = ow_clock_now(&clock);
    assert_true(first >= 0);
    assert_true(second >= first);
}

static void clock_speed_multiplies(void **state)
{
    struct ow_clock clock;

    (void)state;
    ow_clock_init(&clock, 1.0);
    clock.begin_mono_ns -= 1000000000; /* a second ago */
    int64_t real = ow_clock_now(&clock);
    clock.speed = 100;
    assert_true(ow_clock_now(&clock) >= real * 100);
    clock.speed = 0.5;
    assert_true(ow_clock_now(&clock) < real);
}

static void clock_wall_is_begin_plus_session_time(void **state)
{
    struct ow_clock clock = {.begin_real_ns = 1700000000000000000, .speed = 1};

    (void)state;
    assert_true(ow_clock_wall(&clock, 42) == 1700000000000000042);
}

static void clock_until_is_real_time_and_never_negative(void **state)
{
    struct ow_clock clock;

    (void)state;
    ow_clock_init(&clock, 100);
    int64_t left = ow_clock_until(&clock, INT64_C(100000000000));
    assert_true(left > 0 && left <= 1000000001);
    assert_int_equal(ow_clock_until(&clock, 0), 0);
    assert_true(ow_clock_until(&clock, INT64_MAX) == INT64_MAX);
}

static void clock_stands_still_at_speed_zero(void **state)
{
    struct ow_clock clock;

    (void)state;
    ow_clock_init(&clock, 0);
    assert_int_equal(ow_clock_now(&clock), 0);
    clock.standing_ns = 5;
    assert_int_equal(ow_clock_now(&clock), 5);
    assert_int_equal(ow_clock_until(&clock, 5), 0);
    assert_true(ow_clock_until(&clock, 6) == INT64_MAX);
}

static void clock_is_frozen_advanced_and_resumed(void **state)
{
    const int64_t second = 1000000000;
    struct ow_clock clock;

    (void)state;
    ow_clock_init(&clock, 1.0);
    ow_clock_set_speed(&clock, 0);
    int64_t frozen = ow_clock_now(&clock);
    assert_true(ow_clock_now(&clock) == frozen);
    assert_true(ow_clock_until(&clock, frozen + 1) == INT64_MAX);
    ow_clock_advance(&clock, 10 * second);
    assert_true(ow_clock_now(&clock) == frozen + 10 * second);
    assert_int_equal(ow_clock_until(&clock, frozen + 10 * second), 0);
    ow_clock_set_speed(&clock, 100);
    clock.begin_mono_ns -= second; /* a second goes by */
    assert_true(ow_clock_now(&clock) >= frozen + 110 * second);
    ow_clock_set_speed(&clock, 1);
    assert_true(ow_clock_now(&clock) >= frozen + 110 * second);
    assert_true(ow_clock_now(&clock) < frozen + 120 * second);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(clock_begins_at_zero_and_goes_on),
        cmocka_unit_test(clock_speed_multiplies),
        cmocka_unit_test(clock_wall_is_begin_plus_session_time),
        cmocka_unit_test(clock_until_is_real_time_and_never_negative),
        cmocka_unit_test(clock_stands_still_at_speed_zero),
        cmocka_unit_test(clock_is_frozen_advanced_and_resumed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
