/*
 * listeners: one per original port (D4). Each listens on 0.0.0.0:P bound to
 * the device "lo", so that it takes what goes to any 127.x.y.z:P and nothing
 * from outside. Made as ports are asked for.
 */
#ifndef OW_HOST_LISTENERS_H
#define OW_HOST_LISTENERS_H

#include <event2/event.h>
#include <netinet/in.h>
#include <stdint.h>

#include "base/err.h"

struct ow_listeners;

/* What was accepted: the descriptor is the callee's. */
struct ow_accepted {
    int fd;                   /* non-blocking, close-on-exec */
    struct sockaddr_in peer;  /* who: 127.84.x.y and its port */
    struct sockaddr_in local; /* what was meant: 127.83.x.y and our port */
    uint16_t original_port;
};

typedef void (*ow_listeners_accept_fn)(void *context,
                                       const struct ow_accepted *accepted);
/* Descriptors or memory have run out: who connects waits until some are free.
 */
typedef void (*ow_listeners_short_fn)(void *context);

/* Whether "lo" is up, which a new network namespace does not see to. 0, or
 * -EIO with a sentence. */
int ow_listeners_check(struct ow_err *err);
/* NULL: no memory. */
struct ow_listeners *ow_listeners_new(struct event_base *base,
                                      ow_listeners_accept_fn accept,
                                      ow_listeners_short_fn is_short,
                                      void *context);
struct ow_listeners *ow_listeners_free(struct ow_listeners *listeners);

/* The port to connect to in place of the original one; the listener is made
 * if there is none. 0 or a negative errno with a sentence. */
int ow_listeners_take(struct ow_listeners *listeners, uint16_t original,
                      uint16_t *ret_port, struct ow_err *err);
/* The original port behind a listener's; 0 if there is none. */
uint16_t ow_listeners_find(const struct ow_listeners *listeners, uint16_t port);

/*
 * A TCP socket that listens on a port of the kernel's choice at "lo" alone,
 * with that many places in its queue. A descriptor or a negative errno.
 */
int ow_listeners_socket(int backlog, uint16_t *ret_port, struct ow_err *err);

#endif
