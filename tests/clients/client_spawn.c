/*
 * client_spawn: a program that the shim starts a host for. Run under it by
 * 22-spawn.t, with OFFWIRE_RULES, and fake_host as OFFWIRE_HOST. With an
 * argument it looks that name up and prints the result.
 */
#include "config.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static int entries_of(const char *path, const char *prefix)
{
    int count = 0;
    struct dirent *entry;
    DIR *dir = opendir(path);
    while (dir && (entry = readdir(dir)))
        count += strncmp(entry->d_name, prefix, strlen(prefix)) == 0;
    if (dir)
        closedir(dir);
    return count;
}

static int count_sessions(void)
{
    return entries_of(getenv("TMPDIR"), "offwire-");
}

/* Processes that have joined the one session there is. */
static int count_joined(void)
{
    char path[1024];
    char line[512];
    int count = 0;
    struct dirent *entry;
    DIR *dir = opendir(getenv("TMPDIR"));
    while ((entry = readdir(dir))) {
        snprintf(path, sizeof(path), "%s/%s/questions", getenv("TMPDIR"),
                 entry->d_name);
        FILE *file = strncmp(entry->d_name, "offwire-", 8) == 0
                         ? fopen(path, "r")
                         : NULL;
        while (file && fgets(line, sizeof(line), file))
            count += strncmp(line, "HELLO", 5) == 0;
        if (file)
            fclose(file);
    }
    closedir(dir);
    return count;
}

/* Hosts end a moment after their programs. */
static void await_sessions(int count)
{
    for (int i = 0; i < 6000 && count_sessions() != count; i++)
        usleep(10000);
    assert_int_equal(count_sessions(), count);
}

static int look_up(const char *name)
{
    struct addrinfo *list;
    int error = getaddrinfo(name, "80", NULL, &list);
    if (error == 0)
        freeaddrinfo(list);
    return error;
}

static volatile sig_atomic_t children_ended;

static void on_child(int signal)
{
    (void)signal;
    children_ended++;
}

static void *look_up_in_thread(void *arg)
{
    (void)arg;
    return (void *)(intptr_t)look_up("known.test");
}

/* Must come first: there is no session yet. */
static void threads_start_one_host_between_them(void **state)
{
    (void)state;
    pthread_t threads[8];
    await_sessions(0);
    for (int i = 0; i < 8; i++)
        pthread_create(&threads[i], NULL, look_up_in_thread, NULL);
    for (int i = 0; i < 8; i++) {
        void *error;
        pthread_join(threads[i], &error);
        assert_null(error);
    }
    assert_int_equal(count_sessions(), 1);
}

/* In a fork, which begins without a session: nothing may show. Rules that
 * nobody above has make it a session of its own. */
static int start_unseen(void)
{
    setenv("OFFWIRE_RULES", "unseen", 1);
    struct sigaction action = {.sa_handler = on_child};
    sigset_t before = {0};
    sigset_t after = {0};
    sigaction(SIGCHLD, &action, NULL);
    sigprocmask(SIG_SETMASK, NULL, &before);
    int open_before = entries_of("/proc/self/fd", "");
    int threads_before = entries_of("/proc/self/task", "");
    errno = 42;
    if (look_up("known.test") != 0)
        return 1;
    if (errno != 42)
        return 2;
    sigprocmask(SIG_SETMASK, NULL, &after);
    if (memcmp(&before, &after, sizeof(before)) != 0)
        return 3;
    usleep(100000);
    if (children_ended != 0)
        return 4;
    if (waitpid(-1, NULL, WNOHANG) != -1 || errno != ECHILD)
        return 5;
    if (waitpid(-1, NULL, WNOHANG | __WALL) != -1 || errno != ECHILD)
        return 6;
    if (entries_of("/proc/self/fd", "") != open_before)
        return 7;
    return entries_of("/proc/self/task", "") == threads_before ? 0 : 8;
}

static int status_of(pid_t child)
{
    int status = -1;
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void starting_a_host_shows_nowhere(void **state)
{
    (void)state;
    pid_t child = fork();
    if (child == 0)
        _exit(start_unseen());
    assert_int_equal(status_of(child), 0);
}

/* SIGCHLD ignored means that children vanish: ours must not confuse it. */
static int start_ignoring(void)
{
    setenv("OFFWIRE_RULES", "ignoring", 1);
    signal(SIGCHLD, SIG_IGN);
    return look_up("known.test");
}

static void ignoring_children_does_no_harm(void **state)
{
    (void)state;
    pid_t child = fork();
    if (child == 0)
        _exit(start_ignoring());
    assert_int_equal(status_of(child), 0);
}

static void programs_join_the_session_of_an_ancestor(void **state)
{
    (void)state;
    char command[4200];
    char path[4096] = "";
    assert_int_equal(look_up("known.test"), 0);
    int sessions = count_sessions();
    int joined = count_joined();
    assert_true(readlink("/proc/self/exe", path, sizeof(path) - 1) > 0);
    /* system() calls no hook: what it starts knows OFFWIRE_RULES alone. */
    snprintf(command, sizeof(command), "(\"%s\" known.test; :) >/dev/null 2>&1",
             path);
    assert_int_equal(system(command), 0);
    assert_int_equal(count_joined(), joined + 1);
    pid_t child = fork();
    if (child == 0) {
        close(1);
        execl(path, "client", "known.test", NULL);
        _exit(98);
    }
    assert_int_equal(status_of(child), 0);
    /* At its fork, and again as another program. */
    assert_int_equal(count_joined(), joined + 3);
    snprintf(command, sizeof(command),
             "OFFWIRE_RULES=others \"%s\" known.test >/dev/null", path);
    /* Other rules are another session, which ends with its program. */
    assert_int_equal(system(command), 0);
    await_sessions(sessions);
}

/* Says in a file whether the host is still there after the parent has gone. */
static int be_daemon(const char *path)
{
    if (look_up("known.test") != 0 || daemon(1, 1) != 0)
        return 1;
    int joined = count_joined();
    usleep(800000);
    int error = look_up("known.test");
    FILE *file = fopen(path, "w");
    fprintf(file, "%d %d", error, count_joined() - joined);
    fclose(file);
    return 0;
}

static void daemons_keep_their_session(void **state)
{
    (void)state;
    char path[4096] = "";
    char command[9000];
    char result[4096 + 16];
    int error = -1;
    int more = -1;
    assert_true(readlink("/proc/self/exe", path, sizeof(path) - 1) > 0);
    snprintf(result, sizeof(result), "%s/result", getenv("TMPDIR"));
    snprintf(command, sizeof(command),
             "OFFWIRE_RULES=daemons \"%s\" --daemon \"%s\"", path, result);
    assert_int_equal(system(command), 0);
    for (int i = 0; i < 6000 && error != 0; i++) {
        FILE *file = fopen(result, "r");
        usleep(10000);
        if (file && fscanf(file, "%d %d", &error, &more) != 2)
            error = -1;
        if (file)
            fclose(file);
    }
    assert_int_equal(error, 0);
    assert_int_equal(more, 0); /* it had joined when it was forked */
}

/* Started with an OFFWIRE_SESSION whose host has ended meanwhile. */
static void programs_that_outlive_a_session_start_their_own(void **state)
{
    (void)state;
    char path[4096] = "";
    char command[9000];
    assert_true(readlink("/proc/self/exe", path, sizeof(path) - 1) > 0);
    snprintf(command, sizeof(command),
             "OFFWIRE_RULES=others OFFWIRE_SESSION=%s/offwire-0-1-2-3 "
             "\"%s\" known.test >/dev/null",
             getenv("TMPDIR"), path);
    assert_int_equal(system(command), 0);
}

static int connect_to(const char *address)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(9)};
    inet_pton(AF_INET, address, &to.sin_addr);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    errno = 0;
    connect(fd, (struct sockaddr *)&to, sizeof(to));
    int error = errno;
    close(fd);
    return error;
}

/* For a person or a script: what the look-up and connections gave. */
static int report(const char *name)
{
    int error = look_up(name);
    look_up(name);
    printf("%s\n", error == 0          ? "found"
                   : error == EAI_FAIL ? "failed"
                                       : gai_strerror(error));
    if (error != EAI_FAIL)
        return error != 0;
    /* Fails closed, at once; loopback is the program's own. */
    printf("outside %s\n",
           connect_to("10.255.255.1") == ECONNREFUSED ? "refused" : "tried");
    printf("stand-in %s\n",
           connect_to("127.83.0.1") == ECONNREFUSED ? "refused" : "tried");
    return 1;
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(starting_a_host_shows_nowhere),
        cmocka_unit_test(ignoring_children_does_no_harm),
        cmocka_unit_test(threads_start_one_host_between_them),
        cmocka_unit_test(programs_join_the_session_of_an_ancestor),
        cmocka_unit_test(daemons_keep_their_session),
        cmocka_unit_test(programs_that_outlive_a_session_start_their_own),
    };
    if (argc > 2 && strcmp(argv[1], "--daemon") == 0)
        return be_daemon(argv[2]);
    if (argc > 1)
        return report(argv[1]);
    return cmocka_run_group_tests_name("spawn", tests, NULL, NULL);
}
