/*
 * received: recvfrom and its kin, which tell where a datagram came from: an
 * answer that the shim has given in a name server's place came from that
 * server. Calls nameservers.c.
 */
#include "config.h"

#include "shim/hooks.h"
#include "shim/nameservers.h"
#include "shim/readable.h"
#include "shim/shim.h"

/* Of messages that come in one call, those in whose names we look: answers to
 * queries, of which hardly so many are under way on one socket. */
#define MESSAGES_MAX 32

/* Out of line: a stream's call asks for no address, and is to pass at once. */
__attribute__((noinline)) static ssize_t receive(int fd, void *buf, size_t size,
                                                 int flags,
                                                 struct sockaddr *address,
                                                 socklen_t *len)
{
    socklen_t room = *len;
    ssize_t got = OW_REAL(recvfrom)(fd, buf, size, flags, address, len);
    if (got >= 0)
        ow_nameservers_correct(address, room, len);
    return got;
}

ssize_t recvfrom(int fd, void *restrict buf, size_t size, int flags,
                 __SOCKADDR_ARG address, socklen_t *restrict len)
{
    if (address.__sockaddr__ && ow_readable_seems(len))
        return receive(fd, buf, size, flags, address.__sockaddr__, len);
    return OW_REAL(recvfrom)(fd, buf, size, flags, address, len);
}

ssize_t __recvfrom_chk(int fd, void *restrict buf, size_t size, size_t buf_size,
                       int flags, __SOCKADDR_ARG address,
                       socklen_t *restrict len)
{
    if (!address.__sockaddr__ || !ow_readable_seems(len))
        return OW_REAL(__recvfrom_chk)(fd, buf, size, buf_size, flags, address,
                                       len);
    socklen_t room = *len;
    ssize_t got =
        OW_REAL(__recvfrom_chk)(fd, buf, size, buf_size, flags, address, len);
    if (got >= 0)
        ow_nameservers_correct(address.__sockaddr__, room, len);
    return got;
}

ssize_t recvmsg(int fd, struct msghdr *message, int flags)
{
    if (!ow_readable_seems(message) || !message->msg_name)
        return OW_REAL(recvmsg)(fd, message, flags);
    socklen_t room = message->msg_namelen;
    ssize_t got = OW_REAL(recvmsg)(fd, message, flags);
    if (got >= 0)
        ow_nameservers_correct(message->msg_name, room, &message->msg_namelen);
    return got;
}

int recvmmsg(int fd, struct mmsghdr *messages, unsigned int count, int flags,
             struct timespec *timeout)
{
    socklen_t rooms[MESSAGES_MAX];
    unsigned int known = count < MESSAGES_MAX ? count : MESSAGES_MAX;
    if (!ow_shim_awake() || known == 0 ||
        !ow_readable(messages, known * sizeof(*messages)))
        return OW_REAL(recvmmsg)(fd, messages, count, flags, timeout);
    for (unsigned int i = 0; i < known; i++)
        rooms[i] = messages[i].msg_hdr.msg_namelen;
    int got = OW_REAL(recvmmsg)(fd, messages, count, flags, timeout);
    for (int i = 0; i < got && i < (int)known; i++) {
        struct msghdr *message = &messages[i].msg_hdr;
        if (message->msg_name)
            ow_nameservers_correct(message->msg_name, rooms[i],
                                   &message->msg_namelen);
    }
    return got;
}
