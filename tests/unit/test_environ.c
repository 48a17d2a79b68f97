/* environ: a program's environment, made of ours. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "cli/environ.h"

static struct ow_environ env;

static int set_up(void **state)
{
    static char a[] = "A=1", ab[] = "AB=2", odd[] = "odd";
    static char *items[] = {a, ab, odd, NULL};
    char **before = environ;

    (void)state;
    environ = items;
    int r = ow_environ_init(&env);
    environ = before;
    return r;
}

static int tear_down(void **state)
{
    (void)state;
    ow_environ_release(&env);
    return 0;
}

static void environ_init_copies_ours(void **state)
{
    (void)state;
    assert_int_equal(env.n, 3);
    assert_string_equal(env.items[2], "odd");
    assert_null(env.items[3]);
    assert_string_equal(ow_environ_find(&env, "A"), "1");
    assert_string_equal(ow_environ_find(&env, "AB"), "2");
    assert_null(ow_environ_find(&env, "B"));
    assert_null(ow_environ_find(&env, "odd"));
}

static void environ_set_replaces_and_adds(void **state)
{
    (void)state;
    assert_int_equal(ow_environ_set(&env, "A", "x=y"), 0);
    assert_int_equal(ow_environ_set(&env, "C", ""), 0);
    assert_string_equal(ow_environ_find(&env, "A"), "x=y");
    assert_string_equal(ow_environ_find(&env, "C"), "");
    assert_true(env.changed[0]);
    assert_false(env.changed[1]);
    assert_true(env.changed[3]);
    assert_null(env.items[4]);
}

static void environ_unset_closes_the_gap(void **state)
{
    (void)state;
    ow_environ_set(&env, "AB", "3");
    ow_environ_unset(&env, "A");
    ow_environ_unset(&env, "nothing");
    assert_int_equal(env.n, 2);
    assert_string_equal(env.items[0], "AB=3");
    assert_true(env.changed[0]);
    assert_false(env.changed[1]);
    assert_null(env.items[2]);
}

static void environ_holds_many(void **state)
{
    char name[16];

    (void)state;
    for (int i = 0; i < 1000; i++) {
        snprintf(name, sizeof name, "N%d", i);
        assert_int_equal(ow_environ_set(&env, name, name), 0);
    }
    assert_string_equal(ow_environ_find(&env, "N999"), "N999");
    assert_int_equal(env.n, 1003);
    assert_null(env.items[1003]);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(environ_init_copies_ours),
        T(environ_set_replaces_and_adds),
        T(environ_unset_closes_the_gap),
        T(environ_holds_many),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
