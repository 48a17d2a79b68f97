#include "config.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "../lib/failmalloc.h"
#include "base/limits.h"
#include "state/state.h"

static const char *const scenarios[] = {"slow", "night", NULL};

static const struct ow_scope session = {.kind = OW_SCOPE_SESSION};
static const struct ow_scope by_program = {.kind = OW_SCOPE_PROGRAM};
static const struct ow_scope by_header = {OW_SCOPE_HEADER, {"x-test-id", 9}};

struct lab {
    struct ow_states states;
    struct ow_state_shape shape;
    cJSON *vars;
    struct ow_arena arena;
};

static int set_up(void **state)
{
    static struct lab lab;

    lab = (struct lab){.vars = cJSON_Parse("{\"n\": 1}")};
    lab.shape = (struct ow_state_shape){
        .rules = 2, .orders = 1, .vars = lab.vars, .scenarios = scenarios};
    ow_arena_init(&lab.arena);
    *state = &lab;
    return ow_states_init(&lab.states, &lab.shape);
}

static int tear_down(void **state)
{
    struct lab *lab = *state;

    ow_states_release(&lab->states);
    ow_arena_release(&lab->arena);
    cJSON_Delete(lab->vars);
    return 0;
}

static struct ow_fields with(struct lab *lab, const char *name,
                             struct ow_str value)
{
    struct ow_fields headers = {0};

    assert_int_equal(
        ow_fields_add(&headers, &lab->arena, ow_str_from(name), value), 0);
    return headers;
}

static struct ow_state *open_state(struct lab *lab,
                                   const struct ow_scope *scope,
                                   const struct ow_client *client)
{
    struct ow_state *state = NULL;
    struct ow_err err = {""};

    assert_int_equal(ow_states_open(&lab->states, scope, client, &state, &err),
                     0);
    assert_non_null(state);
    assert_ptr_equal(ow_states_find(&lab->states, scope, client), state);
    return state;
}

static void states_of_the_session_are_one(void **state)
{
    struct lab *lab = *state;
    const struct ow_client nobody = {NULL, NULL};

    assert_ptr_equal(open_state(lab, &session, &nobody), &lab->states.shared);
}

static void states_of_clients_are_found_again(void **state)
{
    struct lab *lab = *state;
    const struct ow_program one = {.pid = 1}, two = {.pid = 2};
    const struct ow_client first = {&one, NULL}, second = {&two, NULL};

    assert_ptr_equal(ow_states_find(&lab->states, &by_program, &first),
                     &lab->states.fresh);
    struct ow_state *mine = open_state(lab, &by_program, &first);
    struct ow_state *yours = open_state(lab, &by_program, &second);
    assert_ptr_not_equal(mine, yours);
    assert_int_equal(ow_states_count(&lab->states, mine, 1), 0);
    assert_int_equal(ow_states_count(&lab->states, mine, 1), 1);
    assert_int_equal(ow_states_count(&lab->states, yours, 1), 0);
    assert_int_equal(ow_hits_get(&lab->states.shared.hits, 1), 3);
    assert_ptr_equal(open_state(lab, &by_program, &first), mine);
    assert_int_equal(
        cJSON_GetObjectItemCaseSensitive(mine->vars, "n")->valuedouble, 1);
}

static void states_of_header_values_do_not_mix(void **state)
{
    struct lab *lab = *state;
    struct ow_fields a = with(lab, "X-Test-ID", OW_STR("a"));
    struct ow_fields empty = with(lab, "x-test-id", OW_STR(""));
    struct ow_fields other = with(lab, "x-other", OW_STR("a"));
    const struct ow_client clients[] = {
        {NULL, &a}, {NULL, &empty}, {NULL, &other}};
    struct ow_state *states[3];

    for (size_t i = 0; i < 3; i++)
        states[i] = open_state(lab, &by_header, &clients[i]);
    assert_ptr_not_equal(states[0], states[1]);
    assert_ptr_not_equal(states[1], states[2]);
    assert_ptr_not_equal(states[0], states[2]);
    /* Without the header, and before there is a request: the same. */
    const struct ow_client early = {NULL, NULL};
    assert_ptr_equal(open_state(lab, &by_header, &early), states[2]);
}

static void states_are_not_kept_for_clients_without_end(void **state)
{
    struct lab *lab = *state;
    struct ow_program program = {.pid = 1};
    const struct ow_client client = {&program, NULL};
    struct ow_state *made;
    struct ow_err err = {""};

    for (int i = 1; i <= OW_LIMIT_CLIENTS; i++) {
        program.pid = i;
        open_state(lab, &by_program, &client);
    }
    program.pid++;
    assert_int_equal(
        ow_states_open(&lab->states, &by_program, &client, &made, &err),
        -ENOSPC);
    assert_string_equal(err.text,
                        "1000 clients have a state of their own (\"scope\"), "
                        "and more are not kept; POST /reset forgets them");
    /* One that has ended makes room. */
    ow_states_leave(&lab->states, &(struct ow_program){.pid = 7});
    open_state(lab, &by_program, &client);
}

static void states_refuse_keys_that_are_too_long(void **state)
{
    struct lab *lab = *state;
    char value[OW_LIMIT_CLIENT_KEY];
    struct ow_err err = {""};
    struct ow_state *made;

    memset(value, 'x', sizeof value);
    struct ow_fields headers =
        with(lab, "x-test-id", (struct ow_str){value, sizeof value});
    const struct ow_client client = {NULL, &headers};
    assert_ptr_equal(ow_states_find(&lab->states, &by_header, &client),
                     &lab->states.fresh);
    assert_int_equal(
        ow_states_open(&lab->states, &by_header, &client, &made, &err),
        -ENOSPC);
    assert_string_equal(err.text,
                        "the header \"x-test-id\" that tells clients "
                        "apart is over 512 bytes");
}

static void states_that_are_held_outlive_their_client(void **state)
{
    struct lab *lab = *state;
    const struct ow_program program = {.pid = 5};
    const struct ow_client client = {&program, NULL};

    struct ow_state *held = open_state(lab, &by_program, &client);
    ow_state_hold(held);
    ow_states_leave(&lab->states, &program);
    assert_ptr_equal(ow_states_find(&lab->states, &by_program, &client),
                     &lab->states.fresh);
    assert_non_null(cJSON_GetObjectItemCaseSensitive(held->vars, "n"));
    ow_state_let_go(held);
    ow_state_hold(&lab->states.shared);
    assert_int_equal(ow_states_reset(&lab->states, 0), 0);
    ow_state_let_go(&lab->states.shared);
    ow_state_let_go(NULL);
}

static void scenario(struct lab *lab, const char *name, const char *expected)
{
    struct ow_err err = {""};

    assert_int_equal(
        ow_states_scenario(&lab->states, ow_str_from(name), true, &err),
        -ENOENT);
    assert_string_equal(err.text, expected);
}

static void states_know_their_scenarios(void **state)
{
    struct lab *lab = *state;

    scenario(lab, "nigth", "no scenario \"nigth\"; did you mean \"night\"?");
    scenario(lab, "x", "no scenario \"x\"; the rules have \"slow\" and others");
    assert_int_equal(
        ow_states_scenario(&lab->states, OW_STR("night"), true, NULL), 0);
    assert_true(ow_states_is_on(&lab->states, 1));
    assert_int_equal(lab->states.n_on, 1);
    assert_int_equal(
        ow_states_scenario(&lab->states, OW_STR("night"), true, NULL), 0);
    assert_int_equal(lab->states.n_on, 1);
    assert_int_equal(
        ow_states_scenario(&lab->states, OW_STR("night"), false, NULL), 0);
    assert_int_equal(lab->states.n_on, 0);
    assert_false(ow_states_is_on(&lab->states, 2));
}

static void states_reset_to_the_command_line(void **state)
{
    struct lab *lab = *state;
    const struct ow_client nobody = {NULL, NULL};
    struct ow_buf text = {0};

    assert_int_equal(ow_states_begin(&lab->states, NULL, NULL), 0);
    assert_int_equal(ow_states_begin(&lab->states, " night ,,", NULL), 0);
    assert_int_equal(ow_states_begin(&lab->states, "slow,no", NULL), -ENOENT);
    assert_int_equal(ow_states_reset(&lab->states, 0), 0);
    assert_int_equal(
        ow_states_scenario(&lab->states, OW_STR("night"), false, NULL), 0);
    struct ow_state *mine = open_state(lab, &by_program, &nobody);
    ow_states_count(&lab->states, mine, 0);
    ow_states_add_early(&lab->states, 1);
    ow_states_add_early(&lab->states, 9);
    assert_int_equal(ow_states_early(&lab->states, 1), 1);
    assert_int_equal(ow_states_early(&lab->states, 9), 0);
    cJSON_AddTrueToObject(lab->states.shared.vars, "x");
    assert_int_equal(
        ow_seqs_next(&lab->states.shared.seqs, OW_STR("%d"), &text), 0);
    assert_int_equal(ow_states_reset(&lab->states, 0), 0);
    assert_true(ow_states_is_on(&lab->states, 1));
    assert_int_equal(lab->states.n_clients, 0);
    assert_int_equal(ow_hits_get(&lab->states.shared.hits, 0), 0);
    assert_int_equal(ow_states_early(&lab->states, 1), 0);
    assert_int_equal(lab->states.shared.seqs.n, 0);
    assert_true(cJSON_Compare(lab->states.shared.vars, lab->vars, true));
    ow_buf_release(&text);
}

static int live(const struct ow_state_shape *shape)
{
    const struct ow_client client = {NULL, NULL};
    struct ow_states states;
    struct ow_state *made;
    struct ow_err err;
    int r = ow_states_init(&states, shape);

    if (r == 0)
        r = ow_states_open(&states, &by_program, &client, &made, &err);
    if (r == 0)
        r = ow_states_reset(&states, 0);
    ow_states_release(&states);
    return r;
}

static void states_come_along_when_rules_change(void **state)
{
    struct lab *lab = *state;
    static const char *const names[] = {"other", "errors", NULL};
    const struct ow_scope shared = {.kind = OW_SCOPE_SESSION};
    const struct ow_scope own = {.kind = OW_SCOPE_PROGRAM};
    const struct ow_program program = {.pid = 7};
    const struct ow_client client = {&program, NULL};
    const struct ow_state_shape shape = {.rules = 3, .scenarios = names};
    const size_t map[] = {SIZE_MAX, 1, 0};
    struct ow_states states;
    struct ow_state *mine;
    struct ow_err err;

    (void)lab;
    static const char *const before[] = {"errors", NULL};
    const struct ow_state_shape old = {.rules = 2, .scenarios = before};
    assert_int_equal(ow_states_init(&states, &old), 0);
    assert_int_equal(ow_states_open(&states, &own, &client, &mine, &err), 0);
    ow_states_count(&states, mine, 1);
    ow_states_count(&states, &states.shared, 0);
    assert_int_equal(ow_states_scenario(&states, OW_STR("errors"), true, &err),
                     0);
    assert_int_equal(ow_states_reshape(&states, &shape, map), 0);
    assert_int_equal(ow_hits_get(&states.shared.hits, 0), 0);
    assert_int_equal(ow_hits_get(&states.shared.hits, 1), 1);
    assert_int_equal(ow_hits_get(&states.shared.hits, 2), 1);
    assert_int_equal(
        ow_hits_get(&ow_states_find(&states, &own, &client)->hits, 1), 1);
    assert_false(ow_states_is_on(&states, 0));
    assert_true(ow_states_is_on(&states, 1));
    assert_int_equal(states.n_on, 1);
    assert_ptr_equal(ow_states_find(&states, &shared, &client), &states.shared);
    ow_states_release(&states);
}

static void states_survive_each_allocation_that_fails(void **state)
{
    struct lab *lab = *state;
    bool done = false;

    for (long n = 0; !done; n++) {
        failmalloc_arm(n);
        int r = live(&lab->shape);
        done = !failmalloc_disarm();
        assert_int_equal(r, done ? 0 : -ENOMEM);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(states_of_the_session_are_one),
        TEST(states_of_clients_are_found_again),
        TEST(states_of_header_values_do_not_mix),
        TEST(states_are_not_kept_for_clients_without_end),
        TEST(states_refuse_keys_that_are_too_long),
        TEST(states_that_are_held_outlive_their_client),
        TEST(states_know_their_scenarios),
        TEST(states_reset_to_the_command_line),
        TEST(states_come_along_when_rules_change),
        TEST(states_survive_each_allocation_that_fails),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
