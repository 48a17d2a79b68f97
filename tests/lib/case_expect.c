/*
 * case_expect: the sections of a case that expect something. See case_world.h
 * and tests/cases/README.md. Called by case_player.c.
 */
#include "config.h"

#include "case_world.h"

#include <errno.h>
#include <string.h>

#include "case_frames.h"
#include "case_journal.h"
#include "case_view.h"

/* A case that is not done by then never will be. */
#define TIME_MAX (INT64_C(24) * 3600 * 1000000000)

static struct ow_str trimmed(const struct ow_buf *text)
{
    struct ow_str s = ow_buf_peek(text);

    while (s.len > 0 && s.ptr[s.len - 1] == '\n')
        s.len--;
    return s;
}

#define ANY "<*>"

static struct ow_str behind(struct ow_str s, size_t n)
{
    return (struct ow_str){s.ptr + n, s.len - n};
}

/* The parts of the line between the marks are there, in their order. */
static bool parts_fit(struct ow_str wanted, struct ow_str got)
{
    const char *mark = memmem(wanted.ptr, wanted.len, ANY, sizeof ANY - 1);
    struct ow_str first = {wanted.ptr,
                           mark ? (size_t)(mark - wanted.ptr) : wanted.len};

    if (!mark || !ow_str_starts(got, first))
        return !mark && ow_str_equal(wanted, got);
    got = behind(got, first.len);
    wanted = behind(wanted, first.len + sizeof ANY - 1);
    for (; !parts_fit(wanted, got); got = behind(got, 1))
        if (got.len == 0)
            return false;
    return true;
}

/* "Name: *" in the case stands for any value, "*" for any line, "<*>" for any
 * part of one. */
static bool line_fits(struct ow_str wanted, struct ow_str got)
{
    if (ow_str_equal(wanted, OW_STR("*")))
        return true;
    if (ow_str_ends(wanted, OW_STR(": *")))
        return ow_str_starts(got, (struct ow_str){wanted.ptr, wanted.len - 1});
    return parts_fit(wanted, got);
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
        r = case_complain(p, section, "not as expected; it is:");
        ow_buf_printf(p->report, "%.*s\n", OW_STR_ARGS(text));
    }
    ow_buf_release(got);
    return r;
}

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

int case_expect_answer(struct player *p, const struct case_section *section)
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

int case_expect_wire(struct player *p, const struct case_section *section)
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
    if (!is_whole || case_is_ended(p)) {
        show_time(p->clock.standing_ns - begin, out);
        show_state(p, is_whole, out);
    }
}

/* Plays to the end of the answer; times are counted from the request. */
int case_expect_timeline(struct player *p, const struct case_section *section)
{
    int64_t begin = p->clock.standing_ns;
    struct ow_buf got = {0};

    while (p->serve && p->due < begin + TIME_MAX)
        case_run_until(p, p->due);
    show_arrivals(p, begin, is_to_head(section), &got);
    p->n_arrivals = 0;
    return compare(p, section, &got);
}

/* What came at each moment, since the section began. */
static size_t show_moments(struct player *p, int64_t begin, struct ow_buf *out)
{
    struct ow_str all = ow_buf_peek(&p->received);
    struct ow_buf time = {0};
    size_t used = 0;

    for (size_t i = 0; i < p->n_arrivals; i++) {
        size_t total = p->arrivals[i].total;
        if (total > all.len || total <= used)
            continue;
        ow_buf_clear(&time, 0);
        show_time(p->arrivals[i].time - begin, &time);
        ow_buf_append(&time, "", 1);
        used += case_frames_show((struct ow_str){all.ptr + used, total - used},
                                 ow_buf_data(&time), out);
    }
    ow_buf_release(&time);
    return used;
}

/* A WebSocket's frames; "timed" plays on until nothing more will come. */
int case_expect_messages(struct player *p, const struct case_section *section)
{
    int64_t begin = p->clock.standing_ns;
    struct ow_buf got = {0};
    size_t used;

    if (ow_str_equal(section->argument, OW_STR("timed"))) {
        while (p->serve && p->due < begin + TIME_MAX && !case_is_ended(p))
            case_run_until(p, p->due);
        used = show_moments(p, begin, &got);
    } else {
        used = case_frames_show(ow_buf_peek(&p->received), "", &got);
    }
    ow_buf_consume(&p->received, used);
    p->n_arrivals = 0;
    if (p->received.len > 0)
        ow_buf_printf(&got, "(%zu bytes of a frame)\n", p->received.len);
    if (section->argument.len > 0 && case_is_ended(p))
        show_time(p->clock.standing_ns - begin, &got);
    show_state(p, true, &got);
    return compare(p, section, &got);
}

int case_expect_said(struct player *p, const struct case_section *section)
{
    struct ow_buf got = p->said;

    ow_buf_init(&p->said, 0);
    return compare(p, section, &got);
}

int case_expect_sent(struct player *p, const struct case_section *section)
{
    struct ow_buf got = p->sent;

    ow_buf_init(&p->sent, 0);
    return compare(p, section, &got);
}

int case_expect_journal(struct player *p, const struct case_section *section)
{
    struct ow_buf why = {0};
    int r = case_journal_compare(ow_journal_text(p->env.journal), section->text,
                                 &why);

    if (r < 0) {
        case_complain(p, section, "not as expected;");
        ow_buf_append_str(p->report, ow_buf_peek(&why));
    }
    ow_buf_release(&why);
    return r;
}

/* The rules whose "times" is not met. */
int case_expect_unmet(struct player *p, const struct case_section *section)
{
    struct ow_buf got = {0};

    for (size_t i = 0; p->table && i < ow_table_count(p->table); i++) {
        const struct ow_rule *rule = ow_table_rule(p->table, i);
        struct ow_err text;
        if (!ow_rule_met(rule, &p->states, &text))
            ow_buf_printf(&got, "%s: %s\n", ow_rule_name(rule), text.text);
    }
    return compare(p, section, &got);
}

/* The fault that a name look-up, a connect or a handshake gets. */
int case_expect_early(struct player *p, const struct case_section *section)
{
    static const char *const stages[] = {"name", "connect", "tls"};
    struct ow_buf got = {0};
    struct ow_match match;
    int stage = 0;

    while (stage < 3 &&
           !ow_str_equal(section->argument, ow_str_from(stages[stage])))
        stage++;
    if (stage == 3)
        return case_complain(p, section, "wants name, connect or tls");
    const struct ow_asker asker = {p->peer.host, p->peer.port, &p->program};
    ow_table_find_early(p->table, (enum ow_stage)stage, &asker, &p->states,
                        &p->odds, &match);
    if (match.rule) {
        ow_states_count(&p->states, &p->states.shared,
                        ow_rule_index(match.rule));
        ow_buf_printf(&got, "%s\n",
                      ow_fault_name(ow_answer_fault(match.answer)));
    }
    return compare(p, section, &got);
}
