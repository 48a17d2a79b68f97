/*
 * journal: what happened in a session, one JSON line per record, in the file
 * journal.jsonl of the session's folder (D10). Records are appended to a
 * buffer; ow_journal_flush writes them in one write(), and the host calls it
 * before it sends anything of the answers they tell about: a crash loses
 * nothing that happened. Kinds of records: journal/events.def.
 *
 * A full disk: the records are counted as lost, ow_journal_lost() tells how
 * many and the run says so; answers go on.
 */
#ifndef OW_JOURNAL_JOURNAL_H
#define OW_JOURNAL_JOURNAL_H

#include "base/buf.h"
#include "base/err.h"
#include "http/request.h"

/* One row per kind in journal/events.def: OW_EVENT(NAME, "name", help). */
enum ow_event {
#define OW_EVENT(name, text, help) OW_EVENT_##name,
#include "journal/events.def"
#undef OW_EVENT
};

/* The name in the journal; NULL for a number that is no event. */
const char *ow_event_name(int event);

struct ow_journal;
struct ow_calls;            /* journal/calls.h */
struct ow_transfer;         /* control/control.h */
struct ow_websocket_record; /* journal/websocket.h */

/* file NULL: records are kept in memory only (tests). */
int ow_journal_open(const char *file, struct ow_journal **ret,
                    struct ow_err *err);
struct ow_journal *ow_journal_free(struct ow_journal *journal);

/* One record; absent strings and negative numbers are left out. */
struct ow_record {
    enum ow_event event;
    uint64_t id;     /* of the exchange, from 1; 0: none */
    int64_t wall_ns; /* since the epoch */
    const struct ow_program *program;
    struct ow_str rule;              /* name of the rule; absent: no rule */
    struct ow_str pack;              /* whose the rule is: "openai" */
    struct ow_str place;             /* "my.json:12" */
    const struct ow_str *over;       /* names of rules laid over its answer */
    const struct ow_str *over_packs; /* whose each of them is; NULL: nobody's */
    size_t n_over;
    struct ow_str protocol; /* as ALPN names it: "http/1.1", "h2" */
    struct ow_str method;
    struct ow_str url;
    struct ow_str host; /* events that have no URL */
    int port;
    int status;               /* 0: none was sent */
    int64_t request_bytes;    /* body */
    const char *request_hash; /* XXH128 in hex, or NULL */
    int64_t response_bytes;   /* body: planned (request), sent (end) */
    int64_t wait_ns;          /* request whole -> first byte due */
    int64_t total_ns;         /* end: request whole -> last byte */
    const char *fault;        /* NULL: none */
    const char *reply;        /* place of what a model says; NULL: none */
    const char *ended;        /* end: "sent", "cut", "left", "failed";
                                 callback: "delivered", "tried again",
                                 "given up", "cancelled" */
    int attempt;              /* callback: from 1; 0: none was made */
    struct ow_str text;       /* a sentence: near miss, error */
    const char *const *rules; /* session: names of the rules, then NULL;
                                 NULL: they are not told */
    /* For calls that are remembered, and a journal that keeps requests; NULL:
     * none. */
    const struct ow_request *request;
    const struct ow_transfer *transfer;          /* NULL: none */
    const struct ow_websocket_record *websocket; /* NULL: none */
};

void ow_record_init(struct ow_record *record, enum ow_event event);
/* Remembers records in calls as well, which the caller keeps; NULL: not. */
void ow_journal_remember(struct ow_journal *journal, struct ow_calls *calls);
/* From now on records have their requests as a member, "request": for who
 * looks later at what was sent (journal/request_record.h). */
void ow_journal_keep_requests(struct ow_journal *journal);
/* Never fails: what cannot be kept is counted as lost. */
void ow_journal_add(struct ow_journal *journal, const struct ow_record *record);
/* Writes what was added since the last flush. Cheap when there is nothing. */
void ow_journal_flush(struct ow_journal *journal);
uint64_t ow_journal_lost(const struct ow_journal *journal);
/* For tests of a journal without a file: all records so far. */
struct ow_str ow_journal_text(const struct ow_journal *journal);

#endif
