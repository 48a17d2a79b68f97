/*
 * conns: the connections of the session. See conns.h. Fed by listeners.c;
 * bytes go through pipe.c to exchange/serve and back.
 */
#include "config.h"

#include "host/conns.h"

#include <arpa/inet.h>
#include <errno.h>
#include <event2/event_struct.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/socket.h>

#include "base/limits.h"
#include "host/peers.h"
#include "host/pipe.h"
#include "host/timers.h"

/* Reads and writes of one connection before the others get their turn. */
#define ROUNDS 16
/* How long the client may take to close after our FIN: an answer's last bytes
 * would be lost if we closed with its bytes unread. */
#define LINGER_NS 2000000000
/* How often one that is not read is looked after. */
#define LOOK_NS 500000000
/* The first byte of a TLS record with a handshake message. */
#define TLS_HANDSHAKE 0x16

struct conn;

typedef void (*state_fn)(struct conn *conn);

struct conn {
    TAILQ_ENTRY(conn) link;
    TAILQ_ENTRY(conn) dirty_link;
    struct ow_conns *conns;
    state_fn on_readable; /* the state: what to do with what comes in */
    struct event read_event;
    struct event write_event;
    struct ow_timer timer;
    struct ow_pipe pipe;
    struct ow_info *info;
    struct ow_serve *serve; /* NULL before the first byte and after the end */
    const char *host;       /* of the stand-ins, valid with the session */
    uint16_t port;
    struct sockaddr_in client;
    bool dirty;   /* in the list of those that have something to send */
    bool reading; /* read_event is added */
    bool eof;     /* the client sends nothing more */
    bool listens; /* it was sent something after its eof: it may read on */
    bool stuck;   /* OpenSSL has to write before it can read */
};

TAILQ_HEAD(conn_list, conn);

struct ow_conns {
    struct ow_session *session;
    struct ow_peers *peers;
    struct ow_timers *timers;
    struct conn_list all;
    struct conn_list dirty;
    char buffer[OW_LIMIT_IO]; /* one read; nothing stays in it */
};

static void free_conn(struct conn *conn)
{
    struct ow_conns *conns = conn->conns;

    ow_serve_free(conn->serve);
    event_del(&conn->read_event);
    event_del(&conn->write_event);
    ow_timers_clear(conns->timers, &conn->timer);
    if (conn->dirty)
        TAILQ_REMOVE(&conns->dirty, conn, dirty_link);
    TAILQ_REMOVE(&conns->all, conn, link);
    ow_pipe_release(&conn->pipe);
    ow_info_unref(conn->info);
    free(conn);
}

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

/* Calls on_due after that many real nanoseconds. */
static void set_timer(struct conn *conn, int64_t wait_ns)
{
    /* Without memory for it the connection ends: late is worse than cut. */
    if (ow_timers_set(conn->conns->timers, &conn->timer,
                      ow_timers_now() + wait_ns) < 0)
        ow_pipe_end(&conn->pipe, true);
}

/* Whether nobody is there any more; for one that is read no more. */
static bool is_left(const struct conn *conn)
{
    struct pollfd peer = {.fd = conn->pipe.fd, .events = POLLRDHUP};

    return poll(&peer, 1, 0) > 0;
}

/* Lets the exchange do what is due; what it left goes out at the turn's end. */
static void play(struct conn *conn)
{
    int64_t due = ow_serve_run(conn->serve);

    if (ow_serve_is_deaf(conn->serve))
        set_timer(conn, LOOK_NS);
    else if (due == OW_SERVE_NEVER)
        ow_timers_clear(conn->conns->timers, &conn->timer);
    else
        set_timer(conn, ow_clock_until(&conn->conns->session->clock, due));
    set_reading(conn, !conn->eof && ow_serve_wants_read(conn->serve));
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
        free_conn(conn);
}

static void begin_linger(struct conn *conn)
{
    conn->on_readable = discard;
    set_reading(conn, true);
    set_timer(conn, LINGER_NS);
}

/* The exchange has ended the connection and all of it is sent. */
static void finish(struct conn *conn)
{
    enum ow_serve_end end = ow_serve_end(conn->serve);

    conn->serve = ow_serve_free(conn->serve);
    if (end == OW_SERVE_RESET) {
        ow_pipe_reset(&conn->pipe);
        free_conn(conn);
        return;
    }
    /* A client that has left is not told goodbye. */
    if (!conn->eof || conn->listens)
        ow_pipe_end(&conn->pipe, end == OW_SERVE_CUT);
    if (conn->eof)
        free_conn(conn);
    else
        begin_linger(conn);
}

/* Bytes of one read go to the exchange. Returns whether to read again. */
static bool receive_once(struct conn *conn)
{
    struct ow_conns *conns = conn->conns;
    ssize_t n = ow_pipe_read(&conn->pipe, conns->buffer, sizeof conns->buffer);

    if (n > 0) {
        ow_serve_feed(conn->serve, conns->buffer, (size_t)n);
        return n == sizeof conns->buffer || ow_pipe_has_more(&conn->pipe);
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
    for (int i = 0;
         i < ROUNDS && !conn->eof && ow_serve_wants_read(conn->serve); i++) {
        if (receive_once(conn))
            continue;
        play(conn);
        return;
    }
    /* OpenSSL may hold what the socket has no more of. */
    if (!conn->eof && ow_pipe_has_more(&conn->pipe))
        event_active(&conn->read_event, EV_READ, 0);
    play(conn);
}

static void begin_serving(struct conn *conn)
{
    struct ow_serve_peer peer = {
        .host = conn->host,
        .port = conn->port,
        .tls = conn->pipe.ssl != NULL,
        .program = &conn->info->program,
        .client = conn->client,
    };

    conn->serve = ow_serve_new(&conn->conns->session->env, &peer);
    if (!conn->serve) {
        ow_pipe_reset(&conn->pipe);
        free_conn(conn);
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
        begin_serving(conn);
        return;
    }
    record_tls(conn, err.text);
    free_conn(conn);
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

    if (play_tls_fault(conn, fault))
        return;
    struct ow_tls_server *server = ow_session_tls(session, &err);
    SSL *ssl =
        server ? ow_tls_server_accept(server, conn->host, fault, &err) : NULL;
    if (!ssl || ow_pipe_start_tls(&conn->pipe, ssl) < 0) {
        record_tls(conn, ssl ? "out of memory" : err.text);
        free_conn(conn);
        return;
    }
    conn->on_readable = handshake;
    handshake(conn);
}

/* The first byte tells TLS from plain HTTP, whatever the port. */
static void sniff(struct conn *conn)
{
    unsigned char first;
    ssize_t n = recv(conn->pipe.fd, &first, 1, MSG_PEEK);

    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (n <= 0)
        free_conn(conn);
    else if (first == TLS_HANDSHAKE)
        begin_tls(conn);
    else
        begin_serving(conn);
}

static void on_read(evutil_socket_t fd, short what, void *context)
{
    struct conn *conn = context;

    (void)fd;
    (void)what;
    conn->on_readable(conn);
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

    if (!conn->serve || (ow_serve_is_deaf(conn->serve) && is_left(conn)))
        free_conn(conn);
    else
        play(conn);
}

/* RST, and a record if there is something to tell. */
static void drop(struct ow_session *session, const struct ow_accepted *accepted,
                 const char *host, const char *text)
{
    struct ow_pipe pipe;
    struct ow_record record;

    ow_pipe_init(&pipe, accepted->fd);
    ow_pipe_reset(&pipe);
    ow_pipe_release(&pipe);
    if (!text)
        return;
    ow_session_record(session, &record, OW_EVENT_REFUSED, NULL);
    record.host = ow_str_from(host);
    record.port = accepted->original_port;
    record.text = ow_str_from(text);
    ow_journal_add(session->journal, &record);
}

/* The name that was meant: behind the stand-in, or a literal of 127/8. */
static const char *find_host(struct ow_session *session, struct in_addr local)
{
    const char *host = ow_standins_find(session->standins, local);
    char literal[INET_ADDRSTRLEN];
    struct in_addr standin;

    if (host)
        return host;
    /* A stand-in is taken for the literal only to keep its text. */
    inet_ntop(AF_INET, &local, literal, sizeof literal);
    if (ow_standins_take(session->standins, literal, &standin) < 0)
        return NULL;
    return ow_standins_find(session->standins, standin);
}

static struct conn *add(struct ow_conns *conns,
                        const struct ow_accepted *accepted, const char *host,
                        const struct ow_joined *who)
{
    struct conn *conn = calloc(1, sizeof *conn);
    struct event_base *base = conns->session->base;

    if (!conn)
        return NULL;
    conn->conns = conns;
    conn->host = host;
    conn->port = accepted->original_port;
    conn->client = accepted->peer;
    conn->info = ow_info_ref(who->info);
    /* Of an older connection with the same port. */
    ow_results_drop(conns->session->results, accepted->peer.sin_addr,
                    ntohs(accepted->peer.sin_port));
    conn->on_readable = sniff;
    ow_pipe_init(&conn->pipe, accepted->fd);
    event_assign(&conn->read_event, base, accepted->fd, EV_READ | EV_PERSIST,
                 on_read, conn);
    event_assign(&conn->write_event, base, accepted->fd, EV_WRITE, on_write,
                 conn);
    ow_timer_init(&conn->timer, on_due, conn);
    TAILQ_INSERT_TAIL(&conns->all, conn, link);
    return conn;
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
        drop(session, accepted, NULL, r == -ESRCH ? NULL : err.text);
        return;
    }
    /* The shim may know the port from another name that has it. */
    const char *host = find_host(session, accepted->local.sin_addr);
    if (!host ||
        !ow_table_knows(session->table, host, accepted->original_port)) {
        drop(session, accepted, host, "no rule names this host at this port");
        return;
    }
    struct conn *conn = add(conns, accepted, host, who);
    if (!conn) {
        drop(session, accepted, host, "out of memory");
        return;
    }
    setsockopt(accepted->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    set_reading(conn, true);
}

/* Sends what there is; the exchange may make more of it as it goes out. */
static void send_out(struct conn *conn)
{
    struct ow_journal *journal = conn->conns->session->journal;

    for (int i = 0; i < ROUNDS; i++) {
        struct ow_buf *out = ow_serve_out(conn->serve);
        if (out->len == 0 && ow_serve_end(conn->serve) == OW_SERVE_OPEN)
            return;
        if (out->len == 0) {
            finish(conn);
            return;
        }
        ow_journal_flush(journal);
        ssize_t n = ow_pipe_write(&conn->pipe, ow_buf_data(out), out->len);
        if (n == -EAGAIN) {
            event_add(&conn->write_event, NULL);
            return;
        }
        if (n < 0) {
            free_conn(conn);
            return;
        }
        ow_buf_consume(out, (size_t)n);
        conn->listens = conn->eof;
        if (out->len == 0)
            play(conn);
    }
    event_active(&conn->write_event, EV_WRITE, 0);
}

void ow_conns_send(struct ow_conns *conns)
{
    struct conn_list now = TAILQ_HEAD_INITIALIZER(now);

    ow_journal_flush(conns->session->journal);
    TAILQ_CONCAT(&now, &conns->dirty, dirty_link);
    while (!TAILQ_EMPTY(&now)) {
        struct conn *conn = TAILQ_FIRST(&now);
        TAILQ_REMOVE(&now, conn, dirty_link);
        conn->dirty = false;
        if (conn->serve)
            send_out(conn);
    }
}

struct ow_conns *ow_conns_free(struct ow_conns *conns)
{
    if (!conns)
        return NULL;
    while (!TAILQ_EMPTY(&conns->all))
        free_conn(TAILQ_FIRST(&conns->all));
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
    conns->peers = ow_peers_new();
    conns->timers = ow_timers_new(session->base);
    if (!conns->peers || !conns->timers)
        return ow_conns_free(conns);
    return conns;
}
