/*
 * conns: the connections of the session, from accept to the last byte: whose
 * they are, TLS or plain, and the bytes between the socket and the exchange.
 *
 *   accept -> sniff -> [handshake] -> serve -> linger -> gone
 *                  \-> stall (a TLS fault)
 *
 * The callbacks of a loop's turn only take in and produce; what was produced
 * goes out in ow_conns_send(), at the turn's end, with one write of the journal
 * before it (D10).
 */
#ifndef OW_HOST_CONNS_H
#define OW_HOST_CONNS_H

#include "host/listeners.h"
#include "host/session.h"

struct ow_conns;

struct ow_conns *ow_conns_new(struct ow_session *session); /* NULL: no memory */
/* Ends all of them; what is under way gets its journal record. */
struct ow_conns *ow_conns_free(struct ow_conns *conns);

/* An ow_listeners_accept_fn and its ow_listeners_short_fn; context is the
 * ow_conns. */
void ow_conns_accept(void *context, const struct ow_accepted *accepted);
void ow_conns_are_short(void *context);
/* The clock was changed: in the next turn everything that is due is asked for
 * anew. */
void ow_conns_rearm(struct ow_conns *conns);
/* Writes the journal, then sends what the turn has produced. */
void ow_conns_send(struct ow_conns *conns);

#endif
