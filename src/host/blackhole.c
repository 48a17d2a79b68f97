/*
 * blackhole: a port that connections to never finish. See blackhole.h. Asked
 * by verdicts.c.
 */
#include "config.h"

#include "host/blackhole.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "host/listeners.h"

#define FDS (sizeof((struct ow_blackhole *)0)->fds / sizeof(int))

void ow_blackhole_init(struct ow_blackhole *hole)
{
    *hole = (struct ow_blackhole){{-1, -1, -1, -1}, 0};
}

void ow_blackhole_release(struct ow_blackhole *hole)
{
    for (size_t i = 0; i < FDS; i++)
        if (hole->fds[i] >= 0)
            close(hole->fds[i]);
    ow_blackhole_init(hole);
}

/* A connection that nobody accepts takes one place of the queue. */
static int fill(uint16_t port)
{
    struct sockaddr_in to = {
        .sin_family = AF_INET,
        .sin_port = htons(port),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    if (fd >= 0)
        (void)connect(fd, (struct sockaddr *)&to, sizeof to);
    return fd;
}

int ow_blackhole_take(struct ow_blackhole *hole, uint16_t *ret_port,
                      struct ow_err *err)
{
    if (hole->fds[0] < 0) {
        /* Linux lets one more in than the backlog says; the others are for
         * kernels that count otherwise, and wait like everybody. */
        hole->fds[0] = ow_listeners_socket(0, &hole->port, err);
        if (hole->fds[0] < 0)
            return hole->fds[0];
        for (size_t i = 1; i < FDS; i++)
            hole->fds[i] = fill(hole->port);
    }
    *ret_port = hole->port;
    return 0;
}
