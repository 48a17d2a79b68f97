/*
 * case_player: plays a case. See case_player.h. Called by cases/run_cases.c;
 * drives exchange/serve as the host does, but for sockets and time.
 */
#include "config.h"

#include "case_player.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/units.h"
#include "case_frames.h"
#include "case_world.h"
#include "exchange/wakers.h"
#include "plan/callback.h"

/* Where session time begins: 2026-01-02 03:04:05 UTC. */
#define BEGIN_REAL (INT64_C(1767323045) * 1000000000)
int case_complain(struct player *p, const struct case_section *section,
                  const char *what)
{
    ow_buf_printf(p->report, "%s:%d: %.*s: %s\n", p->file->path, section->line,
                  OW_STR_ARGS(section->name), what);
    return -EINVAL;
}

static void say(void *context, const struct ow_program *program,
                const char *line)
{
    struct player *p = context;

    (void)program;
    ow_buf_printf(&p->said, "%s\n", line);
}

static void deliver(void *context, struct ow_delivery *take_delivery)
{
    struct player *p = context;
    const struct ow_delivery *d = take_delivery;

    if (p->sent.len > 0)
        ow_buf_printf(&p->sent, "\n");
    ow_buf_printf(&p->sent, "%s %s\n", d->method, d->url);
    for (size_t i = 0; i < d->headers.n; i++)
        ow_buf_printf(&p->sent, "%.*s: %.*s\n",
                      OW_STR_ARGS(d->headers.items[i].name),
                      OW_STR_ARGS(d->headers.items[i].value));
    if (d->delay_ns > 0 || d->retries > 0)
        ow_buf_printf(&p->sent, "(after %gs, %d retries)\n",
                      (double)d->delay_ns / 1e9, d->retries);
    if (d->body.len > 0)
        ow_buf_printf(&p->sent, "\n%.*s\n", OW_STR_ARGS(d->body));
    ow_delivery_free(take_delivery);
}

static void cancel(void *context, uint64_t life)
{
    struct player *p = context;

    (void)life;
    ow_buf_printf(&p->sent, "%s(cancelled)\n", p->sent.len > 0 ? "\n" : "");
}

/* The connection. */

static void collect(struct player *p)
{
    struct ow_buf *out = ow_serve_out(p->serve);

    ow_buf_append_str(&p->received, ow_buf_peek(out));
    ow_buf_consume(out, out->len);
    if (p->n_arrivals < ARRIVALS)
        p->arrivals[p->n_arrivals++] =
            (struct arrival){p->clock.standing_ns, p->received.len};
}

/* Runs what is due now, and drains, until there is nothing more. */
static void run(struct player *p)
{
    if (!p->serve)
        return;
    p->due = ow_serve_run(p->serve);
    while (ow_serve_out(p->serve)->len > 0) {
        collect(p);
        p->due = ow_serve_run(p->serve);
    }
}

/* When something happens next: to an answer, or to resources by themselves. */
static int64_t next_due(struct player *p)
{
    int64_t due = p->table ? ow_wakers_run(&p->env) : INT64_MAX;

    return p->serve && p->due < due ? p->due : due;
}

void case_run_until(struct player *p, int64_t time)
{
    for (int64_t due = next_due(p); due <= time; due = next_due(p)) {
        if (due > p->clock.standing_ns)
            p->clock.standing_ns = due;
        run(p);
    }
    p->clock.standing_ns = time;
    run(p);
}

bool case_is_ended(const struct player *p)
{
    return !p->serve || ow_serve_end(p->serve) != OW_SERVE_OPEN;
}

static int open_connection(struct player *p)
{
    p->serve = ow_serve_free(p->serve);
    p->received.len = 0;
    p->n_arrivals = 0;
    p->due = OW_SERVE_NEVER;
    p->serve = ow_serve_new(&p->env, &p->peer);
    return p->serve ? 0 : -ENOMEM;
}

static int send_bytes(struct player *p, struct ow_str bytes)
{
    size_t step = p->by_byte ? 1 : bytes.len;

    if (case_is_ended(p) && open_connection(p) < 0)
        return -ENOMEM;
    p->n_arrivals = 0;
    for (size_t at = 0; at < bytes.len; at += step) {
        ow_serve_feed(p->serve, bytes.ptr + at, step);
        run(p);
    }
    return 0;
}

/* Sections that do something. */

static void drop_rules(struct player *p)
{
    p->serve = ow_serve_free(p->serve);
    p->table = ow_table_free(p->table);
    ow_states_release(&p->states);
}

static int take_rules(struct player *p, struct ow_table *take_table)
{
    struct ow_state_shape shape;

    p->table = take_table;
    p->env.table = p->table;
    ow_table_shape(p->table, &shape);
    return ow_states_init(&p->states, &shape);
}

static int play_rule(struct player *p, const struct case_section *section)
{
    struct ow_table *table;
    struct ow_err err;

    drop_rules(p);
    if (ow_table_load_text(p->file->name, section->text.ptr, section->text.len,
                           &table, &err) < 0) {
        ow_buf_printf(&p->said, "%s\n", err.text);
        return 0;
    }
    return take_rules(p, table);
}

/* A list of files and folders, from the case's folder: packs. */
static int play_rules(struct player *p, const struct case_section *section)
{
    struct ow_table *table;
    struct ow_err err;
    char list[512];

    snprintf(list, sizeof list, "%.*s", OW_STR_ARGS(section->argument));
    drop_rules(p);
    if (ow_table_load(list, NULL, &table, &err) < 0) {
        ow_buf_printf(&p->said, "%s\n", err.text);
        return 0;
    }
    return take_rules(p, table);
}

/* "http://host:port", and the program's name in the text. */
static int play_peer(struct player *p, const struct case_section *section)
{
    struct ow_str host = section->argument, scheme = host;
    uint64_t port;

    p->peer.tls = ow_str_starts(host, OW_STR("https://"));
    if (!p->peer.tls && !ow_str_starts(host, OW_STR("http://")))
        return case_complain(p, section, "wants http://host or https://host");
    port = p->peer.tls ? 443 : 80;
    scheme.len = p->peer.tls ? 8 : 7;
    host = (struct ow_str){host.ptr + scheme.len, host.len - scheme.len};
    size_t colon = ow_str_find_byte(host, ':', 0);
    if (colon < host.len &&
        ow_str_parse_u64(
            (struct ow_str){host.ptr + colon + 1, host.len - colon - 1},
            &port) < 0)
        return case_complain(p, section, "no such port");
    ow_buf_clear(&p->host, 0);
    ow_buf_printf(&p->host, "%.*s%c", (int)colon, host.ptr, '\0');
    p->peer.host = ow_buf_data(&p->host);
    p->peer.port = (uint16_t)port;
    p->serve = ow_serve_free(p->serve);
    return 0;
}

static int play_program(struct player *p, const struct case_section *section)
{
    struct ow_str pid = section->argument, name = ow_str_cut(&pid, ' ');
    uint64_t number = 42;

    if (pid.ptr && ow_str_parse_u64(pid, &number) < 0)
        return case_complain(p, section, "no such pid");
    ow_buf_clear(&p->name, 0);
    ow_buf_printf(&p->name, "%.*s%c", OW_STR_ARGS(name), '\0');
    p->program.name = ow_buf_data(&p->name);
    p->program.pid = (int)number;
    return 0;
}

static int play_seed(struct player *p, const struct case_section *section)
{
    uint64_t seed;

    if (ow_str_parse_u64(section->argument, &seed) < 0)
        return case_complain(p, section, "wants a number");
    p->odds.seed = seed;
    return 0;
}

static int play_kept(struct player *p, const struct case_section *section)
{
    uint64_t size;

    if (ow_units_parse_size(section->argument, &size) < 0)
        return case_complain(p, section, "wants a size");
    p->env.body_kept = size;
    p->serve = ow_serve_free(p->serve);
    return 0;
}

static int play_bytes(struct player *p, const struct case_section *section,
                      int r, struct ow_buf *bytes, const struct ow_err *err)
{
    if (r == 0 && !p->table)
        r = case_complain(p, section,
                          p->said.len > 0 ? ow_buf_data(&p->said)
                                          : "there are no rules");
    else if (r == 0)
        r = send_bytes(p, ow_buf_peek(bytes));
    else
        case_complain(p, section, err->text);
    ow_buf_release(bytes);
    return r;
}

static int play_request(struct player *p, const struct case_section *section)
{
    struct ow_buf bytes = {0};
    struct ow_err err = {.text = ""};
    int r = case_request_bytes(section->text, p->peer.host, &bytes, &err);

    return play_bytes(p, section, r, &bytes, &err);
}

static int play_send(struct player *p, const struct case_section *section)
{
    struct ow_buf bytes = {0};
    struct ow_err err = {.text = ""};
    int r = case_send_bytes(section->text, &bytes, &err);

    return play_bytes(p, section, r, &bytes, &err);
}

static int play_connect(struct player *p, const struct case_section *section)
{
    (void)section;
    return open_connection(p);
}

/* Forgets the first bytes that were received, and when they came. */
static void pass_over(struct player *p, size_t bytes)
{
    ow_buf_consume(&p->received, bytes);
    for (size_t i = 0; i < p->n_arrivals; i++)
        p->arrivals[i].total -=
            p->arrivals[i].total < bytes ? p->arrivals[i].total : bytes;
}

/* Asks for a WebSocket at the path, on a connection of its own; the head that
 * opens it is passed over. */
static int play_upgrade(struct player *p, const struct case_section *section)
{
    struct ow_buf bytes = {0};
    struct ow_err err = {.text = ""};
    struct ow_str fields = section->text;

    ow_buf_printf(&bytes,
                  "GET %.*s HTTP/1.1\r\nHost: %s\r\nUpgrade: websocket\r\n"
                  "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n",
                  OW_STR_ARGS(section->argument), p->peer.host);
    while (fields.len > 0) {
        struct ow_str line = case_cut_line(&fields);
        ow_buf_printf(&bytes, "%.*s\r\n", OW_STR_ARGS(line));
    }
    ow_buf_append(&bytes, "\r\n", 2);
    int r = play_bytes(p, section, open_connection(p), &bytes, &err);
    struct ow_str got = ow_buf_peek(&p->received);
    const char *end = memmem(got.ptr, got.len, "\r\n\r\n", 4);
    if (r == 0 && (!end || !ow_str_starts(got, OW_STR("HTTP/1.1 101 "))))
        return case_complain(p, section, "it is no WebSocket");
    if (r == 0)
        pass_over(p, (size_t)(end + 4 - got.ptr));
    return r;
}

static int play_frames(struct player *p, const struct case_section *section)
{
    struct ow_buf bytes = {0};
    struct ow_err err = {.text = ""};
    int r = case_frames_encode(section->text, &bytes, &err);

    return play_bytes(p, section, r, &bytes, &err);
}

static int play_eof(struct player *p, const struct case_section *section)
{
    (void)section;
    if (p->serve)
        ow_serve_eof(p->serve);
    run(p);
    return 0;
}

static int play_leave(struct player *p, const struct case_section *section)
{
    (void)section;
    p->serve = ow_serve_free(p->serve);
    return 0;
}

/* "NAME": on; "off NAME". */
static int play_scenario(struct player *p, const struct case_section *section)
{
    struct ow_str name = section->argument;
    struct ow_err err = {.text = ""};
    bool on = !ow_str_starts(name, OW_STR("off "));

    if (!on)
        name = (struct ow_str){name.ptr + 4, name.len - 4};
    if (ow_states_scenario(&p->states, name, on, &err) < 0)
        ow_buf_printf(&p->said, "%s\n", err.text);
    return 0;
}

static int play_reset(struct player *p, const struct case_section *section)
{
    (void)section;
    return ow_states_reset(&p->states, p->clock.standing_ns);
}

static int play_after(struct player *p, const struct case_section *section)
{
    int64_t ns;

    if (ow_units_parse_duration(section->argument, &ns) < 0)
        return case_complain(p, section, "wants a duration");
    case_run_until(p, p->clock.standing_ns + ns);
    return 0;
}

static const struct {
    const char *name;
    case_play_fn play;
} sections[] = {
    {"rule", play_rule},
    {"rules", play_rules},
    {"peer", play_peer},
    {"program", play_program},
    {"seed", play_seed},
    {"kept", play_kept},
    {"connect", play_connect},
    {"request", play_request},
    {"send", play_send},
    {"eof", play_eof},
    {"leave", play_leave},
    {"after", play_after},
    {"scenario", play_scenario},
    {"reset", play_reset},
    {"upgrade", play_upgrade},
    {"frames", play_frames},
    {"messages", case_expect_messages},
    {"answer", case_expect_answer},
    {"wire", case_expect_wire},
    {"timeline", case_expect_timeline},
    {"said", case_expect_said},
    {"sent", case_expect_sent},
    {"journal", case_expect_journal},
    {"unmet", case_expect_unmet},
    {"early", case_expect_early},
};

/* Sections that a client's part is, and so somebody to answer it. */
static bool needs_rules(struct ow_str name)
{
    static const char *const names[] = {"request", "send", "connect", "upgrade",
                                        "frames"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (ow_str_equal(name, ow_str_from(names[i])))
            return true;
    return false;
}

static int play_section(struct player *p, const struct case_section *section)
{
    if (!p->table && needs_rules(section->name))
        return case_complain(p, section, "there are no rules to answer");
    for (size_t i = 0; i < sizeof sections / sizeof *sections; i++)
        if (ow_str_equal(section->name, ow_str_from(sections[i].name)))
            return sections[i].play(p, section);
    return case_complain(p, section, "there is no such section");
}

static int start(struct player *p)
{
    int r = ow_journal_open(NULL, &p->env.journal, NULL);

    p->odds = (struct ow_odds){.seed = 1, .clock = &p->clock};
    p->clock.begin_real_ns = BEGIN_REAL;
    p->program = (struct ow_program){.pid = 42, .name = "curl"};
    p->peer = (struct ow_serve_peer){
        .host = "api.example.com",
        .port = 443,
        .tls = true,
        .program = &p->program,
    };
    p->env.states = &p->states;
    p->env.odds = &p->odds;
    p->env.clock = &p->clock;
    p->env.body_kept = OW_LIMIT_BODY_KEPT;
    p->env.say = say;
    p->env.deliver = deliver;
    p->env.cancel = cancel;
    p->env.say_context = p;
    p->due = OW_SERVE_NEVER;
    return r;
}

static void stop(struct player *p)
{
    ow_serve_free(p->serve);
    ow_table_free(p->table);
    ow_states_release(&p->states);
    ow_journal_free(p->env.journal);
    ow_buf_release(&p->received);
    ow_buf_release(&p->said);
    ow_buf_release(&p->sent);
    ow_buf_release(&p->host);
    ow_buf_release(&p->name);
}

int case_play(const struct case_file *file, bool by_byte, struct ow_buf *report)
{
    struct player *p = calloc(1, sizeof *p);

    if (!p)
        return -ENOMEM;
    p->file = file;
    p->by_byte = by_byte;
    p->report = report;
    int r = start(p);
    for (size_t i = 0; i < file->n && r == 0; i++)
        r = play_section(p, &file->sections[i]);
    stop(p);
    free(p);
    return r;
}
