/*
 * report: a session in a few lines. See report.h. Counts are by line of the
 * report: one per rule, fault before a request, or URL without a rule.
 */
#include "config.h"

#include "journal/report.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

/* More different lines than this are counted as "others". */
#define LINES 50

struct line {
    uint64_t count;
    UT_hash_handle hh;
    char text[]; /* the key */
};

struct report {
    struct line *lines;
    struct line *programs;
    uint64_t requests, answered, unmatched, bad, failed, cut, left, early;
    uint64_t delivered, given_up, cancelled; /* call backs */
    uint64_t others;
};

static int count(struct line **lines, struct ow_str text, uint64_t *ret_over)
{
    struct line *line;

    HASH_FIND(hh, *lines, text.ptr, (unsigned)text.len, line);
    if (!line && HASH_COUNT(*lines) >= LINES) {
        ++*ret_over;
        return 0;
    }
    if (!line) {
        line = calloc(1, sizeof *line + text.len + 1);
        if (!line)
            return -ENOMEM;
        memcpy(line->text, text.ptr, text.len);
        HASH_ADD_KEYPTR(hh, *lines, line->text, (unsigned)text.len, line);
    }
    line->count++;
    return 0;
}

static void free_lines(struct line **lines)
{
    struct line *line, *next;

    HASH_ITER(hh, *lines, line, next)
    {
        HASH_DEL(*lines, line);
        free(line);
    }
}

static void tally_callback(struct report *report, struct ow_str ended)
{
    report->delivered += ow_str_equal(ended, OW_STR("delivered"));
    report->given_up += ow_str_equal(ended, OW_STR("given up"));
    report->cancelled += ow_str_equal(ended, OW_STR("cancelled"));
}

static void tally(struct report *report, const struct ow_call *call)
{
    report->requests += ow_call_is_request(call);
    report->answered += call->event == OW_EVENT_REQUEST;
    report->unmatched += call->event == OW_EVENT_UNMATCHED;
    report->bad += call->event == OW_EVENT_BAD_REQUEST;
    report->failed += call->event == OW_EVENT_ERROR && ow_call_is_request(call);
    if (call->event == OW_EVENT_CALLBACK)
        tally_callback(report, call->ended);
    report->early += !ow_call_is_request(call) && call->fault.ptr != NULL;
    if (ow_str_equal(call->ended, OW_STR("cut")))
        report->cut++;
    if (ow_str_equal(call->ended, OW_STR("left")))
        report->left++;
}

/* The line a call is counted in, in text; nothing for what is no call. */
static int line_of(const struct ow_call *call, struct ow_buf *text)
{
    if (call->event == OW_EVENT_CALLBACK)
        return 0;
    if (call->rule.ptr && ow_str_equal(call->rule, call->place))
        return ow_buf_printf(text, "%.*s", OW_STR_ARGS(call->rule));
    if (call->rule.ptr)
        return ow_buf_printf(text, "%.*s (%.*s)", OW_STR_ARGS(call->rule),
                             OW_STR_ARGS(call->place));
    if (call->event == OW_EVENT_UNMATCHED)
        return ow_buf_printf(text, "no rule: %.*s %.*s",
                             OW_STR_ARGS(call->method), OW_STR_ARGS(call->url));
    if (call->event == OW_EVENT_BAD_REQUEST)
        return ow_buf_printf(text, "%.*s", OW_STR_ARGS(call->text));
    if (call->event == OW_EVENT_REFUSED)
        return ow_buf_printf(text, "refused: %.*s", OW_STR_ARGS(call->host));
    return 0;
}

static int add_call(void *context, const struct ow_call *call)
{
    struct report *report = context;
    struct ow_buf text = {0};
    uint64_t over = 0;

    if (call->event == OW_EVENT_SESSION || call->event == OW_EVENT_PROGRAM)
        return 0;
    tally(report, call);
    int r = line_of(call, &text);
    if (r == 0 && text.len > 0)
        r = count(&report->lines, ow_buf_peek(&text), &report->others);
    if (r == 0 && call->program.ptr)
        r = count(&report->programs, call->program, &over);
    ow_buf_release(&text);
    return r;
}

static int by_count(const struct line *a, const struct line *b)
{
    return a->count < b->count ? 1 : a->count > b->count ? -1 : 0;
}

static int put_part(struct ow_buf *out, uint64_t n, const char *what)
{
    return n == 0
               ? 0
               : ow_buf_printf(out, ", %llu %s", (unsigned long long)n, what);
}

static int put_head(struct ow_buf *out, const struct report *report)
{
    unsigned programs = HASH_COUNT(report->programs);
    int r = ow_buf_printf(out, "%llu request%s of %u program%s: %llu answered",
                          (unsigned long long)report->requests,
                          report->requests == 1 ? "" : "s", programs,
                          programs == 1 ? "" : "s",
                          (unsigned long long)report->answered);
    const struct {
        uint64_t n;
        const char *what;
    } parts[] = {
        {report->unmatched, "matched no rule"},
        {report->bad, "no HTTP"},
        {report->failed, "failed inside Offwire"},
        {report->cut, "cut short by a rule"},
        {report->left, "left by the program"},
        {report->early, "ended by a fault before a request"},
        {report->delivered, "called back"},
        {report->given_up, "called back in vain"},
        {report->cancelled, "not called back any more"},
    };

    for (size_t i = 0; r == 0 && i < sizeof parts / sizeof *parts; i++)
        r = put_part(out, parts[i].n, parts[i].what);
    return r < 0 ? r : ow_buf_append(out, "\n", 1);
}

static int put_report(struct ow_buf *out, struct report *report)
{
    struct line *line, *next;
    int r = put_head(out, report);

    HASH_SORT(report->lines, by_count);
    HASH_ITER(hh, report->lines, line, next)
    {
        if (r == 0)
            r = ow_buf_printf(out, "  %6llu  %s\n",
                              (unsigned long long)line->count, line->text);
    }
    if (r == 0 && report->others > 0)
        r = ow_buf_printf(out, "  %6llu  others\n",
                          (unsigned long long)report->others);
    return r;
}

int ow_report(struct ow_reader *reader, struct ow_buf *out)
{
    struct report report = {0};
    int r = ow_reader_each(reader, add_call, &report);

    if (r == 0)
        r = put_report(out, &report);
    free_lines(&report.lines);
    free_lines(&report.programs);
    return r;
}
