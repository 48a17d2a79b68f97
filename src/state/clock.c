/*
 * clock: session time. See clock.h.
 */
#include "config.h"

#include "state/clock.h"

#include <time.h>

#define SECOND INT64_C(1000000000)

static int64_t read_ns(clockid_t id)
{
    struct timespec now;

    clock_gettime(id, &now);
    return now.tv_sec * SECOND + now.tv_nsec;
}

void ow_clock_init(struct ow_clock *clock, double speed)
{
    clock->begin_mono_ns = read_ns(CLOCK_MONOTONIC);
    clock->begin_real_ns = read_ns(CLOCK_REALTIME);
    clock->speed = speed;
    clock->standing_ns = 0;
}

int64_t ow_clock_now(const struct ow_clock *clock)
{
    if (clock->speed == 0)
        return clock->standing_ns;
    int64_t real = read_ns(CLOCK_MONOTONIC) - clock->begin_mono_ns;

    /* Whole nanoseconds, no rounding, for the clock that nearly all use. */
    if (clock->speed == 1.0)
        return clock->standing_ns + real;
    return clock->standing_ns + (int64_t)((double)real * clock->speed);
}

void ow_clock_set_speed(struct ow_clock *clock, double speed)
{
    clock->standing_ns = ow_clock_now(clock);
    clock->begin_mono_ns = read_ns(CLOCK_MONOTONIC);
    clock->speed = speed;
}

void ow_clock_advance(struct ow_clock *clock, int64_t ns)
{
    clock->standing_ns += ns;
}

int64_t ow_clock_wall(const struct ow_clock *clock, int64_t session_ns)
{
    return clock->begin_real_ns + session_ns;
}

int64_t ow_clock_until(const struct ow_clock *clock, int64_t due_ns)
{
    if (due_ns == INT64_MAX)
        return INT64_MAX;
    int64_t left = due_ns - ow_clock_now(clock);
    if (left <= 0)
        return 0;
    if (clock->speed == 0)
        return INT64_MAX;
    if (clock->speed == 1.0)
        return left;
    /* Rounded up: a timer that fires early would only be set again. */
    double real = (double)left / clock->speed;
    return real < (double)INT64_MAX ? (int64_t)real + 1 : INT64_MAX;
}
