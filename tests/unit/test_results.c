#include "config.h"

#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/limits.h"
#include "host/results.h"

static const struct in_addr here = {0x0100547f}; /* 127.84.0.1 */

static int setup(void **state)
{
    *state = ow_results_new();
    return *state ? 0 : -1;
}

static int teardown(void **state)
{
    ow_results_free(*state);
    return 0;
}

static void assert_result(const struct ow_results *results, uint16_t port,
                          const char *target, int code, const char *text)
{
    struct ow_str said;
    int seen;

    assert_true(ow_results_find(results, here, port, ow_str_from(target), &seen,
                                &said));
    assert_int_equal(seen, code);
    assert_true(ow_str_equal(said, ow_str_from(text)));
}

static const struct ow_str a = {"/a", 2}, b = {"/b", 2};

static void results_keep_the_last_of_each_target(void **state)
{
    int code;
    struct ow_str text;

    ow_results_put(*state, here, 1, a, 7, OW_STR("first"));
    ow_results_put(*state, here, 2, a, -1, OW_STR(""));
    ow_results_put(*state, here, 1, b, 56, OW_STR("other"));
    ow_results_put(*state, here, 1, a, 28, OW_STR("second"));
    assert_result(*state, 1, "/a", 28, "second");
    assert_result(*state, 1, "/b", 56, "other");
    assert_result(*state, 2, "/a", -1, "");
    assert_false(ow_results_find(*state, here, 3, a, &code, &text));
}

static void results_fall_back_on_the_last_answer(void **state)
{
    int code;
    struct ow_str text;

    ow_results_put(*state, here, 1, a, 7, OW_STR("first"));
    ow_results_put(*state, here, 1, b, 28, OW_STR("second"));
    assert_result(*state, 1, "/other", 28, "second");
    ow_results_drop(*state, here, 1, OW_STR("/good"));
    assert_false(
        ow_results_find(*state, here, 1, OW_STR("/other"), &code, &text));
    assert_result(*state, 1, "/a", 7, "first");
}

static void results_forget_what_is_dropped(void **state)
{
    int code;
    struct ow_str text;

    ow_results_put(*state, here, 1, a, 7, OW_STR("first"));
    ow_results_put(*state, here, 1, b, 28, OW_STR("second"));
    ow_results_drop(*state, here, 1, a);
    ow_results_drop(*state, here, 2, a);
    assert_false(ow_results_find(*state, here, 1, a, &code, &text));
    assert_result(*state, 1, "/b", 28, "second");
    ow_results_forget(*state, here, 1);
    assert_false(ow_results_find(*state, here, 1, b, &code, &text));
}

static void results_drop_the_oldest_of_a_connection(void **state)
{
    char target[16];

    for (int i = 0; i <= OW_LIMIT_RESULTS_EACH; i++) {
        snprintf(target, sizeof target, "/%d", i);
        ow_results_put(*state, here, 1, ow_str_from(target), i, OW_STR("text"));
    }
    /* The oldest has gone, so that the last one answers. */
    assert_result(*state, 1, "/0", OW_LIMIT_RESULTS_EACH, "text");
    assert_result(*state, 1, "/1", 1, "text");
}

static void results_drop_the_oldest_at_the_limit(void **state)
{
    int code;
    struct ow_str text;

    for (int i = 0; i <= OW_LIMIT_RESULTS; i++)
        ow_results_put(*state, here, (uint16_t)(1000 + i), a, 7,
                       OW_STR("text"));
    assert_false(ow_results_find(*state, here, 1000, a, &code, &text));
    assert_result(*state, 1001, "/a", 7, "text");
    assert_result(*state, 1000 + OW_LIMIT_RESULTS, "/a", 7, "text");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(results_keep_the_last_of_each_target,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(results_fall_back_on_the_last_answer,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(results_drop_the_oldest_of_a_connection,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(results_forget_what_is_dropped, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(results_drop_the_oldest_at_the_limit,
                                        setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
