/*
 * arrival: what is decided of a connection as it comes, before it is one of
 * conns: who was meant, whether it is let in, what it may speak; and what keeps
 * all of them out.
 */
#ifndef OW_HOST_ARRIVAL_H
#define OW_HOST_ARRIVAL_H

#include "host/listeners.h"
#include "host/session.h"
#include "host/shaper.h"

/* The name that was meant: behind the stand-in, or a literal of 127/8; NULL:
 * there is none. Valid with the session. */
const char *ow_arrival_host(struct ow_session *session, struct in_addr local);
/* RST, and a record if there is something to tell; host and text may be NULL.
 */
void ow_arrival_drop(struct ow_session *session,
                     const struct ow_accepted *accepted, const char *host,
                     const char *text);
/* No descriptor is left for who asks or connects, and they wait: told once. */
void ow_arrival_tell_shortage(struct ow_session *session);
/*
 * libcurl asks how the last transfer of a connection has ended, and HTTP/2 has
 * many at once: where answers may say that, it gets one after the other.
 */
bool ow_arrival_keeps_h1(const struct ow_session *session,
                         const struct ow_program *program);
/* The network between the program and this host, for the connection of that
 * descriptor; NULL: there is none, or no memory for it. */
struct ow_shaper *ow_arrival_shaper(struct ow_session *session,
                                    const char *host, uint16_t port, int fd);

#endif
