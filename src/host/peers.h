/*
 * peers: who is at the other end of an accepted connection: asked of the
 * kernel (sock_diag), so that another user of the machine cannot talk to the
 * host although the port is open to all of loopback (D4). Other users than the
 * host's are served where root's own programs have become them.
 */
#ifndef OW_HOST_PEERS_H
#define OW_HOST_PEERS_H

#include "host/listeners.h"
#include "host/programs.h"

struct ow_peers;

struct ow_peers *ow_peers_new(void); /* NULL: no memory */
struct ow_peers *ow_peers_free(struct ow_peers *peers);

/*
 * The process of the session that made the connection, by its source address
 * or, if it had bound the socket itself, by the socket. 0; -EPERM (another
 * user's), -ENOENT (nobody of this session), -ESRCH (closed already), each
 * with a sentence.
 */
int ow_peers_find(struct ow_peers *peers, const struct ow_programs *programs,
                  const struct ow_accepted *accepted,
                  struct ow_joined **ret_joined, struct ow_err *err);

#endif
