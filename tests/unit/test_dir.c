/* dir: the session's folder is ours alone, and goes whole. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
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
#include "host/dir.h"

/* Each test has a folder of its own, which is also TMPDIR, where root makes
 * none if others cannot enter it. */
static int set_up(void **state)
{
    char *top = strdup("/tmp/offwire-dir-XXXXXX");

    *state = top && mkdtemp(top) ? top : NULL;
    setenv("TMPDIR", top, 1);
    return *state && chmod(top, 0711) == 0 ? 0 : -1;
}

static int tear_down(void **state)
{
    ow_dir_remove(*state);
    free(*state);
    return 0;
}

static void make_file(const char *dir, const char *name)
{
    char *path = ow_dir_join(dir, name);
    int fd = open(path, O_CREAT | O_WRONLY, 0600);

    assert_true(fd >= 0);
    close(fd);
    free(path);
}

static void dir_make_makes_a_folder_of_its_own_in_tmpdir(void **state)
{
    char *dir = NULL;
    struct ow_err err;
    struct stat st;

    assert_int_equal(ow_dir_make(NULL, &dir, &err), 0);
    assert_int_equal(strncmp(dir, *state, strlen(*state)), 0);
    assert_int_equal(stat(dir, &st), 0);
    assert_int_equal(st.st_mode, S_IFDIR | ow_place_mode(geteuid()));
    free(dir);
}

static void dir_make_does_not_mind_the_umask(void **state)
{
    char *dir = NULL;
    struct stat st;
    mode_t before = umask(0777);

    (void)state;
    int r = ow_dir_make(NULL, &dir, NULL);
    umask(before);
    assert_int_equal(r, 0);
    assert_int_equal(stat(dir, &st), 0);
    assert_int_equal(st.st_mode, S_IFDIR | ow_place_mode(geteuid()));
    free(dir);
}

static void dir_make_goes_elsewhere_when_tmpdir_cannot_be_used(void **state)
{
    char *dir = NULL;

    (void)state;
    setenv("TMPDIR", "/nonexistent", 1);
    assert_int_equal(ow_dir_make(NULL, &dir, NULL), 0);
    assert_int_equal(access(dir, W_OK), 0);
    ow_dir_remove(dir);
    free(dir);
}

static void dir_make_takes_the_path_given(void **state)
{
    char *path = ow_dir_join(*state, "s");
    char *dir = NULL;

    assert_int_equal(ow_dir_make(path, &dir, NULL), 0);
    assert_string_equal(dir, path);
    free(dir);
    dir = NULL;
    assert_int_equal(ow_dir_make(path, &dir, NULL), 0);
    free(dir);
    free(path);
}

static void dir_make_refuses_a_folder_that_others_can_read(void **state)
{
    char *path = ow_dir_join(*state, "open");
    char *dir = NULL;
    struct ow_err err = {""};

    assert_int_equal(mkdir(path, 0755), 0);
    assert_int_equal(ow_dir_make(path, &dir, &err), -EPERM);
    assert_non_null(strstr(err.text, geteuid() == 0 ? "0711" : "0700"));
    assert_null(dir);
    free(path);
}

static void dir_make_refuses_a_link_and_a_file(void **state)
{
    char *link = ow_dir_join(*state, "link"), *file;
    char *dir = NULL;

    assert_int_equal(symlink(*state, link), 0);
    assert_int_equal(ow_dir_make(link, &dir, NULL), -ENOTDIR);
    make_file(*state, "file");
    file = ow_dir_join(*state, "file");
    assert_int_equal(ow_dir_make(file, &dir, NULL), -ENOTDIR);
    free(link);
    free(file);
}

static void dir_make_refuses_a_name_too_long_for_a_socket(void **state)
{
    char name[100];
    char *dir = NULL;

    memset(name, 'n', sizeof name);
    name[sizeof name - 1] = '\0';
    char *path = ow_dir_join(*state, name);
    assert_int_equal(ow_dir_make(path, &dir, NULL), -ENAMETOOLONG);
    assert_int_equal(access(path, F_OK), -1);
    free(path);
}

static void dir_remove_takes_folders_along_but_follows_no_link(void **state)
{
    char *dir = NULL, *sub, *link, *beside;

    make_file(*state, "beside");
    assert_int_equal(ow_dir_make(NULL, &dir, NULL), 0);
    make_file(dir, "file");
    sub = ow_dir_join(dir, "sub");
    assert_int_equal(mkdir(sub, 0700), 0);
    make_file(sub, "deeper");
    link = ow_dir_join(dir, "link");
    assert_int_equal(symlink(*state, link), 0);
    ow_dir_remove(dir);
    assert_int_equal(access(dir, F_OK), -1);
    beside = ow_dir_join(*state, "beside");
    assert_int_equal(access(beside, F_OK), 0);
    free(beside);
    free(link);
    free(sub);
    free(dir);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(dir_make_makes_a_folder_of_its_own_in_tmpdir),
        T(dir_make_does_not_mind_the_umask),
        T(dir_make_goes_elsewhere_when_tmpdir_cannot_be_used),
        T(dir_make_takes_the_path_given),
        T(dir_make_refuses_a_folder_that_others_can_read),
        T(dir_make_refuses_a_link_and_a_file),
        T(dir_make_refuses_a_name_too_long_for_a_socket),
        T(dir_remove_takes_folders_along_but_follows_no_link),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
