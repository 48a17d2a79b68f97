/*
 * webhook_talk: plays a conversation (rule/talk.h): sends its turns, compares
 * what is answered, and reports in TAP, or in JSON, a line each turn.
 */
#ifndef OW_CLI_WEBHOOK_TALK_H
#define OW_CLI_WEBHOOK_TALK_H

#include "cli/webhook_job.h"
#include "rule/talk.h"

/* The status of the command: 0 if all is as expected. */
int ow_webhook_talk(const struct ow_webhook_job *job,
                    const struct ow_talk *talk, struct ow_sender *sender);

#endif
