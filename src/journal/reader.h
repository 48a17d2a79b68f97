/*
 * reader: reads a session's journal back, call by call. A call is a record
 * with what its "end" record told merged in. The file is gone over twice (the
 * ends come after what they end) and kept in memory never: a journal may have
 * millions of lines.
 *
 *     struct ow_reader *reader;
 *     int r = ow_reader_open("session/", &reader, &err);
 *     r = ow_reader_each(reader, print_call, context);
 *     ow_reader_free(reader);
 */
#ifndef OW_JOURNAL_READER_H
#define OW_JOURNAL_READER_H

#include <cjson/cJSON.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "journal/journal.h"

/* The journal's name in the session's folder. */
#define OW_READER_FILE "journal.jsonl"

struct ow_reader;

/* Strings are absent, numbers -1 where the record has none. Borrowed until
 * the callback returns. */
struct ow_call {
    enum ow_event event;
    const cJSON *record; /* all of it, the end merged in */
    struct ow_str time;  /* "2026-01-02T03:04:05.123456Z" */
    struct ow_str program;
    struct ow_str rule;
    struct ow_str pack;
    struct ow_str place;
    struct ow_str method;
    struct ow_str url;
    struct ow_str host;
    struct ow_str fault;
    struct ow_str ended;
    struct ow_str text;
    int port;
    int status;
    double ms; /* total_ms, else wait_ms */
};

/* 0 goes on; anything else stops, and ow_reader_each returns it. */
typedef int (*ow_reader_fn)(void *context, const struct ow_call *call);

/* dir is a session's folder, or the journal in it. 0, or a negative errno with
 * a sentence: -EBADMSG for a file whose lines are all something else. */
int ow_reader_open(const char *dir, struct ow_reader **ret, struct ow_err *err);
struct ow_reader *ow_reader_free(struct ow_reader *reader);

/*
 * Every record but the ends, in the order written, each time from the begin.
 * Lines that are no record (half a line, after a full disk) are passed over.
 * 0, -ENOMEM, -EIO, or what fn returned.
 */
int ow_reader_each(struct ow_reader *reader, ow_reader_fn fn, void *context);
/* How many lines the last ow_reader_each passed over. */
uint64_t ow_reader_unreadable(const struct ow_reader *reader);

/* Whether the call is a request, whatever became of it. */
bool ow_call_is_request(const struct ow_call *call);

#endif
