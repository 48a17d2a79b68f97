/*
 * control_server: answers the shims of the session at the control socket in
 * its folder: one connection, one question, one answer (control/control.h).
 * Who asks is told by the kernel (SO_PEERCRED), and becomes a process of the
 * session with its first question. Other users than the host's and root are
 * served in a session of root's alone, and only if their hello has its ticket
 * (control/ticket.h), or their process had joined before it changed its user.
 */
#ifndef OW_HOST_CONTROL_SERVER_H
#define OW_HOST_CONTROL_SERVER_H

#include "host/verdicts.h"

struct ow_control_server;

/* Listens in the session's folder. 0 or a negative errno with a sentence. */
int ow_control_server_new(const struct ow_verdicts *verdicts,
                          struct ow_control_server **ret, struct ow_err *err);
struct ow_control_server *
ow_control_server_free(struct ow_control_server *server);

#endif
