/*
 * tune: how a process that serves sets itself up: small memory, many
 * descriptors, no death by SIGPIPE. Never before a program is started from
 * it, which would inherit that; ow_tune_bear_limits alone goes before.
 */
#ifndef OW_CLI_TUNE_H
#define OW_CLI_TUNE_H

typedef void (*ow_tune_handler_fn)(int signal_number);

void ow_tune_process(void);
/* A file that may not grow is an error of write(), not our death. For before a
 * session's files are made. Returns what SIGXFSZ did; a program that is
 * started later is to have that. */
ow_tune_handler_fn ow_tune_bear_limits(void);
/* Closes all descriptors but stdio and this one: a shell that reads our
 * parent's output until its end must not wait for us. */
void ow_tune_close_inherited(int keep_fd);

#endif
