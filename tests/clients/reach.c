/*
 * reach: looks known.test up, connects to its port 80, and prints the greeting
 * of fake_host. Built by 26-guests.t in ways that make a preload difficult, so
 * it needs nothing but libc.
 */
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int main(void)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
    struct addrinfo *list;
    char line[128] = "";
    int error = getaddrinfo("known.test", "80", &hints, &list);
    if (error) {
        printf("%s\n", gai_strerror(error));
        return 1;
    }
    int fd = socket(list->ai_family, SOCK_STREAM, 0);
    if (connect(fd, list->ai_addr, list->ai_addrlen) != 0) {
        perror("connect");
        return 1;
    }
    freeaddrinfo(list);
    if (read(fd, line, sizeof(line) - 1) > 0)
        printf("%s", line);
    close(fd);
    return 0;
}
