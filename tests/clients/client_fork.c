/*
 * client_fork: forks, threads and signals around the shim's questions. Run
 * under it by 24-fork.t, with fake_host behind it.
 */
#include "config.h"

#include <arpa/inet.h>
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
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* The source address that the host saw, or -1. */
static int source_of_request(void)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
    struct addrinfo *list;
    char line[64] = "";
    unsigned last = 0;
    if (getaddrinfo("known.test", "80", &hints, &list) != 0)
        return -1;
    int fd = socket(list->ai_family, SOCK_STREAM, 0);
    int result = connect(fd, list->ai_addr, list->ai_addrlen);
    freeaddrinfo(list);
    /* The interval timer of a test below may interrupt. */
    while (result == 0 && strchr(line, '\n') == NULL) {
        size_t len = strlen(line);
        ssize_t got = recv(fd, line + len, sizeof(line) - 1 - len, 0);
        if (got == 0)
            break;
    }
    close(fd);
    return sscanf(line, "127.84.0.%u", &last) == 1 ? (int)last : -1;
}

static int status_of(pid_t child)
{
    int status = -1;
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void each_process_has_a_source_of_its_own(void **state)
{
    (void)state;
    int own = source_of_request();
    assert_true(own > 0);
    pid_t child = fork();
    if (child == 0)
        _exit(source_of_request());
    int other = status_of(child);
    assert_true(other > 0 && other != own);
    assert_int_equal(source_of_request(), own);
}

static void daemons_stay_in_the_session(void **state)
{
    (void)state;
    int pipes[2];
    int source = 0;
    assert_int_equal(pipe(pipes), 0);
    pid_t child = fork();
    if (child == 0) {
        if (daemon(0, 0) != 0)
            _exit(1);
        source = source_of_request();
        _exit(write(pipes[1], &source, sizeof(source)) < 0);
    }
    assert_int_equal(status_of(child), 0);
    close(pipes[1]);
    assert_int_equal(read(pipes[0], &source, sizeof(source)), sizeof(source));
    close(pipes[0]);
    assert_true(source > 0);
}

static void *request_often(void *arg)
{
    intptr_t failed = 0;
    (void)arg;
    for (int i = 0; i < 20; i++)
        failed += source_of_request() <= 0;
    return (void *)failed;
}

static void threads_ask_at_once(void **state)
{
    (void)state;
    pthread_t threads[16];
    for (int i = 0; i < 16; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, request_often, NULL),
                         0);
    for (int i = 0; i < 16; i++) {
        void *failed;
        pthread_join(threads[i], &failed);
        assert_null(failed);
    }
}

/* Threads whose stack is as small as it may be. */
static void small_stacks_are_enough(void **state)
{
    (void)state;
    pthread_t thread;
    pthread_attr_t attributes;
    void *failed;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, 64 * 1024);
    assert_int_equal(pthread_create(&thread, &attributes, request_often, NULL),
                     0);
    pthread_join(thread, &failed);
    assert_null(failed);
}

static void forks_in_a_threaded_process_ask(void **state)
{
    (void)state;
    pthread_t threads[4];
    for (int i = 0; i < 4; i++)
        pthread_create(&threads[i], NULL, request_often, NULL);
    for (int i = 0; i < 10; i++) {
        pid_t child = fork();
        if (child == 0)
            _exit(source_of_request() > 0 ? 0 : 1);
        assert_int_equal(status_of(child), 0);
    }
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
}

static void on_alarm(int signal)
{
    (void)signal;
}

static void signals_do_not_disturb(void **state)
{
    (void)state;
    struct sigaction action = {.sa_handler = on_alarm};
    struct itimerval often = {{0, 500}, {0, 500}};
    struct itimerval never = {{0, 0}, {0, 0}};
    sigaction(SIGALRM, &action, NULL);
    setitimer(ITIMER_REAL, &often, NULL);
    int failed = 0;
    struct addrinfo *list;
    for (int i = 0; i < 200; i++) {
        failed += getaddrinfo("known.test", "80", NULL, &list) != 0;
        freeaddrinfo(list);
    }
    setitimer(ITIMER_REAL, &never, NULL);
    assert_int_equal(failed, 0);
}

static sigjmp_buf out;

static void jump_out(int signal)
{
    (void)signal;
    siglongjmp(out, 1);
}

/* libcurl without threads leaves getaddrinfo by a jump out of SIGALRM. */
static void jumping_out_of_a_look_up_does_no_harm(void **state)
{
    (void)state;
    struct sigaction action = {.sa_handler = jump_out};
    struct itimerval soon = {{0, 0}, {0, 50000}};
    struct addrinfo *list;
    sigaction(SIGALRM, &action, NULL);
    if (sigsetjmp(out, 1) == 0) {
        setitimer(ITIMER_REAL, &soon, NULL);
        getaddrinfo("slow.test", "80", NULL, &list);
        fail();
    }
    assert_true(source_of_request() > 0);
}

static void *look_up_slowly(void *arg)
{
    struct addrinfo *list;
    (void)arg;
    for (;;) {
        if (getaddrinfo("known.test", "80", NULL, &list) == 0)
            freeaddrinfo(list);
        pthread_testcancel();
    }
    return NULL;
}

static void cancelled_threads_leave_nothing_open(void **state)
{
    (void)state;
    for (int i = 0; i < 20; i++) {
        pthread_t thread;
        pthread_create(&thread, NULL, look_up_slowly, NULL);
        usleep(2000);
        pthread_cancel(thread);
        pthread_join(thread, NULL);
    }
    int fd = dup(0);
    assert_true(fd >= 0 && fd < 10);
    close(fd);
    assert_true(source_of_request() > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_process_has_a_source_of_its_own),
        cmocka_unit_test(daemons_stay_in_the_session),
        cmocka_unit_test(threads_ask_at_once),
        cmocka_unit_test(small_stacks_are_enough),
        cmocka_unit_test(forks_in_a_threaded_process_ask),
        cmocka_unit_test(signals_do_not_disturb),
        cmocka_unit_test(jumping_out_of_a_look_up_does_no_harm),
        cmocka_unit_test(cancelled_threads_leave_nothing_open),
    };
    return cmocka_run_group_tests_name("fork", tests, NULL, NULL);
}
