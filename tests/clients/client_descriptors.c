/*
 * client_descriptors: the shim leaves no descriptor behind and needs none to
 * stay open. Run under it by 20-descriptors.t, with fake_host behind it.
 */
#include "config.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static int count_open(void)
{
    int count = 0;
    DIR *dir = opendir("/proc/self/fd");
    while (readdir(dir))
        count++;
    closedir(dir);
    return count;
}

/* A name and a connection; -1 if either fails. The socket, else. */
static int reach(const char *name)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
    struct addrinfo *list;
    if (getaddrinfo(name, "80", &hints, &list) != 0)
        return -1;
    int fd = socket(list->ai_family, SOCK_STREAM, 0);
    int result = connect(fd, list->ai_addr, list->ai_addrlen);
    freeaddrinfo(list);
    if (result == 0)
        return fd;
    close(fd);
    return -1;
}

/* In a child, whose descriptors we may ruin; its exit status. */
static int in_child(int (*run)(void))
{
    int status = -1;
    pid_t child = fork();
    if (child == 0)
        _exit(run());
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 255;
}

static void asking_leaves_no_descriptor(void **state)
{
    (void)state;
    int before = count_open();
    int fd = reach("known.test");
    assert_true(fd >= 0);
    assert_int_equal(count_open(), before + 1);
    close(fd);
    assert_int_equal(reach("nx.test"), -1);
    assert_int_equal(count_open(), before);
}

static int without_stdio(void)
{
    close(0);
    close(1);
    close(2);
    struct addrinfo *list;
    if (getaddrinfo("known.test", "80", NULL, &list) != 0)
        return 1;
    freeaddrinfo(list);
    if (open("/dev/null", O_RDWR) != 0 || open("/dev/null", O_RDWR) != 1)
        return 2;
    return reach("known.test") >= 2 ? 0 : 3;
}

static void closed_stdio_stays_closed(void **state)
{
    (void)state;
    assert_int_equal(in_child(without_stdio), 0);
}

static void *ask_often(void *done)
{
    struct addrinfo *list;
    for (int i = 0; i < 500; i++)
        if (getaddrinfo("known.test", "80", NULL, &list) == 0)
            freeaddrinfo(list);
    atomic_store((atomic_bool *)done, true);
    return NULL;
}

/* Another thread does not find a socket of ours, which waits for an answer,
 * where it would open its own. For a moment it must be there. */
static int watching_stdin(void)
{
    static atomic_bool done;
    pthread_t thread;
    int looks = 0;
    int seen = 0;
    close(0);
    if (pthread_create(&thread, NULL, ask_often, &done) != 0)
        return 1;
    for (; !atomic_load(&done); looks++)
        seen += fcntl(0, F_GETFD) >= 0;
    pthread_join(thread, NULL);
    return seen > looks / 3 ? 2 : 0;
}

static void asking_keeps_off_stdio(void **state)
{
    (void)state;
    assert_int_equal(in_child(watching_stdin), 0);
}

static int with_all_closed(void)
{
    int fd = reach("known.test");
    if (fd < 0)
        return 1;
    closefrom(0);
    return reach("known.test") == 0 && reach("other.test") == 1 ? 0 : 2;
}

static void closing_everything_does_no_harm(void **state)
{
    (void)state;
    assert_int_equal(in_child(with_all_closed), 0);
}

static int with_none_left(void)
{
    struct rlimit limit = {3, 3};
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(80)};
    struct addrinfo *list;
    inet_pton(AF_INET, "127.83.0.1", &to.sin_addr);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    closefrom(fd + 1);
    limit.rlim_cur = (rlim_t)fd + 1;
    limit.rlim_max = (rlim_t)fd + 1;
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
        return 1;
    if (getaddrinfo("known.test", "80", NULL, &list) != EAI_FAIL)
        return 2;
    if (connect(fd, (struct sockaddr *)&to, sizeof(to)) == 0 ||
        errno != ECONNREFUSED)
        return 3;
    return 0;
}

static void running_out_of_descriptors_fails_closed(void **state)
{
    (void)state;
    assert_int_equal(in_child(with_none_left), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(asking_leaves_no_descriptor),
        cmocka_unit_test(closed_stdio_stays_closed),
        cmocka_unit_test(asking_keeps_off_stdio),
        cmocka_unit_test(closing_everything_does_no_harm),
        cmocka_unit_test(running_out_of_descriptors_fails_closed),
    };
    return cmocka_run_group_tests_name("descriptors", tests, NULL, NULL);
}
