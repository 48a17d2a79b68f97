/*
 * timers: deadlines to the nanosecond for many owners, from one timerfd and a
 * heap. libevent's own timers either round to milliseconds or cost a system
 * call per turn of the loop (EVENT_BASE_FLAG_PRECISE_TIMER), also in the turns
 * that wait for nothing; here one is made only when the earliest deadline
 * comes nearer.
 *
 *     struct ow_timer timer;                 // embedded in its owner
 *     ow_timer_init(&timer, on_due, owner);
 *     ow_timers_set(timers, &timer, due);    // again: moves it
 *     ow_timers_clear(timers, &timer);       // before the owner goes
 */
#ifndef OW_HOST_TIMERS_H
#define OW_HOST_TIMERS_H

#include <event2/event.h>
#include <stddef.h>
#include <stdint.h>

struct ow_timers;

typedef void (*ow_timer_fn)(void *context);

struct ow_timer {
    int64_t due;    /* CLOCK_MONOTONIC, nanoseconds */
    size_t place;   /* in the heap, from 1; 0: not set */
    ow_timer_fn fn; /* may set, clear or free any timer */
    void *context;
};

struct ow_timers *ow_timers_new(struct event_base *base); /* NULL: failed */
/* Timers that are still set are forgotten. */
struct ow_timers *ow_timers_free(struct ow_timers *timers);

void ow_timer_init(struct ow_timer *timer, ow_timer_fn fn, void *context);
/* 0, or -ENOMEM: then it is not set. */
int ow_timers_set(struct ow_timers *timers, struct ow_timer *timer,
                  int64_t due);
void ow_timers_clear(struct ow_timers *timers, struct ow_timer *timer);
/* Calls what is due now, in a turn of the loop that has become long. */
void ow_timers_fire(struct ow_timers *timers);
/* CLOCK_MONOTONIC now, in nanoseconds. */
int64_t ow_timers_now(void);

#endif
