/*
 * ask: one exchange with the host. See ask.h. Called by member.c.
 */
#include "config.h"

#include "shim/ask.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "base/limits.h"
#include "shim/quiet.h"

/* Programs close 0 to 2 and expect to get just these back from open(). */
static int above_stdio(int fd)
{
    if (fd < 0 || fd > STDERR_FILENO)
        return fd;
    int moved = (int)syscall(SYS_fcntl, fd, F_DUPFD_CLOEXEC, 3);
    int kept = errno;
    syscall(SYS_close, fd);
    errno = kept;
    return moved;
}

/*
 * The socket's address. A path too long for one is reached through an open
 * folder: *ret_dir_fd, else -1.
 */
static int name_socket(const char *dir, struct sockaddr_un *address,
                       int *ret_dir_fd)
{
    *ret_dir_fd = -1;
    address->sun_family = AF_UNIX;
    int len = snprintf(address->sun_path, sizeof(address->sun_path), "%s/%s",
                       dir, OW_CONTROL_SOCKET);
    if (len >= 0 && (size_t)len < sizeof(address->sun_path))
        return 0;
    int fd = above_stdio((int)syscall(SYS_openat, AT_FDCWD, dir,
                                      O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (fd < 0)
        return -errno;
    snprintf(address->sun_path, sizeof(address->sun_path),
             "/proc/self/fd/%d/%s", fd, OW_CONTROL_SOCKET);
    *ret_dir_fd = fd;
    return 0;
}

static int connect_to(int fd, const char *dir)
{
    struct sockaddr_un address = {0};
    int dir_fd;
    int error = name_socket(dir, &address, &dir_fd);
    if (error)
        return error;
    /* Waits, with the socket's send timeout, while the backlog is full. */
    if (syscall(SYS_connect, fd, &address, sizeof(address)) != 0)
        error = errno == EAGAIN ? -ETIMEDOUT : -errno;
    if (dir_fd >= 0)
        syscall(SYS_close, dir_fd);
    return error;
}

static int send_question(int fd, const struct ow_question *question,
                         int lent_fd)
{
    union {
        struct cmsghdr header;
        char room[CMSG_SPACE(sizeof(int))];
    } control = {0};
    struct iovec part = {(void *)(uintptr_t)question, sizeof(*question)};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    if (lent_fd >= 0) {
        message.msg_control = &control;
        message.msg_controllen = sizeof(control);
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(sizeof(int));
        memcpy(CMSG_DATA(header), &lent_fd, sizeof(int));
    }
    if (syscall(SYS_sendmsg, fd, &message, MSG_NOSIGNAL) >= 0)
        return 0;
    return errno == EAGAIN ? -ETIMEDOUT : -errno;
}

static int receive_answer(int fd, struct ow_control_answer *answer)
{
    long len =
        syscall(SYS_recvfrom, fd, answer, sizeof(*answer), 0, NULL, NULL);
    if (len < 0)
        return errno == EAGAIN ? -ETIMEDOUT : -errno;
    if (len == 0)
        return -ECONNRESET; /* the host ended while we asked */
    return ow_control_answer_check(answer, (size_t)len);
}

static int exchange(const char *dir, const struct ow_question *question,
                    int lent_fd, struct ow_control_answer *answer)
{
    struct timeval limit = {OW_LIMIT_ANSWER_MS / 1000,
                            OW_LIMIT_ANSWER_MS % 1000 * 1000};
    int fd = above_stdio(
        (int)syscall(SYS_socket, AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0));
    if (fd < 0)
        return -errno;
    syscall(SYS_setsockopt, fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
    syscall(SYS_setsockopt, fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
    int error = connect_to(fd, dir);
    if (!error)
        error = send_question(fd, question, lent_fd);
    if (!error)
        error = receive_answer(fd, answer);
    syscall(SYS_close, fd);
    return error;
}

int ow_ask(const char *dir, const struct ow_question *question, int lent_fd,
           struct ow_control_answer *answer)
{
    struct ow_quiet quiet;
    ow_quiet_begin(&quiet);
    int error = exchange(dir, question, lent_fd, answer);
    /* Another thread may be closing every descriptor there is: once more. */
    if (error == -EBADF || error == -ENOTSOCK)
        error = exchange(dir, question, lent_fd, answer);
    ow_quiet_end(&quiet);
    return error;
}
