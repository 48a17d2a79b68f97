/* preload: the shim's own path, a link to it, or a copy of it. */
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

#include "base/file.h"
#include "cli/preload.h"
#include "host/dir.h"

/* top/of the shim/liboffwire.so and top/session. */
struct lab {
    char *top;
    char *home;
    char *shim;
    char *session;
    char *made; /* what the session's folder gets */
};

static int set_up(void **state)
{
    static struct lab lab;
    const struct ow_str bytes = OW_STR("the shim");

    lab.top = strdup("/tmp/offwire-preload-XXXXXX");
    if (!mkdtemp(lab.top))
        return -1;
    lab.home = ow_dir_join(lab.top, "home");
    lab.shim = ow_dir_join(lab.home, "liboffwire.so");
    lab.session = ow_dir_join(lab.top, "session");
    lab.made = ow_dir_join(lab.session, "liboffwire.so");
    *state = &lab;
    return mkdir(lab.home, 0755) < 0 || mkdir(lab.session, 0711) < 0 ||
                   chmod(lab.top, 0755) < 0 || chmod(lab.home, 0755) < 0
               ? -1
               : ow_file_write_new(lab.shim, &bytes, 1);
}

static int tear_down(void **state)
{
    struct lab *lab = *state;

    ow_dir_remove(lab->top);
    free(lab->top);
    free(lab->home);
    free(lab->shim);
    free(lab->session);
    free(lab->made);
    return 0;
}

static void assert_path(struct lab *lab, const char *wanted)
{
    char *path = ow_preload_path(strdup(lab->shim), lab->session);

    assert_string_equal(path, wanted);
    free(path);
}

static bool is_link(const char *path)
{
    struct stat st;

    assert_int_equal(lstat(path, &st), 0);
    return S_ISLNK(st.st_mode);
}

static void preload_path_is_the_shims_where_all_get_to_it(void **state)
{
    struct lab *lab = *state;

    assert_path(lab, lab->shim);
    assert_int_equal(access(lab->made, F_OK), -1);
}

static void preload_path_is_a_link_where_the_name_has_a_space(void **state)
{
    struct lab *lab = *state;
    char *spaced = ow_dir_join(lab->top, "ho me");

    assert_int_equal(rename(lab->home, spaced), 0);
    free(lab->shim);
    lab->shim = ow_dir_join(spaced, "liboffwire.so");
    free(spaced);
    assert_path(lab, lab->made);
    assert_true(is_link(lab->made));
    /* A session that has it already, as one of several shells. */
    assert_path(lab, lab->made);
}

/* Root gets to it, and its programs may become others. */
static void
preload_path_is_a_copy_for_root_where_others_cannot_enter(void **state)
{
    struct lab *lab = *state;
    struct ow_buf bytes;
    bool is_root = geteuid() == 0;

    assert_int_equal(chmod(lab->home, 0700), 0);
    assert_path(lab, is_root ? lab->made : lab->shim);
    if (!is_root)
        return;
    assert_false(is_link(lab->made));
    ow_buf_init(&bytes, 0);
    assert_int_equal(ow_file_read(lab->made, &bytes), 0);
    assert_true(ow_str_equal(ow_buf_peek(&bytes), OW_STR("the shim")));
    ow_buf_release(&bytes);
}

static void preload_path_stays_where_no_copy_can_be_made(void **state)
{
    struct lab *lab = *state;

    assert_int_equal(chmod(lab->shim, 0600), 0);
    assert_int_equal(rmdir(lab->session), 0);
    assert_path(lab, lab->shim);
}

static void preload_path_stays_where_a_copys_would_be_cut(void **state)
{
    struct lab *lab = *state;
    char *spaced = ow_dir_join(lab->top, "a b:c");

    assert_int_equal(chmod(lab->shim, 0600), 0);
    assert_int_equal(rename(lab->session, spaced), 0);
    free(lab->session);
    lab->session = spaced;
    assert_path(lab, lab->shim);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(preload_path_is_the_shims_where_all_get_to_it),
        T(preload_path_is_a_link_where_the_name_has_a_space),
        T(preload_path_is_a_copy_for_root_where_others_cannot_enter),
        T(preload_path_stays_where_no_copy_can_be_made),
        T(preload_path_stays_where_a_copys_would_be_cut),
    };

    return cmocka_run_group_tests_name("preload", tests, NULL, NULL);
}
