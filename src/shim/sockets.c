/*
 * sockets: connect and getpeername. See sockets.h. A connection to a stand-in
 * goes to the same address at the host's port, from this process's own source
 * address; nothing else about the socket changes, and no state is kept but a
 * small cache of ports.
 */
#include "config.h"

#include "shim/sockets.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdatomic.h>
#include <string.h>

#include "control/control.h"
#include "shim/hooks.h"
#include "shim/inside.h"
#include "shim/member.h"
#include "shim/nameservers.h"
#include "shim/queries.h"
#include "shim/quiet.h"
#include "shim/readable.h"
#include "shim/shim.h"

/* Stand-in and port pairs that one process uses; more are asked again. */
#define CACHE_SIZE 64

/* Linux 4.2 and 5.6; older headers lack the second. */
#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP 262
#endif

/*
 * One word per pair, 0 when free:
 *
 *     63     48 47      32 31        16 15       0
 *     | unused | stand-in | host's port |  port  |
 */
static _Atomic(uint64_t) cache[CACHE_SIZE];

static uint64_t pack(const struct ow_target *target, uint16_t host_port)
{
    uint64_t stand_in = (uint64_t)target->address[2] << 8 | target->address[3];
    return stand_in << 32 | (uint64_t)host_port << 16 | target->port;
}

/* The host's port for a stand-in and port, or 0. */
static uint16_t cache_find(const struct ow_target *target)
{
    const uint64_t host_port = 0xffff0000u;
    for (size_t i = 0; i < CACHE_SIZE; i++) {
        uint64_t word = atomic_load_explicit(&cache[i], memory_order_relaxed);
        if (word == 0)
            return 0;
        if ((word & ~host_port) == pack(target, 0))
            return (uint16_t)(word >> 16);
    }
    return 0;
}

/* The program's port for a stand-in and the host's port, or 0. */
static uint16_t cache_find_original(const struct ow_target *target)
{
    for (size_t i = 0; i < CACHE_SIZE; i++) {
        uint64_t word = atomic_load_explicit(&cache[i], memory_order_relaxed);
        if (word == 0)
            return 0;
        if (word >> 16 == pack(target, target->port) >> 16)
            return (uint16_t)word;
    }
    return 0;
}

static void cache_add(const struct ow_target *target, uint16_t host_port)
{
    uint64_t word = pack(target, host_port);
    for (size_t i = 0; i < CACHE_SIZE; i++) {
        uint64_t there = 0;
        if (atomic_compare_exchange_strong(&cache[i], &there, word) ||
            there == word)
            return;
    }
}

static void describe(const struct ow_target *target, enum ow_question_kind kind,
                     struct ow_question *question)
{
    ow_question_init(question, kind);
    question->family = (uint32_t)target->family;
    memcpy(question->address, target->address, sizeof(question->address));
    question->port = target->port;
}

static int get_option(int fd, int level, int name)
{
    int value = -1;
    socklen_t len = sizeof(value);
    if (getsockopt(fd, level, name, &value, &len) != 0)
        return -1;
    return value;
}

int ow_sockets_type(int fd)
{
    return get_option(fd, SOL_SOCKET, SO_TYPE);
}

static void set_option(int fd, int level, int name, int value)
{
    setsockopt(fd, level, name, &value, sizeof(value));
}

/* The address that fd would connect from is still the kernel's to choose. */
static bool is_unbound(int fd, int *ret_family)
{
    union ow_target_sockaddr own;
    socklen_t len = sizeof(own);
    static const uint8_t none[16];
    memset(&own, 0, sizeof(own));
    if (getsockname(fd, &own.any, &len) != 0)
        return false;
    *ret_family = (int)own.any.sa_family;
    if (own.any.sa_family == AF_INET)
        return own.v4.sin_port == 0 && own.v4.sin_addr.s_addr == 0;
    return own.any.sa_family == AF_INET6 && own.v6.sin6_port == 0 &&
           memcmp(&own.v6.sin6_addr, none, sizeof(none)) == 0;
}

/*
 * The source tells the host who asks. No port is taken yet, so that the
 * kernel chooses it by the whole four-tuple, as without bind().
 */
static void bind_source(int fd, int family)
{
    union ow_target_sockaddr own;
    socklen_t len = sizeof(own.v4);
    uint32_t source = ow_member_source();
    if (source == 0)
        return;
    memset(&own, 0, sizeof(own));
    own.any.sa_family = (sa_family_t)family;
    if (family == AF_INET) {
        own.v4.sin_addr.s_addr = source;
    } else {
        own.v6.sin6_addr.s6_addr[10] = 0xff;
        own.v6.sin6_addr.s6_addr[11] = 0xff;
        memcpy(own.v6.sin6_addr.s6_addr + 12, &source, 4);
        len = sizeof(own.v6);
        set_option(fd, IPPROTO_IPV6, IPV6_V6ONLY, 0);
    }
    set_option(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1);
    (void)bind(fd, &own.any, len);
}

static void prepare(int fd)
{
    int family;
    /* Clients that write a request's head and body apart would wait for the
     * delayed acknowledgement. */
    set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1);
    if (is_unbound(fd, &family))
        bind_source(fd, family);
}

/* connect() to the host's port, and to new_address unless that is NULL. */
static int connect_to_host(int fd, const struct sockaddr *address,
                           socklen_t len, const uint8_t *new_address,
                           uint16_t port)
{
    union ow_target_sockaddr copy;
    memset(&copy, 0, sizeof(copy));
    memcpy(&copy, address, len < sizeof(copy) ? len : sizeof(copy));
    if (copy.any.sa_family == AF_INET) {
        copy.v4.sin_port = htons(port);
        if (new_address)
            memcpy(&copy.v4.sin_addr, new_address, 4);
        len = sizeof(copy.v4);
    } else {
        copy.v6.sin6_port = htons(port);
        if (new_address) {
            memset(&copy.v6.sin6_addr, 0, 10);
            memset(copy.v6.sin6_addr.s6_addr + 10, 0xff, 2);
            memcpy(copy.v6.sin6_addr.s6_addr + 12, new_address, 4);
        }
        len = sizeof(copy.v6);
    }
    ow_member_set_diverted();
    ow_inside_trust();
    int kept = errno;
    prepare(fd);
    errno = kept;
    return OW_REAL(connect)(fd, &copy.any, len);
}

static int fail(int error)
{
    errno = error;
    return -1;
}

/* A socket that does not block fails at once: the program must not wait. */
static int fail_late(int fd, const struct ow_control_answer *answer)
{
    int flags = fcntl(fd, F_GETFL);
    if (flags >= 0 && !(flags & O_NONBLOCK))
        ow_quiet_sleep_ms(answer->delay_ms);
    return fail(answer->error > 0 ? answer->error : ECONNREFUSED);
}

static int ask_and_connect(int fd, const struct sockaddr *address,
                           socklen_t len, const struct ow_target *target)
{
    struct ow_question question;
    struct ow_control_answer answer;
    describe(target, OW_QUESTION_CONNECT, &question);
    enum ow_verdict verdict = ow_member_ask(&question, &answer);
    if (verdict == OW_VERDICT_PASS)
        return OW_REAL(connect)(fd, address, len);
    if (verdict == OW_VERDICT_FAIL && target->port == OW_QUERIES_PORT &&
        ow_sockets_type(fd) == SOCK_DGRAM)
        return ow_queries_connect(fd, address, len);
    if (verdict == OW_VERDICT_FAIL)
        return fail_late(fd, &answer);
    if (verdict != OW_VERDICT_TAKE)
        return fail(ECONNREFUSED);
    bool moves = answer.address[0] != 0 &&
                 !(target->family == AF_INET &&
                   memcmp(answer.address, target->address, 4) == 0);
    if (ow_target_is_stand_in(target) && !moves)
        cache_add(target, answer.port);
    return connect_to_host(fd, address, len, moves ? answer.address : NULL,
                           answer.port);
}

bool ow_sockets_concerns(const struct ow_target *target)
{
    if (ow_target_is_stand_in(target))
        return true;
    /* Rules may name addresses; only the host knows, so join first. */
    if (!ow_member_join())
        return !ow_target_is_loopback(target);
    uint32_t flags = ow_member_flags();
    if (flags & OW_SESSION_LITERALS)
        return true;
    return flags & OW_SESSION_ISOLATE && !ow_target_is_loopback(target);
}

/* Only TCP can be diverted; what else aims at a stand-in is refused. */
static bool is_tcp(int fd)
{
    int protocol = get_option(fd, SOL_SOCKET, SO_PROTOCOL);
    return protocol == IPPROTO_TCP || protocol == IPPROTO_MPTCP;
}

int ow_sockets_connect(int fd, const struct sockaddr *address, socklen_t len,
                       const struct ow_target *target)
{
    int kept = errno;
    int type = ow_sockets_type(fd);
    if (type < 0)
        return -1; /* EBADF or ENOTSOCK, as connect() says it */
    bool is_stand_in = ow_target_is_stand_in(target);
    if (type == SOCK_STREAM && !is_tcp(fd))
        type = SOCK_RAW;
    errno = kept;
    if (type != SOCK_STREAM && is_stand_in)
        return fail(ECONNREFUSED);
    if (type != SOCK_STREAM && !(ow_member_flags() & OW_SESSION_ISOLATE))
        return OW_REAL(connect)(fd, address, len);
    uint16_t port = 0;
    if (is_stand_in && ow_member_join() &&
        !(ow_member_flags() & OW_SESSION_ASK_CONNECT))
        port = cache_find(target);
    if (port)
        return connect_to_host(fd, address, len, NULL, port);
    return ask_and_connect(fd, address, len, target);
}

/* Makes no system call but what is said: a live run is as if we were not there.
 */
static void tell_live(const struct sockaddr *address, socklen_t len)
{
    if (!ow_shim_inert() && len >= sizeof(struct sockaddr_in) &&
        ow_readable_seems(address) &&
        (address->sa_family == AF_INET || address->sa_family == AF_INET6))
        ow_shim_tell_live();
}

static int hook_connect(int fd, const struct sockaddr *address, socklen_t len)
{
    struct ow_target target;
    if (!ow_shim_awake())
        tell_live(address, len);
    if (!ow_shim_awake() || !ow_target_read(address, len, &target))
        return OW_REAL(connect)(fd, address, len);
    int kept = errno;
    bool concerns = ow_sockets_concerns(&target);
    errno = kept;
    if (!concerns)
        return OW_REAL(connect)(fd, address, len);
    return ow_sockets_connect(fd, address, len, &target);
}

int connect(int fd, __CONST_SOCKADDR_ARG address, socklen_t len)
{
    return hook_connect(fd, address.__sockaddr__, len);
}

int __connect(int fd, __CONST_SOCKADDR_ARG address, socklen_t len)
{
    return hook_connect(fd, address.__sockaddr__, len);
}

/*
 * What the program connected to: its port, and its address if the host moved
 * it to a stand-in (rules that name an address). False: leave it as it is.
 */
static bool find_original(const struct ow_target *peer, uint16_t *ret_port,
                          char literal[OW_CONTROL_NAME_MAX])
{
    struct ow_question question;
    struct ow_control_answer answer;
    literal[0] = '\0';
    *ret_port = cache_find_original(peer);
    if (*ret_port)
        return true;
    describe(peer, OW_QUESTION_PEER, &question);
    if (ow_member_ask(&question, &answer) != OW_VERDICT_TAKE)
        return false;
    *ret_port = answer.port;
    memcpy(literal, answer.name, sizeof(answer.name));
    return true;
}

/* Puts an address that was written in digits into one of the same family. */
static void set_literal(union ow_target_sockaddr *address, const char *literal)
{
    struct in_addr v4;
    bool is_v4 = inet_pton(AF_INET, literal, &v4) == 1;
    if (address->any.sa_family == AF_INET && is_v4)
        address->v4.sin_addr = v4;
    else if (address->any.sa_family == AF_INET6 && is_v4)
        memcpy(address->v6.sin6_addr.s6_addr + 12, &v4, sizeof(v4));
    else if (address->any.sa_family == AF_INET6)
        inet_pton(AF_INET6, literal, &address->v6.sin6_addr);
}

/* Whether a peer's address may be the host's. */
static bool may_be_host(const struct ow_target *peer)
{
    if (ow_target_is_stand_in(peer))
        return true;
    /* The listener itself takes what a rule says of 127.0.0.1. */
    return ow_member_flags() & OW_SESSION_LITERALS &&
           ow_target_is_loopback(peer);
}

static void correct(struct sockaddr *any, socklen_t len,
                    const struct ow_target *peer)
{
    union ow_target_sockaddr copy;
    char literal[OW_CONTROL_NAME_MAX];
    uint16_t port;
    if (!find_original(peer, &port, literal))
        return;
    memcpy(&copy, any, len);
    if (copy.any.sa_family == AF_INET)
        copy.v4.sin_port = htons(port);
    else
        copy.v6.sin6_port = htons(port);
    set_literal(&copy, literal);
    memcpy(any, &copy, len);
}

int getpeername(int fd, __SOCKADDR_ARG address, socklen_t *restrict len)
{
    struct ow_target peer;
    struct sockaddr *any = address.__sockaddr__;
    if (!ow_shim_awake() || !ow_readable_seems(len))
        return OW_REAL(getpeername)(fd, any, len);
    socklen_t room = *len;
    int kept = errno;
    int result = OW_REAL(getpeername)(fd, any, len);
    if (result != 0)
        return result;
    /* *len is what there is, of which room was written. */
    socklen_t written = *len < room ? *len : room;
    if (written <= (socklen_t)sizeof(union ow_target_sockaddr) &&
        ow_target_read(any, written, &peer) && may_be_host(&peer))
        correct(any, written, &peer);
    else
        ow_nameservers_correct(any, room, len);
    errno = kept;
    return result;
}
