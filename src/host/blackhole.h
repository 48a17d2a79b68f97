/*
 * blackhole: a port that connections to never finish: a listener whose queue
 * is full, so that the kernel drops what comes. For the connect-timeout fault:
 * the program's own kernel waits and gives up, as with a host that is off.
 */
#ifndef OW_HOST_BLACKHOLE_H
#define OW_HOST_BLACKHOLE_H

#include <stdint.h>

#include "base/err.h"

/* Descriptors of the listener and of what fills its queue; -1: not made. */
struct ow_blackhole {
    int fds[4];
    uint16_t port;
};

void ow_blackhole_init(struct ow_blackhole *hole);
void ow_blackhole_release(struct ow_blackhole *hole);
/* The port, made at the first call. 0 or a negative errno with a sentence. */
int ow_blackhole_take(struct ow_blackhole *hole, uint16_t *ret_port,
                      struct ow_err *err);

#endif
