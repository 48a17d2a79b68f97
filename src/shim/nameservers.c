/*
 * nameservers: servers and our addresses for them. See nameservers.h. Called by
 * queries.c and received.c.
 */
#include "config.h"

#include "shim/nameservers.h"

#include <arpa/inet.h>
#include <stdatomic.h>
#include <stddef.h>
#include <string.h>

#include "base/limits.h"
#include "shim/target.h"

enum state { STATE_FREE, STATE_WRITING, STATE_READY };

static struct server {
    _Atomic(int) state;
    socklen_t len;
    union ow_target_sockaddr address;
} servers[OW_LIMIT_SHIM_SERVERS];

/* Nothing was answered yet: no datagram can be ours. */
static _Atomic(bool) is_used;

static bool is_this(const struct server *server, const struct sockaddr *address,
                    socklen_t len)
{
    return server->len == len && memcmp(&server->address, address, len) == 0;
}

static struct in_addr address_of(size_t i)
{
    return (struct in_addr){htonl(0x7f550001u + (uint32_t)i)};
}

/* An entry that another thread writes is passed by: two for one server do no
 * harm, and a fork can leave one behind that is never finished. */
static bool take(struct server *server, const struct sockaddr *address,
                 socklen_t len)
{
    int state = STATE_FREE;
    if (atomic_compare_exchange_strong(&server->state, &state, STATE_WRITING)) {
        memcpy(&server->address, address, len);
        server->len = len;
        atomic_store_explicit(&server->state, STATE_READY,
                              memory_order_release);
        return true;
    }
    return state == STATE_READY && is_this(server, address, len);
}

bool ow_nameservers_take(const struct sockaddr *server, socklen_t len,
                         struct in_addr *ret)
{
    if (len > (socklen_t)sizeof(servers[0].address))
        return false;
    for (size_t i = 0; i < OW_LIMIT_SHIM_SERVERS; i++) {
        if (!take(&servers[i], server, len))
            continue;
        atomic_store_explicit(&is_used, true, memory_order_release);
        *ret = address_of(i);
        return true;
    }
    return false;
}

/* NULL: the address is none of ours. */
static const struct server *find(const struct ow_target *target)
{
    if (target->family != AF_INET)
        return NULL;
    for (size_t i = 0; i < OW_LIMIT_SHIM_SERVERS; i++) {
        struct in_addr address = address_of(i);
        if (memcmp(target->address, &address, sizeof(address)) == 0 &&
            atomic_load_explicit(&servers[i].state, memory_order_acquire) ==
                STATE_READY)
            return &servers[i];
    }
    return NULL;
}

void ow_nameservers_correct(struct sockaddr *address, socklen_t room,
                            socklen_t *len)
{
    struct ow_target target;
    if (!atomic_load_explicit(&is_used, memory_order_acquire) ||
        !ow_target_read(address, *len < room ? *len : room, &target))
        return;
    const struct server *server = find(&target);
    if (!server)
        return;
    memcpy(address, &server->address, server->len < room ? server->len : room);
    *len = server->len;
}
