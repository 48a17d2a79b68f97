/*
 * ask: one question to the host and its answer, over the session's control
 * socket. Opens a descriptor, uses it, closes it; system calls alone, all
 * signals blocked meanwhile, so that neither a handler nor a thread's
 * cancellation can leave the descriptor open.
 */
#ifndef OW_SHIM_ASK_H
#define OW_SHIM_ASK_H

#include "control/control.h"

/*
 * Sends question to the host of the session in folder dir and waits for the
 * answer, OW_LIMIT_ANSWER_MS at most. lent_fd, if not -1, goes with it.
 * 0; otherwise a negative errno: -ENOENT or -ECONNREFUSED (no host there),
 * -ETIMEDOUT (slow), -EPROTO, -EPROTONOSUPPORT (the text of answer may say
 * more), or what a system call gave.
 */
int ow_ask(const char *dir, const struct ow_question *question, int lent_fd,
           struct ow_control_answer *answer);

#endif
