/*
 * conns: the connections of the session, from their arrival to their end. See
 * conns.h. Fed by listeners.c; what comes in is conns_in.c's, what goes out
 * conns_out.c's.
 */
#include "config.h"

#include "host/conns_inner.h"

#include <arpa/inet.h>
#include <errno.h>
#include <malloc.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "host/arrival.h"
#include "rule/crowd.h"

/* So many connections leave memory behind, in holes between what stays. */
#define BURST 64

/* Those who wait for this host, as long as there is room. */
static void let_in(struct ow_conns *conns, const char *host)
{
    struct ow_session *session = conns->session;
    struct conn *conn, *next;

    for (conn = TAILQ_FIRST(&conns->waiting); conn; conn = next) {
        next = TAILQ_NEXT(conn, waiting_link);
        if (strcmp(conn->host, host) != 0)
            continue;
        const struct ow_crowd *crowd =
            ow_table_crowd(session->table, host, conn->port);
        if (crowd && !ow_crowds_enter(session->crowds, host, crowd->max))
            return;
        TAILQ_REMOVE(&conns->waiting, conn, waiting_link);
        conn->waits = false;
        conn->is_counted = crowd;
        ow_conn_begin(conn);
    }
}

void ow_conn_leave_crowd(struct conn *conn)
{
    struct ow_conns *conns = conn->conns;

    if (conn->waits)
        TAILQ_REMOVE(&conns->waiting, conn, waiting_link);
    conn->waits = false;
    if (!conn->is_counted)
        return;
    conn->is_counted = false;
    ow_crowds_leave(conns->session->crowds, conn->host);
    let_in(conns, conn->host);
}

void ow_conn_free(struct conn *conn)
{
    struct ow_conns *conns = conn->conns;

    ow_conn_leave_crowd(conn);
    ow_serve_free(conn->serve);
    event_del(&conn->read_event);
    event_del(&conn->write_event);
    ow_timers_clear(conns->timers, &conn->timer);
    ow_timers_clear(conns->timers, &conn->line_timer);
    ow_shaper_free(conn->shaper);
    if (conn->dirty)
        TAILQ_REMOVE(&conns->dirty, conn, dirty_link);
    TAILQ_REMOVE(&conns->all, conn, link);
    ow_pipe_release(&conn->pipe);
    ow_info_unref(conn->info);
    free(conn);
    conns->n--;
    if (conns->n == 0 && conns->most >= BURST) {
        malloc_trim(0);
        conns->most = 0;
    }
}

/* The clock was changed: every wait of session time is another one now. */
static void on_rearm(evutil_socket_t fd, short what, void *context)
{
    struct ow_conns *conns = context;
    struct conn *conn;

    (void)fd;
    (void)what;
    TAILQ_FOREACH(conn, &conns->all, link)
    ow_conn_rearm(conn);
}

void ow_conns_rearm(struct ow_conns *conns)
{
    event_active(conns->rearm, EV_TIMEOUT, 0);
}

static struct conn *add(struct ow_conns *conns,
                        const struct ow_accepted *accepted, const char *host,
                        const struct ow_joined *who)
{
    struct conn *conn = calloc(1, sizeof *conn);

    if (!conn)
        return NULL;
    conn->conns = conns;
    conn->host = host;
    conn->port = accepted->original_port;
    conn->client = accepted->peer;
    conn->info = ow_info_ref(who->info);
    /* Of an older connection with the same port. */
    ow_results_forget(conns->session->results, accepted->peer.sin_addr,
                      ntohs(accepted->peer.sin_port));
    ow_pipe_init(&conn->pipe, accepted->fd);
    ow_conn_init(conn);
    TAILQ_INSERT_TAIL(&conns->all, conn, link);
    if (++conns->n > conns->most)
        conns->most = conns->n;
    return conn;
}

/* Whether its host takes it now; if not, it waits or has gone. */
static bool join_crowd(struct conn *conn)
{
    struct ow_session *session = conn->conns->session;
    const struct ow_crowd *crowd =
        ow_table_crowd(session->table, conn->host, conn->port);

    if (!crowd)
        return true;
    conn->is_counted = ow_crowds_enter(session->crowds, conn->host, crowd->max);
    if (conn->is_counted)
        return true;
    conn->waits = crowd->then == OW_CROWD_WAIT;
    ow_session_record_crowd(session, &conn->info->program, conn->host,
                            conn->port, conn->waits ? "waits" : "is reset");
    if (conn->waits) {
        TAILQ_INSERT_TAIL(&conn->conns->waiting, conn, waiting_link);
        return false;
    }
    ow_pipe_reset(&conn->pipe);
    ow_conn_free(conn);
    return false;
}

void ow_conns_accept(void *context, const struct ow_accepted *accepted)
{
    struct ow_conns *conns = context;
    struct ow_session *session = conns->session;
    struct ow_joined *who;
    struct ow_err err = {""};
    int on = 1;

    int r =
        ow_peers_find(conns->peers, session->programs, accepted, &who, &err);
    if (r < 0) {
        ow_arrival_drop(session, accepted, NULL, r == -ESRCH ? NULL : err.text);
        return;
    }
    /* The shim may know the port from another name that has it. */
    const char *host = ow_arrival_host(session, accepted->local.sin_addr);
    if (!host || !ow_session_knows(session, host, accepted->original_port)) {
        ow_arrival_drop(session, accepted, host,
                        "no rule names this host at this port");
        return;
    }
    struct conn *conn = add(conns, accepted, host, who);
    if (!conn) {
        ow_arrival_drop(session, accepted, host, "out of memory");
        return;
    }
    setsockopt(accepted->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (!ow_table_has_crowds(session->table) || ow_session_is_control(host) ||
        join_crowd(conn))
        ow_conn_begin(conn);
}

void ow_conns_are_short(void *context)
{
    struct ow_conns *conns = context;

    ow_arrival_tell_shortage(conns->session);
}

/* What fits into the socket at once: nobody waits for it any more. */
static void say_goodbye(struct conn *conn)
{
    if (!conn->serve || conn->shaper)
        return;
    ow_serve_leave(conn->serve);
    const struct ow_buf *out = ow_serve_out(conn->serve);
    if (out->len == 0)
        return;
    ow_journal_flush(conn->conns->session->journal);
    (void)ow_pipe_write(&conn->pipe, ow_buf_data(out), out->len);
}

struct ow_conns *ow_conns_free(struct ow_conns *conns)
{
    if (!conns)
        return NULL;
    while (!TAILQ_EMPTY(&conns->all)) {
        say_goodbye(TAILQ_FIRST(&conns->all));
        ow_conn_free(TAILQ_FIRST(&conns->all));
    }
    if (conns->rearm)
        event_free(conns->rearm);
    ow_timers_free(conns->timers);
    ow_peers_free(conns->peers);
    free(conns);
    return NULL;
}

struct ow_conns *ow_conns_new(struct ow_session *session)
{
    struct ow_conns *conns = calloc(1, sizeof *conns);

    if (!conns)
        return NULL;
    conns->session = session;
    TAILQ_INIT(&conns->all);
    TAILQ_INIT(&conns->dirty);
    TAILQ_INIT(&conns->waiting);
    conns->peers = ow_peers_new();
    conns->timers = ow_timers_new(session->base);
    conns->rearm = event_new(session->base, -1, 0, on_rearm, conns);
    if (!conns->peers || !conns->timers || !conns->rearm)
        return ow_conns_free(conns);
    return conns;
}
