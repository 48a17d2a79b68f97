/*
 * client_queries: asks name servers by itself, in every way. Run under the shim
 * by 13-queries.t, in a network of its own, with fake_host behind it. The name
 * servers are its own, so that it sees what they hear.
 */
#include "config.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <resolv.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cmocka.h>

#define SERVER_V4 "203.0.113.53"
#define SERVER_V6 "fd00::53"
#define MAPPED_V4 "::ffff:203.0.113.53"

enum { A = 1, AAAA = 28 };

/* The name servers; fd_v6 takes IPv6 alone. */
static int fd_v4 = -1;
static int fd_v6 = -1;

union address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
};

static socklen_t name_address(union address *ret, const char *text,
                              uint16_t port)
{
    memset(ret, 0, sizeof(*ret));
    if (!strchr(text, ':')) {
        ret->v4.sin_family = AF_INET;
        ret->v4.sin_port = htons(port);
        assert_int_equal(inet_pton(AF_INET, text, &ret->v4.sin_addr), 1);
        return sizeof(ret->v4);
    }
    ret->v6.sin6_family = AF_INET6;
    ret->v6.sin6_port = htons(port);
    assert_int_equal(inet_pton(AF_INET6, text, &ret->v6.sin6_addr), 1);
    return sizeof(ret->v6);
}

static int new_socket(const char *server, int type)
{
    int fd = socket(strchr(server, ':') ? AF_INET6 : AF_INET, type, 0);
    assert_true(fd >= 0);
    return fd;
}

static int serve(const char *text, int type)
{
    union address own;
    int on = 1;
    int fd = new_socket(text, type | SOCK_NONBLOCK);
    socklen_t len = name_address(&own, text, 53);
    if (own.any.sa_family == AF_INET6)
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    assert_int_equal(bind(fd, &own.any, len), 0);
    return fd;
}

static int connected(const char *server, int type)
{
    union address to;
    socklen_t len = name_address(&to, server, 53);
    int fd = new_socket(server, type);
    assert_int_equal(connect(fd, &to.any, len), 0);
    return fd;
}

/* A query with the id 0x1234. */
static size_t query(const char *name, int type, unsigned char *buf)
{
    int len = res_mkquery(QUERY, name, C_IN, type, NULL, 0, NULL, buf, 512);
    assert_true(len > 0);
    buf[0] = 0x12;
    buf[1] = 0x34;
    return (size_t)len;
}

static void assert_unheard(void)
{
    char buf[512];
    assert_int_equal(recv(fd_v4, buf, sizeof(buf), 0), -1);
    assert_int_equal(recv(fd_v6, buf, sizeof(buf), 0), -1);
}

/* server has heard len bytes; from whom, and the same are sent back. */
static void assert_heard(int server, const unsigned char *bytes, size_t len)
{
    char buf[512];
    union address from;
    socklen_t from_len = sizeof(from);
    struct pollfd ready = {server, POLLIN, 0};
    assert_int_equal(poll(&ready, 1, 10000), 1);
    assert_int_equal(
        recvfrom(server, buf, sizeof(buf), 0, &from.any, &from_len), len);
    assert_memory_equal(buf, bytes, len);
    assert_int_equal(sendto(server, buf, len, 0, &from.any, from_len), len);
}

static bool has_datagram(int fd, int wait_ms)
{
    struct pollfd ready = {fd, POLLIN, 0};
    return poll(&ready, 1, wait_ms) == 1;
}

static void assert_is_stand_in(const unsigned char *answer, ssize_t len)
{
    static const unsigned char stand_in[] = {127, 83, 0, 1};
    assert_true(len > 16);
    assert_memory_equal(answer, "\x12\x34", 2);
    assert_int_equal(answer[3] & 0x0f, 0);
    assert_int_equal(answer[7], 1);
    assert_memory_equal(answer + len - 4, stand_in, 4);
}

/* known.test's address has come, from server as it seems. */
static void assert_answered(int fd, const char *server)
{
    unsigned char answer[512];
    union address want, from;
    socklen_t len = name_address(&want, server, 53);
    socklen_t from_len = sizeof(from);
    memset(&from, 0, sizeof(from));
    assert_true(has_datagram(fd, 10000));
    ssize_t got = recvfrom(fd, answer, sizeof(answer), 0, &from.any, &from_len);
    assert_is_stand_in(answer, got);
    assert_int_equal(from_len, len);
    assert_memory_equal(&from, &want, len);
    assert_unheard();
}

static uint16_t port_of(int fd)
{
    union address own;
    socklen_t len = sizeof(own);
    assert_int_equal(getsockname(fd, &own.any, &len), 0);
    return own.any.sa_family == AF_INET6 ? own.v6.sin6_port : own.v4.sin_port;
}

static void assert_peer(int fd, const char *server)
{
    union address want, peer;
    socklen_t len = name_address(&want, server, 53);
    socklen_t peer_len = sizeof(peer);
    assert_int_equal(getpeername(fd, &peer.any, &peer_len), 0);
    assert_int_equal(peer_len, len);
    assert_memory_equal(&peer, &want, len);
}

static void connected_sockets_are_answered(void **state)
{
    static const char *const servers[] = {SERVER_V4, SERVER_V6, MAPPED_V4};
    unsigned char bytes[512];
    size_t len = query("known.test", A, bytes);
    (void)state;
    for (int i = 0; i < 3; i++) {
        int fd = connected(servers[i], SOCK_DGRAM);
        uint16_t port = port_of(fd);
        for (int twice = 0; twice < 2; twice++) {
            errno = 77;
            assert_int_equal(send(fd, bytes, len, 0), len);
            assert_int_equal(errno, 77);
            assert_answered(fd, servers[i]);
            assert_peer(fd, servers[i]);
            assert_int_equal(port_of(fd), port);
        }
        close(fd);
    }
}

/* What the program has bound itself keeps its address and port. */
static void bound_sockets_are_answered(void **state)
{
    unsigned char bytes[512];
    size_t len = query("known.test", A, bytes);
    union address own, after;
    socklen_t after_len = sizeof(after);
    (void)state;
    int fd = new_socket(SERVER_V4, SOCK_DGRAM);
    socklen_t own_len = name_address(&own, SERVER_V4, 0);
    assert_int_equal(bind(fd, &own.any, own_len), 0);
    own.v4.sin_port = port_of(fd);
    name_address(&after, SERVER_V4, 53);
    assert_int_equal(connect(fd, &after.any, own_len), 0);
    assert_int_equal(send(fd, bytes, len, 0), len);
    assert_answered(fd, SERVER_V4);
    assert_int_equal(getsockname(fd, &after.any, &after_len), 0);
    assert_memory_equal(&after, &own, own_len);
    close(fd);
}

/* dnspython, Net::DNS: the first message gives the socket its port. */
static void unconnected_sockets_are_answered(void **state)
{
    static const char *const servers[] = {SERVER_V4, SERVER_V6, MAPPED_V4};
    unsigned char bytes[512];
    size_t len = query("known.test", A, bytes);
    (void)state;
    for (int i = 0; i < 3; i++) {
        union address to;
        int fd = new_socket(servers[i], SOCK_DGRAM);
        socklen_t to_len = name_address(&to, servers[i], 53);
        for (int twice = 0; twice < 2; twice++) {
            assert_int_equal(sendto(fd, bytes, len, 0, &to.any, to_len), len);
            assert_answered(fd, servers[i]);
        }
        close(fd);
    }
}

/* An answer that is under way is not lost for one that is given here. */
static void other_answers_come_too(void **state)
{
    unsigned char known[512], unknown[512], answer[512];
    size_t known_len = query("known.test", A, known);
    size_t len = query("unknown.test", A, unknown);
    int fd = connected(SERVER_V4, SOCK_DGRAM);
    (void)state;
    assert_int_equal(send(fd, unknown, len, 0), len);
    assert_int_equal(send(fd, known, known_len, 0), known_len);
    assert_heard(fd_v4, unknown, len);
    assert_is_stand_in(answer, recv(fd, answer, sizeof(answer), 0));
    assert_int_equal(recv(fd, answer, sizeof(answer), 0), len);
    assert_memory_equal(answer, unknown, len);
    close(fd);
}

static void unknown_names_reach_their_server(void **state)
{
    unsigned char bytes[512], answer[512];
    size_t len = query("unknown.test", A, bytes);
    union address to;
    (void)state;
    int fd = connected(SERVER_V6, SOCK_DGRAM);
    assert_int_equal(send(fd, bytes, len, 0), len);
    assert_heard(fd_v6, bytes, len);
    assert_int_equal(recv(fd, answer, sizeof(answer), 0), len);
    close(fd);
    fd = new_socket(SERVER_V4, SOCK_DGRAM);
    socklen_t to_len = name_address(&to, SERVER_V4, 53);
    assert_int_equal(sendto(fd, bytes, len, 0, &to.any, to_len), len);
    assert_heard(fd_v4, bytes, len);
    assert_int_equal(recv(fd, answer, sizeof(answer), 0), len);
    close(fd);
}

static void other_ports_are_left_alone(void **state)
{
    unsigned char bytes[512], heard[512];
    size_t len = query("known.test", A, bytes);
    union address own;
    socklen_t own_len = sizeof(own);
    int server = new_socket(SERVER_V4, SOCK_DGRAM);
    int fd = new_socket(SERVER_V4, SOCK_DGRAM);
    (void)state;
    name_address(&own, "127.0.0.1", 0);
    assert_int_equal(bind(server, &own.any, sizeof(own.v4)), 0);
    assert_int_equal(getsockname(server, &own.any, &own_len), 0);
    assert_int_equal(sendto(fd, bytes, len, 0, &own.any, own_len), len);
    assert_int_equal(recv(server, heard, sizeof(heard), 0), len);
    close(fd);
    close(server);
}

static void pieces_are_put_together(void **state)
{
    unsigned char bytes[512];
    size_t len = query("known.test", A, bytes);
    struct iovec parts[] = {
        {bytes, 12}, {bytes + 12, 4}, {bytes + 16, len - 16}};
    struct msghdr message = {.msg_iov = parts, .msg_iovlen = 3};
    int fd = connected(SERVER_V4, SOCK_DGRAM);
    (void)state;
    assert_int_equal(sendmsg(fd, &message, 0), len);
    assert_answered(fd, SERVER_V4);
    assert_int_equal(writev(fd, parts, 3), len);
    assert_answered(fd, SERVER_V4);
    close(fd);
}

static void sendmmsg_goes_as_far_as_it_can(void **state)
{
    unsigned char known[512], unknown[512];
    struct iovec parts[] = {{unknown, query("unknown.test", A, unknown)},
                            {known, query("known.test", A, known)}};
    struct mmsghdr messages[] = {
        {.msg_hdr = {.msg_iov = &parts[0], .msg_iovlen = 1}},
        {.msg_hdr = {.msg_iov = &parts[1], .msg_iovlen = 1}}};
    int fd = connected(SERVER_V4, SOCK_DGRAM);
    (void)state;
    assert_int_equal(sendmmsg(fd, messages, 2, 0), 1);
    assert_heard(fd_v4, unknown, parts[0].iov_len);
    assert_int_equal(recv(fd, unknown, sizeof(unknown), 0), parts[0].iov_len);
    assert_int_equal(sendmmsg(fd, messages + 1, 1, 0), 1);
    assert_int_equal(messages[1].msg_len, parts[1].iov_len);
    assert_answered(fd, SERVER_V4);
    close(fd);
}

static void recvmsg_tells_the_server(void **state)
{
    unsigned char bytes[512];
    union address from, want;
    struct iovec part = {bytes, sizeof(bytes)};
    struct msghdr message = {.msg_name = &from,
                             .msg_namelen = sizeof(from),
                             .msg_iov = &part,
                             .msg_iovlen = 1};
    size_t len = query("known.test", A, bytes);
    socklen_t short_len = 4;
    int fd = connected(SERVER_V4, SOCK_DGRAM);
    (void)state;
    assert_int_equal(send(fd, bytes, len, 0), len);
    assert_int_equal(send(fd, bytes, len, 0), len);
    assert_is_stand_in(bytes, recvmsg(fd, &message, 0));
    assert_int_equal(message.msg_namelen, name_address(&want, SERVER_V4, 53));
    assert_memory_equal(&from, &want, sizeof(want.v4));
    /* No more is written than there is room. */
    memset(&from, 0x55, sizeof(from));
    assert_true(recvfrom(fd, bytes, sizeof(bytes), 0, &from.any, &short_len) >
                0);
    assert_int_equal(((unsigned char *)&from)[4], 0x55);
    close(fd);
}

/* As libuv receives. */
static void recvmmsg_tells_the_server(void **state)
{
    unsigned char query_bytes[512], bytes[2][512];
    union address from[2], want;
    struct iovec parts[2] = {{bytes[0], sizeof(bytes[0])},
                             {bytes[1], sizeof(bytes[1])}};
    struct mmsghdr messages[2] = {{.msg_hdr = {.msg_name = &from[0],
                                               .msg_namelen = sizeof(from[0]),
                                               .msg_iov = &parts[0],
                                               .msg_iovlen = 1}},
                                  {.msg_hdr = {.msg_name = &from[1],
                                               .msg_namelen = 4,
                                               .msg_iov = &parts[1],
                                               .msg_iovlen = 1}}};
    size_t len = query("known.test", A, query_bytes);
    int fd = connected(SERVER_V4, SOCK_DGRAM);
    (void)state;
    memset(from, 0x55, sizeof(from));
    assert_int_equal(send(fd, query_bytes, len, 0), len);
    assert_int_equal(send(fd, query_bytes, len, 0), len);
    assert_int_equal(recvmmsg(fd, messages, 2, 0, NULL), 2);
    assert_is_stand_in(bytes[1], messages[1].msg_len);
    assert_int_equal(messages[0].msg_hdr.msg_namelen,
                     name_address(&want, SERVER_V4, 53));
    assert_memory_equal(&from[0], &want, sizeof(want.v4));
    /* No more is written than there is room. */
    assert_int_equal(((unsigned char *)&from[1])[4], 0x55);
    close(fd);
}

static int code_of(const char *name, int wait_ms)
{
    unsigned char bytes[512];
    size_t len = query(name, A, bytes);
    int fd = connected(SERVER_V4, SOCK_DGRAM);
    assert_int_equal(send(fd, bytes, len, 0), len);
    int code =
        has_datagram(fd, wait_ms) && recv(fd, bytes, sizeof(bytes), 0) > 12
            ? bytes[3] & 0x0f
            : -1;
    close(fd);
    assert_unheard();
    return code;
}

static void faults_are_told(void **state)
{
    (void)state;
    assert_int_equal(code_of("nx.test", 10000), ns_r_nxdomain);
    assert_int_equal(code_of("broken.test", 10000), ns_r_servfail);
    /* A time-out is the program's own to find. */
    assert_int_equal(code_of("slow.test", 0), -1);
}

static void epoll_sees_the_answer(void **state)
{
    unsigned char bytes[512];
    struct epoll_event event = {.events = EPOLLIN | EPOLLET};
    size_t len = query("known.test", A, bytes);
    int fd = connected(SERVER_V4, SOCK_DGRAM | SOCK_NONBLOCK);
    int epoll = epoll_create1(0);
    (void)state;
    assert_int_equal(epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event), 0);
    (void)epoll_wait(epoll, &event, 1, 0);
    assert_int_equal(send(fd, bytes, len, 0), len);
    assert_int_equal(epoll_wait(epoll, &event, 1, 10000), 1);
    assert_true(event.events & EPOLLIN);
    assert_answered(fd, SERVER_V4);
    close(epoll);
    close(fd);
}

/* One behind the other with their lengths, as c-ares does. */
static size_t frame(const char *name, unsigned char *buf)
{
    size_t len = query(name, A, buf + 2);
    buf[0] = 0;
    buf[1] = (unsigned char)len;
    return len + 2;
}

static void tcp_is_refused_for_known_names_alone(void **state)
{
    unsigned char bytes[1024], heard[1024];
    int listener = serve(SERVER_V4, SOCK_STREAM);
    (void)state;
    assert_int_equal(listen(listener, 4), 0);
    int fd = connected(SERVER_V4, SOCK_STREAM);
    int server = accept(listener, NULL, NULL);
    size_t len = frame("unknown.test", bytes);
    assert_int_equal(send(fd, bytes, len, 0), len);
    assert_int_equal(recv(server, heard, sizeof(heard), 0), len);
    len += frame("known.test", bytes + len);
    assert_int_equal(send(fd, bytes, len, MSG_NOSIGNAL), -1);
    assert_int_equal(errno, ECONNRESET);
    assert_int_equal(recv(server, heard, sizeof(heard), 0), 0);
    assert_int_equal(recv(fd, heard, sizeof(heard), 0), 0);
    close(server);
    close(fd);
    /* The length in a message of its own. */
    fd = connected(SERVER_V4, SOCK_STREAM);
    server = accept(listener, NULL, NULL);
    len = frame("known.test", bytes);
    assert_int_equal(send(fd, bytes, 2, 0), 2);
    assert_int_equal(send(fd, bytes + 2, len - 2, MSG_NOSIGNAL), -1);
    assert_int_equal(recv(server, heard, sizeof(heard), 0), 2);
    close(server);
    close(fd);
    close(listener);
}

static void what_cannot_be_answered_is_refused(void **state)
{
    unsigned char bytes[512];
    size_t len = query("known.test", A, bytes);
    int on = 1;
    union address own;
    (void)state;
    int fd = connected(SERVER_V4, SOCK_DGRAM);
    assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, "lo", 3), 0);
    assert_int_equal(send(fd, bytes, len, 0), -1);
    assert_int_equal(errno, ECONNREFUSED);
    close(fd);
    fd = new_socket(SERVER_V6, SOCK_DGRAM);
    setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
    socklen_t own_len = name_address(&own, "::", 0);
    assert_int_equal(bind(fd, &own.any, own_len), 0);
    own_len = name_address(&own, SERVER_V6, 53);
    assert_int_equal(sendto(fd, bytes, len, 0, &own.any, own_len), -1);
    assert_int_equal(errno, ECONNREFUSED);
    close(fd);
    assert_unheard();
}

static void libc_is_answered(void **state)
{
    struct __res_state resolver = {0};
    unsigned char answer[512], bytes[512];
    (void)state;
    assert_int_equal(res_ninit(&resolver), 0);
    size_t len = query("known.test", A, bytes);
    int want = res_query("known.test", C_IN, A, answer, sizeof(answer));
    assert_int_equal(want, len + 16);
    assert_int_equal(res_search("known.test.", C_IN, A, answer, sizeof(answer)),
                     want);
    assert_int_equal(
        res_querydomain("known", "test", C_IN, A, answer, sizeof(answer)),
        want);
    assert_int_equal(res_send(bytes, (int)len, answer, sizeof(answer)), want);
    assert_is_stand_in(answer, want);
    assert_int_equal(
        res_nquery(&resolver, "known.test", C_IN, A, answer, sizeof(answer)),
        want);
    assert_int_equal(
        res_nsearch(&resolver, "known.test", C_IN, A, answer, sizeof(answer)),
        want);
    assert_int_equal(res_nquerydomain(&resolver, "known", "test", C_IN, A,
                                      answer, sizeof(answer)),
                     want);
    assert_int_equal(
        res_nsend(&resolver, bytes, (int)len, answer, sizeof(answer)), want);
    assert_is_stand_in(answer, want);
    assert_int_equal(res_send(bytes, (int)len, answer, 20), 20);
    res_nclose(&resolver);
    assert_unheard();
}

static void libc_tells_failures(void **state)
{
    unsigned char answer[512], bytes[512];
    (void)state;
    size_t len = query("slow.test", A, bytes);
    assert_int_equal(
        res_query("known.test", C_IN, AAAA, answer, sizeof(answer)), -1);
    assert_int_equal(h_errno, NO_DATA);
    assert_int_equal(res_query("nx.test", C_IN, A, answer, sizeof(answer)), -1);
    assert_int_equal(h_errno, HOST_NOT_FOUND);
    assert_int_equal(res_query("slow.test", C_IN, A, answer, sizeof(answer)),
                     -1);
    assert_int_equal(h_errno, TRY_AGAIN);
    assert_int_equal(res_send(bytes, (int)len, answer, sizeof(answer)), -1);
    assert_int_equal(errno, ETIMEDOUT);
    assert_unheard();
}

/* The table of servers is full then: the last test. */
static void too_many_servers_are_refused(void **state)
{
    unsigned char bytes[512];
    char server[32];
    size_t len = query("known.test", A, bytes);
    int fd = new_socket(SERVER_V4, SOCK_DGRAM);
    union address to;
    int refused = 0;
    (void)state;
    for (int i = 1; i <= 65; i++) {
        snprintf(server, sizeof(server), "198.51.100.%d", i);
        socklen_t to_len = name_address(&to, server, 53);
        refused += sendto(fd, bytes, len, 0, &to.any, to_len) < 0;
    }
    assert_in_range(refused, 1, 8);
    socklen_t to_len = name_address(&to, SERVER_V4, 53);
    assert_int_equal(sendto(fd, bytes, len, 0, &to.any, to_len), len);
    close(fd);
}

static int start_servers(void **state)
{
    (void)state;
    fd_v4 = serve(SERVER_V4, SOCK_DGRAM);
    fd_v6 = serve(SERVER_V6, SOCK_DGRAM);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unknown_names_reach_their_server),
        cmocka_unit_test(connected_sockets_are_answered),
        cmocka_unit_test(unconnected_sockets_are_answered),
        cmocka_unit_test(bound_sockets_are_answered),
        cmocka_unit_test(other_answers_come_too),
        cmocka_unit_test(other_ports_are_left_alone),
        cmocka_unit_test(pieces_are_put_together),
        cmocka_unit_test(sendmmsg_goes_as_far_as_it_can),
        cmocka_unit_test(recvmsg_tells_the_server),
        cmocka_unit_test(recvmmsg_tells_the_server),
        cmocka_unit_test(faults_are_told),
        cmocka_unit_test(epoll_sees_the_answer),
        cmocka_unit_test(tcp_is_refused_for_known_names_alone),
        cmocka_unit_test(what_cannot_be_answered_is_refused),
        cmocka_unit_test(libc_is_answered),
        cmocka_unit_test(libc_tells_failures),
        cmocka_unit_test(too_many_servers_are_refused),
    };
    return cmocka_run_group_tests(tests, start_servers, NULL);
}
