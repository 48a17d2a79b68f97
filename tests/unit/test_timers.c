/* timers: what is due is called, in order, once. All times are in the past or
 * far ahead, so that no test waits. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "host/timers.h"

#define FAR 3600000000000

struct lab {
    struct event_base *base;
    struct ow_timers *timers;
    char calls[64];
    struct owner {
        struct lab *lab;
        struct ow_timer timer;
        char name;
    } owners[8];
};

static void note(void *context)
{
    struct owner *owner = context;

    strncat(owner->lab->calls, &owner->name, 1);
}

static void note_and_set_again(void *context)
{
    struct owner *owner = context;

    note(context);
    ow_timers_set(owner->lab->timers, &owner->timer, 1);
}

static void note_and_clear_next(void *context)
{
    struct owner *owner = context;

    note(context);
    ow_timers_clear(owner->lab->timers, &owner[1].timer);
}

static int set_up(void **state)
{
    static struct lab lab;

    lab = (struct lab){.base = event_base_new()};
    lab.timers = ow_timers_new(lab.base);
    for (int i = 0; i < 8; i++) {
        lab.owners[i].lab = &lab;
        lab.owners[i].name = (char)('a' + i);
        ow_timer_init(&lab.owners[i].timer, note, &lab.owners[i]);
    }
    *state = &lab;
    return lab.timers ? 0 : -1;
}

static int tear_down(void **state)
{
    struct lab *lab = *state;

    ow_timers_free(lab->timers);
    event_base_free(lab->base);
    return 0;
}

static void set(struct lab *lab, int owner, int64_t due)
{
    assert_int_equal(ow_timers_set(lab->timers, &lab->owners[owner].timer, due),
                     0);
}

static const char *turn(struct lab *lab)
{
    event_base_loop(lab->base, EVLOOP_ONCE | EVLOOP_NONBLOCK);
    return lab->calls;
}

static void timers_call_what_is_due_in_order(void **state)
{
    struct lab *lab = *state;
    int64_t past[] = {50, 10, 70, 20, 60, 30, 80, 40};

    for (int i = 0; i < 8; i++)
        set(lab, i, past[i]);
    assert_string_equal(turn(lab), "bdfhaecg");
}

static void timers_call_once(void **state)
{
    set(*state, 0, 1);
    turn(*state);
    assert_string_equal(turn(*state), "a");
}

static void timers_leave_what_is_not_due(void **state)
{
    set(*state, 0, ow_timers_now() + FAR);
    set(*state, 1, 1);
    assert_string_equal(turn(*state), "b");
}

static void timers_set_moves_a_timer(void **state)
{
    struct lab *lab = *state;

    set(lab, 0, 10);
    set(lab, 1, 20);
    set(lab, 0, 30);
    assert_string_equal(turn(lab), "ba");
    set(lab, 2, 10);
    set(lab, 2, ow_timers_now() + FAR);
    assert_string_equal(turn(lab), "ba");
}

static void timers_clear_takes_one_out_of_the_middle(void **state)
{
    struct lab *lab = *state;

    for (int i = 0; i < 8; i++)
        set(lab, i, 10 + i);
    ow_timers_clear(lab->timers, &lab->owners[1].timer);
    ow_timers_clear(lab->timers, &lab->owners[1].timer);
    ow_timers_clear(lab->timers, &lab->owners[7].timer);
    ow_timers_clear(lab->timers, &lab->owners[0].timer);
    assert_string_equal(turn(lab), "cdefg");
}

static void timers_set_for_the_past_waits_for_the_next_turn(void **state)
{
    struct lab *lab = *state;

    ow_timer_init(&lab->owners[0].timer, note_and_set_again, &lab->owners[0]);
    set(lab, 0, 2);
    set(lab, 1, 5);
    assert_string_equal(turn(lab), "ab");
    assert_string_equal(turn(lab), "aba");
    ow_timers_clear(lab->timers, &lab->owners[0].timer);
}

static void timers_cleared_by_another_are_not_called(void **state)
{
    struct lab *lab = *state;

    ow_timer_init(&lab->owners[0].timer, note_and_clear_next, &lab->owners[0]);
    set(lab, 0, 1);
    set(lab, 1, 2);
    set(lab, 2, 3);
    assert_string_equal(turn(lab), "ac");
}

static void timers_fire_without_the_loop(void **state)
{
    struct lab *lab = *state;

    ow_timers_set(lab->timers, &lab->owners[0].timer, 2);
    ow_timers_set(lab->timers, &lab->owners[1].timer, ow_timers_now() + FAR);
    ow_timers_set(lab->timers, &lab->owners[2].timer, 1);
    ow_timers_fire(lab->timers);
    assert_string_equal(lab->calls, "ca");
    /* What the loop was to be woken for is over, and is not called twice. */
    event_base_loop(lab->base, EVLOOP_NONBLOCK);
    assert_string_equal(lab->calls, "ca");
    ow_timers_set(lab->timers, &lab->owners[3].timer, 3);
    event_base_loop(lab->base, EVLOOP_NONBLOCK);
    assert_string_equal(lab->calls, "cad");
}

static void stop(evutil_socket_t fd, short what, void *context)
{
    (void)fd;
    (void)what;
    *(bool *)context = true;
}

/* One turn of the loop lasts until something happens: a deadline that is over
 * is nothing any more. */
static void loop_rests_when_nothing_is_left(void **state)
{
    static const struct timeval soon = {.tv_usec = 20000};
    struct lab *lab = *state;
    bool is_over = false;
    struct event *later = evtimer_new(lab->base, stop, &is_over);

    set(lab, 0, 1);
    event_base_loop(lab->base, EVLOOP_ONCE);
    assert_string_equal(lab->calls, "a");
    evtimer_add(later, &soon);
    event_base_loop(lab->base, EVLOOP_ONCE);
    assert_true(is_over);
    event_free(later);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(timers_call_what_is_due_in_order),
        T(timers_call_once),
        T(timers_fire_without_the_loop),
        T(timers_leave_what_is_not_due),
        T(timers_set_moves_a_timer),
        T(timers_clear_takes_one_out_of_the_middle),
        T(timers_set_for_the_past_waits_for_the_next_turn),
        T(timers_cleared_by_another_are_not_called),
        T(loop_rests_when_nothing_is_left),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
