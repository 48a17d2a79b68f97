/* place: where sessions lie, and how far they are open. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "control/place.h"

#define USER 1000

static char top[] = "/tmp/offwire-place-XXXXXX";
static char inner[sizeof top + 6];

static int set_up(void **state)
{
    (void)state;
    memcpy(top + sizeof top - 7, "XXXXXX", 6);
    if (!mkdtemp(top))
        return -1;
    snprintf(inner, sizeof inner, "%s/inner", top);
    return mkdir(inner, 0711) < 0 || chmod(inner, 0711) < 0 ? -1 : 0;
}

static int tear_down(void **state)
{
    (void)state;
    return rmdir(inner) < 0 || rmdir(top) < 0 ? -1 : 0;
}

static void place_list_has_the_environments_first(void **state)
{
    const char *places[OW_PLACE_MAX];

    (void)state;
    assert_int_equal(ow_place_list(USER, inner, "/run/user/1000", places), 5);
    assert_string_equal(places[0], inner);
    assert_string_equal(places[1], "/tmp");
    assert_string_equal(places[2], "/run/user/1000");
    assert_string_equal(places[3], "/dev/shm");
    assert_string_equal(places[4], "/var/tmp");
}

static void place_list_leaves_out_what_is_not_absolute(void **state)
{
    const char *places[OW_PLACE_MAX];

    (void)state;
    assert_int_equal(ow_place_list(USER, "tmp", NULL, places), 3);
    assert_string_equal(places[0], "/tmp");
    assert_int_equal(ow_place_list(0, "", "run", places), 3);
    assert_string_equal(places[0], "/tmp");
}

/* A folder counts as open only if all above it are. */
static void place_list_has_closed_ones_last_for_root(void **state)
{
    const char *places[OW_PLACE_MAX];

    (void)state;
    assert_int_equal(chmod(top, 0711), 0);
    assert_int_equal(ow_place_list(0, inner, top, places), 5);
    assert_string_equal(places[0], inner);
    assert_string_equal(places[2], top);
    assert_int_equal(chmod(top, 0700), 0);
    assert_int_equal(ow_place_list(0, inner, top, places), 5);
    assert_string_equal(places[0], "/tmp");
    assert_string_equal(places[3], inner);
    assert_string_equal(places[4], top);
}

static void place_list_has_missing_ones_last_for_root(void **state)
{
    const char *places[OW_PLACE_MAX];

    (void)state;
    assert_int_equal(ow_place_list(0, "/nonexistent/tmp", NULL, places), 4);
    assert_string_equal(places[3], "/nonexistent/tmp");
}

static void place_is_own_lets_others_enter_roots_alone(void **state)
{
    const mode_t modes[] = {0700, 0711, 0701, 0755, 0710, 0733, 0777};
    const int users[] = {1, 0, 0, 0, 0, 0, 0}, roots[] = {1, 1, 1, 0, 1, 0, 0};
    struct stat status = {0};

    (void)state;
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
        status.st_mode = S_IFDIR | modes[i];
        status.st_uid = USER;
        assert_int_equal(ow_place_is_own(&status, USER), users[i]);
        assert_false(ow_place_is_own(&status, 0));
        status.st_uid = 0;
        assert_int_equal(ow_place_is_own(&status, 0), roots[i]);
        assert_false(ow_place_is_own(&status, USER));
    }
    status.st_mode = S_IFLNK | 0700;
    assert_false(ow_place_is_own(&status, 0));
    assert_int_equal(ow_place_mode(USER), 0700);
    assert_int_equal(ow_place_mode(0), 0711);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(place_list_has_the_environments_first),
        T(place_list_leaves_out_what_is_not_absolute),
        T(place_list_has_closed_ones_last_for_root),
        T(place_list_has_missing_ones_last_for_root),
        T(place_is_own_lets_others_enter_roots_alone),
    };

    return cmocka_run_group_tests_name("place", tests, NULL, NULL);
}
