/*
 * conns_out: what goes out of the session's connections, at the end of a loop's
 * turn. See conns.h. Called by host.c; bytes come from exchange/serve and go
 * through shaper.c and pipe.c.
 */
#include "config.h"

#include "host/conns_inner.h"

#include <errno.h>

/* Sends what there is; the exchange may make more of it as it goes out. */
static void send_out(struct conn *conn)
{
    struct ow_journal *journal = conn->conns->session->journal;

    for (int i = 0; i < OW_CONN_ROUNDS; i++) {
        struct ow_buf *out = ow_serve_out(conn->serve);
        if (out->len == 0 && ow_serve_end(conn->serve) == OW_SERVE_OPEN)
            return;
        if (out->len == 0) {
            ow_conn_finish(conn);
            return;
        }
        ow_journal_flush(journal);
        ssize_t n = ow_pipe_write(&conn->pipe, ow_buf_data(out), out->len);
        if (n == -EAGAIN) {
            event_add(&conn->write_event, NULL);
            return;
        }
        if (n < 0) {
            ow_conn_free(conn);
            return;
        }
        ow_buf_consume(out, (size_t)n);
        conn->listens = conn->eof;
        if (out->len == 0)
            ow_conn_play(conn);
    }
    event_active(&conn->write_event, EV_WRITE, 0);
}

/* What the exchange has made goes on its way; it may make more of it. */
static int fill_line(struct conn *conn)
{
    const struct ow_session *session = conn->conns->session;
    struct ow_buf *out = ow_serve_out(conn->serve);
    int r = 0;

    for (int i = 0; r == 0 && i < OW_CONN_ROUNDS && out->len > 0 &&
                    !ow_shaper_is_full(conn->shaper);
         i++) {
        ow_shaper_use(conn->shaper,
                      session->network ? NULL : ow_serve_network(conn->serve));
        r = ow_shaper_put(conn->shaper, ow_buf_data(out), out->len,
                          ow_conn_now(conn));
        ow_buf_consume(out, out->len);
        ow_conn_play(conn);
    }
    if (out->len == 0 && ow_serve_end(conn->serve) != OW_SERVE_OPEN)
        ow_shaper_end(conn->shaper, ow_conn_now(conn));
    return r;
}

/* The same through the shaper: what is due by now. 0, -EAGAIN: the rest waits
 * for the client, or another errno: the connection has gone. */
static int drain_line(struct conn *conn)
{
    const char *bytes;
    size_t len;

    while ((len = ow_shaper_due(conn->shaper, ow_conn_now(conn), &bytes)) > 0) {
        ssize_t n = ow_pipe_write(&conn->pipe, bytes, len);
        if (n == -EAGAIN)
            event_add(&conn->write_event, NULL);
        else if (n < 0)
            ow_conn_free(conn);
        if (n < 0)
            return (int)n;
        ow_shaper_consume(conn->shaper, (size_t)n);
        conn->listens = conn->eof;
    }
    return 0;
}

/* Whether the line takes more of what the exchange has made. Nobody wakes us
 * for that: a line that delays nothing is empty again at once. */
static bool can_fill(const struct conn *conn)
{
    return ow_serve_out(conn->serve)->len > 0 &&
           !ow_shaper_is_full(conn->shaper);
}

static void send_slowly(struct conn *conn)
{
    for (int i = 0; i < OW_CONN_ROUNDS; i++) {
        if (fill_line(conn) < 0) {
            ow_pipe_reset(&conn->pipe);
            ow_conn_free(conn);
            return;
        }
        ow_journal_flush(conn->conns->session->journal);
        int r = drain_line(conn);
        if (r < 0 && r != -EAGAIN)
            return;
        if (ow_shaper_is_over(conn->shaper, ow_conn_now(conn))) {
            ow_conn_finish(conn);
            return;
        }
        if (r < 0 || !can_fill(conn)) {
            ow_conn_watch_line(conn);
            return;
        }
    }
    event_active(&conn->write_event, EV_WRITE, 0);
}

void ow_conns_send(struct ow_conns *conns)
{
    struct conn_list now = TAILQ_HEAD_INITIALIZER(now);

    if (conns->is_cut)
        ow_timers_fire(conns->timers);
    conns->is_cut = false;
    conns->taken = 0;
    ow_journal_flush(conns->session->journal);
    TAILQ_CONCAT(&now, &conns->dirty, dirty_link);
    while (!TAILQ_EMPTY(&now)) {
        struct conn *conn = TAILQ_FIRST(&now);
        TAILQ_REMOVE(&now, conn, dirty_link);
        conn->dirty = false;
        if (conn->serve && conn->shaper)
            send_slowly(conn);
        else if (conn->serve)
            send_out(conn);
    }
}
