/*
 * client_stack: does with the least stack that a thread can have what programs
 * do there. Run under the shim by 25-stack.t, with fake_host as OFFWIRE_HOST:
 * each test is a process that has no session yet.
 */
#include "config.h"

#include <arpa/inet.h>
#include <limits.h>
#include <netdb.h>
#include <netinet/in.h>
#include <pthread.h>
#include <resolv.h>
#include <setjmp.h>
#include <spawn.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define PAGE 4096

static char *const true_argv[] = {(char *)"true", NULL};
static char *bare_env[] = {(char *)"KEPT=yes", NULL};

/* 0 is success for each of these. */
typedef int way_fn(void);

static int status_of(pid_t child)
{
    int status = -1;
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void *run_way(void *arg)
{
    way_fn *const *way = arg;
    return (void *)(intptr_t)(*way)();
}

/* In a thread whose stack ends with a page that nobody may touch. */
static int run_in_thread(way_fn *way)
{
    pthread_t thread;
    pthread_attr_t attributes;
    void *result;
    size_t size = ((size_t)PTHREAD_STACK_MIN + PAGE - 1) / PAGE * PAGE;
    char *stack = mmap(NULL, size + PAGE, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (stack == MAP_FAILED || mprotect(stack, PAGE, PROT_NONE) != 0)
        return 90;
    pthread_attr_init(&attributes);
    if (pthread_attr_setstack(&attributes, stack + PAGE, size) != 0 ||
        pthread_create(&thread, &attributes, run_way, &way) != 0)
        return 91;
    pthread_join(thread, &result);
    return (int)(intptr_t)result;
}

/* Rules that nobody above has make it a session of its own. */
static void assert_runs(const char *name, way_fn *way)
{
    pid_t child = fork();
    if (child == 0) {
        setenv("OFFWIRE_RULES", name, 1);
        _exit(run_in_thread(way));
    }
    assert_int_equal(status_of(child), 0);
}

static struct sockaddr_in loopback(uint16_t port)
{
    return (struct sockaddr_in){.sin_family = AF_INET,
                                .sin_port = htons(port),
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

/* Nobody listens; whether that is anybody's is asked all the same. */
static int connect_anywhere(void)
{
    struct sockaddr_in to = loopback(9);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    return connect(fd, (struct sockaddr *)&to, sizeof(to)) == -1 ? 0 : 1;
}

static int look_up(void)
{
    struct addrinfo *list;
    return getaddrinfo("known.test", "80", NULL, &list);
}

static int ask_libc(void)
{
    unsigned char answer[512];
    return res_query("known.test", C_IN, T_A, answer, sizeof(answer)) > 0 ? 0
                                                                          : 1;
}

static int ask_a_name_server(void)
{
    unsigned char query[512];
    struct sockaddr_in to = loopback(53);
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    int len = res_mkquery(QUERY, "known.test", C_IN, T_A, NULL, 0, NULL, query,
                          sizeof(query));
    return sendto(fd, query, (size_t)len, 0, (struct sockaddr *)&to,
                  sizeof(to)) == len &&
                   recv(fd, query, sizeof(query), 0) > len
               ? 0
               : 1;
}

static int spawn(void)
{
    pid_t child;
    int error = posix_spawnp(&child, "true", NULL, NULL, true_argv, bare_env);
    return error ? error : status_of(child);
}

static int exec_by_file(void)
{
    pid_t child = vfork();
    if (child == 0) {
        execvpe("true", true_argv, bare_env);
        _exit(98);
    }
    return status_of(child);
}

static int exec_by_list(void)
{
    pid_t child = vfork();
    if (child == 0) {
        execle("/bin/true", "true", NULL, bare_env);
        _exit(98);
    }
    return status_of(child);
}

static int exec_by_list_and_file(void)
{
    pid_t child = vfork();
    if (child == 0) {
        execlp("true", "true", NULL);
        _exit(98);
    }
    return status_of(child);
}

static int run_shell(void)
{
    environ = bare_env;
    return system("exit 0");
}

#define TEST(way, claim)                                                       \
    static void claim(void **state)                                            \
    {                                                                          \
        (void)state;                                                           \
        assert_runs(#way, way);                                                \
    }

TEST(connect_anywhere, little_stack_is_enough_to_connect)
TEST(look_up, little_stack_is_enough_to_look_up)
TEST(ask_libc, little_stack_is_enough_to_query)
TEST(ask_a_name_server, little_stack_is_enough_to_ask_a_name_server)
TEST(spawn, little_stack_is_enough_to_spawn)
TEST(exec_by_file, little_stack_is_enough_to_exec_by_file)
TEST(exec_by_list, little_stack_is_enough_to_exec_by_list)
TEST(exec_by_list_and_file, little_stack_is_enough_to_exec_by_both)
TEST(run_shell, little_stack_is_enough_to_run_a_shell)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(little_stack_is_enough_to_connect),
        cmocka_unit_test(little_stack_is_enough_to_look_up),
        cmocka_unit_test(little_stack_is_enough_to_query),
        cmocka_unit_test(little_stack_is_enough_to_ask_a_name_server),
        cmocka_unit_test(little_stack_is_enough_to_spawn),
        cmocka_unit_test(little_stack_is_enough_to_exec_by_file),
        cmocka_unit_test(little_stack_is_enough_to_exec_by_list),
        cmocka_unit_test(little_stack_is_enough_to_exec_by_both),
        cmocka_unit_test(little_stack_is_enough_to_run_a_shell),
    };
    return cmocka_run_group_tests_name("stack", tests, NULL, NULL);
}
