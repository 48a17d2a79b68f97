/*
 * verdicts: the host's answers to the shim's questions: whether a name or an
 * address is ours, and where to connect instead. Decides; touches no socket
 * of the program. One function per kind of question.
 */
#ifndef OW_HOST_VERDICTS_H
#define OW_HOST_VERDICTS_H

#include "control/control.h"
#include "host/blackhole.h"
#include "host/listeners.h"
#include "host/session.h"

struct ow_verdicts {
    struct ow_session *session;
    struct ow_listeners *listeners;
    struct ow_blackhole *blackhole;
};

/* Fills in the answer to a question that was checked, from that process. */
void ow_verdicts_answer(const struct ow_verdicts *verdicts,
                        const struct ow_question *question,
                        struct ow_joined *who,
                        struct ow_control_answer *ret_answer);

#endif
