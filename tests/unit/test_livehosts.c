/* livehosts: the hosts of --live, and their addresses. */
#include "config.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "base/limits.h"
#include "host/livehosts.h"
#include "rule/table.h"

static struct ow_livehosts *make(const char *list)
{
    struct ow_livehosts *live = NULL;
    struct ow_err err = {""};

    assert_int_equal(ow_livehosts_new(list, &live, &err), 0);
    return live;
}

static void refuse(const char *list, const char *want)
{
    struct ow_livehosts *live = NULL;
    struct ow_err err = {""};

    assert_int_equal(ow_livehosts_new(list, &live, &err), -EINVAL);
    assert_non_null(strstr(err.text, want));
}

static void livehosts_has_names_wildcards_and_addresses(void **state)
{
    struct ow_livehosts *live =
        make("API.example.com, *.eu.example.com,203.0.113.5,[::1]:80");

    (void)state;
    assert_true(ow_livehosts_has(live, "api.example.com.", 0));
    assert_true(ow_livehosts_has(live, "a.b.eu.example.com", 0));
    assert_true(ow_livehosts_has(live, "203.0.113.5", 8080));
    assert_true(ow_livehosts_has(live, "::1", 80));
    assert_false(ow_livehosts_has(live, "::1", 81));
    assert_false(ow_livehosts_has(live, "eu.example.com", 0));
    assert_false(ow_livehosts_has(live, "example.com", 0));
    assert_false(ow_livehosts_has(live, "", 0));
    assert_false(ow_livehosts_has(NULL, "api.example.com", 0));
    ow_livehosts_free(live);
}

static void livehosts_new_refuses_what_is_no_list_of_hosts(void **state)
{
    (void)state;
    refuse("", "empty");
    refuse("a.test,,b.test", "empty");
    refuse("https://a.test", "no scheme");
    refuse("a.test/v1", "no path");
    refuse("*", "all hosts");
    refuse("a.test:443", "no port");
}

static void livehosts_learns_addresses_and_forgets_the_oldest(void **state)
{
    struct ow_livehosts *live = make("a.test");
    const uint8_t first[4] = {203, 0, 113, 1};
    uint8_t six[16] = {0x20, 1};

    (void)state;
    assert_false(ow_livehosts_reaches(live, AF_INET, first));
    assert_false(ow_livehosts_reaches(NULL, AF_INET, first));
    ow_livehosts_learn(live, AF_INET, first);
    ow_livehosts_learn(live, AF_INET, first);
    assert_true(ow_livehosts_reaches(live, AF_INET, first));
    for (int i = 0; i < OW_LIMIT_LIVE_ADDRESSES; i++) {
        six[14] = (uint8_t)(i >> 8);
        six[15] = (uint8_t)i;
        ow_livehosts_learn(live, AF_INET6, six);
    }
    assert_false(ow_livehosts_reaches(live, AF_INET, first));
    assert_true(ow_livehosts_reaches(live, AF_INET6, six));
    ow_livehosts_free(live);
}

static void livehosts_check_refuses_a_near_miss(void **state)
{
    static const char text[] =
        "{\"offwire\":1,\"hosts\":[\"api.example.com\",\"*.eu.test\"],"
        "\"rules\":[{\"then\":{\"text\":\"\"}}]}";
    struct ow_table *table;
    struct ow_err err = {""};

    (void)state;
    assert_int_equal(
        ow_table_load_text("t", text, sizeof text - 1, &table, &err), 0);
    struct ow_livehosts *near = make("api.exampel.com");
    struct ow_livehosts *good = make("api.example.com,x.eu.test,other.org");
    assert_int_equal(ow_livehosts_check(near, table, &err), -EINVAL);
    assert_non_null(strstr(err.text, "did you mean \"api.example.com\"?"));
    assert_int_equal(ow_livehosts_check(good, table, &err), 0);
    ow_livehosts_free(near);
    ow_livehosts_free(good);
    ow_table_free(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(livehosts_has_names_wildcards_and_addresses),
        cmocka_unit_test(livehosts_new_refuses_what_is_no_list_of_hosts),
        cmocka_unit_test(livehosts_learns_addresses_and_forgets_the_oldest),
        cmocka_unit_test(livehosts_check_refuses_a_near_miss),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
