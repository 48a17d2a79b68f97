#include "config.h"

#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
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
                          int code, const char *text)
{
    struct ow_str said;
    int seen;

    assert_true(ow_results_find(results, here, port, &seen, &said));
    assert_int_equal(seen, code);
    assert_true(ow_str_equal(said, ow_str_from(text)));
}

static void results_keep_the_last_of_a_connection(void **state)
{
    int code;
    struct ow_str text;

    ow_results_put(*state, here, 1, 7, OW_STR("first"));
    ow_results_put(*state, here, 2, -1, OW_STR(""));
    ow_results_put(*state, here, 1, 28, OW_STR("second"));
    assert_result(*state, 1, 28, "second");
    assert_result(*state, 2, -1, "");
    assert_false(ow_results_find(*state, here, 3, &code, &text));
}

static void results_forget_what_is_dropped(void **state)
{
    int code;
    struct ow_str text;

    ow_results_put(*state, here, 1, 7, OW_STR("first"));
    ow_results_drop(*state, here, 1);
    ow_results_drop(*state, here, 2);
    assert_false(ow_results_find(*state, here, 1, &code, &text));
}

static void results_drop_the_oldest_at_the_limit(void **state)
{
    int code;
    struct ow_str text;

    for (int i = 0; i <= OW_LIMIT_RESULTS; i++)
        ow_results_put(*state, here, (uint16_t)(1000 + i), 7, OW_STR("text"));
    assert_false(ow_results_find(*state, here, 1000, &code, &text));
    assert_result(*state, 1001, 7, "text");
    assert_result(*state, 1000 + OW_LIMIT_RESULTS, 7, "text");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(results_keep_the_last_of_a_connection,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(results_forget_what_is_dropped, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(results_drop_the_oldest_at_the_limit,
                                        setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
