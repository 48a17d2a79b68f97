#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

#include "plan/plan.h"

struct lab {
    struct ow_arena arena;
    struct ow_plan plan;
};

static void begin(struct lab *lab)
{
    ow_arena_init(&lab->arena);
    ow_plan_init(&lab->plan, &lab->arena);
}

static void end(struct lab *lab)
{
    ow_plan_release(&lab->plan);
    ow_arena_release(&lab->arena);
}

static void add_piece(struct lab *lab, const char *text)
{
    ow_plan_add(&lab->plan, OW_STEP_PIECE)->bytes = ow_str_from(text);
}

static void plan_add_zeroes_and_grows(void **state)
{
    struct lab lab;

    (void)state;
    begin(&lab);
    for (int i = 0; i < 100; i++)
        ow_plan_add(&lab.plan, OW_STEP_WAIT)->wait_ns += i;
    assert_int_equal(lab.plan.n, 100);
    for (int i = 0; i < 100; i++)
        assert_int_equal(lab.plan.steps[i].wait_ns, i);
    end(&lab);
}

static void plan_reserve_makes_room_at_once(void **state)
{
    struct lab lab;

    (void)state;
    begin(&lab);
    assert_int_equal(ow_plan_reserve(&lab.plan, 1000), 0);
    struct ow_step *first = ow_plan_add(&lab.plan, OW_STEP_HEAD);
    for (int i = 1; i < 1000; i++)
        ow_plan_add(&lab.plan, OW_STEP_WAIT);
    assert_ptr_equal(first, lab.plan.steps);
    assert_int_equal(ow_plan_reserve(&lab.plan, SIZE_MAX), -ENOMEM);
    assert_int_equal(lab.plan.n, 1000);
    end(&lab);
}

static void plan_head_is_the_first_one(void **state)
{
    struct lab lab;

    (void)state;
    begin(&lab);
    assert_null(ow_plan_head(&lab.plan));
    ow_plan_add(&lab.plan, OW_STEP_WAIT);
    assert_null(ow_plan_head(&lab.plan));
    ow_plan_add(&lab.plan, OW_STEP_HEAD);
    ow_plan_add(&lab.plan, OW_STEP_END);
    assert_ptr_equal(ow_plan_head(&lab.plan), &lab.plan.steps[1]);
    end(&lab);
}

static void plan_body_size_counts_body_steps_alone(void **state)
{
    struct lab lab;

    (void)state;
    begin(&lab);
    ow_plan_add(&lab.plan, OW_STEP_HEAD)->head.length = 1000;
    ow_plan_add(&lab.plan, OW_STEP_RAW)->raw.bytes = OW_STR("raw");
    ow_plan_add(&lab.plan, OW_STEP_BODY)->bytes = OW_STR("ab");
    add_piece(&lab, "c");
    ow_plan_add(&lab.plan, OW_STEP_FILE)->file.length = 30;
    ow_plan_add(&lab.plan, OW_STEP_PACED)->paced.bytes = OW_STR("defg");
    assert_int_equal(ow_plan_body_size(&lab.plan), 37);
    end(&lab);
}

static void plan_cut_shortens_the_step_it_falls_in(void **state)
{
    struct lab lab;

    (void)state;
    begin(&lab);
    ow_plan_add(&lab.plan, OW_STEP_HEAD);
    ow_plan_add(&lab.plan, OW_STEP_FILE)->file.length = 10;
    ow_plan_add(&lab.plan, OW_STEP_PACED)->paced.bytes = OW_STR("0123456789");
    ow_plan_add(&lab.plan, OW_STEP_END);
    ow_plan_cut(&lab.plan, 14);
    assert_int_equal(lab.plan.n, 3);
    assert_int_equal(ow_plan_body_size(&lab.plan), 14);
    assert_int_equal(lab.plan.steps[2].paced.bytes.len, 4);
    ow_plan_cut(&lab.plan, 3);
    assert_int_equal(lab.plan.n, 2);
    assert_int_equal(lab.plan.steps[1].file.length, 3);
    ow_plan_cut(&lab.plan, 0);
    assert_int_equal(lab.plan.n, 1);
    end(&lab);
}

static void plan_cut_drops_waits_behind_it(void **state)
{
    struct lab lab;

    (void)state;
    begin(&lab);
    ow_plan_add(&lab.plan, OW_STEP_WAIT);
    ow_plan_add(&lab.plan, OW_STEP_HEAD);
    ow_plan_add(&lab.plan, OW_STEP_WAIT);
    add_piece(&lab, "ab");
    ow_plan_add(&lab.plan, OW_STEP_WAIT);
    add_piece(&lab, "cd");
    ow_plan_cut(&lab.plan, 2);
    assert_int_equal(lab.plan.n, 4);
    ow_plan_cut(&lab.plan, 0);
    assert_int_equal(lab.plan.n, 2);
    end(&lab);
}

static void plan_cut_behind_the_body_drops_the_end(void **state)
{
    struct lab lab;

    (void)state;
    begin(&lab);
    ow_plan_add(&lab.plan, OW_STEP_HEAD);
    add_piece(&lab, "ab");
    ow_plan_add(&lab.plan, OW_STEP_END);
    ow_plan_cut(&lab.plan, 1000);
    assert_int_equal(lab.plan.n, 2);
    end(&lab);
}

static void plan_release_closes_descriptors(void **state)
{
    struct lab lab;
    int fds[2];

    (void)state;
    begin(&lab);
    assert_int_equal(pipe(fds), 0);
    assert_int_equal(ow_plan_take_fd(&lab.plan, fds[0]), 0);
    assert_int_equal(ow_plan_take_fd(&lab.plan, fds[1]), 0);
    end(&lab);
    assert_int_equal(fcntl(fds[0], F_GETFD), -1);
    assert_int_equal(fcntl(fds[1], F_GETFD), -1);
}

static void plan_take_fd_closes_what_it_has_no_place_for(void **state)
{
    struct lab lab;
    int extra = -1;

    (void)state;
    begin(&lab);
    for (size_t i = 0; i < sizeof lab.plan.fds / sizeof *lab.plan.fds; i++)
        assert_int_equal(ow_plan_take_fd(&lab.plan, dup(0)), 0);
    extra = dup(0);
    assert_int_equal(ow_plan_take_fd(&lab.plan, extra), -EMFILE);
    assert_int_equal(fcntl(extra, F_GETFD), -1);
    end(&lab);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plan_add_zeroes_and_grows),
        cmocka_unit_test(plan_reserve_makes_room_at_once),
        cmocka_unit_test(plan_head_is_the_first_one),
        cmocka_unit_test(plan_body_size_counts_body_steps_alone),
        cmocka_unit_test(plan_cut_shortens_the_step_it_falls_in),
        cmocka_unit_test(plan_cut_drops_waits_behind_it),
        cmocka_unit_test(plan_cut_behind_the_body_drops_the_end),
        cmocka_unit_test(plan_release_closes_descriptors),
        cmocka_unit_test(plan_take_fd_closes_what_it_has_no_place_for),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
