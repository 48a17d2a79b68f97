/*
 * tune: how a process that serves sets itself up: small memory, many
 * descriptors, no death by SIGPIPE. Never before a program is started from
 * it, which would inherit that.
 */
#ifndef OW_CLI_TUNE_H
#define OW_CLI_TUNE_H

void ow_tune_process(void);
/* Closes all descriptors but stdio and this one: a shell that reads our
 * parent's output until its end must not wait for us. */
void ow_tune_close_inherited(int keep_fd);

#endif
