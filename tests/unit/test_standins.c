/* standins: one address per name, both ways. */
#include "config.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/limits.h"
#include "host/standins.h"

static int set_up(void **state)
{
    *state = ow_standins_new();
    return *state ? 0 : -1;
}

static int tear_down(void **state)
{
    *state = ow_standins_free(*state);
    return 0;
}

static uint32_t take(struct ow_standins *standins, const char *name)
{
    struct in_addr address = {0};

    assert_int_equal(ow_standins_take(standins, name, &address), 0);
    return ntohl(address.s_addr);
}

static void standins_take_counts_up_from_the_first(void **state)
{
    assert_int_equal(take(*state, "a.test"), 0x7f530001);
    assert_int_equal(take(*state, "b.test"), 0x7f530002);
}

static void standins_take_gives_a_name_the_same_address(void **state)
{
    uint32_t first = take(*state, "Api.Example.COM");

    take(*state, "other.test");
    assert_int_equal(take(*state, "api.example.com"), first);
    assert_int_equal(take(*state, "api.example.com."), first);
}

static void standins_take_refuses_what_is_no_name(void **state)
{
    struct in_addr address = {7};
    char longest[OW_LIMIT_NAME + 1];

    memset(longest, 'a', sizeof longest);
    longest[OW_LIMIT_NAME] = '\0';
    assert_int_equal(ow_standins_take(*state, "", &address), -EINVAL);
    assert_int_equal(ow_standins_take(*state, ".", &address), -EINVAL);
    assert_int_equal(ow_standins_take(*state, longest, &address), -EINVAL);
    assert_int_equal(address.s_addr, 7);
    longest[OW_LIMIT_NAME - 1] = '\0';
    assert_int_equal(ow_standins_take(*state, longest, &address), 0);
}

static void standins_find_gives_the_name_in_lower_case(void **state)
{
    struct in_addr address = {htonl(take(*state, "API.test."))};

    assert_string_equal(ow_standins_find(*state, address), "api.test");
}

static void standins_find_knows_no_other_address(void **state)
{
    static const uint32_t others[] = {0x7f530000, 0x7f530002, 0x7f54ffff,
                                      0x7f540001, 0x7f000001, 0x0a530001,
                                      0};

    take(*state, "api.test");
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        struct in_addr address = {htonl(others[i])};
        assert_null(ow_standins_find(*state, address));
    }
}

static void standins_take_says_when_none_is_left(void **state)
{
    struct in_addr address;
    char name[32];

    for (int i = 1; i <= OW_LIMIT_STAND_INS; i++) {
        snprintf(name, sizeof name, "n%d.test", i);
        assert_int_equal(take(*state, name), 0x7f530000 + i);
    }
    assert_int_equal(ow_standins_take(*state, "more.test", &address), -ENOSPC);
    assert_int_equal(take(*state, "n1.test"), 0x7f530001);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(standins_take_counts_up_from_the_first),
        T(standins_take_gives_a_name_the_same_address),
        T(standins_take_refuses_what_is_no_name),
        T(standins_find_gives_the_name_in_lower_case),
        T(standins_find_knows_no_other_address),
        T(standins_take_says_when_none_is_left),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
