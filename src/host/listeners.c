/*
 * listeners: one per original port, on "lo". See listeners.h. Asked by
 * verdicts.c; what is accepted goes to conns.c.
 */
#include "config.h"

#include "host/listeners.h"

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/limits.h"

/* So long nothing is accepted after descriptors ran out. */
#define PAUSE_MS 20
/* Connections accepted before the others of the loop get their turn. */
#define ACCEPT_BATCH 64

struct listener {
    SLIST_ENTRY(listener) link;
    struct ow_listeners *listeners;
    struct event *event;
    int fd;
    int batch; /* how many to accept in one turn: more when more have waited */
    uint16_t original;
    uint16_t port;
};

struct ow_listeners {
    struct event_base *base;
    ow_listeners_accept_fn accept;
    ow_listeners_short_fn is_short;
    void *context;
    SLIST_HEAD(, listener) list; /* a handful: 443, 80... */
};

int ow_listeners_check(struct ow_err *err)
{
    struct ifreq request = {.ifr_name = "lo"};
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    /* What keeps us from knowing need not keep programs from connecting. */
    bool is_down = fd >= 0 && ioctl(fd, SIOCGIFFLAGS, &request) == 0 &&
                   !(request.ifr_flags & IFF_UP);

    if (fd >= 0)
        close(fd);
    return is_down ? ow_err_set(err, -EIO,
                                "the network device \"lo\" is down here, and "
                                "answers come over it; \"ip link set lo up\" "
                                "mends that")
                   : 0;
}

struct ow_listeners *ow_listeners_new(struct event_base *base,
                                      ow_listeners_accept_fn accept,
                                      ow_listeners_short_fn is_short,
                                      void *context)
{
    struct ow_listeners *listeners = calloc(1, sizeof *listeners);

    if (!listeners)
        return NULL;
    listeners->base = base;
    listeners->accept = accept;
    listeners->is_short = is_short;
    listeners->context = context;
    SLIST_INIT(&listeners->list);
    return listeners;
}

static void free_listener(struct listener *listener)
{
    if (listener->event)
        event_free(listener->event);
    if (listener->fd >= 0)
        close(listener->fd);
    free(listener);
}

struct ow_listeners *ow_listeners_free(struct ow_listeners *listeners)
{
    if (!listeners)
        return NULL;
    while (!SLIST_EMPTY(&listeners->list)) {
        struct listener *first = SLIST_FIRST(&listeners->list);
        SLIST_REMOVE_HEAD(&listeners->list, link);
        free_listener(first);
    }
    free(listeners);
    return NULL;
}

static bool is_loopback(struct in_addr address)
{
    return ntohl(address.s_addr) >> 24 == 127;
}

/*
 * 1: handed on; 0: nothing waits; negative errno. Where the device could not
 * be bound, the addresses keep what comes from outside away.
 */
static int accept_one(struct listener *listener)
{
    struct ow_accepted accepted = {.original_port = listener->original};
    socklen_t peer_len = sizeof accepted.peer;
    socklen_t local_len = sizeof accepted.local;

    accepted.fd = accept4(listener->fd, (struct sockaddr *)&accepted.peer,
                          &peer_len, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (accepted.fd < 0)
        return errno == EAGAIN ? 0 : -errno;
    if (getsockname(accepted.fd, (struct sockaddr *)&accepted.local,
                    &local_len) < 0 ||
        !is_loopback(accepted.local.sin_addr)) {
        close(accepted.fd);
        return 1;
    }
    listener->listeners->accept(listener->listeners->context, &accepted);
    return 1;
}

static void on_resume(evutil_socket_t fd, short what, void *context)
{
    struct listener *listener = context;

    (void)fd;
    (void)what;
    event_add(listener->event, NULL);
}

/* Without a pause the loop would spin on a queue that cannot be emptied. */
static void pause_listener(struct listener *listener)
{
    struct timeval pause = {0, PAUSE_MS * 1000};

    listener->listeners->is_short(listener->listeners->context);
    event_del(listener->event);
    if (event_base_once(listener->listeners->base, -1, EV_TIMEOUT, on_resume,
                        listener, &pause) < 0)
        event_add(listener->event, NULL);
}

/* Errors of ours; others are of the one connection that is gone now. */
static bool is_shortage(int r)
{
    return r == -EMFILE || r == -ENFILE || r == -ENOMEM || r == -ENOBUFS;
}

/* One at a time mostly, so that a lone connection costs no second accept4;
 * more each time as long as more are waiting. */
static void on_acceptable(evutil_socket_t fd, short what, void *context)
{
    struct listener *listener = context;
    int batch = listener->batch;
    int r = 1;

    (void)fd;
    (void)what;
    for (int i = 0; i < batch && r != 0 && !is_shortage(r); i++)
        r = accept_one(listener);
    if (r == 0)
        listener->batch = 1;
    else if (batch < ACCEPT_BATCH)
        listener->batch = batch * 2;
    if (is_shortage(r))
        pause_listener(listener);
}

int ow_listeners_socket(int backlog, uint16_t *ret_port, struct ow_err *err)
{
    struct sockaddr_in any = {.sin_family = AF_INET};
    socklen_t len = sizeof any;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    if (fd < 0)
        return ow_err_set(err, -errno, "cannot make a socket: %s",
                          strerror(errno));
    /* Refused by old kernels and some sandboxes: then the local address of
     * what is accepted decides. */
    (void)setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, "lo", sizeof "lo");
    if (bind(fd, (struct sockaddr *)&any, sizeof any) < 0 ||
        listen(fd, backlog) < 0 ||
        getsockname(fd, (struct sockaddr *)&any, &len) < 0) {
        int saved = errno;
        close(fd);
        return ow_err_set(err, -saved, "cannot listen on loopback: %s",
                          strerror(saved));
    }
    *ret_port = ntohs(any.sin_port);
    return fd;
}

static int add(struct ow_listeners *listeners, uint16_t original,
               uint16_t *ret_port, struct ow_err *err)
{
    struct listener *listener = calloc(1, sizeof *listener);

    if (!listener)
        return ow_err_set(err, -ENOMEM, "out of memory");
    listener->listeners = listeners;
    listener->original = original;
    listener->batch = 1;
    listener->fd = ow_listeners_socket(OW_LIMIT_BACKLOG, &listener->port, err);
    if (listener->fd < 0) {
        int r = listener->fd;
        free_listener(listener);
        return r;
    }
    listener->event = event_new(listeners->base, listener->fd,
                                EV_READ | EV_PERSIST, on_acceptable, listener);
    if (!listener->event || event_add(listener->event, NULL) < 0) {
        free_listener(listener);
        return ow_err_set(err, -ENOMEM, "out of memory");
    }
    SLIST_INSERT_HEAD(&listeners->list, listener, link);
    *ret_port = listener->port;
    return 0;
}

int ow_listeners_take(struct ow_listeners *listeners, uint16_t original,
                      uint16_t *ret_port, struct ow_err *err)
{
    struct listener *listener;

    SLIST_FOREACH(listener, &listeners->list, link)
    {
        if (listener->original != original)
            continue;
        *ret_port = listener->port;
        return 0;
    }
    return add(listeners, original, ret_port, err);
}

uint16_t ow_listeners_find(const struct ow_listeners *listeners, uint16_t port)
{
    struct listener *listener;

    SLIST_FOREACH(listener, &listeners->list, link)
    if (listener->port == port)
        return listener->original;
    return 0;
}
