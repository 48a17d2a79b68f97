/* Patterns: those that are compiled at once, and those that are late. */
#include "config.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "rule/regex.h"

struct lab {
    struct ow_arena arena;
    struct ow_regexes regexes;
    struct ow_regex_run run;
};

static int setup(void **state)
{
    static struct lab lab;

    ow_arena_init(&lab.arena);
    ow_regexes_init(&lab.regexes, &lab.arena);
    ow_regex_run_init(&lab.run, &lab.regexes, &lab.arena);
    *state = &lab;
    return 0;
}

static int teardown(void **state)
{
    struct lab *lab = *state;

    ow_regexes_release(&lab->regexes);
    ow_arena_release(&lab->arena);
    return 0;
}

static const struct ow_regex *compile(struct lab *lab, const char *source)
{
    const struct ow_regex *regex = NULL;

    assert_int_equal(
        ow_regex_compile(&lab->regexes, ow_str_from(source), &regex, NULL), 0);
    assert_true(ow_str_equal(ow_regex_source(regex), ow_str_from(source)));
    return regex;
}

static void captures_are(struct lab *lab, const struct ow_regex *regex,
                         const char *subject, const char *name,
                         const char *value)
{
    struct ow_fields captures = {0};

    assert_int_equal(
        ow_regex_search(regex, ow_str_from(subject), &lab->run, &captures), 1);
    const struct ow_field *found = ow_fields_find(&captures, ow_str_from(name));
    assert_non_null(found);
    assert_true(ow_str_equal(found->value, ow_str_from(value)));
}

static void searched(void **state, bool is_late)
{
    struct lab *lab = *state;

    lab->regexes.is_late = is_late;
    const struct ow_regex *few = compile(lab, "^(?<a>x)y$");
    const struct ow_regex *many =
        compile(lab, "(((((((((((?<z>1+)))))))))))[(](?:\\(|$)");
    /* Often enough for the JIT. */
    for (int i = 0; i < 20; i++) {
        captures_are(lab, few, "xy", "a", "x");
        assert_int_equal(ow_regex_search(few, OW_STR("yx"), &lab->run, NULL),
                         0);
        captures_are(lab, many, "0111(", "z", "111");
    }
}

static void patterns_are_searched_for(void **state)
{
    searched(state, false);
}

static void patterns_that_are_late_are_searched_for(void **state)
{
    searched(state, true);
}

static void patterns_that_are_wrong_are_told_unless_late(void **state)
{
    struct lab *lab = *state;
    const struct ow_regex *regex = NULL;
    struct ow_err err;

    assert_int_equal(
        ow_regex_compile(&lab->regexes, OW_STR("a(b"), &regex, &err), -EINVAL);
    assert_non_null(strstr(err.text, "\"a(b\" is wrong at its character 4"));
    lab->regexes.is_late = true;
    regex = compile(lab, "a(b");
    assert_int_equal(ow_regex_search(regex, OW_STR("ab"), &lab->run, NULL),
                     -ENOMEM);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(patterns_are_searched_for, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(patterns_that_are_late_are_searched_for,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(
            patterns_that_are_wrong_are_told_unless_late, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
