/*
 * queries: queries to name servers, met in the program. See queries.h. Called
 * by datagrams.c and resolver.c; calls names.c and nameservers.c.
 *
 * The answer is a datagram like any other, so that the program waits for it as
 * it likes. A socket that is connected takes none but its peer's: it is
 * disconnected while the answer is under way, and then connected again. Its
 * port stays, and answers to its other queries come in meanwhile.
 */
#include "config.h"

#include "shim/queries.h"

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "control/control.h"
#include "shim/hooks.h"
#include "shim/member.h"
#include "shim/names.h"
#include "shim/nameservers.h"
#include "shim/quiet.h"
#include "shim/shim.h"
#include "shim/sockets.h"
#include "shim/target.h"

/* Parts of a message that are looked at: a length, a head, a question. */
#define PARTS_MAX 8

struct place {
    union ow_target_sockaddr address;
    socklen_t len;
};

/* A query under way. */
struct way {
    int fd;
    struct place server; /* whom it is for */
    /* Whom fd is connected to: the server or, isolated, nobody behind an
     * address of ours. Its len is 0 if to none. */
    struct place peer;
};

/* As the kernel would tell it: nothing behind it, and no filling. */
static void set_address(struct place *place, const struct sockaddr *address,
                        socklen_t len)
{
    bool is_v4 =
        len >= sizeof(address->sa_family) && address->sa_family == AF_INET;
    socklen_t usual =
        is_v4 ? sizeof(place->address.v4) : sizeof(place->address.v6);
    place->len = len < usual ? len : usual;
    memset(&place->address, 0, sizeof(place->address));
    memcpy(&place->address, address, place->len);
    if (is_v4)
        memset(place->address.v4.sin_zero, 0,
               sizeof(place->address.v4.sin_zero));
}

/* Whether a message names a place to send it to that is none. */
static bool is_astray(const struct msghdr *message)
{
    size_t size = message->msg_namelen < sizeof(union ow_target_sockaddr)
                      ? message->msg_namelen
                      : sizeof(union ow_target_sockaddr);
    return message->msg_name && (size < sizeof(struct sockaddr_in) ||
                                 !ow_readable(message->msg_name, size));
}

/* Whom fd would send to. False: no name server. */
static bool find_server(int fd, const struct msghdr *message, struct way *ret)
{
    struct ow_target target;
    int kept = errno;
    if (is_astray(message))
        return false;
    ret->fd = fd;
    ret->peer.len = sizeof(ret->peer.address);
    if (OW_REAL(getpeername)(fd, &ret->peer.address.any, &ret->peer.len) != 0)
        ret->peer.len = 0;
    errno = kept;
    ret->server = ret->peer;
    ow_nameservers_correct(&ret->server.address.any,
                           sizeof(ret->server.address), &ret->server.len);
    if (message->msg_name)
        set_address(&ret->server, message->msg_name, message->msg_namelen);
    return ow_target_read(&ret->server.address.any, ret->server.len, &target) &&
           target.port == OW_QUERIES_PORT && !ow_target_is_stand_in(&target);
}

/* Our address for server, as a socket of its family has it. */
static bool name_ours(const struct place *server, struct place *ret)
{
    struct in_addr v4;
    if (!ow_nameservers_take(&server->address.any, server->len, &v4))
        return false;
    *ret = *server;
    if (server->address.any.sa_family == AF_INET) {
        ret->address.v4.sin_addr = v4;
        return true;
    }
    uint8_t *v6 = ret->address.v6.sin6_addr.s6_addr;
    memset(v6, 0, 10);
    memset(v6 + 10, 0xff, 2);
    memcpy(v6 + 12, &v4, sizeof(v4));
    ret->address.v6.sin6_scope_id = 0;
    return true;
}

int ow_queries_connect(int fd, const struct sockaddr *address, socklen_t len)
{
    struct place server;
    struct place ours;
    set_address(&server, address, len);
    if (name_ours(&server, &ours))
        return OW_REAL(connect)(fd, &ours.address.any, ours.len);
    errno = ECONNREFUSED;
    return -1;
}

/* What is about to be sent, as far as it is looked at. */
struct sent {
    const uint8_t *bytes;
    size_t len;
    struct ow_dns_query query; /* the first, or the one under way */
};

/* It stands in the same message or in one of its own. */
#define FRAME_SIZE OW_QUERIES_FRAME

static bool find_first(struct sent *sent)
{
    return ow_dns_parse(sent->bytes, sent->len, &sent->query) == 0 ||
           (sent->len > FRAME_SIZE &&
            ow_dns_parse(sent->bytes + FRAME_SIZE, sent->len - FRAME_SIZE,
                         &sent->query) == 0);
}

/* The query behind the one under way, as some clients send them by TCP. */
static bool find_next(struct sent *sent)
{
    size_t at = (size_t)(sent->query.bytes - sent->bytes);
    if (at < FRAME_SIZE)
        return false;
    for (at -= FRAME_SIZE; sent->len - at > FRAME_SIZE;) {
        const uint8_t *frame = sent->bytes + at;
        size_t size = FRAME_SIZE + (size_t)(frame[0] << 8 | frame[1]);
        if (size >= sent->len - at)
            return false;
        at += size;
        if (sent->len - at > FRAME_SIZE &&
            ow_dns_parse(sent->bytes + at + FRAME_SIZE,
                         sent->len - at - FRAME_SIZE, &sent->query) == 0)
            return true;
    }
    return false;
}

/* The beginning of a message in several pieces: how much of it is in buf. */
static size_t gather(const struct msghdr *message,
                     uint8_t buf[OW_LIMIT_DNS_MESSAGE])
{
    size_t len = 0;
    for (size_t i = 0; i < message->msg_iovlen && i < PARTS_MAX; i++) {
        const struct iovec *part = &message->msg_iov[i];
        size_t room = OW_LIMIT_DNS_MESSAGE - len;
        size_t n = part->iov_len < room ? part->iov_len : room;
        if (n > 0 && !ow_readable_seems(part->iov_base))
            break;
        if (n > 0)
            memcpy(buf + len, part->iov_base, n);
        len += n;
    }
    return len;
}

/* What begins with a short piece may be anything: that can be a length. */
static bool is_likely(const struct msghdr *message)
{
    if (message->msg_iovlen == 0 || message->msg_iovlen > PARTS_MAX ||
        !ow_readable_seems(message->msg_iov))
        return false;
    const struct iovec *first = &message->msg_iov[0];
    return ow_queries_is_likely(first->iov_base, first->iov_len) ||
           (message->msg_iovlen > 1 &&
            first->iov_len < FRAME_SIZE + OW_DNS_QUERY_MIN);
}

static size_t size_of(const struct msghdr *message)
{
    size_t size = 0;
    for (size_t i = 0; i < message->msg_iovlen; i++)
        size += message->msg_iov[i].iov_len;
    return size;
}

static enum ow_dns_code code_of(const struct ow_names_fate *fate)
{
    if (fate->verdict == OW_VERDICT_TAKE)
        return OW_DNS_NOERROR;
    return fate->error == EAI_NONAME ? OW_DNS_NXDOMAIN : OW_DNS_SERVFAIL;
}

size_t ow_queries_answer(const struct ow_dns_query *query,
                         const struct ow_names_fate *fate,
                         uint8_t answer[OW_LIMIT_DNS_MESSAGE])
{
    struct in_addr stand_in = {0};
    if (fate->delay_ms > 0)
        return 0;
    (void)inet_pton(AF_INET, fate->v4, &stand_in);
    struct ow_dns_reply reply = {code_of(fate), (const uint8_t *)&stand_in};
    ssize_t len = ow_dns_answer(query, &reply, answer, OW_LIMIT_DNS_MESSAGE);
    return len > 0 ? (size_t)len : 0;
}

/* Binds fd, which has no port, to one; 0: the kernel's choice, as its first
 * message would have got it. Ours will come by IPv4. */
static int bind_to(int fd, struct place *own, uint16_t port)
{
    int only_v6 = 0;
    if (own->address.any.sa_family == AF_INET6) {
        own->address.v6.sin6_port = htons(port);
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &only_v6, sizeof(only_v6));
    } else {
        own->address.v4.sin_port = htons(port);
    }
    return bind(fd, &own->address.any, own->len) == 0 ? 0 : -errno;
}

static int get_own(int fd, struct place *ret, struct ow_target *ret_target)
{
    ret->len = sizeof(ret->address);
    if (getsockname(fd, &ret->address.any, &ret->len) != 0)
        return -errno;
    return ow_target_read(&ret->address.any, ret->len, ret_target)
               ? 0
               : -EAFNOSUPPORT;
}

/* Hears of nothing on "lo"; and to disconnect it would undo that. */
static bool is_of_device(int fd)
{
    char device[IFNAMSIZ];
    socklen_t len = sizeof(device);
    return getsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, device, &len) == 0 &&
           len > 0;
}

/* Is bound to an address of IPv6, or to IPv6 alone: hears of nothing that comes
 * by IPv4. */
static bool is_of_v6(int fd, const struct ow_target *own)
{
    static const uint8_t none[16];
    int only_v6 = 0;
    socklen_t len = sizeof(only_v6);
    return own->family == AF_INET6 &&
           (memcmp(own->address, none, sizeof(none)) != 0 ||
            getsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &only_v6, &len) != 0 ||
            only_v6);
}

/* Where fd, which is not connected, takes datagrams; at port if it has none. */
static int find_own(int fd, uint16_t port, struct sockaddr_in *ret)
{
    struct place own;
    struct ow_target target;
    int error = get_own(fd, &own, &target);
    if (!error && target.port == 0) {
        error = bind_to(fd, &own, port);
        if (error == -EADDRINUSE)
            error = bind_to(fd, &own, 0);
        if (!error)
            error = get_own(fd, &own, &target);
    }
    if (error)
        return error;
    if (is_of_v6(fd, &target))
        return -EAFNOSUPPORT;
    memset(ret, 0, sizeof(*ret));
    ret->sin_family = AF_INET;
    ret->sin_port = htons(target.port);
    if (target.family == AF_INET)
        memcpy(&ret->sin_addr, target.address, sizeof(ret->sin_addr));
    if (ret->sin_addr.s_addr == INADDR_ANY)
        ret->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return 0;
}

/* Sends answer to fd, in the place of way's server. */
static int send_to(const struct way *way, uint16_t port, const void *answer,
                   size_t len)
{
    struct sockaddr_in own;
    struct sockaddr_in ours = {.sin_family = AF_INET};
    int error = find_own(way->fd, port, &own);
    if (error)
        return error;
    if (!ow_nameservers_take(&way->server.address.any, way->server.len,
                             &ours.sin_addr))
        return -ENOSPC;
    int from = (int)syscall(SYS_socket, AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (from < 0)
        return -errno;
    if (bind(from, (struct sockaddr *)&ours, sizeof(ours)) != 0 ||
        syscall(SYS_sendto, from, answer, len, 0, &own, sizeof(own)) < 0)
        error = -errno;
    syscall(SYS_close, from);
    return error;
}

static int connect_raw(int fd, const void *address, socklen_t len)
{
    return syscall(SYS_connect, fd, address, len) == 0 ? 0 : -errno;
}

/*
 * The same where fd listens to its peer alone: it is disconnected meanwhile.
 * With that it loses a port that the kernel chose, and is given it again.
 */
static int send_to_connected(const struct way *way, const void *answer,
                             size_t len)
{
    static const struct sockaddr nobody = {.sa_family = AF_UNSPEC};
    struct pollfd arrival = {way->fd, POLLIN, 0};
    struct timespec patience = {0, OW_LIMIT_SHIM_DELIVER_MS * 1000000L};
    struct place own;
    struct ow_target target;
    int error = get_own(way->fd, &own, &target);
    if (!error)
        error = connect_raw(way->fd, &nobody, sizeof(nobody));
    if (error)
        return error;
    error = send_to(way, target.port, answer, len);
    if (!error)
        syscall(SYS_ppoll, &arrival, 1, &patience, NULL, 0);
    (void)connect_raw(way->fd, &way->peer.address, way->peer.len);
    return error;
}

/* Puts the answer into the program's socket. No signal handler may leave in
 * between. */
static int deliver(const struct way *way, const void *answer, size_t len)
{
    struct ow_quiet quiet;
    int error;
    ow_quiet_begin(&quiet);
    if (is_of_device(way->fd))
        error = -EAFNOSUPPORT;
    else if (way->peer.len > 0)
        error = send_to_connected(way, answer, len);
    else
        error = send_to(way, 0, answer, len);
    ow_quiet_end(&quiet);
    return error;
}

/* What cannot be answered here must not be asked there. */
static ssize_t refuse(const char *name, const char *why, int error)
{
    char text[OW_CONTROL_TEXT_MAX];
    snprintf(text, sizeof(text),
             "the name server is not asked about \"%.255s\", which is mocked, "
             "and the shim cannot answer in its place: %s",
             name, why);
    ow_shim_say(text);
    errno = error;
    return -1;
}

/* Out of line: its room is not to lie on the stack while the host is asked. */
__attribute__((noinline)) static ssize_t
answer_datagram(const struct way *way, const struct ow_dns_query *query,
                const struct ow_names_fate *fate, const struct msghdr *message)
{
    uint8_t answer[OW_LIMIT_DNS_MESSAGE];
    size_t len = ow_queries_answer(query, fate, answer);
    int error = len > 0 ? deliver(way, answer, len) : 0;
    if (error == -EAFNOSUPPORT)
        return refuse(query->name, "its socket is bound to a device or to IPv6",
                      ECONNREFUSED);
    if (error)
        return refuse(query->name, strerror(-error), ECONNREFUSED);
    return (ssize_t)size_of(message);
}

static bool meet_datagram(const struct way *way, const struct msghdr *message,
                          const struct sent *sent, ssize_t *ret)
{
    struct ow_names_fate fate;
    int kept = errno;
    ow_names_ask(sent->query.name, &fate);
    if (fate.verdict == OW_VERDICT_PASS)
        return false;
    errno = kept;
    *ret = answer_datagram(way, &sent->query, &fate, message);
    return true;
}

static bool meet_stream(int fd, struct sent *sent, ssize_t *ret)
{
    struct ow_names_fate fate;
    do {
        ow_names_ask(sent->query.name, &fate);
    } while (fate.verdict == OW_VERDICT_PASS && find_next(sent));
    if (fate.verdict == OW_VERDICT_PASS)
        return false;
    /* Who waits for an answer is not to wait for long. */
    syscall(SYS_shutdown, fd, SHUT_RDWR);
    *ret = refuse(sent->query.name, "it does so over UDP alone", ECONNRESET);
    return true;
}

/* ret NULL: only whether it would be met. */
static bool meet_sent(int fd, const struct msghdr *message, struct sent *sent,
                      ssize_t *ret)
{
    struct way way;
    if (!find_first(sent) || !find_server(fd, message, &way))
        return false;
    if (!ret)
        return true;
    int kept = errno;
    int type = ow_sockets_type(fd);
    errno = kept;
    if (type == SOCK_DGRAM)
        return meet_datagram(&way, message, sent, ret);
    return type == SOCK_STREAM && meet_stream(fd, sent, ret);
}

/* A message in several pieces: its begin is copied. */
__attribute__((noinline)) static bool
meet_pieces(int fd, const struct msghdr *message, ssize_t *ret)
{
    uint8_t buf[OW_LIMIT_DNS_MESSAGE];
    struct sent sent = {.bytes = buf, .len = gather(message, buf)};
    return meet_sent(fd, message, &sent, ret);
}

/* Out of line, with all its room: most messages are no queries. */
__attribute__((noinline)) static bool meet(int fd, const struct msghdr *message,
                                           ssize_t *ret)
{
    if (!ow_shim_awake())
        return false;
    if (message->msg_iovlen != 1)
        return meet_pieces(fd, message, ret);
    struct sent sent = {.bytes = message->msg_iov[0].iov_base,
                        .len = message->msg_iov[0].iov_len};
    return meet_sent(fd, message, &sent, ret);
}

bool ow_queries_is_one(int fd, const struct msghdr *message)
{
    return is_likely(message) && meet(fd, message, NULL);
}

bool ow_queries_meet(int fd, const struct msghdr *message, ssize_t *ret)
{
    return is_likely(message) && meet(fd, message, ret);
}
