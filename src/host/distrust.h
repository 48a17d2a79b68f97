/*
 * distrust: the sentence about a program that takes the session's certificate
 * for a stranger's. What it says itself ("PKIX path building failed") does not
 * lead to the cause, which is how it was started, or what it was built to do.
 */
#ifndef OW_HOST_DISTRUST_H
#define OW_HOST_DISTRUST_H

#include "host/session.h"

/*
 * Says it, once for a program's name and host, if error, with which the
 * handshake has ended (pipe.h), means distrust. A connection that was closed
 * means it where nothing has told the program of the session's CA.
 */
void ow_distrust_tell(struct ow_session *session,
                      const struct ow_program *program, const char *host,
                      int error);

#endif
