/* reach: which programs a preload gets into. */
#include "config.h"

#include <elf.h>
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

#include "cli/reach.h"

static char path[] = "/tmp/offwire-reach-XXXXXX";

static int set_up(void **state)
{
    int fd = mkstemp(path);

    (void)state;
    close(fd);
    return fd < 0 ? -1 : chmod(path, 0755);
}

static int tear_down(void **state)
{
    (void)state;
    unlink(path);
    memcpy(path + sizeof path - 7, "XXXXXX", 6);
    return 0;
}

static void write_file(const void *bytes, size_t len)
{
    int fd = open(path, O_WRONLY | O_TRUNC);

    assert_int_equal(write(fd, bytes, len), len);
    close(fd);
}

/* A program of this machine with one program header of that type. */
static void write_elf(unsigned char class, uint32_t type)
{
    struct {
        Elf64_Ehdr head;
        Elf64_Phdr program;
    } file = {0};
    int fd = open("/proc/self/exe", O_RDONLY);

    assert_int_equal(read(fd, &file.head, sizeof file.head), sizeof file.head);
    close(fd);
    file.head.e_ident[EI_CLASS] = class;
    file.head.e_phoff = sizeof file.head;
    file.head.e_phentsize = sizeof file.program;
    file.head.e_phnum = 1;
    file.program.p_type = type;
    write_file(&file, sizeof file);
}

static void reach_check_takes_a_dynamic_program(void **state)
{
    struct ow_err err;

    (void)state;
    write_elf(ELFCLASS64, PT_INTERP);
    assert_int_equal(ow_reach_check(path, &err), 0);
    assert_int_equal(ow_reach_check("/proc/self/exe", &err), 0);
}

static void reach_check_refuses_a_static_program(void **state)
{
    struct ow_err err;

    (void)state;
    write_elf(ELFCLASS64, PT_LOAD);
    assert_int_equal(ow_reach_check(path, &err), -ENOTSUP);
    assert_non_null(strstr(err.text, "statically linked"));
}

static void reach_check_refuses_another_machine(void **state)
{
    struct ow_err err;

    (void)state;
    write_elf(ELFCLASS32, PT_INTERP);
    assert_int_equal(ow_reach_check(path, &err), -ENOTSUP);
    assert_non_null(strstr(err.text, "another machine"));
}

static void reach_check_looks_at_a_script_s_interpreter(void **state)
{
    char script[128], interpreter[] = "/tmp/offwire-reach-i-XXXXXX";
    struct ow_err err;

    (void)state;
    write_elf(ELFCLASS64, PT_LOAD);
    close(mkstemp(interpreter));
    assert_int_equal(rename(path, interpreter), 0);
    assert_int_equal(close(open(path, O_CREAT | O_WRONLY, 0755)), 0);
    int n = snprintf(script, sizeof script, "#! %s -x\nbody\n", interpreter);
    write_file(script, (size_t)n);
    assert_int_equal(ow_reach_check(path, &err), -ENOTSUP);
    assert_non_null(strstr(err.text, interpreter));
    write_file("#!/bin/sh\n", 10);
    assert_int_equal(ow_reach_check(path, &err), 0);
    unlink(interpreter);
}

static void reach_check_leaves_the_rest_to_exec(void **state)
{
    (void)state;
    assert_int_equal(ow_reach_check(path, NULL), 0);
    assert_int_equal(ow_reach_check("/nonexistent", NULL), 0);
    write_file("#!", 2);
    assert_int_equal(ow_reach_check(path, NULL), 0);
    write_file("#!\n", 3);
    assert_int_equal(ow_reach_check(path, NULL), 0);
    write_file("\177ELF", 4);
    assert_int_equal(ow_reach_check(path, NULL), 0);
}

static void reach_check_refuses_what_gets_privileges(void **state)
{
    struct ow_err err;

    (void)state;
    if (geteuid() != 0)
        return; /* cmocka's skip() is "not ok" in TAP */
    write_elf(ELFCLASS64, PT_INTERP);
    assert_int_equal(chown(path, 1, 1), 0);
    assert_int_equal(chmod(path, 04755), 0);
    assert_int_equal(ow_reach_check(path, &err), -ENOTSUP);
    assert_non_null(strstr(err.text, "set-uid"));
    assert_int_equal(chmod(path, 02755), 0);
    assert_int_equal(ow_reach_check(path, &err), -ENOTSUP);
    assert_non_null(strstr(err.text, "set-gid"));
}

static void reach_find_looks_where_exec_does(void **state)
{
    (void)state;
    setenv("PATH", "/nonexistent:/tmp", 1);
    char *found = ow_reach_find(path + sizeof "/tmp");
    assert_string_equal(found, path);
    free(found);
    assert_int_equal(chmod(path, 0644), 0);
    assert_null(ow_reach_find(path + sizeof "/tmp"));
    assert_int_equal(errno, EACCES);
    assert_null(ow_reach_find("offwire-no-such-program"));
    assert_int_equal(errno, ENOENT);
    assert_null(ow_reach_find(""));
    assert_int_equal(errno, ENOENT);
    found = ow_reach_find("./x");
    assert_string_equal(found, "./x");
    free(found);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(reach_check_takes_a_dynamic_program),
        T(reach_check_refuses_a_static_program),
        T(reach_check_refuses_another_machine),
        T(reach_check_looks_at_a_script_s_interpreter),
        T(reach_check_leaves_the_rest_to_exec),
        T(reach_check_refuses_what_gets_privileges),
        T(reach_find_looks_where_exec_does),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
