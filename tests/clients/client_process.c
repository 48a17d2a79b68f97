/*
 * client_process: starts programs in every way, with an environment that has
 * lost everything; run under the shim by 16-process.t. Started so, it prints
 * what it got.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static char self[] = "/proc/self/exe";
static char *const print_argv[] = {(char *)"client", (char *)"print", NULL};
static char *bare_env[] = {(char *)"KEPT=yes", NULL};

enum way {
    EXECVE,
    EXECV,
    EXECVP,
    EXECVPE,
    EXECL,
    EXECLE,
    EXECLP,
    FEXECVE,
    EXECVEAT,
    WAY_COUNT
};

/* In a child whose environ is bare, for the forms that take none. */
static void exec_by(enum way way, char **env)
{
    char path[4096] = "";
    ssize_t len = readlink(self, path, sizeof(path) - 1);
    if (len < 0)
        _exit(97);
    switch (way) {
    case EXECVE:
        execve(path, print_argv, env);
        break;
    case EXECV:
        environ = env;
        execv(path, print_argv);
        break;
    case EXECVP:
        environ = env;
        execvp(path, print_argv);
        break;
    case EXECVPE:
        execvpe(path, print_argv, env);
        break;
    case EXECL:
        environ = env;
        execl(path, "client", "print", NULL);
        break;
    case EXECLE:
        execle(path, "client", "print", NULL, env);
        break;
    case EXECLP:
        environ = env;
        execlp(path, "client", "print", NULL);
        break;
    case FEXECVE:
        fexecve(open(path, O_RDONLY | O_CLOEXEC), print_argv, env);
        break;
    case EXECVEAT:
        execveat(AT_FDCWD, path, print_argv, env, 0);
        break;
    case WAY_COUNT:
        break;
    }
    _exit(98);
}

static int status_of(pid_t child)
{
    int status = -1;
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* fork(), where what the child writes comes out of a pipe. */
static pid_t fork_piped(int *ret_fd)
{
    int pipes[2];
    assert_int_equal(pipe(pipes), 0);
    pid_t child = fork();
    if (child == 0) {
        dup2(pipes[1], 1);
        close(pipes[0]);
    }
    close(pipes[1]);
    *ret_fd = pipes[0];
    return child;
}

static void read_child(int fd, pid_t child, char *out, size_t size)
{
    size_t len = 0;
    ssize_t got;
    while ((got = read(fd, out + len, size - 1 - len)) > 0)
        len += (size_t)got;
    out[len] = '\0';
    close(fd);
    assert_int_equal(status_of(child), 0);
}

static void run(enum way way, char **env, char *out, size_t size)
{
    int fd;
    pid_t child = fork_piped(&fd);
    if (child == 0)
        exec_by(way, env);
    read_child(fd, child, out, size);
}

/* Whether out has "name=value" as a line; value NULL: any. */
static int has_line(const char *out, const char *name, const char *value)
{
    char line[8192];
    snprintf(line, sizeof(line), "\n%s=%s%s", name, value ? value : "",
             value ? "\n" : "");
    return strstr(out, line) != NULL;
}

static void assert_in_session(const char *out)
{
    assert_true(has_line(out, "OFFWIRE_SESSION", getenv("OFFWIRE_SESSION")));
    assert_true(has_line(out, "OFFWIRE_TESTED", "1"));
    assert_true(has_line(out, "BUNDLE", getenv("BUNDLE")));
    assert_true(has_line(out, "KEPT", "yes"));
    assert_false(has_line(out, "HOME", NULL));
    assert_non_null(strstr(out, "\nmapped liboffwire.so\n"));
}

static void exec_keeps_the_session_in_every_form(void **state)
{
    (void)state;
    char out[16384];
    for (int way = 0; way < WAY_COUNT; way++) {
        run((enum way)way, bare_env, out, sizeof(out));
        assert_in_session(out);
    }
}

static void spawn_keeps_the_session(void **state)
{
    (void)state;
    char out[16384];
    char path[4096] = "";
    assert_true(readlink(self, path, sizeof(path) - 1) > 0);
    for (int search = 0; search <= 1; search++) {
        int pipes[2];
        pid_t child;
        posix_spawn_file_actions_t actions;
        assert_int_equal(pipe2(pipes, O_CLOEXEC), 0);
        posix_spawn_file_actions_init(&actions);
        posix_spawn_file_actions_adddup2(&actions, pipes[1], 1);
        assert_int_equal(
            (search ? posix_spawnp : posix_spawn)(&child, path, &actions, NULL,
                                                  print_argv, bare_env),
            0);
        posix_spawn_file_actions_destroy(&actions);
        close(pipes[1]);
        read_child(pipes[0], child, out, sizeof(out));
        assert_in_session(out);
    }
}

static void exec_keeps_the_session_in_a_vfork_child(void **state)
{
    (void)state;
    char out[16384];
    int pipes[2];
    char path[4096] = "";
    assert_true(readlink(self, path, sizeof(path) - 1) > 0);
    assert_int_equal(pipe2(pipes, O_CLOEXEC), 0);
    pid_t child = vfork();
    if (child == 0) {
        dup2(pipes[1], 1);
        execve(path, print_argv, bare_env);
        _exit(98);
    }
    close(pipes[1]);
    read_child(pipes[0], child, out, sizeof(out));
    assert_in_session(out);
}

static void exec_puts_the_shim_before_other_preloads(void **state)
{
    (void)state;
    char out[16384];
    char *env[] = {(char *)"KEPT=yes", (char *)"LD_PRELOAD=libdl.so.2", NULL};
    run(EXECVE, env, out, sizeof(out));
    assert_in_session(out);
    assert_non_null(strstr(out, "liboffwire.so:libdl.so.2\n"));
    env[1] = (char *)"LD_PRELOAD=";
    run(EXECVE, env, out, sizeof(out));
    assert_in_session(out);
}

/* The loader takes the last one, and so does who adds one behind the others. */
static void exec_is_not_misled_by_two_preloads(void **state)
{
    (void)state;
    char out[16384];
    char *env[] = {NULL, (char *)"KEPT=yes", (char *)"LD_PRELOAD=libdl.so.2",
                   NULL};
    char own[4200];
    snprintf(own, sizeof(own), "LD_PRELOAD=%s", getenv("LD_PRELOAD"));
    env[0] = own;
    run(EXECVE, env, out, sizeof(out));
    assert_in_session(out);
    assert_non_null(strstr(out, "liboffwire.so:libdl.so.2\n"));
}

static void exec_takes_an_empty_environment(void **state)
{
    (void)state;
    char out[16384];
    char *env[] = {NULL};
    run(EXECVE, env, out, sizeof(out));
    assert_non_null(strstr(out, "\nmapped liboffwire.so\n"));
    run(EXECVE, NULL, out, sizeof(out));
    assert_non_null(strstr(out, "\nmapped liboffwire.so\n"));
    assert_true(has_line(out, "OFFWIRE_SESSION", getenv("OFFWIRE_SESSION")));
}

static void exec_takes_a_large_environment(void **state)
{
    (void)state;
    static char out[400000];
    static char values[3000][32];
    static char *env[3002] = {(char *)"KEPT=yes"};
    for (int i = 0; i < 3000; i++) {
        snprintf(values[i], sizeof(values[i]), "VAR_%d=%d", i, i);
        env[i + 1] = values[i];
    }
    run(EXECVE, env, out, sizeof(out));
    assert_in_session(out);
    assert_true(has_line(out, "VAR_2999", "2999"));
}

static void exec_leaves_a_whole_environment_as_it_is(void **state)
{
    (void)state;
    char out[65536];
    char last[65536];
    run(EXECVE, environ, out, sizeof(out));
    run(EXECV, environ, last, sizeof(last));
    assert_string_equal(out, last);
    size_t count = 0;
    for (char *at = out; (at = strstr(at, "LD_PRELOAD=")); at++)
        count++;
    assert_int_equal(count, 1);
}

static void exec_lets_go_who_asks_for_it(void **state)
{
    (void)state;
    char out[16384];
    char *env[] = {(char *)"KEPT=yes", (char *)"OFFWIRE_SKIP=1", NULL};
    run(EXECVE, env, out, sizeof(out));
    assert_null(strstr(out, "OFFWIRE_SESSION"));
    assert_null(strstr(out, "\nmapped"));
}

static void exec_leaves_another_session_alone(void **state)
{
    (void)state;
    char out[16384];
    char *env[] = {(char *)"KEPT=yes", (char *)"OFFWIRE_SESSION=/elsewhere",
                   NULL};
    run(EXECVE, env, out, sizeof(out));
    assert_true(has_line(out, "OFFWIRE_SESSION", "/elsewhere"));
    assert_false(has_line(out, "OFFWIRE_TESTED", NULL));
    assert_non_null(strstr(out, "\nmapped liboffwire.so\n"));
    env[1] = (char *)"OFFWIRE_RULES=other.json";
    run(EXECVE, env, out, sizeof(out));
    assert_false(has_line(out, "OFFWIRE_SESSION", NULL));
}

/* Without memory for it there is no session to be kept: better none at all. */
static void exec_fails_without_memory(void **state)
{
    (void)state;
    static char value[32] = "V=1";
    static char *env[3002] = {(char *)"KEPT=yes"};
    struct rlimit none = {0, RLIM_INFINITY};
    pid_t child = fork();
    if (child == 0) {
        for (int i = 1; i <= 3000; i++)
            env[i] = value;
        setrlimit(RLIMIT_AS, &none);
        _exit(execve("/bin/true", print_argv, env) == -1 && errno == ENOMEM
                  ? 0
                  : 1);
    }
    assert_int_equal(status_of(child), 0);
}

/* As bare_env, by the program's own hand. */
static void clear_environment(void)
{
    clearenv();
    setenv("KEPT", "yes", 1);
}

static void exec_finds_the_session_after_clearenv(void **state)
{
    (void)state;
    char out[16384];
    int fd;
    pid_t child = fork_piped(&fd);
    if (child == 0) {
        clear_environment();
        execv(self, print_argv);
        _exit(98);
    }
    read_child(fd, child, out, sizeof(out));
    assert_in_session(out);
}

/* In a child that has cleared its environment: what a command prints. */
static void run_shell(bool by_popen, const char *command, char *out,
                      size_t size)
{
    int fd;
    pid_t child = fork_piped(&fd);
    if (child == 0) {
        clear_environment();
        FILE *stream = by_popen ? popen(command, "w") : NULL;
        int status = by_popen ? pclose(stream) : system(command);
        /* What the program has is what it left itself. */
        _exit(environ[1] ? 96 : WEXITSTATUS(status));
    }
    read_child(fd, child, out, size);
}

static void a_shell_finds_the_session_after_clearenv(void **state)
{
    (void)state;
    char out[16384];
    char path[4096] = "";
    char command[4200];
    assert_true(readlink(self, path, sizeof(path) - 1) > 0);
    snprintf(command, sizeof(command), "x=\"it's\"; '%s' print; echo \"$x $0\"",
             path);
    for (int by_popen = 0; by_popen <= 1; by_popen++) {
        run_shell(by_popen, command, out, sizeof(out));
        assert_in_session(out);
        assert_non_null(strstr(out, "\nit's sh\n"));
    }
    assert_int_not_equal(system(NULL), 0);
}

static void exec_fails_as_the_kernel_does(void **state)
{
    (void)state;
    assert_int_equal(execve("/no/such", print_argv, bare_env), -1);
    assert_int_equal(errno, ENOENT);
    assert_int_equal(execvp("no-such-command", print_argv), -1);
    assert_int_equal(errno, ENOENT);
    assert_int_equal(execl("/", "x", NULL), -1);
    assert_int_equal(errno, EACCES);
    assert_int_equal(fexecve(-1, print_argv, bare_env), -1);
    assert_int_equal(errno, EINVAL);
    pid_t child;
    assert_int_equal(
        posix_spawn(&child, "/no/such", NULL, NULL, print_argv, bare_env),
        ENOENT);
}

static void write_script(const char *path, const char *text, mode_t mode)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, mode);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    close(fd);
}

static void execvp_runs_a_script_without_a_first_line(void **state)
{
    (void)state;
    char path[512];
    snprintf(path, sizeof(path), "%s/script", getenv("OFFWIRE_SESSION"));
    write_script(path, "exit 7\n", 0700);
    pid_t child = fork();
    if (child == 0) {
        execlp(path, path, NULL);
        _exit(98);
    }
    assert_int_equal(status_of(child), 7);
    unlink(path);
}

/* In a child: PATH as given, in the session's folder; its exit status. */
static int search_with(const char *path, const char *file)
{
    static char *many[200];
    pid_t child = fork();
    if (child != 0)
        return status_of(child);
    if (chdir(getenv("OFFWIRE_SESSION")) != 0)
        _exit(97);
    if (path)
        setenv("PATH", path, 1);
    else
        unsetenv("PATH");
    for (int i = 0; i < 199; i++)
        many[i] = (char *)"argument";
    execvp(file, many);
    _exit(errno == ENOENT         ? 50
          : errno == EACCES       ? 51
          : errno == ENAMETOOLONG ? 52
                                  : 53);
}

static void execvp_searches_as_libc_does(void **state)
{
    (void)state;
    char path[512];
    char long_path[8192];
    char long_name[300];
    const char *dir = getenv("OFFWIRE_SESSION");
    snprintf(path, sizeof(path), "%s/here", dir);
    write_script(path, "exit $(($# > 190 ? 7 : 8))\n", 0700);
    snprintf(path, sizeof(path), "%s/locked", dir);
    write_script(path, "exit 9\n", 0600);
    snprintf(path, sizeof(path), "/no/such:%s:/bin", dir);
    memset(long_name, 'x', sizeof(long_name));
    long_name[sizeof(long_name) - 1] = '\0';
    memset(long_path, 'y', sizeof(long_path));
    snprintf(long_path + 5000, sizeof(long_path) - 5000, ":%s", dir);
    assert_int_equal(search_with(path, "here"), 7);
    assert_int_equal(search_with("/no/such", "here"), 50);
    assert_int_equal(search_with("", "here"), 7);
    assert_int_equal(search_with("/no/such:", "here"), 7);
    assert_int_equal(search_with("/no/such::/bin", "here"), 7);
    assert_int_equal(search_with(long_path, "here"), 7);
    assert_int_equal(search_with("/bin", "./here"), 7);
    assert_int_equal(search_with(NULL, "true"), 0);
    assert_int_equal(search_with(path, ""), 50);
    assert_int_equal(search_with(path, long_name), 52);
    /* Root may run no file either that nobody may. */
    assert_int_equal(search_with(path, "locked"), 51);
    assert_int_equal(search_with("/dev/null:/bin", "no-such"), 50);
}

static void execl_takes_many_arguments(void **state)
{
    (void)state;
    pid_t child = fork();
    if (child == 0) {
#define TEN     "1", "2", "3", "4", "5", "6", "7", "8", "9", "0"
#define HUNDRED TEN, TEN, TEN, TEN, TEN, TEN, TEN, TEN, TEN, TEN
        execl(self, "client", "count", HUNDRED, HUNDRED, NULL);
        _exit(98);
    }
    assert_int_equal(status_of(child), 202);
}

static int print(void)
{
    char line[8192];
    FILE *maps = fopen("/proc/self/maps", "r");
    int mapped = 0;
    printf("\n");
    for (char **env = environ; env && *env; env++)
        printf("%s\n", *env);
    while (maps && fgets(line, sizeof(line), maps))
        mapped |= strstr(line, "liboffwire.so") != NULL;
    if (mapped)
        printf("mapped liboffwire.so\n");
    return 0;
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exec_keeps_the_session_in_every_form),
        cmocka_unit_test(spawn_keeps_the_session),
        cmocka_unit_test(exec_keeps_the_session_in_a_vfork_child),
        cmocka_unit_test(exec_puts_the_shim_before_other_preloads),
        cmocka_unit_test(exec_is_not_misled_by_two_preloads),
        cmocka_unit_test(exec_takes_an_empty_environment),
        cmocka_unit_test(exec_takes_a_large_environment),
        cmocka_unit_test(exec_leaves_a_whole_environment_as_it_is),
        cmocka_unit_test(exec_fails_without_memory),
        cmocka_unit_test(exec_lets_go_who_asks_for_it),
        cmocka_unit_test(exec_leaves_another_session_alone),
        cmocka_unit_test(exec_finds_the_session_after_clearenv),
        cmocka_unit_test(a_shell_finds_the_session_after_clearenv),
        cmocka_unit_test(exec_fails_as_the_kernel_does),
        cmocka_unit_test(execvp_runs_a_script_without_a_first_line),
        cmocka_unit_test(execvp_searches_as_libc_does),
        cmocka_unit_test(execl_takes_many_arguments),
    };
    if (argc > 1 && strcmp(argv[1], "print") == 0)
        return print();
    if (argc > 1 && strcmp(argv[1], "count") == 0)
        return argc;
    return cmocka_run_group_tests_name("process", tests, NULL, NULL);
}
