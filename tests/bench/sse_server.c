/*
 * sse_server: the other side of the row of one event stream: a process that
 * does nothing but sleep until an event is due and write it. What its events
 * are late the machine is. Serves one stream after the other, 50 events 20 ms
 * apart, as the rules of the row say. Prints its port; serves until stdin ends.
 */
#include "config.h"

#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "server.h"

#define EVENTS   50
#define EVERY_NS 20000000

static const char head[] =
    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
    "Connection: close\r\n\r\n";

static void serve(int fd)
{
    char bytes[4096];
    struct timespec due;

    if (recv(fd, bytes, sizeof bytes, 0) <= 0 ||
        send(fd, head, sizeof head - 1, MSG_NOSIGNAL) < 0)
        return;
    clock_gettime(CLOCK_MONOTONIC, &due);
    for (int i = 0; i < EVENTS; i++) {
        int len = snprintf(bytes, sizeof bytes, "data: %d\n\n", i);
        clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due, NULL);
        if (send(fd, bytes, (size_t)len, MSG_NOSIGNAL) < 0)
            return;
        due.tv_nsec += EVERY_NS;
        due.tv_sec += due.tv_nsec / 1000000000;
        due.tv_nsec %= 1000000000;
    }
}

int main(void)
{
    int listener = server_listen();
    struct pollfd waits[] = {{.fd = STDIN_FILENO, .events = POLLIN},
                             {.fd = listener, .events = POLLIN}};

    while (poll(waits, 2, -1) > 0 && !waits[0].revents) {
        int fd = server_accept(listener);
        if (fd < 0)
            return 1;
        serve(fd);
        close(fd);
    }
    return 0;
}
