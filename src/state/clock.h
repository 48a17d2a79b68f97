/*
 * clock: the session's one clock (D9). Monotonic nanoseconds since the session
 * began, times its speed; everything that is due is due on this clock. Wall
 * time is the session's begin on the real-time clock plus that.
 */
#ifndef OW_STATE_CLOCK_H
#define OW_STATE_CLOCK_H

#include <stdint.h>

struct ow_clock {
    int64_t begin_mono_ns; /* CLOCK_MONOTONIC when it began or was changed */
    int64_t begin_real_ns; /* CLOCK_REALTIME at the session's begin */
    double speed;          /* 1.0 is real time; 100 makes 10 s take 0.1 s;
                              0 stands still at standing_ns */
    int64_t standing_ns;   /* session time at begin_mono_ns */
};

/* speed is 0 or more. */
void ow_clock_init(struct ow_clock *clock, double speed);
/* From now on it goes so fast; 0 freezes it. What is due must be asked for
 * anew: ow_clock_until. */
void ow_clock_set_speed(struct ow_clock *clock, double speed);
/* Lets so much session time be over, frozen or not. The same holds. */
void ow_clock_advance(struct ow_clock *clock, int64_t ns);
/* Session time now. */
int64_t ow_clock_now(const struct ow_clock *clock);
/* Nanoseconds since the epoch at a session time. */
int64_t ow_clock_wall(const struct ow_clock *clock, int64_t session_ns);
/* Real nanoseconds from now until the session time due; 0 if it is past,
 * INT64_MAX (never) for INT64_MAX and for what a standing clock never sees. */
int64_t ow_clock_until(const struct ow_clock *clock, int64_t due_ns);

#endif
