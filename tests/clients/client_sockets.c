/*
 * client_sockets: connects in every way. Run under the shim by 14-sockets.t,
 * 15-literals.t ("literals") and 17-isolated.t ("isolated"), with fake_host
 * behind it, which greets with the address that the connection came from.
 */
#include "config.h"

#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static struct sockaddr_in v4(const char *address, uint16_t port)
{
    struct sockaddr_in out = {.sin_family = AF_INET, .sin_port = htons(port)};
    assert_int_equal(inet_pton(AF_INET, address, &out.sin_addr), 1);
    return out;
}

static struct sockaddr_in6 v6(const char *address, uint16_t port)
{
    struct sockaddr_in6 out = {.sin6_family = AF_INET6,
                               .sin6_port = htons(port)};
    assert_int_equal(inet_pton(AF_INET6, address, &out.sin6_addr), 1);
    return out;
}

static int connect_v4(int fd, const char *address, uint16_t port)
{
    struct sockaddr_in to = v4(address, port);
    return connect(fd, (struct sockaddr *)&to, sizeof(to));
}

static int new_socket(int family, int type)
{
    int fd = socket(family, type, 0);
    assert_true(fd >= 0);
    return fd;
}

/* The greeting: where we came from; then an echo proves the way back. */
static void assert_served(int fd)
{
    char line[64] = "";
    ssize_t got = recv(fd, line, sizeof(line) - 1, 0);
    assert_true(got > 0);
    assert_memory_equal(line, "127.84.", 7);
    assert_int_equal(send(fd, "ping", 4, 0), 4);
    assert_int_equal(recv(fd, line, 4, MSG_WAITALL), 4);
    assert_memory_equal(line, "ping", 4);
}

static int count_questions(const char *kind)
{
    char path[512];
    char line[512];
    int count = 0;
    snprintf(path, sizeof(path), "%s/questions", getenv("OFFWIRE_SESSION"));
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    while (fgets(line, sizeof(line), file))
        count += strncmp(line, kind, strlen(kind)) == 0;
    fclose(file);
    return count;
}

static void connect_reaches_a_stand_in(void **state)
{
    (void)state;
    int fd = new_socket(AF_INET, SOCK_STREAM);
    errno = 42;
    assert_int_equal(connect_v4(fd, "127.83.0.1", 80), 0);
    assert_int_equal(errno, 42);
    assert_served(fd);
    close(fd);
}

static void connect_sets_nodelay(void **state)
{
    (void)state;
    int value = 0;
    socklen_t len = sizeof(value);
    int fd = new_socket(AF_INET, SOCK_STREAM);
    assert_int_equal(connect_v4(fd, "127.83.0.1", 80), 0);
    getsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &value, &len);
    assert_int_equal(value, 1);
    close(fd);
}

static void connect_reaches_a_mapped_stand_in(void **state)
{
    (void)state;
    struct sockaddr_in6 to = v6("::ffff:127.83.0.1", 80);
    for (int only = 0; only <= 1; only++) {
        int fd = new_socket(AF_INET6, SOCK_STREAM);
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &only, sizeof(only));
        assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
        assert_served(fd);
        close(fd);
    }
}

static void connect_by_its_other_name_works(void **state)
{
    (void)state;
    int (*other)(int, const struct sockaddr *, socklen_t) =
        dlsym(RTLD_DEFAULT, "__connect");
    struct sockaddr_in to = v4("127.83.0.1", 80);
    int fd = new_socket(AF_INET, SOCK_STREAM);
    assert_non_null(other);
    assert_int_equal(other(fd, (struct sockaddr *)&to, sizeof(to)), 0);
    assert_served(fd);
    close(fd);
}

static void connect_asks_once_for_a_port(void **state)
{
    (void)state;
    int before = count_questions("CONNECT");
    for (int i = 0; i < 20; i++) {
        int fd = new_socket(AF_INET, SOCK_STREAM);
        assert_int_equal(connect_v4(fd, "127.83.2.254", 80), 0);
        close(fd);
    }
    assert_int_equal(count_questions("CONNECT"), before + 1);
    assert_int_equal(count_questions("HELLO"), 1);
}

static void connect_keeps_a_source_of_the_programs_own(void **state)
{
    (void)state;
    char line[64] = "";
    struct sockaddr_in own = v4("127.0.0.5", 0);
    int fd = new_socket(AF_INET, SOCK_STREAM);
    assert_int_equal(bind(fd, (struct sockaddr *)&own, sizeof(own)), 0);
    assert_int_equal(connect_v4(fd, "127.83.0.1", 80), 0);
    assert_true(recv(fd, line, sizeof(line) - 1, 0) > 0);
    assert_string_equal(line, "127.0.0.5\n");
    close(fd);
}

static void connect_fails_as_it_is_told(void **state)
{
    (void)state;
    int fd = new_socket(AF_INET, SOCK_STREAM);
    assert_int_equal(connect_v4(fd, "127.83.0.1", 81), -1);
    assert_int_equal(errno, ECONNREFUSED);
    assert_int_equal(connect_v4(fd, "127.83.0.1", 82), -1);
    assert_int_equal(errno, EHOSTUNREACH);
    close(fd);
}

static void connect_checks_arguments_as_the_kernel_does(void **state)
{
    (void)state;
    struct sockaddr_in to = v4("127.83.0.1", 80);
    int pipes[2];
    int fd = new_socket(AF_INET, SOCK_STREAM);
    assert_int_equal(connect_v4(-1, "127.83.0.1", 80), -1);
    assert_int_equal(errno, EBADF);
    assert_int_equal(pipe(pipes), 0);
    assert_int_equal(connect_v4(pipes[0], "127.83.0.1", 80), -1);
    assert_int_equal(errno, ENOTSOCK);
    assert_int_equal(connect(fd, (struct sockaddr *)&to, 4), -1);
    assert_int_equal(errno, EINVAL);
    assert_int_equal(connect(fd, NULL, sizeof(to)), -1);
    assert_int_equal(errno, EFAULT);
    close(pipes[0]);
    close(pipes[1]);
    close(fd);
}

/* Pointers that programs have by mistake: none of them is followed here. */
static void calls_fail_on_what_leads_nowhere(void **state)
{
    (void)state;
#ifdef __SANITIZE_ADDRESS__
    return; /* It looks at what they point at before it calls. */
#endif
    struct sockaddr_in to = v4("127.0.0.1", 9);
    struct sockaddr *const address = (struct sockaddr *)&to;
    char *page = mmap(NULL, 8192, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_true(page != MAP_FAILED);
    assert_int_equal(mprotect(page + 4096, 4096, PROT_NONE), 0);
    memcpy(page + 4096 - 8, &to, 8);
    /* The fourth begins well. */
    void *const nowhere[] = {(void *)1, (void *)-1, page + 4096,
                             page + 4096 - 8};
    int stream = new_socket(AF_INET, SOCK_STREAM);
    int datagram = new_socket(AF_INET, SOCK_DGRAM);
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(connect(stream, nowhere[i], sizeof(to)), -1);
        assert_int_equal(errno, EFAULT);
        assert_int_equal(sendto(datagram, "x", 1, 0, nowhere[i], sizeof(to)),
                         -1);
        assert_int_equal(errno, EFAULT);
        assert_int_equal(sendmsg(datagram, nowhere[i], 0), -1);
        assert_int_equal(errno, EFAULT);
        assert_int_equal(sendmmsg(datagram, nowhere[i], 1, 0), -1);
        assert_int_equal(errno, EFAULT);
    }
    assert_int_equal(connect(datagram, address, sizeof(to)), 0);
    for (size_t i = 0; i < 2; i++) {
        struct iovec part = {nowhere[i], 64};
        assert_int_equal(send(datagram, nowhere[i], 64, 0), -1);
        assert_int_equal(errno, EFAULT);
        assert_int_equal(writev(datagram, &part, 1), -1);
        assert_int_equal(errno, EFAULT);
        assert_int_equal(writev(datagram, nowhere[i], 1), -1);
        assert_int_equal(errno, EFAULT);
        assert_int_equal(getpeername(datagram, address, nowhere[i]), -1);
        assert_int_equal(errno, EFAULT);
        assert_int_equal(recvmsg(datagram, nowhere[i], MSG_DONTWAIT), -1);
        assert_int_equal(errno, EFAULT);
    }
    munmap(page, 8192);
    close(stream);
    close(datagram);
}

static int listen_on(struct sockaddr *address, socklen_t len)
{
    int fd = new_socket(address->sa_family, SOCK_STREAM);
    assert_int_equal(bind(fd, address, len), 0);
    assert_int_equal(listen(fd, 1), 0);
    assert_int_equal(getsockname(fd, address, &len), 0);
    return fd;
}

static void connect_leaves_the_programs_own_servers_alone(void **state)
{
    (void)state;
    struct sockaddr_in own = v4("127.0.0.1", 0);
    struct sockaddr_un local = {.sun_family = AF_UNIX};
    snprintf(local.sun_path, sizeof(local.sun_path), "%s/own",
             getenv("OFFWIRE_SESSION"));
    int server = listen_on((struct sockaddr *)&own, sizeof(own));
    int fd = new_socket(AF_INET, SOCK_STREAM);
    assert_int_equal(connect(fd, (struct sockaddr *)&own, sizeof(own)), 0);
    struct sockaddr_in source;
    socklen_t len = sizeof(source);
    getsockname(fd, (struct sockaddr *)&source, &len);
    assert_int_equal(source.sin_addr.s_addr, htonl(INADDR_LOOPBACK));
    close(fd);
    close(server);
    server = listen_on((struct sockaddr *)&local, sizeof(local));
    fd = new_socket(AF_UNIX, SOCK_STREAM);
    assert_int_equal(connect(fd, (struct sockaddr *)&local, sizeof(local)), 0);
    close(fd);
    close(server);
    unlink(local.sun_path);
}

static void getpeername_gives_the_port_that_was_asked_for(void **state)
{
    (void)state;
    struct sockaddr_in peer;
    struct sockaddr_in6 to = v6("::ffff:127.83.0.1", 80);
    struct sockaddr_in6 peer6;
    socklen_t len = sizeof(peer);
    int fd = new_socket(AF_INET, SOCK_STREAM);
    assert_int_equal(connect_v4(fd, "127.83.0.1", 80), 0);
    errno = 42;
    assert_int_equal(getpeername(fd, (struct sockaddr *)&peer, &len), 0);
    assert_int_equal(errno, 42);
    assert_int_equal(len, sizeof(peer));
    struct sockaddr_in want = v4("127.83.0.1", 80);
    assert_memory_equal(&peer, &want, sizeof(peer));
    len = 3; /* as much as fits, and the length there is */
    memset(&peer, 0x55, sizeof(peer));
    assert_int_equal(getpeername(fd, (struct sockaddr *)&peer, &len), 0);
    assert_int_equal(len, sizeof(peer));
    assert_int_equal(((unsigned char *)&peer)[3], 0x55);
    close(fd);
    fd = new_socket(AF_INET6, SOCK_STREAM);
    assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
    len = sizeof(peer6);
    assert_int_equal(getpeername(fd, (struct sockaddr *)&peer6, &len), 0);
    assert_int_equal(peer6.sin6_port, htons(80));
    close(fd);
    assert_int_equal(getpeername(-1, (struct sockaddr *)&peer, &len), -1);
    assert_int_equal(errno, EBADF);
}

/* Another process inherits the socket, not the cache. */
static void getpeername_asks_for_an_inherited_socket(void **state)
{
    (void)state;
    struct sockaddr_in peer;
    socklen_t len = sizeof(peer);
    char text[16];
    int fd = new_socket(AF_INET, SOCK_STREAM);
    assert_int_equal(connect_v4(fd, "127.83.0.1", 80), 0);
    fcntl(fd, F_SETFD, 0);
    snprintf(text, sizeof(text), "%d", fd);
    pid_t child = fork();
    if (child == 0) {
        execl("/proc/self/exe", "client", "peer", text, NULL);
        _exit(99);
    }
    int status;
    waitpid(child, &status, 0);
    assert_int_equal(WEXITSTATUS(status), 80);
    assert_int_equal(getpeername(fd, (struct sockaddr *)&peer, &len), 0);
    close(fd);
}

static int print_peer(int fd)
{
    struct sockaddr_in peer;
    socklen_t len = sizeof(peer);
    if (getpeername(fd, (struct sockaddr *)&peer, &len) != 0)
        return 98;
    return ntohs(peer.sin_port);
}

static int await(int epoll)
{
    struct epoll_event event = {0};
    assert_int_equal(epoll_wait(epoll, &event, 1, 60000), 1);
    return (int)event.events;
}

static void connect_fires_epoll_registered_before_or_after(void **state)
{
    (void)state;
    struct epoll_event event = {.events = EPOLLOUT};
    for (int before = 0; before <= 1; before++) {
        int epoll = epoll_create1(0);
        int fd = new_socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK);
        if (before) {
            epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
            await(epoll); /* an unconnected socket hangs up */
        }
        int result = connect_v4(fd, "127.83.0.1", 80);
        assert_true(result == 0 || errno == EINPROGRESS);
        if (!before)
            epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
        while (await(epoll) & EPOLLHUP)
            usleep(1000);
        int error = -1;
        socklen_t len = sizeof(error);
        getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len);
        assert_int_equal(error, 0);
        /* Programs call connect() again to learn how it went. */
        if (connect_v4(fd, "127.83.0.1", 80) != 0)
            assert_int_equal(errno, EISCONN);
        assert_true(fcntl(fd, F_GETFL) & O_NONBLOCK);
        fcntl(fd, F_SETFL, 0);
        assert_served(fd);
        close(fd);
        close(epoll);
    }
}

static void datagrams_to_stand_ins_are_refused(void **state)
{
    (void)state;
    struct sockaddr_in to = v4("127.83.0.1", 443);
    struct iovec part = {(char *)"x", 1};
    struct mmsghdr messages[1] = {{{.msg_name = &to,
                                    .msg_namelen = sizeof(to),
                                    .msg_iov = &part,
                                    .msg_iovlen = 1},
                                   0}};
    int fd = new_socket(AF_INET, SOCK_DGRAM);
    assert_int_equal(connect_v4(fd, "127.83.0.1", 443), -1);
    assert_int_equal(errno, ECONNREFUSED);
    errno = 0;
    assert_int_equal(sendto(fd, "x", 1, 0, (struct sockaddr *)&to, sizeof(to)),
                     -1);
    assert_int_equal(errno, ECONNREFUSED);
    errno = 0;
    assert_int_equal(sendmsg(fd, &messages[0].msg_hdr, 0), -1);
    assert_int_equal(errno, ECONNREFUSED);
    errno = 0;
    assert_int_equal(sendmmsg(fd, messages, 1, 0), -1);
    assert_int_equal(errno, ECONNREFUSED);
    close(fd);
}

static void sendmmsg_sends_what_stands_before_a_stand_in(void **state)
{
    (void)state;
    struct sockaddr_in own = v4("127.0.0.1", 0);
    struct sockaddr_in to = v4("127.83.0.1", 443);
    socklen_t len = sizeof(own);
    int server = new_socket(AF_INET, SOCK_DGRAM);
    assert_int_equal(bind(server, (struct sockaddr *)&own, len), 0);
    getsockname(server, (struct sockaddr *)&own, &len);
    struct iovec part = {(char *)"x", 1};
    struct mmsghdr messages[2] = {{{.msg_name = &own,
                                    .msg_namelen = sizeof(own),
                                    .msg_iov = &part,
                                    .msg_iovlen = 1},
                                   0},
                                  {{.msg_name = &to,
                                    .msg_namelen = sizeof(to),
                                    .msg_iov = &part,
                                    .msg_iovlen = 1},
                                   0}};
    int fd = new_socket(AF_INET, SOCK_DGRAM);
    assert_int_equal(sendmmsg(fd, messages, 2, 0), 1);
    assert_int_equal(sendmmsg(fd, messages + 1, 1, 0), -1);
    assert_int_equal(errno, ECONNREFUSED);
    close(fd);
    close(server);
}

static void fast_open_reaches_a_stand_in(void **state)
{
    (void)state;
    struct sockaddr_in to = v4("127.83.0.1", 80);
    struct iovec part = {(char *)"hello", 5};
    struct mmsghdr messages[1] = {{{.msg_name = &to,
                                    .msg_namelen = sizeof(to),
                                    .msg_iov = &part,
                                    .msg_iovlen = 1},
                                   0}};
    for (int way = 0; way < 3; way++) {
        char text[64] = "";
        int fd = new_socket(AF_INET, SOCK_STREAM);
        if (way == 0)
            assert_int_equal(sendto(fd, "hello", 5, MSG_FASTOPEN,
                                    (struct sockaddr *)&to, sizeof(to)),
                             5);
        else if (way == 1)
            assert_int_equal(sendmsg(fd, &messages[0].msg_hdr, MSG_FASTOPEN),
                             5);
        else
            assert_int_equal(sendmmsg(fd, messages, 1, MSG_FASTOPEN), 1);
        while (!strstr(text, "hello")) {
            size_t len = strlen(text);
            ssize_t got = recv(fd, text + len, sizeof(text) - 1 - len, 0);
            assert_true(got > 0);
        }
        assert_memory_equal(text, "127.84.", 7);
        close(fd);
    }
}

static void fast_open_without_blocking_is_in_progress(void **state)
{
    (void)state;
    struct sockaddr_in to = v4("127.83.0.1", 80);
    struct epoll_event event = {.events = EPOLLOUT};
    int epoll = epoll_create1(0);
    int fd = new_socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK);
    ssize_t sent = sendto(fd, "hello", 5, MSG_FASTOPEN, (struct sockaddr *)&to,
                          sizeof(to));
    assert_true(sent == 5 || (sent == -1 && errno == EINPROGRESS));
    epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
    assert_true(await(epoll) & EPOLLOUT);
    close(fd);
    close(epoll);
}

/* Flag LITERALS: rules that name addresses. */
static void literals_are_moved_and_look_unmoved(void **state)
{
    (void)state;
    struct sockaddr_in peer;
    socklen_t len = sizeof(peer);
    int fd = new_socket(AF_INET, SOCK_STREAM);
    assert_int_equal(connect_v4(fd, "10.9.8.7", 80), 0);
    assert_served(fd);
    assert_int_equal(getpeername(fd, (struct sockaddr *)&peer, &len), 0);
    struct sockaddr_in want = v4("10.9.8.7", 80);
    assert_memory_equal(&peer, &want, sizeof(peer));
    close(fd);
}

static void literals_that_no_rule_names_pass(void **state)
{
    (void)state;
    connect_leaves_the_programs_own_servers_alone(state);
}

/* Flag ISOLATE: what is no stand-in and not local is refused. */
static void isolation_refuses_the_world(void **state)
{
    (void)state;
    struct sockaddr_in to = v4("10.255.255.1", 53);
    struct sockaddr_in6 to6 = v6("2001:db8::1", 443);
    int fd = new_socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK);
    assert_int_equal(connect_v4(fd, "10.255.255.1", 443), -1);
    assert_int_equal(errno, ENETUNREACH);
    close(fd);
    fd = new_socket(AF_INET6, SOCK_STREAM | SOCK_NONBLOCK);
    assert_int_equal(connect(fd, (struct sockaddr *)&to6, sizeof(to6)), -1);
    assert_int_equal(errno, ENETUNREACH);
    close(fd);
    fd = new_socket(AF_INET, SOCK_DGRAM);
    assert_int_equal(connect_v4(fd, "10.255.255.1", 123), -1);
    assert_int_equal(errno, ENETUNREACH);
    errno = 0;
    assert_int_equal(sendto(fd, "x", 1, 0, (struct sockaddr *)&to, sizeof(to)),
                     -1);
    assert_int_equal(errno, ECONNREFUSED);
    close(fd);
}

static void isolation_leaves_loopback_alone(void **state)
{
    (void)state;
    int before = count_questions("CONNECT");
    struct sockaddr_in own = v4("127.0.0.1", 0);
    socklen_t len = sizeof(own);
    connect_leaves_the_programs_own_servers_alone(state);
    int server = new_socket(AF_INET, SOCK_DGRAM);
    assert_int_equal(bind(server, (struct sockaddr *)&own, len), 0);
    getsockname(server, (struct sockaddr *)&own, &len);
    int fd = new_socket(AF_INET, SOCK_DGRAM);
    assert_int_equal(sendto(fd, "x", 1, 0, (struct sockaddr *)&own, len), 1);
    assert_int_equal(connect(fd, (struct sockaddr *)&own, len), 0);
    close(fd);
    close(server);
    assert_int_equal(count_questions("CONNECT"), before);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest plain[] = {
        cmocka_unit_test(connect_reaches_a_stand_in),
        cmocka_unit_test(connect_sets_nodelay),
        cmocka_unit_test(connect_reaches_a_mapped_stand_in),
        cmocka_unit_test(connect_by_its_other_name_works),
        cmocka_unit_test(connect_asks_once_for_a_port),
        cmocka_unit_test(connect_keeps_a_source_of_the_programs_own),
        cmocka_unit_test(connect_fails_as_it_is_told),
        cmocka_unit_test(connect_checks_arguments_as_the_kernel_does),
        cmocka_unit_test(calls_fail_on_what_leads_nowhere),
        cmocka_unit_test(connect_leaves_the_programs_own_servers_alone),
        cmocka_unit_test(getpeername_gives_the_port_that_was_asked_for),
        cmocka_unit_test(getpeername_asks_for_an_inherited_socket),
        cmocka_unit_test(connect_fires_epoll_registered_before_or_after),
        cmocka_unit_test(datagrams_to_stand_ins_are_refused),
        cmocka_unit_test(sendmmsg_sends_what_stands_before_a_stand_in),
        cmocka_unit_test(fast_open_reaches_a_stand_in),
        cmocka_unit_test(fast_open_without_blocking_is_in_progress),
    };
    const struct CMUnitTest literals[] = {
        cmocka_unit_test(literals_are_moved_and_look_unmoved),
        cmocka_unit_test(literals_that_no_rule_names_pass),
        cmocka_unit_test(connect_reaches_a_stand_in),
    };
    const struct CMUnitTest isolated[] = {
        cmocka_unit_test(isolation_refuses_the_world),
        cmocka_unit_test(isolation_leaves_loopback_alone),
        cmocka_unit_test(connect_reaches_a_stand_in),
    };
    if (argc > 2 && strcmp(argv[1], "peer") == 0)
        return print_peer((int)strtol(argv[2], NULL, 10));
    if (argc > 1 && strcmp(argv[1], "literals") == 0)
        return cmocka_run_group_tests_name("literals", literals, NULL, NULL);
    if (argc > 1 && strcmp(argv[1], "isolated") == 0)
        return cmocka_run_group_tests_name("isolated", isolated, NULL, NULL);
    return cmocka_run_group_tests_name("sockets", plain, NULL, NULL);
}
