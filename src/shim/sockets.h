/*
 * sockets: connections to stand-ins, for the hooks that make them: sockets.c
 * (connect, getpeername) and datagrams.c (sendto and its family).
 */
#ifndef OW_SHIM_SOCKETS_H
#define OW_SHIM_SOCKETS_H

#include <stdbool.h>
#include <sys/socket.h>

#include "shim/target.h"

/* Whether connecting to target has to be looked at: it may be ours. */
bool ow_sockets_concerns(const struct ow_target *target);
/* connect() with the port, address and source as the host wants them. */
int ow_sockets_connect(int fd, const struct sockaddr *address, socklen_t len,
                       const struct ow_target *target);
/* SO_TYPE of fd, or -1. */
int ow_sockets_type(int fd);

#endif
