/*
 * timers: a binary heap over one timerfd. See timers.h. Used by conns_in.c.
 *
 *   heap[1] is the earliest; heap[i] is before heap[2i] and heap[2i + 1];
 *   each timer knows its place, so that it can be moved or taken out.
 */
#include "config.h"

#include "host/timers.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#define NS 1000000000
/*
 * A sleeping CPU takes some 100 us to wake. While few wait, the loop is woken
 * so much early and polls until the deadline: half a percent of a CPU for a
 * stream with an event each 20 ms, nothing for what is busy anyway.
 */
#define LEAD_NS     150000
#define LEAD_TIMERS 4

struct ow_timers {
    struct event *event;
    int fd;
    int64_t armed;  /* what the timerfd waits for; INT64_MAX: nothing */
    int64_t firing; /* what is due at this time is being called; 0: nothing */
    struct ow_timer **heap;
    size_t n;
    size_t cap;
};

int64_t ow_timers_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * NS + now.tv_nsec;
}

static void arm(struct ow_timers *timers)
{
    /* Once for all that is set by what is being called. */
    if (timers->firing || timers->n == 0 ||
        timers->heap[1]->due >= timers->armed)
        return;
    timers->armed = timers->heap[1]->due;
    int64_t lead = timers->n <= LEAD_TIMERS ? LEAD_NS : 0;
    /* A time that is over fires at once; zero would disarm. */
    int64_t due = timers->armed > lead ? timers->armed - lead : 1;
    struct itimerspec when = {.it_value = {due / NS, due % NS}};
    timerfd_settime(timers->fd, TFD_TIMER_ABSTIME, &when, NULL);
}

static void put(struct ow_timers *timers, size_t place, struct ow_timer *timer)
{
    timers->heap[place] = timer;
    timer->place = place;
}

static void move_up(struct ow_timers *timers, struct ow_timer *timer)
{
    size_t place = timer->place;

    while (place > 1 && timer->due < timers->heap[place / 2]->due) {
        put(timers, place, timers->heap[place / 2]);
        place /= 2;
    }
    put(timers, place, timer);
}

static void move_down(struct ow_timers *timers, struct ow_timer *timer)
{
    size_t place = timer->place;

    for (;;) {
        size_t child = place * 2;
        if (child > timers->n)
            break;
        if (child < timers->n &&
            timers->heap[child + 1]->due < timers->heap[child]->due)
            child++;
        if (timers->heap[child]->due >= timer->due)
            break;
        put(timers, place, timers->heap[child]);
        place = child;
    }
    put(timers, place, timer);
}

void ow_timers_clear(struct ow_timers *timers, struct ow_timer *timer)
{
    size_t place = timer->place;

    if (place == 0)
        return;
    timer->place = 0;
    struct ow_timer *last = timers->heap[timers->n--];
    if (last == timer)
        return;
    put(timers, place, last);
    move_up(timers, last);
    move_down(timers, last);
}

static int make_room(struct ow_timers *timers)
{
    if (timers->n + 1 < timers->cap)
        return 0;
    size_t cap = timers->cap ? timers->cap * 2 : 16;
    void *heap = realloc(timers->heap, cap * sizeof(struct ow_timer *));
    if (!heap)
        return -ENOMEM;
    timers->heap = heap;
    timers->cap = cap;
    return 0;
}

int ow_timers_set(struct ow_timers *timers, struct ow_timer *timer, int64_t due)
{
    ow_timers_clear(timers, timer);
    if (make_room(timers) < 0)
        return -ENOMEM;
    /* What is set for the past by what is being called waits for the next
     * turn, so that no owner can keep the loop from the others. */
    timer->due = due > timers->firing ? due : timers->firing + 1;
    put(timers, ++timers->n, timer);
    move_up(timers, timer);
    arm(timers);
    return 0;
}

static void fire(struct ow_timers *timers, int64_t now)
{
    timers->firing = now;
    while (timers->n > 0 && timers->heap[1]->due <= now) {
        struct ow_timer *timer = timers->heap[1];
        ow_timers_clear(timers, timer);
        timer->fn(timer->context);
    }
    timers->firing = 0;
    arm(timers);
}

static void on_due(evutil_socket_t fd, short what, void *context)
{
    struct ow_timers *timers = context;
    int64_t now = ow_timers_now();

    (void)fd;
    (void)what;
    if (timers->n > 0 && timers->heap[1]->due > now &&
        timers->heap[1]->due - now <= LEAD_NS) {
        event_active(timers->event, EV_READ, 0);
        return;
    }
    timers->armed = INT64_MAX;
    fire(timers, now);
}

void ow_timers_fire(struct ow_timers *timers)
{
    fire(timers, ow_timers_now());
}

void ow_timer_init(struct ow_timer *timer, ow_timer_fn fn, void *context)
{
    *timer = (struct ow_timer){.fn = fn, .context = context};
}

struct ow_timers *ow_timers_free(struct ow_timers *timers)
{
    if (!timers)
        return NULL;
    if (timers->event)
        event_free(timers->event);
    if (timers->fd >= 0)
        close(timers->fd);
    free(timers->heap);
    free(timers);
    return NULL;
}

struct ow_timers *ow_timers_new(struct event_base *base)
{
    struct ow_timers *timers = calloc(1, sizeof *timers);

    if (!timers)
        return NULL;
    timers->armed = INT64_MAX;
    timers->fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    /* By edges: nobody reads it, and one that is over must not keep the loop
     * awake when no other is set. */
    if (timers->fd >= 0)
        timers->event = event_new(base, timers->fd,
                                  EV_READ | EV_PERSIST | EV_ET, on_due, timers);
    if (!timers->event || event_add(timers->event, NULL) < 0)
        return ow_timers_free(timers);
    return timers;
}
