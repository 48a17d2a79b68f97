/*
 * case_player: plays a case. See case_player.h. Called by cases/run_cases.c;
 * drives exchange/serve as the host does, but for sockets and time.
 */
#include "config.h"

#include "case_player.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/units.h"
#include "case_journal.h"
#include "case_view.h"
#include "exchange/serve.h"

/* Where session time begins: 2026-01-02 03:04:05 UTC. */
#define BEGIN_REAL (INT64_C(1767323045) * 1000000000)
/* A case that is not done by then never will be. */
#define TIME_MAX (INT64_C(24) * 3600 * 1000000000)
#define ARRIVALS 512

/* At that time so many bytes had come. */
struct arrival {
    int64_t time;
    size_t total;
};

struct player {
    const struct case_file *file;
    bool by_byte;
    struct ow_buf *report;

    struct ow_table *table;
    struct ow_hits hits;
    struct ow_rand rand;
    struct ow_clock clock;
    struct ow_serve_env env;
    struct ow_program program;
    struct ow_serve_peer peer;
    struct ow_buf host; /* peer.host, with its NUL */
    struct ow_buf name; /* of the program, with its NUL */
    struct ow_buf said;

    struct ow_serve *serve;
    int64_t due;
    struct ow_buf received; /* and not yet expected */
    struct arrival arrivals[ARRIVALS];
    size_t n_arrivals;
};

typedef int (*play_fn)(struct player *p, const struct case_section *section);

static int complain(struct player *p, const struct case_section *section,
                    const char *what)
{
    ow_buf_printf(p->report, "%s:%d: %.*s: %s\n", p->file->path, section->line,
                  OW_STR_ARGS(section->name), what);
    return -EINVAL;
}

static struct ow_str trimmed(const struct ow_buf *text)
{
    struct ow_str s = ow_buf_peek(text);

    while (s.len > 0 && s.ptr[s.len - 1] == '\n')
        s.len--;
    return s;
}

/* "Name: *" in the case stands for any value, "*" for any line. */
static bool line_fits(struct ow_str wanted, struct ow_str got)
{
    if (ow_str_equal(wanted, OW_STR("*")))
        return true;
    if (ow_str_ends(wanted, OW_STR(": *")))
        return ow_str_starts(got, (struct ow_str){wanted.ptr, wanted.len - 1});
    return ow_str_equal(wanted, got);
}

static bool text_fits(struct ow_str wanted, struct ow_str got)
{
    while (wanted.len > 0 && got.len > 0) {
        struct ow_str a = case_cut_line(&wanted), b = case_cut_line(&got);
        if (!line_fits(a, b))
            return false;
    }
    return wanted.len == 0 && got.len == 0;
}

/* Releases got. */
static int compare(struct player *p, const struct case_section *section,
                   struct ow_buf *got)
{
    struct ow_str text = trimmed(got);
    int r = 0;

    if (!text_fits(section->text, text)) {
        r = complain(p, section, "not as expected; it is:");
        ow_buf_printf(p->report, "%.*s\n", OW_STR_ARGS(text));
    }
    ow_buf_release(got);
    return r;
}

static void say(void *context, const struct ow_program *program,
                const char *line)
{
    struct player *p = context;

    (void)program;
    ow_buf_printf(&p->said, "%s\n", line);
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

static void run_until(struct player *p, int64_t time)
{
    while (p->serve && p->due <= time) {
        if (p->due > p->clock.standing_ns)
            p->clock.standing_ns = p->due;
        run(p);
    }
    p->clock.standing_ns = time;
    run(p);
}

static bool is_ended(const struct player *p)
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

    if (is_ended(p) && open_connection(p) < 0)
        return -ENOMEM;
    p->n_arrivals = 0;
    for (size_t at = 0; at < bytes.len; at += step) {
        ow_serve_feed(p->serve, bytes.ptr + at, step);
        run(p);
    }
    return 0;
}

/* Sections that do something. */

static int play_rule(struct player *p, const struct case_section *section)
{
    struct ow_err err;
    int r;

    p->serve = ow_serve_free(p->serve);
    p->table = ow_table_free(p->table);
    ow_hits_release(&p->hits);
    r = ow_table_load_text(p->file->name, section->text.ptr, section->text.len,
                           &p->table, &err);
    if (r < 0) {
        ow_buf_printf(&p->said, "%s\n", err.text);
        return 0;
    }
    p->env.table = p->table;
    return ow_hits_init(&p->hits, ow_table_count(p->table));
}

/* "http://host:port", and the program's name in the text. */
static int play_peer(struct player *p, const struct case_section *section)
{
    struct ow_str host = section->argument, scheme = host;
    uint64_t port;

    p->peer.tls = ow_str_starts(host, OW_STR("https://"));
    if (!p->peer.tls && !ow_str_starts(host, OW_STR("http://")))
        return complain(p, section, "wants http://host or https://host");
    port = p->peer.tls ? 443 : 80;
    scheme.len = p->peer.tls ? 8 : 7;
    host = (struct ow_str){host.ptr + scheme.len, host.len - scheme.len};
    size_t colon = ow_str_find_byte(host, ':', 0);
    if (colon < host.len &&
        ow_str_parse_u64(
            (struct ow_str){host.ptr + colon + 1, host.len - colon - 1},
            &port) < 0)
        return complain(p, section, "no such port");
    ow_buf_clear(&p->host, 0);
    ow_buf_printf(&p->host, "%.*s%c", (int)colon, host.ptr, '\0');
    p->peer.host = ow_buf_data(&p->host);
    p->peer.port = (uint16_t)port;
    p->serve = ow_serve_free(p->serve);
    return 0;
}

static int play_program(struct player *p, const struct case_section *section)
{
    ow_buf_clear(&p->name, 0);
    ow_buf_printf(&p->name, "%.*s%c", OW_STR_ARGS(section->argument), '\0');
    p->program.name = ow_buf_data(&p->name);
    return 0;
}

static int play_seed(struct player *p, const struct case_section *section)
{
    uint64_t seed;

    if (ow_str_parse_u64(section->argument, &seed) < 0)
        return complain(p, section, "wants a number");
    ow_rand_init(&p->rand, seed);
    return 0;
}

static int play_kept(struct player *p, const struct case_section *section)
{
    uint64_t size;

    if (ow_units_parse_size(section->argument, &size) < 0)
        return complain(p, section, "wants a size");
    p->env.body_kept = size;
    p->serve = ow_serve_free(p->serve);
    return 0;
}

static int play_bytes(struct player *p, const struct case_section *section,
                      int r, struct ow_buf *bytes, const struct ow_err *err)
{
    if (r == 0)
        r = send_bytes(p, ow_buf_peek(bytes));
    else
        complain(p, section, err->text);
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

static int play_after(struct player *p, const struct case_section *section)
{
    int64_t ns;

    if (ow_units_parse_duration(section->argument, &ns) < 0)
        return complain(p, section, "wants a duration");
    run_until(p, p->clock.standing_ns + ns);
    return 0;
}

/* Sections that expect something. */

/* How the connection stands behind what was received. */
static void show_state(const struct player *p, bool is_whole,
                       struct ow_buf *out)
{
    enum ow_serve_end end = p->serve ? ow_serve_end(p->serve) : OW_SERVE_CLOSE;

    if (end == OW_SERVE_CLOSE || end == OW_SERVE_CUT)
        ow_buf_append(out, "(close)\n", 8);
    else if (end == OW_SERVE_RESET)
        ow_buf_append(out, "(reset)\n", 8);
    else if (!is_whole)
        ow_buf_append_str(out, p->due == OW_SERVE_NEVER ? OW_STR("(silence)\n")
                                                        : OW_STR("(waits)\n"));
}

static bool is_to_head(const struct case_section *section)
{
    return ow_str_equal(section->argument, OW_STR("to HEAD"));
}

static int expect_answer(struct player *p, const struct case_section *section)
{
    struct case_answer answer;
    struct ow_buf got = {0};

    case_answer_decode(ow_buf_peek(&p->received), is_to_head(section), &answer);
    if (answer.has_head)
        case_answer_show(&answer, &got);
    else
        case_show_wire(ow_buf_peek(&p->received), &got);
    ow_buf_consume(&p->received,
                   answer.has_head ? answer.used : p->received.len);
    if (p->received.len == 0)
        show_state(p, answer.is_whole, &got);
    case_answer_release(&answer);
    return compare(p, section, &got);
}

static int expect_wire(struct player *p, const struct case_section *section)
{
    struct ow_buf got = {0};

    case_show_wire(ow_buf_peek(&p->received), &got);
    ow_buf_consume(&p->received, p->received.len);
    show_state(p, p->due == OW_SERVE_NEVER, &got);
    return compare(p, section, &got);
}

static void show_time(int64_t ns, struct ow_buf *out)
{
    int64_t us = ns / 1000;

    if (us % 1000 == 0)
        ow_buf_printf(out, "%lldms ", (long long)(us / 1000));
    else
        ow_buf_printf(out, "%lld.%03lldms ", (long long)(us / 1000),
                      (long long)(us % 1000));
}

/* What of an answer came at one moment; before is what had come by then. */
static void show_arrival(const struct case_answer *before,
                         const struct case_answer *now, int64_t time,
                         struct ow_buf *out)
{
    struct ow_str body = ow_buf_peek(&now->body);

    if (!before->has_head && now->has_head) {
        show_time(time, out);
        size_t end = ow_str_find_byte(now->head, '\r', 0);
        ow_buf_printf(out, "%.*s\n", (int)end, now->head.ptr);
    }
    if (body.len > before->body.len) {
        show_time(time, out);
        case_show_escaped((struct ow_str){body.ptr + before->body.len,
                                          body.len - before->body.len},
                          out);
        ow_buf_append(out, "\n", 1);
    }
    if (!before->is_whole && now->is_whole) {
        show_time(time, out);
        ow_buf_append(out, "(end)\n", 6);
    }
}

static void show_arrivals(struct player *p, int64_t begin, bool to_head,
                          struct ow_buf *out)
{
    struct case_answer before = {0}, now;
    struct ow_str all = ow_buf_peek(&p->received);
    bool is_whole = false;

    for (size_t i = 0; i < p->n_arrivals && !is_whole; i++) {
        size_t total = p->arrivals[i].total;
        case_answer_decode(
            (struct ow_str){all.ptr, total < all.len ? total : all.len},
            to_head, &now);
        show_arrival(&before, &now, p->arrivals[i].time - begin, out);
        case_answer_release(&before);
        before = now;
        is_whole = now.is_whole;
    }
    ow_buf_consume(&p->received, before.used);
    case_answer_release(&before);
    if (!is_whole || is_ended(p)) {
        show_time(p->clock.standing_ns - begin, out);
        show_state(p, is_whole, out);
    }
}

/* Plays to the end of the answer; times are counted from the request. */
static int expect_timeline(struct player *p, const struct case_section *section)
{
    int64_t begin = p->clock.standing_ns;
    struct ow_buf got = {0};

    while (p->serve && p->due < begin + TIME_MAX)
        run_until(p, p->due);
    show_arrivals(p, begin, is_to_head(section), &got);
    p->n_arrivals = 0;
    return compare(p, section, &got);
}

static int expect_said(struct player *p, const struct case_section *section)
{
    struct ow_buf got = p->said;

    ow_buf_init(&p->said, 0);
    return compare(p, section, &got);
}

static int expect_journal(struct player *p, const struct case_section *section)
{
    struct ow_buf why = {0};
    int r = case_journal_compare(ow_journal_text(p->env.journal), section->text,
                                 &why);

    if (r < 0) {
        complain(p, section, "not as expected;");
        ow_buf_append_str(p->report, ow_buf_peek(&why));
    }
    ow_buf_release(&why);
    return r;
}

/* The rules whose "times" is not met. */
static int expect_unmet(struct player *p, const struct case_section *section)
{
    struct ow_buf got = {0};

    for (size_t i = 0; p->table && i < ow_table_count(p->table); i++) {
        const struct ow_rule *rule = ow_table_rule(p->table, i);
        struct ow_err text;
        if (!ow_rule_times_met(rule, ow_hits_get(&p->hits, i), &text))
            ow_buf_printf(&got, "%s: %s\n", ow_rule_name(rule), text.text);
    }
    return compare(p, section, &got);
}

/* The fault that a name look-up, a connect or a handshake gets. */
static int expect_early(struct player *p, const struct case_section *section)
{
    static const char *const stages[] = {"name", "connect", "tls"};
    struct ow_buf got = {0};
    struct ow_match match;
    int stage = 0;

    while (stage < 3 &&
           !ow_str_equal(section->argument, ow_str_from(stages[stage])))
        stage++;
    if (stage == 3)
        return complain(p, section, "wants name, connect or tls");
    ow_table_find_early(p->table, (enum ow_stage)stage, p->peer.host,
                        p->peer.port, &p->program, &p->hits, &p->rand, &match);
    if (match.rule) {
        ow_hits_add(&p->hits, ow_rule_index(match.rule));
        ow_buf_printf(&got, "%s\n",
                      ow_fault_name(ow_answer_fault(match.answer)));
    }
    return compare(p, section, &got);
}

static const struct {
    const char *name;
    play_fn play;
} sections[] = {
    {"rule", play_rule},       {"peer", play_peer},
    {"program", play_program}, {"seed", play_seed},
    {"kept", play_kept},       {"connect", play_connect},
    {"request", play_request}, {"send", play_send},
    {"eof", play_eof},         {"leave", play_leave},
    {"after", play_after},     {"answer", expect_answer},
    {"wire", expect_wire},     {"timeline", expect_timeline},
    {"said", expect_said},     {"journal", expect_journal},
    {"unmet", expect_unmet},   {"early", expect_early},
};

static int play_section(struct player *p, const struct case_section *section)
{
    for (size_t i = 0; i < sizeof sections / sizeof *sections; i++)
        if (ow_str_equal(section->name, ow_str_from(sections[i].name)))
            return sections[i].play(p, section);
    return complain(p, section, "there is no such section");
}

static int start(struct player *p)
{
    int r = ow_journal_open(NULL, &p->env.journal, NULL);

    ow_rand_init(&p->rand, 1);
    p->clock.begin_real_ns = BEGIN_REAL;
    p->program = (struct ow_program){.pid = 42, .name = "curl"};
    p->peer = (struct ow_serve_peer){
        .host = "api.example.com",
        .port = 443,
        .tls = true,
        .program = &p->program,
    };
    p->env.hits = &p->hits;
    p->env.rand = &p->rand;
    p->env.clock = &p->clock;
    p->env.body_kept = OW_LIMIT_BODY_KEPT;
    p->env.say = say;
    p->env.say_context = p;
    p->due = OW_SERVE_NEVER;
    return r;
}

static void stop(struct player *p)
{
    ow_serve_free(p->serve);
    ow_table_free(p->table);
    ow_hits_release(&p->hits);
    ow_journal_free(p->env.journal);
    ow_buf_release(&p->received);
    ow_buf_release(&p->said);
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
