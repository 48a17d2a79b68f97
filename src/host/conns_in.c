/*
 * conns_in: what comes in on one connection, and when it goes on. See conns.h.
 * Begun by conns.c; bytes go through pipe.c and shaper.c to exchange/serve.
 */
#include "config.h"

#include "host/conns_inner.h"

#include <errno.h>
#include <sys/socket.h>

#include "host/arrival.h"
#include "host/distrust.h"
#include "rule/network.h"

/* How long the client may take to close after our FIN: an answer's last bytes
 * would be lost if we closed with its bytes unread. */
#define LINGER_NS 2000000000
/* How often one that is not read is looked after. */
#define LOOK_NS 500000000
/* How long requests are taken in before what is due has its turn: five hundred
 * that come at once must not keep the streams of the first ones waiting. */
#define TURN_NS 2000000
/* So many take no time that is worth a look at the clock. */
#define TURN_READS 4
/* The first byte of a TLS record with a handshake message. */
#define TLS_HANDSHAKE 0x16

static void mark_dirty(struct conn *conn)
{
    if (conn->dirty)
        return;
    conn->dirty = true;
    TAILQ_INSERT_TAIL(&conn->conns->dirty, conn, dirty_link);
}

static void set_reading(struct conn *conn, bool reading)
{
    if (conn->reading == reading)
        return;
    conn->reading = reading;
    if (reading)
        event_add(&conn->read_event, NULL);
    else
        event_del(&conn->read_event);
}

/* Calls on_due after that many real nanoseconds; never for INT64_MAX. */
static void set_timer(struct conn *conn, int64_t wait_ns)
{
    if (wait_ns == INT64_MAX) {
        ow_timers_clear(conn->conns->timers, &conn->timer);
        return;
    }
    /* Without memory for it the connection ends: late is worse than cut. */
    if (ow_timers_set(conn->conns->timers, &conn->timer,
                      ow_timers_now() + wait_ns) < 0)
        ow_pipe_end(&conn->pipe, true);
}

int64_t ow_conn_now(const struct conn *conn)
{
    return ow_clock_now(&conn->conns->session->clock);
}

/* Calls fn after so much session time; until then nothing is read. */
static void wait_for(struct conn *conn, int64_t wait_ns, state_fn fn)
{
    const struct ow_clock *clock = &conn->conns->session->clock;

    conn->later = fn;
    conn->later_due = ow_clock_now(clock) + wait_ns;
    set_reading(conn, false);
    set_timer(conn, ow_clock_until(clock, conn->later_due));
}

static bool may_read(const struct conn *conn)
{
    return !conn->eof && !conn->holds && ow_serve_wants_read(conn->serve);
}

/* Sets the timer of the line to what is due on it next, either way. */
void ow_conn_watch_line(struct conn *conn)
{
    int64_t due = ow_shaper_next(conn->shaper);

    if (conn->holds && conn->read_again < due)
        due = conn->read_again;
    if (due == INT64_MAX) {
        ow_timers_clear(conn->conns->timers, &conn->line_timer);
        return;
    }
    due = ow_clock_until(&conn->conns->session->clock, due);
    if (due == INT64_MAX) {
        ow_timers_clear(conn->conns->timers, &conn->line_timer);
        return;
    }
    if (ow_timers_set(conn->conns->timers, &conn->line_timer,
                      ow_timers_now() + due) < 0)
        ow_pipe_end(&conn->pipe, true);
}

/* So many bytes have come; the next ones are still on their way. */
static void hold(struct conn *conn, size_t len)
{
    int64_t now = ow_conn_now(conn);

    conn->read_again = ow_shaper_read(conn->shaper, len, now);
    conn->holds = conn->read_again > now;
    if (conn->holds)
        ow_conn_watch_line(conn);
}

static void on_line_due(void *context)
{
    struct conn *conn = context;

    if (conn->holds && ow_conn_now(conn) >= conn->read_again) {
        conn->holds = false;
        if (conn->serve)
            set_reading(conn, may_read(conn));
        /* OpenSSL may hold what the socket has no more of. */
        if (conn->reading && ow_pipe_has_more(&conn->pipe))
            event_active(&conn->read_event, EV_READ, 0);
    }
    if (conn->serve)
        mark_dirty(conn);
    ow_conn_watch_line(conn);
}

/* Lets the exchange do what is due; what it left goes out at the turn's end. */
void ow_conn_play(struct conn *conn)
{
    int64_t due = ow_serve_run(conn->serve);

    if (ow_serve_is_deaf(conn->serve))
        set_timer(conn, LOOK_NS);
    else if (due == OW_SERVE_NEVER)
        ow_timers_clear(conn->conns->timers, &conn->timer);
    else
        set_timer(conn, ow_clock_until(&conn->conns->session->clock, due));
    set_reading(conn, may_read(conn));
    if (ow_serve_out(conn->serve)->len > 0 ||
        ow_serve_end(conn->serve) != OW_SERVE_OPEN)
        mark_dirty(conn);
}

/* After the end of a connection: what still comes in is thrown away. */
static void discard(struct conn *conn)
{
    ssize_t n = ow_pipe_read(&conn->pipe, conn->conns->buffer,
                             sizeof conn->conns->buffer);

    if (n == 0 || (n < 0 && n != -EAGAIN && n != -EBUSY))
        ow_conn_free(conn);
}

static void begin_linger(struct conn *conn)
{
    ow_conn_leave_crowd(conn);
    conn->on_readable = discard;
    set_reading(conn, true);
    set_timer(conn, LINGER_NS);
}

/* The exchange has ended the connection and all of it is sent. */
void ow_conn_finish(struct conn *conn)
{
    enum ow_serve_end end = ow_serve_end(conn->serve);

    conn->serve = ow_serve_free(conn->serve);
    if (end == OW_SERVE_RESET) {
        ow_pipe_reset(&conn->pipe);
        ow_conn_free(conn);
        return;
    }
    /* A client that has left is not told goodbye. */
    if (!conn->eof || conn->listens)
        ow_pipe_end(&conn->pipe, end == OW_SERVE_CUT);
    if (conn->eof)
        ow_conn_free(conn);
    else
        begin_linger(conn);
}

/* Bytes of one read go to the exchange. Returns whether to read again. */
static bool receive_once(struct conn *conn)
{
    struct ow_conns *conns = conn->conns;
    size_t size = conn->shaper ? ow_shaper_read_size(conn->shaper) : 0;

    if (size == 0)
        size = sizeof conns->buffer;
    ssize_t n = ow_pipe_read(&conn->pipe, conns->buffer, size);
    if (n > 0) {
        ow_serve_feed(conn->serve, conns->buffer, (size_t)n);
        if (conn->shaper)
            hold(conn, (size_t)n);
        return (size_t)n == size || ow_pipe_has_more(&conn->pipe);
    }
    if (n == -EBUSY) {
        conn->stuck = true;
        event_add(&conn->write_event, NULL);
    }
    if (n == -EAGAIN || n == -EBUSY)
        return false;
    conn->eof = true;
    ow_serve_eof(conn->serve);
    return false;
}

static void receive(struct conn *conn)
{
    for (int i = 0; i < OW_CONN_ROUNDS && may_read(conn); i++) {
        if (receive_once(conn))
            continue;
        ow_conn_play(conn);
        return;
    }
    /* OpenSSL may hold what the socket has no more of. */
    if (!conn->eof && !conn->holds && ow_pipe_has_more(&conn->pipe))
        event_active(&conn->read_event, EV_READ, 0);
    ow_conn_play(conn);
}

static void begin_serving(struct conn *conn)
{
    struct ow_serve_peer peer = {
        .host = conn->host,
        .port = conn->port,
        .tls = conn->pipe.ssl != NULL,
        .keeps_h1 =
            ow_arrival_keeps_h1(conn->conns->session, &conn->info->program),
        .protocol = ow_pipe_protocol(&conn->pipe),
        .program = &conn->info->program,
        .client = conn->client,
    };

    conn->serve = ow_serve_new(&conn->conns->session->env, &peer);
    if (!conn->serve) {
        ow_pipe_reset(&conn->pipe);
        ow_conn_free(conn);
        return;
    }
    conn->on_readable = receive;
    receive(conn);
}

static void record_tls(const struct conn *conn, const char *text)
{
    struct ow_session *session = conn->conns->session;
    struct ow_record record;

    ow_session_record(session, &record, OW_EVENT_TLS, &conn->info->program);
    record.host = ow_str_from(conn->host);
    record.port = conn->port;
    record.text = ow_str_from(text);
    ow_journal_add(session->journal, &record);
}

/* Whether fn has to wait for a round trip; if so, it is called behind it. */
static bool take_trip(struct conn *conn, state_fn fn)
{
    if (!conn->shaper || conn->trips >= ow_pipe_trips(&conn->pipe))
        return false;
    conn->trips++;
    wait_for(conn, ow_shaper_trip(conn->shaper), fn);
    return true;
}

static void handshake(struct conn *conn)
{
    struct ow_err err = {""};
    int r = ow_pipe_handshake(&conn->pipe, &err);

    if (r == -EAGAIN)
        return;
    if (r == -EBUSY) {
        event_add(&conn->write_event, NULL);
        return;
    }
    if (r == 0) {
        /* A client that is quick has sent its second flight before we have
         * come back from reading its first. */
        if (!take_trip(conn, begin_serving))
            begin_serving(conn);
        return;
    }
    record_tls(conn, err.text);
    /* On a slow network a client may have lost its patience. */
    if (!conn->is_faulty && (r == -EKEYREJECTED || !conn->shaper))
        ow_distrust_tell(conn->conns->session, &conn->info->program, conn->host,
                         r);
    ow_conn_free(conn);
}

static void handshake_slowly(struct conn *conn)
{
    if (!take_trip(conn, handshake))
        handshake(conn);
}

/* Faults that need no handshake; whether there was one. */
static bool play_tls_fault(struct conn *conn, enum ow_fault_kind fault)
{
    if (fault == OW_FAULT_TLS_STALL) {
        conn->on_readable = discard;
        return true;
    }
    if (fault != OW_FAULT_TLS_ALERT)
        return false;
    struct ow_str alert = ow_tls_alert_record();
    ow_journal_flush(conn->conns->session->journal);
    (void)ow_pipe_write(&conn->pipe, alert.ptr, alert.len);
    ow_pipe_end(&conn->pipe, true);
    begin_linger(conn);
    return true;
}

static void begin_tls(struct conn *conn)
{
    struct ow_session *session = conn->conns->session;
    struct ow_err err = {""};
    enum ow_fault_kind fault =
        ow_session_fault(session, OW_STAGE_TLS, conn->host, conn->port,
                         &conn->info->program, NULL);

    conn->is_faulty = fault != OW_FAULT_NONE;
    if (play_tls_fault(conn, fault))
        return;
    struct ow_tls_server *server = ow_session_tls(session, &err);
    SSL *ssl =
        server ? ow_tls_server_accept(server, conn->host, fault, &err) : NULL;
    if (!ssl || ow_pipe_start_tls(&conn->pipe, ssl) < 0) {
        record_tls(conn, ssl ? "out of memory" : err.text);
        ow_conn_free(conn);
        return;
    }
    if (ow_arrival_keeps_h1(session, &conn->info->program))
        ow_tls_server_keep_h1(server, ssl);
    conn->on_readable = conn->shaper ? handshake_slowly : handshake;
    conn->on_readable(conn);
}

/* The first byte tells TLS from plain HTTP, whatever the port. */
static void sniff(struct conn *conn)
{
    unsigned char first;
    ssize_t n = recv(conn->pipe.fd, &first, 1, MSG_PEEK);

    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (n <= 0)
        ow_conn_free(conn);
    else if (first == TLS_HANDSHAKE)
        begin_tls(conn);
    else
        begin_serving(conn);
}

static void on_read(evutil_socket_t fd, short what, void *context)
{
    struct conn *conn = context;
    struct ow_conns *conns = conn->conns;

    (void)fd;
    (void)what;
    conn->on_readable(conn);
    if (++conns->taken < TURN_READS)
        return;
    if (conns->taken == TURN_READS)
        conns->turn = ow_timers_now();
    conns->is_cut = ow_timers_now() - conns->turn > TURN_NS;
    if (conns->is_cut)
        event_base_loopbreak(conns->session->base);
}

/* Writable again: whatever waited for it goes on. */
static void on_write(evutil_socket_t fd, short what, void *context)
{
    struct conn *conn = context;

    bool goes_on = conn->stuck || !conn->serve;

    (void)fd;
    (void)what;
    conn->stuck = false;
    if (conn->serve)
        mark_dirty(conn);
    if (goes_on)
        conn->on_readable(conn);
}

static void on_due(void *context)
{
    struct conn *conn = context;

    if (conn->later) {
        state_fn later = conn->later;
        conn->later = NULL;
        set_reading(conn, true);
        later(conn);
    } else if (!conn->serve ||
               (ow_serve_is_deaf(conn->serve) && ow_pipe_is_left(&conn->pipe)))
        ow_conn_free(conn);
    else
        ow_conn_play(conn);
}

void ow_conn_rearm(struct conn *conn)
{
    const struct ow_clock *clock = &conn->conns->session->clock;

    if (conn->shaper)
        ow_conn_watch_line(conn);
    if (conn->later)
        set_timer(conn, ow_clock_until(clock, conn->later_due));
    else if (conn->serve)
        ow_conn_play(conn);
}

void ow_conn_init(struct conn *conn)
{
    struct event_base *base = conn->conns->session->base;
    int fd = conn->pipe.fd;

    conn->on_readable = sniff;
    event_assign(&conn->read_event, base, fd, EV_READ | EV_PERSIST, on_read,
                 conn);
    event_assign(&conn->write_event, base, fd, EV_WRITE, on_write, conn);
    ow_timer_init(&conn->timer, on_due, conn);
    ow_timer_init(&conn->line_timer, on_line_due, conn);
}

void ow_conn_begin(struct conn *conn)
{
    const struct ow_session *session = conn->conns->session;

    if (session->network || ow_table_is_slow(session->table))
        conn->shaper = ow_arrival_shaper(conn->conns->session, conn->host,
                                         conn->port, conn->pipe.fd);
    if (conn->shaper)
        wait_for(conn, ow_shaper_open(conn->shaper), sniff);
    else
        set_reading(conn, true);
}
