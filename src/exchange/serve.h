/*
 * serve: one connection's HTTP, from decoded bytes to answer bytes: codec,
 * exchange after exchange, emitter. Knows no socket: the host feeds it what
 * the client sent (after TLS) and sends what it left in the out buffer. Tests
 * and the case runner use it the same way.
 *
 *     ow_serve_feed(s, data, len);          // decodes; then always run:
 *     due = ow_serve_run(s);                // again at `due`, and whenever the
 *                                           // out buffer has been drained
 *     ow_journal_flush(env->journal);       // the record goes before the
 * answer send(ow_serve_out(s)), then look at ow_serve_end(s)
 */
#ifndef OW_EXCHANGE_SERVE_H
#define OW_EXCHANGE_SERVE_H

#include <netinet/in.h>

#include "base/limits.h"
#include "control/control.h"
#include "http/date.h"
#include "journal/journal.h"
#include "rule/table.h"
#include "state/clock.h"
#include "state/odds.h"
#include "state/state.h"

struct ow_delivery;
struct ow_h2_library;
struct ow_serve_peer;

/* Where programs talk to their session, in plain HTTP; see host/api.h. */
#define OW_SERVE_CONTROL_HOST OW_CONTROL_API
#define OW_SERVE_CONTROL_PORT 80

/* What all exchanges of a session share. Owned by the host. */
struct ow_serve_env {
    const struct ow_table *table;
    struct ow_states *states;
    const struct ow_odds *odds;
    struct ow_clock *clock;
    struct ow_journal *journal;
    size_t body_kept;   /* OW_LIMIT_BODY_KEPT */
    uint64_t exchanges; /* counted up: ids of the journal */
    uint64_t unmatched; /* counted up: the run's exit status */
    /* Called with a line for stderr, once for each that is new among the
     * last OW_LIMIT_SAID: a program that polls does not fill the screen. May be
     * NULL. */
    void (*say)(void *context, const struct ow_program *program,
                const char *line);
    void *say_context;
    /* Called with what libcurl's caller gets of the answer that begins, to the
     * request's target: the CURLcode or -1, and a sentence; an absent one takes
     * an earlier one back. May be NULL. */
    void (*tell_libcurl)(void *context, const struct ow_serve_peer *peer,
                         struct ow_str target, int code,
                         struct ow_str sentence);
    /* Called, with say_context, with what is to be sent when an answer has
     * ended. May be NULL. */
    void (*deliver)(void *context, struct ow_delivery *take_delivery);
    /* Called with say_context: what waits to be sent for that life of a
     * resource (state/resources.h) is not wanted any more; and: the time at
     * which resources do something by themselves may be another (wakers.h). May
     * be NULL. */
    void (*cancel)(void *context, uint64_t life);
    void (*wake)(void *context);
    /* Answers requests to OW_SERVE_CONTROL_HOST: writes the plan. 0 or
     * -ENOMEM. May be NULL: that host is like any other then. */
    int (*control)(void *context, struct ow_request *request,
                   struct ow_plan *plan);
    void *control_context;
    struct ow_h2_library *h2;     /* NULL: HTTP/2 is not spoken */
    bool unmatched_is_error;      /* requests without a rule get no answer */
    uint64_t said[OW_LIMIT_SAID]; /* zeroed; hashes of what was said */
    size_t said_next;             /* zeroed; where the next one goes */
    struct ow_date date; /* zeroed; the Date field, formatted once a second */
};

/* What is known of a connection before its first byte. Borrowed. */
struct ow_serve_peer {
    const char *host; /* the name behind the stand-in address */
    uint16_t port;    /* the original port */
    bool tls;
    bool keeps_h1;          /* HTTP/2 is not to be changed to */
    struct ow_str protocol; /* what ALPN has agreed on; absent: nothing */
    const struct ow_program *program;
    struct sockaddr_in client; /* its end of the connection; may be zero */
};

enum ow_serve_end {
    OW_SERVE_OPEN,
    OW_SERVE_CLOSE, /* FIN when out is empty, in order (TLS close_notify) */
    OW_SERVE_CUT,   /* FIN when out is empty, as when a server dies */
    OW_SERVE_RESET, /* RST when out is empty */
};

#define OW_SERVE_NEVER INT64_MAX

struct ow_serve;

/* By env->say, if it is new; the sentence ends with a NUL. What is absent is
 * not said. program may be NULL. */
void ow_serve_say(struct ow_serve_env *env, const struct ow_program *program,
                  struct ow_str sentence);

struct ow_serve *ow_serve_new(struct ow_serve_env *env,
                              const struct ow_serve_peer *peer);
/* Also ends what is under way, with its journal record. Returns NULL. */
struct ow_serve *ow_serve_free(struct ow_serve *serve);

/* Takes all of it. Bytes of a pipelined request are kept until it is their
 * turn; while ow_serve_wants_read() is false the host should not read. */
void ow_serve_feed(struct ow_serve *serve, const char *data, size_t len);
bool ow_serve_wants_read(const struct ow_serve *serve);
/* Whether it will never want to read again although the client may send: by a
 * rule. That the client leaves has then to be found out by other means. */
bool ow_serve_is_deaf(const struct ow_serve *serve);
/*
 * The client sent FIN: requests that are whole are still answered (call run),
 * then the end is CLOSE. On an error of the socket call ow_serve_free instead.
 */
void ow_serve_eof(struct ow_serve *serve);
/* The host goes: what the protocol has to say of that is put into out. */
void ow_serve_leave(struct ow_serve *serve);
/* Plays what is due; returns the session time at which to call again. */
int64_t ow_serve_run(struct ow_serve *serve);
/* The network that the answers in out are to have; NULL: the connection's.
 * That of the rule which answered last. */
const struct ow_network *ow_serve_network(const struct ow_serve *serve);
/* Bytes for the client; the host consumes from it. Holds about
 * OW_LIMIT_OUT_HIGH at most: what comes next waits until it is drained. */
struct ow_buf *ow_serve_out(struct ow_serve *serve);
enum ow_serve_end ow_serve_end(const struct ow_serve *serve);

#endif
