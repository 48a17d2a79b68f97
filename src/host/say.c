/*
 * say: a line on a stderr. See say.h. Called by session.c.
 */
#include "config.h"

#include "host/say.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* So much of a pipe is used: 16 KiB of the usual 64. */
#define PIPE_PART 4
/* How long a reader is waited for, and how often it is looked after. */
#define PATIENCE_MS 200
#define LOOK_MS     10

void ow_say_init(struct ow_say *say)
{
    for (int i = 0; i < OW_SAY_FULL; i++)
        say->full[i] = -1;
    say->next = 0;
}

/* A pipe is full when its pages are, of which lines may waste nearly half. */
static bool has_room(int fd)
{
    struct pollfd out = {.fd = fd, .events = POLLOUT};
    int size = fcntl(fd, F_GETPIPE_SZ);
    int unread = 0;

    if (size > 0 && ioctl(fd, FIONREAD, &unread) == 0 &&
        unread > size / PIPE_PART)
        return false;
    return poll(&out, 1, 0) != 0;
}

/* Where a descriptor stands among those that were not read; NULL: nowhere. */
static int *find_full(struct ow_say *say, int fd)
{
    for (int i = 0; i < OW_SAY_FULL; i++)
        if (say->full[i] == fd)
            return &say->full[i];
    return NULL;
}

static bool wait_for_room(struct ow_say *say, int fd)
{
    int *full = find_full(say, fd);
    int waited = full ? PATIENCE_MS : 0;
    bool room;

    while (!(room = has_room(fd)) && waited < PATIENCE_MS) {
        usleep(LOOK_MS * 1000);
        waited += LOOK_MS;
    }
    if (room && full)
        *full = -1;
    else if (!room && !full)
        say->full[say->next++ % OW_SAY_FULL] = fd;
    return room;
}

int ow_say_line(struct ow_say *say, int fd, const char *line)
{
    char text[2048];
    int n = snprintf(text, sizeof text, "offwire: %s\n", line);

    if (n >= (int)sizeof text) {
        n = sizeof text - 1;
        text[n - 1] = '\n';
    }
    if (!wait_for_room(say, fd))
        return -EAGAIN;
    /* Who closed the other end does not want to know. */
    return write(fd, text, (size_t)n) < 0 && errno == EAGAIN ? -EAGAIN : 0;
}
