/*
 * tune: how a process that serves sets itself up: small memory, many
 * descriptors, no death by SIGPIPE. Never before a program is started from
 * it, which would inherit that; ow_tune_limits goes before, and tells what a
 * program that is started later is to have, and ow_tune_stdio, of which a
 * program sees nothing.
 */
#ifndef OW_CLI_TUNE_H
#define OW_CLI_TUNE_H

#include <sys/resource.h>

#include "base/err.h"

/* As they came to us. */
struct ow_tune_limits {
    void (*on_full)(int signal_number); /* what SIGXFSZ does */
    struct rlimit files;                /* RLIMIT_NOFILE */
};

/*
 * Fills what is closed of stdin, stdout and stderr, for this process alone: a
 * socket of ours must not get their numbers, and sentences with them. For the
 * very begin.
 */
void ow_tune_stdio(void);
void ow_tune_process(void);
/*
 * As many descriptors as we may have; and a file that may not grow is an error
 * of write(), not our death. For before a session's files are made. -EMFILE
 * with a sentence if a host cannot live with so few.
 */
int ow_tune_limits(struct ow_tune_limits *ret_before, struct ow_err *err);
/* Closes all descriptors but stdio and this one: a shell that reads our
 * parent's output until its end must not wait for us. */
void ow_tune_close_inherited(int keep_fd);

#endif
