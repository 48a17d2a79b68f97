/*
 * datagrams: send, writev, sendto, sendmsg and sendmmsg. They matter where they
 * name an address: MSG_FASTOPEN makes them connect, and a datagram to a
 * stand-in is refused, so that QUIC falls back to TCP; and where they send a
 * query to a name server. Calls sockets.c and queries.c.
 */
#include "config.h"

#include <errno.h>
#include <stdint.h>

#include "shim/hooks.h"
#include "shim/member.h"
#include "shim/queries.h"
#include "shim/readable.h"
#include "shim/shim.h"
#include "shim/sockets.h"

/* What is to happen with a message that names an address. */
enum fate {
    FATE_PASS,      /* send it as it is */
    FATE_CONNECTED, /* we have connected: send without MSG_FASTOPEN */
    FATE_FAILED,    /* errno says why */
};

static enum fate refuse(void)
{
    errno = ECONNREFUSED;
    return FATE_FAILED;
}

static enum fate decide(int fd, const struct sockaddr *address, socklen_t len,
                        int flags)
{
    struct ow_target target;
    if (!address || !ow_shim_awake() || !ow_target_read(address, len, &target))
        return FATE_PASS;
    int kept = errno;
    bool concerns = ow_sockets_concerns(&target);
    int type = concerns ? ow_sockets_type(fd) : -1;
    errno = kept;
    if (type == SOCK_STREAM && flags & MSG_FASTOPEN)
        return ow_sockets_connect(fd, address, len, &target) == 0
                   ? FATE_CONNECTED
                   : FATE_FAILED;
    if (type != SOCK_DGRAM)
        return FATE_PASS;
    if (ow_target_is_stand_in(&target))
        return refuse();
    bool isolated = ow_member_flags() & OW_SESSION_ISOLATE;
    return isolated && !ow_target_is_loopback(&target) ? refuse() : FATE_PASS;
}

/* True: a query of the program's, met here; *ret is what the call returns. */
__attribute__((noinline)) static bool meet(int fd, const void *buf, size_t size,
                                           const struct sockaddr *address,
                                           socklen_t len, ssize_t *ret)
{
    struct iovec part = {(void *)(uintptr_t)buf, size};
    struct msghdr message = {.msg_name = (void *)(uintptr_t)address,
                             .msg_namelen = len,
                             .msg_iov = &part,
                             .msg_iovlen = 1};
    return ow_queries_meet(fd, &message, ret);
}

ssize_t send(int fd, const void *buf, size_t size, int flags)
{
    ssize_t result;
    if (ow_queries_is_likely(buf, size) &&
        meet(fd, buf, size, NULL, 0, &result))
        return result;
    return OW_REAL(send)(fd, buf, size, flags);
}

/* As some send with c-ares (gRPC). */
ssize_t writev(int fd, const struct iovec *parts, int count)
{
    struct msghdr message = {.msg_iov = (struct iovec *)(uintptr_t)parts,
                             .msg_iovlen = count > 0 ? (size_t)count : 0};
    ssize_t result;
    if (ow_queries_meet(fd, &message, &result))
        return result;
    return OW_REAL(writev)(fd, parts, count);
}

ssize_t sendto(int fd, const void *buf, size_t size, int flags,
               __CONST_SOCKADDR_ARG address, socklen_t len)
{
    ssize_t result;
    if (ow_queries_is_likely(buf, size) &&
        meet(fd, buf, size, address.__sockaddr__, len, &result))
        return result;
    switch (decide(fd, address.__sockaddr__, len, flags)) {
    case FATE_FAILED:
        return -1;
    case FATE_CONNECTED:
        return OW_REAL(sendto)(fd, buf, size, flags & ~MSG_FASTOPEN,
                               (const struct sockaddr *)NULL, 0);
    case FATE_PASS:
        break;
    }
    return OW_REAL(sendto)(fd, buf, size, flags, address, len);
}

static enum fate decide_message(int fd, const struct msghdr *message, int flags)
{
    return decide(fd, message->msg_name, message->msg_namelen, flags);
}

ssize_t sendmsg(int fd, const struct msghdr *message, int flags)
{
    ssize_t result;
    if (!ow_shim_awake() || !ow_readable(message, sizeof(*message)))
        return OW_REAL(sendmsg)(fd, message, flags);
    if (ow_queries_meet(fd, message, &result))
        return result;
    switch (decide_message(fd, message, flags)) {
    case FATE_FAILED:
        return -1;
    case FATE_CONNECTED: {
        /* A connected stream would take no address but its own. */
        struct msghdr unnamed = *message;
        unnamed.msg_name = NULL;
        unnamed.msg_namelen = 0;
        return OW_REAL(sendmsg)(fd, &unnamed, flags & ~MSG_FASTOPEN);
    }
    case FATE_PASS:
        break;
    }
    return OW_REAL(sendmsg)(fd, message, flags);
}

int sendmmsg(int fd, struct mmsghdr *messages, unsigned int count, int flags)
{
    ssize_t result;
    if (!ow_shim_awake() || !ow_readable(messages, sizeof(*messages)))
        return OW_REAL(sendmmsg)(fd, messages, count, flags);
    if (count > 0 && ow_queries_meet(fd, &messages[0].msg_hdr, &result)) {
        if (result >= 0)
            messages[0].msg_len = (unsigned int)result;
        return result >= 0 ? 1 : -1;
    }
    /* Those before the first that concerns us go out; as with the kernel's
     * own, the caller sees how far it came and meets the error next time. */
    for (unsigned int i = 0; i < count; i++) {
        const struct msghdr *message = &messages[i].msg_hdr;
        if (!ow_readable(message, sizeof(*message)))
            break;
        if (i > 0 && ow_queries_is_one(fd, message)) {
            count = i;
            break;
        }
        enum fate fate = decide_message(fd, message, flags);
        if (fate == FATE_CONNECTED) {
            flags &= ~MSG_FASTOPEN;
            break;
        }
        if (fate == FATE_FAILED && i == 0)
            return -1;
        if (fate == FATE_FAILED)
            count = i;
    }
    return OW_REAL(sendmmsg)(fd, messages, count, flags);
}
