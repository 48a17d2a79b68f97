/*
 * conns_inner: what a connection is, for conns.c, which has all of them,
 * conns_in.c, which takes in, and conns_out.c, which sends. See conns.h; for
 * nobody else.
 */
#ifndef OW_HOST_CONNS_INNER_H
#define OW_HOST_CONNS_INNER_H

#include <event2/event_struct.h>
#include <netinet/in.h>
#include <sys/queue.h>

#include "base/limits.h"
#include "host/conns.h"
#include "host/peers.h"
#include "host/pipe.h"
#include "host/shaper.h"
#include "host/timers.h"

/* Reads and writes of one connection before the others get their turn. */
#define OW_CONN_ROUNDS 16

struct conn;

typedef void (*state_fn)(struct conn *conn);

struct conn {
    TAILQ_ENTRY(conn) link;
    TAILQ_ENTRY(conn) dirty_link;
    TAILQ_ENTRY(conn) waiting_link;
    struct ow_conns *conns;
    state_fn on_readable; /* the state: what to do with what comes in */
    struct event read_event;
    struct event write_event;
    struct ow_timer timer;
    state_fn later;    /* what the timer calls first, once; NULL: nothing */
    int64_t later_due; /* its session time */
    struct ow_shaper *shaper;   /* NULL: it is as fast as it can be */
    struct ow_timer line_timer; /* of the shaper, both ways */
    int64_t read_again;         /* session time; while it holds */
    struct ow_pipe pipe;
    struct ow_info *info;
    struct ow_serve *serve; /* NULL before the first byte and after the end */
    const char *host;       /* of the stand-ins, valid with the session */
    uint16_t port;
    struct sockaddr_in client;
    bool is_faulty;  /* a rule wants its handshake to fail */
    bool dirty;      /* in the list of those that have something to send */
    bool reading;    /* read_event is added */
    bool eof;        /* the client sends nothing more */
    bool listens;    /* it was sent something after its eof: it may read on */
    int trips;       /* of the handshake, that were waited for */
    bool waits;      /* its host has as many connections as it takes */
    bool is_counted; /* as one of them */
    bool holds;      /* the network takes no more from the client for now */
    bool stuck;      /* OpenSSL has to write before it can read */
};

TAILQ_HEAD(conn_list, conn);

struct ow_conns {
    struct ow_session *session;
    struct ow_peers *peers;
    struct ow_timers *timers;
    struct conn_list all;
    struct conn_list dirty;
    struct conn_list waiting; /* for room; the first that came goes first */
    size_t taken;             /* reads in this turn of the loop */
    int64_t turn;             /* when it was seen to be a long one */
    bool is_cut;              /* it has taken too long */
    size_t n;                 /* how many there are */
    size_t most;              /* at once, since memory was given back */
    struct event *rearm; /* what is due is asked for anew in the next turn */
    char buffer[OW_LIMIT_IO]; /* one read; nothing stays in it */
};

/* Ends the connection at once and forgets it. */
void ow_conn_free(struct conn *conn);
/* It is no more one of those that its host has open: there is room for
 * another. */
void ow_conn_leave_crowd(struct conn *conn);

/* Says what is to be called when; nothing is read yet. */
void ow_conn_init(struct conn *conn);
/* The connection has come about, in as much time as its network takes. */
void ow_conn_begin(struct conn *conn);
/* The clock was changed: its waits of session time are others now. */
void ow_conn_rearm(struct conn *conn);
/* The session's time now. */
int64_t ow_conn_now(const struct conn *conn);
/* Sets the timer of the line to what is due on it next, either way. */
void ow_conn_watch_line(struct conn *conn);
/* Lets the exchange do what is due; what it left goes out at the turn's end. */
void ow_conn_play(struct conn *conn);
/* The exchange has ended the connection and all of it is sent: it may be gone
 * then. */
void ow_conn_finish(struct conn *conn);

#endif
