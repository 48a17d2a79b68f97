/*
 * target: an address as hooks see it: IPv4, or IPv6, with a v4-mapped one
 * counting as IPv4. Knows which addresses are stand-ins (127.83.0.0/16) and
 * which are loopback.
 */
#ifndef OW_SHIM_TARGET_H
#define OW_SHIM_TARGET_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

struct ow_target {
    int family;          /* AF_INET or AF_INET6 */
    bool is_mapped;      /* came as ::ffff:a.b.c.d; family is AF_INET */
    uint16_t port;       /* host order */
    uint8_t address[16]; /* 4 bytes used for AF_INET */
};

union ow_target_sockaddr {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
};

/* False for another family, too short a len, or an address that leads nowhere
 * (readable.h). */
bool ow_target_read(const struct sockaddr *address, socklen_t len,
                    struct ow_target *ret);
/* From an address without port, as gethostbyaddr takes it. */
bool ow_target_read_bare(const void *address, socklen_t len, int family,
                         struct ow_target *ret);
bool ow_target_is_stand_in(const struct ow_target *target);
/* 127/8, ::1, and the unspecified addresses, which lead to it. */
bool ow_target_is_loopback(const struct ow_target *target);

#endif
