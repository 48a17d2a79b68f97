/*
 * journal: what happened in a session, one JSON line per record. See
 * journal.h. Called by exchange/ for each request and by host/ for the rest;
 * read back by reader.c.
 *
 * Lines wait in `pending`. A write that fails half-way leaves half a line in
 * the file: what was not written is lost and counted, and the next write
 * begins with a newline, so that no later record is spoilt by it.
 */
#include "config.h"

#include "journal/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/jsonw.h"
#include "base/limits.h"
#include "journal/calls.h"
#include "journal/request_record.h"
#include "journal/transfer.h"
#include "journal/websocket.h"

#define SECOND 1000000000

struct ow_journal {
    struct ow_calls *calls; /* NULL: nobody remembers */
    int fd;                 /* -1: in memory only */
    struct ow_buf pending;
    bool keeps_requests;
    bool torn; /* the file ends in half a line; pending begins with "\n" */
    uint64_t lost;
    int64_t second; /* the one that date tells */
    char date[sizeof "2026-01-02T03:04:05"];
};

static const char *const event_names[] = {
#define OW_EVENT(name, text, help) [OW_EVENT_##name] = text,
#include "journal/events.def"
#undef OW_EVENT
};

const char *ow_event_name(int event)
{
    size_t n = sizeof event_names / sizeof *event_names;

    return event >= 0 && (size_t)event < n ? event_names[event] : NULL;
}

int ow_journal_open(const char *file, struct ow_journal **ret,
                    struct ow_err *err)
{
    struct ow_journal *journal = calloc(1, sizeof *journal);

    if (!journal)
        return ow_err_set(err, -ENOMEM, "no memory for the journal");
    journal->fd = -1;
    journal->second = -1;
    ow_buf_init(&journal->pending, file ? OW_LIMIT_JOURNAL : 0);
    if (file) {
        journal->fd =
            open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
        if (journal->fd < 0) {
            int code = -errno;
            free(journal);
            return ow_err_set(err, code, "cannot write the journal \"%s\": %s",
                              file, strerror(-code));
        }
    }
    *ret = journal;
    return 0;
}

struct ow_journal *ow_journal_free(struct ow_journal *journal)
{
    if (!journal)
        return NULL;
    ow_journal_flush(journal);
    if (journal->fd >= 0)
        close(journal->fd);
    ow_buf_release(&journal->pending);
    free(journal);
    return NULL;
}

void ow_record_init(struct ow_record *record, enum ow_event event)
{
    *record = (struct ow_record){
        .event = event,
        .wall_ns = -1,
        .port = -1,
        .request_bytes = -1,
        .response_bytes = -1,
        .wait_ns = -1,
        .total_ns = -1,
    };
}

/* The date is formatted once a second; the rest of the time is six digits. */
static void put_time(struct ow_journal *journal, struct ow_jsonw *w,
                     int64_t wall_ns)
{
    int64_t second = wall_ns / SECOND;
    uint32_t us = (uint32_t)(wall_ns % SECOND / 1000);
    char text[sizeof journal->date + sizeof ".123456Z"];
    size_t at = sizeof journal->date - 1;

    if (second != journal->second) {
        time_t t = (time_t)second;
        struct tm tm;
        if (!gmtime_r(&t, &tm) || !strftime(journal->date, sizeof journal->date,
                                            "%Y-%m-%dT%H:%M:%S", &tm))
            return;
        journal->second = second;
    }
    memcpy(text, journal->date, at);
    text[at++] = '.';
    for (uint32_t unit = 100000; unit > 0; unit /= 10)
        text[at++] = (char)('0' + us / unit % 10);
    text[at++] = 'Z';
    ow_jsonw_text(w, "time", (struct ow_str){text, at});
}

static void put_names(struct ow_jsonw *w, const char *key,
                      const struct ow_str *names, size_t n)
{
    if (n == 0)
        return;
    ow_jsonw_key(w, key);
    ow_jsonw_begin(w, '[');
    for (size_t i = 0; i < n; i++)
        ow_jsonw_string(w, names[i]);
    ow_jsonw_end(w, ']');
}

static void put_count(struct ow_jsonw *w, const char *key, int64_t value)
{
    if (value < 0)
        return;
    ow_jsonw_key(w, key);
    ow_jsonw_u64(w, (uint64_t)value);
}

static void put_ms(struct ow_jsonw *w, const char *key, int64_t ns)
{
    if (ns < 0)
        return;
    ow_jsonw_key(w, key);
    ow_jsonw_ms(w, ns);
}

static void put_program(struct ow_jsonw *w, const struct ow_program *program)
{
    if (!program)
        return;
    if (program->pid > 0)
        put_count(w, "pid", program->pid);
    if (program->name && *program->name)
        ow_jsonw_text(w, "program", ow_str_from(program->name));
}

static void put_rules(struct ow_jsonw *w, const char *const *names)
{
    if (!names)
        return;
    ow_jsonw_key(w, "rules");
    ow_jsonw_begin(w, '[');
    for (; *names; names++)
        ow_jsonw_string(w, ow_str_from(*names));
    ow_jsonw_end(w, ']');
}

static void put_record(struct ow_journal *journal, struct ow_jsonw *w,
                       const struct ow_record *record)
{
    ow_jsonw_begin(w, '{');
    ow_jsonw_text(w, "event", ow_str_from(ow_event_name((int)record->event)));
    if (record->id > 0)
        put_count(w, "id", (int64_t)record->id);
    if (record->wall_ns >= 0)
        put_time(journal, w, record->wall_ns);
    put_program(w, record->program);
    ow_jsonw_text(w, "rule", record->rule);
    ow_jsonw_text(w, "pack", record->pack);
    ow_jsonw_text(w, "place", record->place);
    put_names(w, "over", record->over, record->n_over);
    put_names(w, "over_packs", record->over_packs,
              record->over_packs ? record->n_over : 0);
    ow_jsonw_text(w, "protocol", record->protocol);
    ow_jsonw_text(w, "method", record->method);
    ow_jsonw_text(w, "url", record->url);
    ow_jsonw_text(w, "host", record->host);
    put_count(w, "port", record->port);
    if (record->status > 0)
        put_count(w, "status", record->status);
    put_count(w, "request_bytes", record->request_bytes);
    ow_jsonw_text(w, "request_xxh128", ow_str_from(record->request_hash));
    put_count(w, "response_bytes", record->response_bytes);
    put_ms(w, "wait_ms", record->wait_ns);
    put_ms(w, "total_ms", record->total_ns);
    ow_jsonw_text(w, "fault", ow_str_from(record->fault));
    ow_jsonw_text(w, "reply", ow_str_from(record->reply));
    if (record->attempt > 0)
        put_count(w, "attempt", record->attempt);
    ow_jsonw_text(w, "ended", ow_str_from(record->ended));
    ow_jsonw_text(w, "text", record->text);
    put_rules(w, record->rules);
    if (record->transfer)
        ow_transfer_put(w, record->transfer);
    if (record->websocket)
        ow_websocket_record_put(w, record->websocket);
    ow_jsonw_end(w, '}');
}

/* The whole line, or nothing. */
static int append(struct ow_journal *journal, const struct ow_record *record)
{
    size_t before = journal->pending.len;
    struct ow_jsonw w = {.buf = &journal->pending};

    put_record(journal, &w, record);
    if (w.error == 0)
        w.error = ow_buf_append(&journal->pending, "\n", 1);
    if (w.error < 0)
        journal->pending.len = before;
    return w.error;
}

void ow_journal_keep_requests(struct ow_journal *journal)
{
    journal->keeps_requests = true;
}

/*
 * The request as the last member of the line that was appended last: behind the
 * others, which are remembered without it. Where there is no room the record
 * stays as it is.
 */
static int append_request(struct ow_journal *journal,
                          const struct ow_request *request)
{
    size_t before = journal->pending.len;
    struct ow_jsonw w = {.buf = &journal->pending, .comma = true};

    journal->pending.len = before - strlen("}\n");
    ow_jsonw_key(&w, "request");
    ow_request_record_put(&w, request);
    ow_jsonw_end(&w, '}');
    if (w.error == 0)
        w.error = ow_buf_append(&journal->pending, "\n", 1);
    if (w.error == 0)
        return 0;
    journal->pending.len = before - strlen("}\n");
    return ow_buf_append(&journal->pending, "}\n", 2);
}

void ow_journal_remember(struct ow_journal *journal, struct ow_calls *calls)
{
    journal->calls = calls;
}

/* The line that was appended last, without its newline. */
static void remember(struct ow_journal *journal, const struct ow_record *record,
                     size_t before)
{
    struct ow_str all = ow_buf_peek(&journal->pending);

    if (journal->calls)
        ow_calls_add(journal->calls, record,
                     (struct ow_str){all.ptr + before, all.len - before - 1});
}

void ow_journal_add(struct ow_journal *journal, const struct ow_record *record)
{
    /* A request may be as long as all that waits. */
    if (journal->keeps_requests && record->request &&
        journal->pending.len > OW_LIMIT_JOURNAL / 8)
        ow_journal_flush(journal);
    size_t before = journal->pending.len;
    if (append(journal, record) < 0) {
        /* Full: once what waits is written there is room. */
        ow_journal_flush(journal);
        before = journal->pending.len;
        if (append(journal, record) < 0) {
            journal->lost++;
            return;
        }
    }
    remember(journal, record, before);
    if (journal->keeps_requests && record->request &&
        append_request(journal, record->request) < 0)
        journal->lost++;
}

/* How many lines end in bytes. */
static uint64_t count_lines(struct ow_str bytes)
{
    uint64_t lines = 0;
    size_t at = 0;

    while ((at = ow_str_find_byte(bytes, '\n', at)) < bytes.len) {
        lines++;
        at++;
    }
    return lines;
}

/* Forgets what could not be written from done on. */
static void lose(struct ow_journal *journal, size_t done)
{
    struct ow_str all = ow_buf_peek(&journal->pending);
    bool mends = journal->torn && done == 0;

    journal->lost +=
        count_lines((struct ow_str){all.ptr + done, all.len - done}) - mends;
    if (done > 0)
        journal->torn = all.ptr[done - 1] != '\n';
    ow_buf_clear(&journal->pending, OW_LIMIT_JOURNAL);
    if (journal->torn)
        ow_buf_append(&journal->pending, "\n", 1);
}

void ow_journal_flush(struct ow_journal *journal)
{
    struct ow_str all = ow_buf_peek(&journal->pending);
    size_t done = 0;

    if (journal->fd < 0 || all.len <= journal->torn)
        return;
    while (done < all.len) {
        ssize_t n = write(journal->fd, all.ptr + done, all.len - done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0) {
            lose(journal, done);
            return;
        }
        done += (size_t)n;
    }
    journal->torn = false;
    ow_buf_clear(&journal->pending, OW_LIMIT_IO);
}

uint64_t ow_journal_lost(const struct ow_journal *journal)
{
    return journal->lost;
}

struct ow_str ow_journal_text(const struct ow_journal *journal)
{
    return ow_buf_peek(&journal->pending);
}
