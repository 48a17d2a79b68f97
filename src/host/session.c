/*
 * session: what the parts of the host share. See session.h.
 */
#include "config.h"

#include "host/session.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "exchange/wakers.h"
#include "host/claim.h"
#include "host/dir.h"
#include "journal/reader.h"
#include "rule/files.h"
#include "wire/h2_library.h"

/* On the stderr that the program has: ours with `offwire run`, else the one it
 * lent. */
static void say(void *context, const struct ow_program *program,
                const char *line)
{
    struct ow_session *session = context;
    int fd = STDERR_FILENO;

    if (session->lend_stderr) {
        struct ow_joined *joined =
            program ? ow_programs_find_pid(session->programs, program->pid)
                    : NULL;
        fd = joined ? joined->stderr_fd : -1;
    }
    if (fd >= 0)
        (void)ow_say_line(&session->say, fd, line);
}

static void tell_libcurl(void *context, const struct ow_serve_peer *peer,
                         struct ow_str target, int code, struct ow_str sentence)
{
    struct ow_session *session = context;
    uint16_t port = ntohs(peer->client.sin_port);

    if (sentence.ptr)
        ow_results_put(session->results, peer->client.sin_addr, port, target,
                       code, sentence);
    else
        ow_results_drop(session->results, peer->client.sin_addr, port, target);
}

static void say_of_delivery(void *context, const char *line)
{
    say(context, NULL, line);
}

/* With the first one comes what sends it. */
static void deliver(void *context, struct ow_delivery *take_delivery)
{
    struct ow_session *session = context;
    const struct ow_deliverer_env env = {
        .base = session->base,
        .clock = &session->clock,
        .journal = session->journal,
        .table = session->table,
        .say = say_of_delivery,
        .say_context = session,
    };

    if (!session->deliverer)
        session->deliverer = ow_deliverer_new(&env);
    if (session->deliverer)
        ow_deliverer_take(session->deliverer, take_delivery);
    else
        ow_delivery_free(take_delivery);
}

static void cancel(void *context, uint64_t life)
{
    struct ow_session *session = context;

    if (session->deliverer)
        ow_deliverer_cancel(session->deliverer, life);
}

void ow_session_forget_resources(struct ow_session *session)
{
    cancel(session, 0);
}

/* Applies what is due, and waits for what comes next. */
static void on_waker(evutil_socket_t fd, short what, void *context)
{
    struct ow_session *session = context;
    int64_t due = ow_wakers_run(&session->env);
    int64_t wait = ow_clock_until(&session->clock, due);
    struct timeval real = {wait / 1000000000, wait % 1000000000 / 1000 + 1};

    (void)fd;
    (void)what;
    if (wait != INT64_MAX)
        event_add(session->waker, &real);
    ow_journal_flush(session->journal);
}

/* Not at once: an answer may be under way that others are to see first. */
static void wake(void *context)
{
    struct ow_session *session = context;

    if (!session->waker)
        session->waker = event_new(session->base, -1, 0, on_waker, session);
    if (session->waker)
        event_active(session->waker, EV_TIMEOUT, 0);
}

void ow_session_wake(struct ow_session *session)
{
    wake(session);
}

void ow_session_stop_delivering(struct ow_session *session)
{
    ow_wakers_run_out(&session->env);
    if (session->deliverer)
        session->cancelled =
            ow_deliverer_stop(session->deliverer, &session->first_cancelled);
    /* For who reads it now. */
    ow_journal_flush(session->journal);
}

static void on_leave(void *context, const struct ow_program *program)
{
    struct ow_session *session = context;

    ow_states_leave(&session->states, program);
}

static int open_journal(struct ow_session *session, const char *keep,
                        struct ow_err *err)
{
    if (keep && mkdir(keep, 0777) < 0 && errno != EEXIST)
        return ow_err_set(err, -errno, "cannot make the folder \"%s\": %s",
                          keep, strerror(errno));
    session->journal_dir = keep ? realpath(keep, NULL) : strdup(session->dir);
    if (!session->journal_dir)
        return ow_err_set(err, -errno, "cannot use the folder \"%s\": %s",
                          keep ? keep : session->dir, strerror(errno));
    char *path = ow_dir_join(session->journal_dir, OW_READER_FILE);
    if (!path)
        return ow_err_set(err, -ENOMEM, "out of memory");
    /* A kept folder has the last session's, never two in one file. */
    unlink(path);
    int r = ow_journal_open(path, &session->journal, err);
    free(path);
    return r;
}

static int load(struct ow_session *session,
                const struct ow_host_options *options, struct ow_err *err)
{
    struct ow_state_shape shape;

    /* Before they are read: what changes meanwhile has changed. */
    session->renews = options->renews;
    session->rules = strdup(options->rules);
    session->pack_dir = options->pack_dir;
    if (!session->rules)
        return ow_err_set(err, -ENOMEM, "out of memory");
    if (options->renews)
        session->stamp = ow_files_stamp(options->rules, options->pack_dir);
    int r =
        ow_table_load(options->rules, options->pack_dir, &session->table, err);
    if (r < 0)
        return r;
    ow_table_shape(session->table, &shape);
    if (ow_states_init(&session->states, &shape) < 0)
        return ow_err_set(err, -ENOMEM, "out of memory");
    r = ow_states_begin(&session->states, options->scenarios, err);
    if (r < 0)
        return r;
    session->odds =
        (struct ow_odds){.seed = options->seed, .clock = &session->clock};
    ow_clock_init(&session->clock, options->speed > 0 ? options->speed : 1.0);
    return 0;
}

/* The names of all rules with their packs, each once where it stands twice in a
 * row; NULL: no memory. */
static const char **list_rules(const struct ow_table *table,
                               struct ow_arena *arena)
{
    size_t n = 0, all = ow_table_count(table);
    const char **names = ow_arena_zalloc(arena, (all + 1) * sizeof *names);

    for (size_t i = 0; names && i < all; i++) {
        const char *name =
            ow_rule_full_name(ow_table_rule(table, i), arena).ptr;
        if (name && (n == 0 || strcmp(names[n - 1], name) != 0))
            names[n++] = name;
    }
    return names;
}

/* A journal that is to be judged later has the requests, and the names that an
 * expectation may be about. */
static void tell_begin(struct ow_session *session,
                       const struct ow_host_options *options)
{
    struct ow_record record;
    struct ow_arena arena;
    const char **names = NULL;

    ow_arena_init(&arena);
    if (options->keep || options->keeps_requests) {
        names = list_rules(session->table, &arena);
        ow_journal_keep_requests(session->journal);
    }
    ow_session_record(session, &record, OW_EVENT_SESSION, NULL);
    record.text = ow_str_from(options->rules);
    record.rules = names;
    ow_journal_add(session->journal, &record);
    ow_arena_release(&arena);
}

/* What is mocked, and what is not. */
static int load_all(struct ow_session *session,
                    const struct ow_host_options *options, struct ow_err *err)
{
    int r = load(session, options, err);

    if (r == 0 && options->live)
        r = ow_livehosts_new(options->live, &session->live, err);
    /* Isolated, a host that no rule names may well be meant. */
    if (r == 0 && session->live && !session->isolate)
        r = ow_livehosts_check(session->live, session->table, err);
    return r;
}

/* Root's programs may become other users; nobody else's can. */
static int share(struct ow_session *session, struct ow_err *err)
{
    session->is_shared = geteuid() == 0;
    if (session->is_shared && getrandom(session->ticket, sizeof session->ticket,
                                        0) != (ssize_t)sizeof session->ticket)
        return ow_err_set(err, -EIO, "cannot draw a ticket for the session: %s",
                          strerror(errno));
    return 0;
}

static struct ow_serve_env env_of(struct ow_session *session,
                                  const struct ow_host_options *options)
{
    return (struct ow_serve_env){
        .table = session->table,
        .states = &session->states,
        .odds = &session->odds,
        .clock = &session->clock,
        .journal = session->journal,
        .body_kept =
            options->body_kept ? options->body_kept : OW_LIMIT_BODY_KEPT,
        .say = say,
        .say_context = session,
        .tell_libcurl = tell_libcurl,
        .deliver = deliver,
        .cancel = cancel,
        .wake = wake,
        .h2 = ow_h2_library_new(), /* NULL: HTTP/1.1 alone */
        .unmatched_is_error = options->unmatched_is_error,
    };
}

int ow_session_init(struct ow_session *session,
                    const struct ow_host_options *options,
                    struct event_base *base, ow_programs_gone_fn gone,
                    void *gone_context, struct ow_err *err)
{
    *session = (struct ow_session){
        .base = base,
        .claim = -1,
        .isolate = options->isolate,
        .network = options->network,
        .lend_stderr = options->lend_stderr,
    };
    ow_say_init(&session->say);
    /* The rules first: they are what is wrong most often, and then nothing
     * is left behind. */
    int r = load_all(session, options, err);
    if (r < 0)
        return r;
    r = ow_claim_dir(options->dir, &session->dir, &session->claim, err);
    if (r < 0)
        return options->dir ? r : -EIO;
    r = open_journal(session, options->keep, err);
    if (r == 0)
        r = share(session, err);
    if (r < 0)
        return r;
    session->standins = ow_standins_new();
    session->programs = ow_programs_new(base, gone, gone_context);
    session->results = ow_results_new();
    session->crowds = ow_crowds_new();
    if (!session->standins || !session->programs || !session->results ||
        !session->crowds)
        return ow_err_set(err, -ENOMEM, "out of memory");
    ow_programs_on_leave(session->programs, on_leave, session);
    session->env = env_of(session, options);
    tell_begin(session, options);
    return 0;
}

void ow_session_release(struct ow_session *session)
{
    if (session->deliverer)
        ow_deliverer_stop(session->deliverer, NULL);
    ow_deliverer_free(session->deliverer);
    if (session->journal)
        ow_journal_flush(session->journal);
    if (session->prepare)
        event_free(session->prepare);
    if (session->waker)
        event_free(session->waker);
    ow_tls_server_free(session->tls);
    ow_ca_free(session->ca);
    ow_programs_free(session->programs);
    ow_results_free(session->results);
    ow_crowds_free(session->crowds);
    ow_standins_free(session->standins);
    ow_livehosts_free(session->live);
    ow_journal_free(session->journal);
    ow_states_release(&session->states);
    ow_h2_library_free(session->env.h2);
    ow_table_free(session->table);
    ow_dir_remove(session->dir);
    if (session->dir) {
        ow_claim_sweep(session->dir);
        close(session->claim);
    }
    free(session->rules);
    free(session->journal_dir);
    free(session->dir);
    *session = (struct ow_session){0};
}

bool ow_session_gives_way(struct ow_session *session, struct ow_joined *who)
{
    bool is_new = !who->has_greeted;

    who->has_greeted = true;
    if (session->renews && is_new &&
        !ow_programs_has_other(session->programs, who) &&
        ow_files_stamp(session->rules, session->pack_dir) != session->stamp)
        session->is_outdated = true;
    return session->is_outdated;
}

struct ow_ca *ow_session_ca(struct ow_session *session, struct ow_err *err)
{
    if (!session->ca)
        ow_ca_new("Offwire session CA", &session->ca, err);
    return session->ca;
}

struct ow_tls_server *ow_session_tls(struct ow_session *session,
                                     struct ow_err *err)
{
    struct ow_ca *ca = ow_session_ca(session, err);

    if (ca && !session->tls)
        ow_tls_server_new(ca, &session->tls, err);
    if (session->tls)
        ow_tls_server_offer_h2(session->tls, session->env.h2);
    return session->tls;
}

static void on_prepare(evutil_socket_t fd, short what, void *context)
{
    struct ow_session *session = context;
    struct ow_tls_server *server = ow_session_tls(session, NULL);

    (void)fd;
    (void)what;
    /* What fails here fails again when it is needed, and is told there. */
    if (server)
        SSL_free(ow_tls_server_accept(server, session->expected, OW_FAULT_NONE,
                                      NULL));
}

void ow_session_expect_tls(struct ow_session *session, const char *host)
{
    if (session->tls || session->prepare)
        return;
    session->expected = host;
    session->prepare = event_new(session->base, -1, 0, on_prepare, session);
    if (session->prepare)
        event_active(session->prepare, EV_TIMEOUT, 0);
}

bool ow_session_is_control(const char *host)
{
    size_t len = sizeof OW_SERVE_CONTROL_HOST - 1;

    return strncasecmp(host, OW_SERVE_CONTROL_HOST, len) == 0 &&
           (host[len] == '\0' || strcmp(host + len, ".") == 0);
}

bool ow_session_knows(const struct ow_session *session, const char *host,
                      uint16_t port)
{
    if (ow_session_is_control(host))
        return port == 0 || port == OW_SERVE_CONTROL_PORT;
    return ow_table_knows(session->table, host, port);
}

void ow_session_record(const struct ow_session *session,
                       struct ow_record *record, enum ow_event event,
                       const struct ow_program *program)
{
    ow_record_init(record, event);
    record->wall_ns =
        ow_clock_wall(&session->clock, ow_clock_now(&session->clock));
    record->program = program;
}

void ow_session_record_crowd(const struct ow_session *session,
                             const struct ow_program *program, const char *host,
                             uint16_t port, const char *what)
{
    struct ow_record record;
    char text[64];

    ow_session_record(session, &record, OW_EVENT_CONNECT, program);
    snprintf(text, sizeof text, "%u connections are open: this one %s",
             ow_crowds_count(session->crowds, host), what);
    record.host = ow_str_from(host);
    record.port = port;
    record.fault = "connections";
    record.text = ow_str_from(text);
    ow_journal_add(session->journal, &record);
}

enum ow_fault_kind ow_session_fault(struct ow_session *session,
                                    enum ow_stage stage, const char *host,
                                    uint16_t port,
                                    const struct ow_program *program,
                                    int64_t *ret_delay_ns)
{
    static const enum ow_event events[] = {
        [OW_STAGE_NAME] = OW_EVENT_NAME,
        [OW_STAGE_CONNECT] = OW_EVENT_CONNECT,
        [OW_STAGE_TLS] = OW_EVENT_TLS,
        [OW_STAGE_UPLOAD] = OW_EVENT_REQUEST,
        [OW_STAGE_REQUEST] = OW_EVENT_REQUEST,
    };
    const struct ow_asker asker = {host, port, program};
    struct ow_match match;
    struct ow_record record;
    struct ow_state *state;

    if (!ow_table_has_stage(session->table, stage) ||
        ow_session_is_control(host))
        return OW_FAULT_NONE;
    ow_table_find_early(session->table, stage, &asker, &session->states,
                        &session->odds, &match);
    if (!match.rule)
        return OW_FAULT_NONE;
    enum ow_fault_kind kind = ow_answer_fault(match.answer);
    const struct ow_client client = {program, NULL};
    if (ow_states_open(&session->states, ow_rule_scope(match.rule), &client,
                       &state, NULL) == 0)
        ow_states_count(&session->states, state, ow_rule_index(match.rule));
    ow_session_record(session, &record, events[stage], program);
    record.rule = ow_str_from(ow_rule_name(match.rule));
    record.pack = ow_str_from(ow_rule_pack(match.rule));
    record.place = ow_str_from(ow_rule_place(match.rule));
    record.host = ow_str_from(host);
    record.port = port ? port : -1;
    record.fault = ow_fault_name(kind);
    ow_journal_add(session->journal, &record);
    if (ret_delay_ns)
        *ret_delay_ns = ow_answer_fault_delay(match.answer);
    return kind;
}
