/*
 * session: what the parts of the host share: the rules and what happened to
 * them (hits, journal), the clock, the names, the programs, the certificates.
 * No socket of a connection and no listener is in it.
 *
 * Made once, by host.c; the parts borrow it.
 */
#ifndef OW_HOST_SESSION_H
#define OW_HOST_SESSION_H

#include "control/ticket.h"
#include "exchange/serve.h"
#include "host/crowds.h"
#include "host/host.h"
#include "host/livehosts.h"
#include "host/programs.h"
#include "host/results.h"
#include "host/say.h"
#include "host/standins.h"
#include "tls/server.h"
#include "upstream/deliver.h"

struct ow_session {
    struct event_base *base;
    char *dir;         /* the session's folder */
    int claim;         /* holds it: claim.h */
    char *journal_dir; /* where the journal lies: dir, or what was kept */
    bool isolate;
    struct ow_livehosts *live; /* hosts that are not mocked; NULL: none */
    bool lend_stderr;
    struct ow_say say;
    bool has_told_shortage;
    bool is_shared; /* root's: with programs that show the ticket, whoever they
                       run as */
    uint8_t ticket[OW_TICKET_LEN];
    bool is_outdated; /* gives way to a host that has the rules of now */
    bool renews;      /* the files are looked at */
    char *rules;      /* their list */
    const char *pack_dir;
    uint64_t stamp; /* of the files when they were loaded */
    struct ow_table *table;
    struct ow_states states;
    struct ow_odds odds;
    struct ow_clock clock;
    struct ow_journal *journal;
    struct ow_serve_env env;
    const struct ow_network *network; /* in place of the rules'; or NULL */
    uint64_t connections;             /* counted up, those with a network */
    struct ow_deliverer *deliverer;   /* made when there is something to send */
    uint64_t cancelled;               /* call backs, at the end */
    struct ow_err first_cancelled;    /* which would have been next */
    struct event *waker; /* resources that do something by themselves; made
                            with the first one */
    struct ow_standins *standins;
    struct ow_programs *programs;
    struct ow_results *results;
    struct ow_crowds *crowds;
    struct ow_ca *ca;          /* made when first asked for */
    struct ow_tls_server *tls; /* the same */
    struct event *prepare;     /* makes them before they are asked for */
    const char *expected;      /* the host that a handshake is expected for */
};

/* Loads the rules, makes the folder, opens the journal. What is done when one
 * step fails is undone by release. 0 or a negative errno with a sentence. */
int ow_session_init(struct ow_session *session,
                    const struct ow_host_options *options,
                    struct event_base *base, ow_programs_gone_fn gone,
                    void *gone_context, struct ow_err *err);
void ow_session_release(struct ow_session *session);

/*
 * Whether a program that says hello (who) is the only one there and the rule
 * files are not those that were loaded: then this session ends without an
 * answer, is_outdated is set, and the shim begins another. A script that writes
 * its rules between two commands gets what it wrote.
 */
bool ow_session_gives_way(struct ow_session *session, struct ow_joined *who);

/* What resources do by themselves may be due at another time: the clock, the
 * rules or they have changed. */
void ow_session_wake(struct ow_session *session);
/* All that was to be sent about resources is not wanted any more. */
void ow_session_forget_resources(struct ow_session *session);

/* The programs have ended: call backs that wait are cancelled, those too that
 * resources would have sent in the time to come. */
void ow_session_stop_delivering(struct ow_session *session);

/* Made at the first call: a run that never speaks TLS does not pay. NULL with
 * a sentence on failure. */
struct ow_ca *ow_session_ca(struct ow_session *session, struct ow_err *err);
struct ow_tls_server *ow_session_tls(struct ow_session *session,
                                     struct ow_err *err);

/*
 * Makes the CA, the context and the host's certificate in the next turn of the
 * loop, if there are none: while the program connects and sets up its own side.
 * host is one of the stand-ins' names.
 */
void ow_session_expect_tls(struct ow_session *session, const char *host);

/* Whether it is offwire.test, for which no rule is, whatever "hosts" says. */
bool ow_session_is_control(const char *host);
/* Whether a host is answered here at a port (0: any): by rules, or by the
 * session itself (api.h). */
bool ow_session_knows(const struct ow_session *session, const char *host,
                      uint16_t port);

/* A record of now; program may be NULL. The caller fills in the rest and gives
 * it to ow_journal_add. */
void ow_session_record(const struct ow_session *session,
                       struct ow_record *record, enum ow_event event,
                       const struct ow_program *program);

/* A connection that comes while the host has as many as it takes; what becomes
 * of it: "is refused", "is reset", "waits". */
void ow_session_record_crowd(const struct ow_session *session,
                             const struct ow_program *program, const char *host,
                             uint16_t port, const char *what);

/*
 * The fault that answers at this stage, with its hit counted and its record
 * written, or OW_FAULT_NONE. ret_delay_ns (may be NULL) gets its wait.
 */
enum ow_fault_kind ow_session_fault(struct ow_session *session,
                                    enum ow_stage stage, const char *host,
                                    uint16_t port,
                                    const struct ow_program *program,
                                    int64_t *ret_delay_ns);

#endif
