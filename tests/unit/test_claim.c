#include "config.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "control/control.h"
#include "host/claim.h"
#include "host/dir.h"

static char parent[64];

static int setup(void **state)
{
    (void)state;
    snprintf(parent, sizeof parent, "/tmp/offwire-test-XXXXXX");
    return mkdtemp(parent) ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    ow_dir_remove(parent);
    return 0;
}

static const char *in_parent(const char *name)
{
    static char path[128];

    snprintf(path, sizeof path, "%s/%s", parent, name);
    return path;
}

/* A socket as a host has it, and as one that is killed leaves it. */
static int serve(const char *dir)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_SEQPACKET, 0);

    snprintf(address.sun_path, sizeof address.sun_path, "%s/%s", dir,
             OW_CONTROL_SOCKET);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(fd, 8), 0);
    return fd;
}

static bool exists(const char *path)
{
    return access(path, F_OK) == 0;
}

/* This process as folders are named after it: with the time that it began. */
static void name_after_us(char *name, size_t size)
{
    unsigned long long start = 0;
    char text[1024] = "";
    FILE *file = fopen("/proc/self/stat", "r");

    assert_non_null(file);
    assert_true(fread(text, 1, sizeof text - 1, file) > 0);
    fclose(file);
    char *at = strrchr(text, ')') + 2;
    for (int i = 0; i < 19; i++)
        at = strchr(at, ' ') + 1;
    start = strtoull(at, NULL, 10);
    snprintf(name, size, "offwire-%u-%d-%llx-%08x", geteuid(), getpid(), start,
             7);
}

static void claim_makes_the_folder(void **state)
{
    char *path;
    int claim;

    (void)state;
    assert_int_equal(ow_claim_dir(in_parent("s"), &path, &claim, NULL), 0);
    assert_true(exists(path));
    ow_dir_remove(path);
    close(claim);
    free(path);
}

static void claim_leaves_a_served_folder_to_its_host(void **state)
{
    char *path, *other;
    int claim, second;
    struct ow_err err;

    (void)state;
    assert_int_equal(ow_claim_dir(in_parent("s"), &path, &claim, NULL), 0);
    int fd = serve(path);
    assert_int_equal(ow_claim_dir(in_parent("s"), &other, &second, &err),
                     -EALREADY);
    assert_non_null(strstr(err.text, "another host serves"));
    close(fd);
    ow_dir_remove(path);
    close(claim);
    free(path);
}

static void claim_follows_a_host_that_has_ended(void **state)
{
    char *path;
    int claim;

    (void)state;
    for (int i = 0; i < 3; i++) {
        assert_int_equal(ow_claim_dir(in_parent("s"), &path, &claim, NULL), 0);
        close(serve(path));
        ow_dir_remove(path);
        close(claim);
        free(path);
    }
}

static void claim_says_that_a_host_was_killed(void **state)
{
    char *path, *other;
    int claim;
    struct ow_err err;

    (void)state;
    assert_int_equal(ow_claim_dir(in_parent("s"), &path, &claim, NULL), 0);
    close(serve(path));
    close(claim);
    assert_int_equal(ow_claim_dir(in_parent("s"), &other, &claim, &err),
                     -ESTALE);
    assert_non_null(strstr(err.text, "was killed"));
    assert_true(exists(path));
    free(path);
}

static void claim_takes_a_folder_that_was_never_served(void **state)
{
    char *path;
    int claim;

    (void)state;
    assert_int_equal(mkdir(in_parent("s"), 0700), 0);
    assert_int_equal(ow_claim_dir(in_parent("s"), &path, &claim, NULL), 0);
    close(claim);
    free(path);
}

static void claim_refuses_a_folder_that_others_can_enter(void **state)
{
    char *path;
    int claim;

    (void)state;
    assert_int_equal(mkdir(in_parent("s"), 0700), 0);
    assert_int_equal(chmod(in_parent("s"), 0755), 0);
    assert_int_equal(ow_claim_dir(in_parent("s"), &path, &claim, NULL), -EPERM);
}

/* Leaves a folder of this name as a killed host does; returns whether the
 * sweep takes it away. */
static bool is_swept(const char *name)
{
    char path[128];

    snprintf(path, sizeof path, "%s", in_parent(name));
    assert_int_equal(mkdir(path, 0700), 0);
    close(serve(path));
    ow_claim_sweep(in_parent("any"));
    return !exists(path);
}

static void sweep_removes_what_killed_hosts_left(void **state)
{
    (void)state;
    assert_true(is_swept("offwire-aB3dE6"));
    /* No process has this number and began then. */
    assert_true(is_swept("offwire-0-1-fffffffffff-00000007"));
    assert_true(is_swept("offwire-0-1-fffffffffff-00000007-3"));
}

static void sweep_leaves_the_session_of_a_live_process(void **state)
{
    char name[64];

    (void)state;
    name_after_us(name, sizeof name);
    assert_false(is_swept(name));
}

static void sweep_leaves_what_is_named_otherwise(void **state)
{
    (void)state;
    assert_false(is_swept("offwire-test.x"));
    assert_false(is_swept("other-aB3dE6"));
    assert_false(is_swept("offwire-notes"));
}

static void sweep_leaves_hosts_and_folders_without_a_socket(void **state)
{
    char *path;
    int claim;

    (void)state;
    assert_int_equal(
        ow_claim_dir(in_parent("offwire-aB3dE6"), &path, &claim, NULL), 0);
    ow_claim_sweep(in_parent("any"));
    assert_true(exists(path));
    int fd = serve(path);
    ow_claim_sweep(in_parent("any"));
    assert_true(exists(path));
    /* A host of an older release holds no lock, and answers. */
    close(claim);
    ow_claim_sweep(in_parent("any"));
    assert_true(exists(path));
    close(fd);
    free(path);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(claim_makes_the_folder),
        TEST(claim_leaves_a_served_folder_to_its_host),
        TEST(claim_follows_a_host_that_has_ended),
        TEST(claim_says_that_a_host_was_killed),
        TEST(claim_takes_a_folder_that_was_never_served),
        TEST(claim_refuses_a_folder_that_others_can_enter),
        TEST(sweep_removes_what_killed_hosts_left),
        TEST(sweep_leaves_the_session_of_a_live_process),
        TEST(sweep_leaves_what_is_named_otherwise),
        TEST(sweep_leaves_hosts_and_folders_without_a_socket),
    };
    return cmocka_run_group_tests_name("claim", tests, NULL, NULL);
}
