/*
 * target: addresses. See target.h. Called by names.c, hostent.c, sockets.c
 * and datagrams.c.
 */
#include "config.h"

#include "shim/target.h"

#include <arpa/inet.h>
#include <stddef.h>
#include <string.h>

#include "shim/readable.h"

/* Up to and with sin6_addr: what the kernel accepts without a scope. */
#define V6_MIN_LEN offsetof(struct sockaddr_in6, sin6_scope_id)

static void read_v6(const uint8_t *address, struct ow_target *ret)
{
    static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
    ret->is_mapped = memcmp(address, mapped, sizeof(mapped)) == 0;
    ret->family = ret->is_mapped ? AF_INET : AF_INET6;
    if (ret->is_mapped)
        memcpy(ret->address, address + sizeof(mapped), 4);
    else
        memcpy(ret->address, address, 16);
}

static void read_v4(const void *address, struct ow_target *ret)
{
    ret->family = AF_INET;
    memcpy(ret->address, address, 4);
}

bool ow_target_read(const struct sockaddr *address, socklen_t len,
                    struct ow_target *ret)
{
    union ow_target_sockaddr copy;
    memset(ret, 0, sizeof(*ret));
    if (len < (socklen_t)sizeof(copy.v4) ||
        !ow_readable(address, len < sizeof(copy) ? len : sizeof(copy)))
        return false;
    if (address->sa_family == AF_INET) {
        memcpy(&copy.v4, address, sizeof(copy.v4));
        read_v4(&copy.v4.sin_addr, ret);
        ret->port = ntohs(copy.v4.sin_port);
        return true;
    }
    if (address->sa_family == AF_INET6 && len >= (socklen_t)V6_MIN_LEN) {
        memcpy(&copy.v6, address, V6_MIN_LEN);
        read_v6(copy.v6.sin6_addr.s6_addr, ret);
        ret->port = ntohs(copy.v6.sin6_port);
        return true;
    }
    return false;
}

bool ow_target_read_bare(const void *address, socklen_t len, int family,
                         struct ow_target *ret)
{
    memset(ret, 0, sizeof(*ret));
    if (!address)
        return false;
    if (family == AF_INET && len == 4)
        read_v4(address, ret);
    else if (family == AF_INET6 && len == 16)
        read_v6(address, ret);
    else
        return false;
    return true;
}

bool ow_target_is_stand_in(const struct ow_target *target)
{
    return target->family == AF_INET && target->address[0] == 127 &&
           target->address[1] == 83;
}

bool ow_target_is_loopback(const struct ow_target *target)
{
    static const uint8_t none[16];
    static const uint8_t loopback[16] = {[15] = 1};
    if (target->family == AF_INET)
        return target->address[0] == 127 ||
               memcmp(target->address, none, 4) == 0;
    return memcmp(target->address, loopback, 16) == 0 ||
           memcmp(target->address, none, 16) == 0;
}
