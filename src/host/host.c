/*
 * host: puts the parts together and turns the loop. See host.h.
 *
 *   one turn:  epoll_wait -> callbacks (take in, decode, decide, produce)
 *              -> one write of the journal -> the answers go out
 */
#include "config.h"

#include "host/host.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/nodes.h"
#include "host/api.h"
#include "host/blackhole.h"
#include "host/conns.h"
#include "host/control_server.h"
#include "host/dir.h"
#include "host/listeners.h"
#include "host/session.h"

/* Turns at the end that take in what programs sent right before they ended:
 * accept, handshake, and some megabytes of body. */
#define LAST_TURNS 10

struct ow_host {
    struct event_base *base;
    struct ow_session session;
    struct ow_listeners *listeners;
    struct ow_blackhole blackhole;
    struct ow_conns *conns;
    struct ow_api *api;
    struct ow_control_server *control;
    bool stopped;
    bool is_deserted; /* stopped because the programs have gone */
    bool ends_with_programs;
};

/* What a program has forked right before it ended says hello within this. */
static const struct timeval patience = {0, 200000};

static void on_still_gone(evutil_socket_t fd, short what, void *context)
{
    struct ow_host *host = context;

    (void)fd;
    (void)what;
    if (ow_programs_count(host->session.programs) != 0 || host->stopped)
        return;
    host->is_deserted = true;
    ow_host_stop(host);
}

static void on_programs_gone(void *context)
{
    struct ow_host *host = context;

    if (host->ends_with_programs &&
        event_base_once(host->base, -1, EV_TIMEOUT, on_still_gone, host,
                        &patience) < 0)
        ow_host_stop(host);
}

/* One loop, one thread. What is paced has timers of its own (timers.h). */
static struct event_base *make_base(void)
{
    struct event_config *config = event_config_new();

    if (!config)
        return NULL;
    event_config_set_flag(config,
                          EVENT_BASE_FLAG_NOLOCK | EVENT_BASE_FLAG_IGNORE_ENV);
    struct event_base *base = event_base_new_with_config(config);
    event_config_free(config);
    return base;
}

static void on_clock_changed(void *context)
{
    struct ow_host *host = context;

    ow_conns_rearm(host->conns);
    if (host->session.deliverer)
        ow_deliverer_wake(host->session.deliverer);
    ow_session_wake(&host->session);
}

static int assemble(struct ow_host *host, const struct ow_host_options *options,
                    struct ow_err *err)
{
    int r = ow_session_init(&host->session, options, host->base,
                            on_programs_gone, host, err);
    if (r == 0)
        r = ow_listeners_check(err);
    if (r < 0)
        return r;
    host->conns = ow_conns_new(&host->session);
    if (host->conns)
        host->api = ow_api_new(&host->session, on_clock_changed, host);
    if (host->api)
        host->listeners = ow_listeners_new(host->base, ow_conns_accept,
                                           ow_conns_are_short, host->conns);
    if (!host->listeners)
        return ow_err_set(err, -ENOMEM, "out of memory");
    struct ow_verdicts verdicts = {&host->session, host->listeners,
                                   &host->blackhole};
    return ow_control_server_new(&verdicts, &host->control, err);
}

int ow_host_new(const struct ow_host_options *options, struct ow_host **ret,
                struct ow_err *err)
{
    struct ow_host *host = calloc(1, sizeof *host);

    if (!host)
        return ow_err_set(err, -ENOMEM, "out of memory");
    ow_blackhole_init(&host->blackhole);
    host->base = make_base();
    int r = host->base ? assemble(host, options, err)
                       : ow_err_set(err, -ENOMEM, "cannot make an event loop");
    if (r < 0) {
        ow_host_free(host);
        return r;
    }
    *ret = host;
    return 0;
}

struct ow_host *ow_host_free(struct ow_host *host)
{
    if (!host)
        return NULL;
    ow_control_server_free(host->control);
    ow_listeners_free(host->listeners);
    ow_conns_free(host->conns);
    ow_api_free(host->api);
    ow_blackhole_release(&host->blackhole);
    ow_session_release(&host->session);
    if (host->base)
        event_base_free(host->base);
    free(host);
    return NULL;
}

struct ow_undelivered ow_host_undelivered(const struct ow_host *host)
{
    const struct ow_session *session = &host->session;

    return (struct ow_undelivered){
        .failed =
            session->deliverer ? ow_deliverer_failed(session->deliverer) : 0,
        .cancelled = session->cancelled,
        .first = session->first_cancelled.text,
    };
}

struct event_base *ow_host_base(struct ow_host *host)
{
    return host->base;
}

const char *ow_host_dir(const struct ow_host *host)
{
    return host->session.dir;
}

bool ow_host_ticket(const struct ow_host *host,
                    char ret_text[OW_TICKET_TEXT_SIZE])
{
    if (host->session.is_shared)
        ow_ticket_format(host->session.ticket, ret_text);
    return host->session.is_shared;
}

const char *ow_host_journal_dir(const struct ow_host *host)
{
    return host->session.journal_dir;
}

static int write_ca_in(struct ow_ca *ca, const char *dir, struct ow_err *err)
{
    char *path = ow_dir_join(dir, "ca.pem");

    if (!path)
        return ow_err_set(err, -ENOMEM, "out of memory");
    /* A kept folder may hold the last session's. */
    unlink(path);
    int r = ow_ca_write_pem(ca, path, err);
    free(path);
    return r;
}

int ow_host_write_ca(struct ow_host *host, struct ow_err *err)
{
    struct ow_session *session = &host->session;
    struct ow_ca *ca = ow_session_ca(session, err);
    int r = ca ? write_ca_in(ca, session->dir, err) : -EIO;

    if (r == 0 && strcmp(session->dir, session->journal_dir) != 0)
        r = write_ca_in(ca, session->journal_dir, err);
    return r;
}

struct ow_serve_env *ow_host_env(struct ow_host *host)
{
    return &host->session.env;
}

static int turn(struct ow_host *host, int flags)
{
    int r = event_base_loop(host->base, EVLOOP_ONCE | flags);

    ow_conns_send(host->conns);
    return r;
}

/* Who has joined in the last turns was told that there is a host. */
static bool goes_on(struct ow_host *host)
{
    if (!host->is_deserted || ow_programs_count(host->session.programs) == 0)
        return false;
    host->is_deserted = false;
    host->stopped = false;
    return true;
}

int ow_host_run(struct ow_host *host)
{
    ow_nodes_begin();
    do {
        while (!host->stopped && !host->session.is_outdated)
            if (turn(host, 0) < 0)
                return -EIO;
        for (int i = 0; i < LAST_TURNS; i++)
            turn(host, EVLOOP_NONBLOCK);
    } while (goes_on(host));
    ow_session_stop_delivering(&host->session);
    /* Who asks from here on finds that nobody listens, and does not wait. */
    host->control = ow_control_server_free(host->control);
    return 0;
}

void ow_host_stop(struct ow_host *host)
{
    host->stopped = true;
}

void ow_host_end_with_programs(struct ow_host *host, int pid)
{
    struct ow_joined *joined;

    host->ends_with_programs = true;
    if (pid == 0)
        return;
    if (ow_programs_join(host->session.programs, pid, &joined) < 0)
        on_programs_gone(host);
    else
        /* It may be a shell still that becomes the program. */
        joined->is_fresh = false;
}
