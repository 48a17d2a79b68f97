/*
 * host: the process that answers: one loop (libevent), the control server, the
 * listeners, the connections, the processes it serves. Made by `offwire run`
 * (which is also the program's parent) and by `offwire host` (started by the
 * shim or by `offwire env`).
 */
#ifndef OW_HOST_HOST_H
#define OW_HOST_HOST_H

#include <event2/event.h>

#include "base/err.h"
#include "control/ticket.h"
#include "exchange/serve.h"

struct ow_host;

struct ow_host_options {
    const char *rules; /* colon-separated; required */
    const char *pack_dir;
    const char *dir;  /* session's folder; NULL: a new one in TMPDIR */
    const char *keep; /* folder for the journal, kept; NULL: in dir */
    const char *live; /* hosts that are not mocked, with commas; NULL: none */
    const struct ow_network *network; /* in place of the rules'; or NULL */
    const char *scenarios;            /* comma-separated; NULL: none */
    bool keeps_requests; /* in the journal; those of one to keep always are */
    bool isolate;
    bool unmatched_is_error;
    bool lend_stderr; /* started by the shim: say things on theirs */
    bool renews;      /* ends for another when the rule files have changed */
    double speed;     /* 1.0 */
    uint64_t seed;
    size_t body_kept; /* 0: OW_LIMIT_BODY_KEPT */
};

/* Loads rules, makes the folder (0700), CA and control socket, listens. 0, or a
 * negative errno with a sentence: -EIO or -ENOMEM when it is this machine that
 * does not let us, -EALREADY when another host serves the folder, else the
 * options or rules are wrong. */
int ow_host_new(const struct ow_host_options *options, struct ow_host **ret,
                struct ow_err *err);
struct ow_host *ow_host_free(struct ow_host *host);

struct event_base *ow_host_base(struct ow_host *host);
const char *ow_host_dir(const struct ow_host *host);
/* Whether the session has a ticket (control/ticket.h), which is the text. */
bool ow_host_ticket(const struct ow_host *host,
                    char ret_text[OW_TICKET_TEXT_SIZE]);
/* The folder that has the journal: the one to keep, or the session's. */
const char *ow_host_journal_dir(const struct ow_host *host);
/* Writes ca.pem into the session's folder, and where it is kept. */
int ow_host_write_ca(struct ow_host *host, struct ow_err *err);
struct ow_serve_env *ow_host_env(struct ow_host *host);
/* Call backs that were given up; and those that were not due yet, or not taken
 * any more, when the programs had ended. */
struct ow_undelivered {
    uint64_t failed;
    uint64_t cancelled;
    const char *first; /* of those cancelled, in words. Borrowed */
};
struct ow_undelivered ow_host_undelivered(const struct ow_host *host);
/* Turns the loop until ow_host_stop. */
int ow_host_run(struct ow_host *host);
void ow_host_stop(struct ow_host *host);
/* Ends by itself when the processes that joined are gone (shim-started);
 * pid, if not 0, counts as joined from now on. May be called again. */
void ow_host_end_with_programs(struct ow_host *host, int pid);

#endif
