/*
 * handshake: the server's side of a WebSocket's opening (RFC 6455, 4.2; over
 * h2: RFC 8441): whether the request may become one, and the head that says
 * so. No extension is ever agreed to, permessage-deflate neither.
 */
#ifndef OW_PLAN_HANDSHAKE_H
#define OW_PLAN_HANDSHAKE_H

#include "plan/head.h"

/* Subprotocols that a rule offers: its first that the client offers, too. */
struct ow_handshake {
    struct ow_head head;
    bool says_protocols;            /* false: the client's first one */
    const struct ow_str *protocols; /* of the rule */
    size_t n;
};

/*
 * Appends what opens the WebSocket and sets plan->script; a request that
 * cannot become one is answered: 426 with what it should say, or 400. 0;
 * -ENOMEM; -EINVAL with a sentence.
 */
struct ow_script;
int ow_handshake_plan(const struct ow_handshake *handshake,
                      const struct ow_script *script,
                      const struct ow_answer_context *context,
                      struct ow_plan *plan, struct ow_err *err);

#endif
