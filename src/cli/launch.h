/*
 * launch: the program of `offwire run`: started, watched, given the signals
 * that were meant for it. It stays in our process group, so what the terminal
 * sends (Ctrl-C, Ctrl-Z) reaches it without us; only what was sent to us alone
 * is passed on, and that the terminal has gone, which a session's leader alone
 * is told. When the program is stopped we stop as well, so that the
 * shell's job control sees one job.
 */
#ifndef OW_CLI_LAUNCH_H
#define OW_CLI_LAUNCH_H

#include <event2/event.h>
#include <signal.h>

#include "base/err.h"
#include "cli/tune.h"

struct ow_launch;

/* Called when the program has ended; status is as from waitpid(). */
typedef void (*ow_launch_ended_fn)(void *context, int status);

/* How signals were when we began, and are to be for the program. */
struct ow_launch_signals {
    sigset_t mask;
    void (*on_child)(int signal_number); /* SIGCHLD: default or ignored */
};

/*
 * Holds back the signals that a run takes care of, from before its session is
 * made until the process ends: one that comes in between must not end us with
 * the folder left behind. What came before the program's start is handed to it
 * then.
 */
void ow_launch_hold_signals(struct ow_launch_signals *ret_before);

struct ow_launch_program {
    const char *path; /* the file to run */
    char **argv;      /* NULL-terminated, as the next */
    char **env;
    struct ow_launch_signals signals; /* as ow_launch_hold_signals gave them */
    struct ow_tune_limits limits;     /* as ow_tune_limits gave them */
};

/* Starts the program and watches it in the loop. 0 or the negative errno of
 * exec with a sentence. */
int ow_launch_new(struct event_base *base,
                  const struct ow_launch_program *program,
                  ow_launch_ended_fn ended, void *context,
                  struct ow_launch **ret, struct ow_err *err);
/* Does not end the program; signals stay held. */
struct ow_launch *ow_launch_free(struct ow_launch *launch);
int ow_launch_pid(const struct ow_launch *launch);

#endif
