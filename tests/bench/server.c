/*
 * server: see server.h.
 */
#include "config.h"

#include "server.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

int server_listen(void)
{
    struct sockaddr_in here = {.sin_family = AF_INET,
                               .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof here;
    int listener = socket(AF_INET, SOCK_STREAM, 0);

    if (bind(listener, (struct sockaddr *)&here, sizeof here) < 0 ||
        listen(listener, 16) < 0 ||
        getsockname(listener, (struct sockaddr *)&here, &len) < 0)
        exit(1);
    printf("%d\n", ntohs(here.sin_port));
    fflush(stdout);
    return listener;
}

int server_accept(int listener)
{
    int on = 1, fd = accept(listener, NULL, NULL);

    if (fd >= 0)
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return fd;
}
