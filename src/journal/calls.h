/*
 * calls: what was called lately, in memory, for http://offwire.test/calls and
 * /verify: the records of requests and of what kept a request from coming
 * (faults of names and connections, refusals), each as the journal's line, and
 * of a request its head and as much of its body as is kept. Bounded by
 * OW_LIMIT_CALLS and OW_LIMIT_CALLS_BYTES: the oldest are dropped, and counted.
 *
 *     for (i = 0; i < ow_calls_count(calls); i++) {
 *         const struct ow_call_kept *call = ow_calls_at(calls, i);
 *         ow_call_kept_request(call, &arena, &body, &request);
 *     }
 */
#ifndef OW_JOURNAL_CALLS_H
#define OW_JOURNAL_CALLS_H

#include "journal/journal.h"

struct ow_calls;

struct ow_call_kept {
    uint64_t number; /* from 1, never given twice: the order of all calls */
    enum ow_event event;
    int64_t wall_ns;
    int status;
    struct ow_str rule;
    struct ow_str pack;
    struct ow_str place;
    struct ow_str over; /* rules laid over it, "slow" or "openai/slow", a NUL
                           behind each */
    struct ow_str line; /* the journal's record, JSON */
    struct ow_str end;  /* that of its end, or absent */
    bool has_request;
    struct ow_str body; /* what is kept of it */
    uint64_t body_size; /* of all of it */
};

struct ow_calls *ow_calls_new(void); /* NULL when memory is out */
struct ow_calls *ow_calls_free(struct ow_calls *calls);

/* Whether such a record is a call: a request, or what kept one from coming. */
bool ow_calls_take(enum ow_event event);
/* Never fails: what finds no memory counts as dropped. Other records than
 * those above are passed over. */
void ow_calls_add(struct ow_calls *calls, const struct ow_record *record,
                  struct ow_str line);
/* Forgets all; numbers go on. */
void ow_calls_clear(struct ow_calls *calls);

size_t ow_calls_count(const struct ow_calls *calls);
/* How many are gone that were not cleared, and the last number given. */
uint64_t ow_calls_dropped(const struct ow_calls *calls);
uint64_t ow_calls_last(const struct ow_calls *calls);
/* From 0, oldest first; valid until the next change. */
const struct ow_call_kept *ow_calls_at(const struct ow_calls *calls, size_t i);
/* By number; NULL: it is gone, or never was. */
const struct ow_call_kept *ow_calls_find(const struct ow_calls *calls,
                                         uint64_t number);

/* Whether a rule of that name ("chat", "openai/chat"), or at that place, has
 * answered it or was laid over its answer. */
bool ow_call_kept_is_of(const struct ow_call_kept *call, struct ow_str rule);
/*
 * The request as rules saw it, but for its program's arguments and environment.
 * It borrows from the call; program and body (not yet initialized) are the
 * caller's, who releases the body and the request. 0 or -ENOMEM.
 */
int ow_call_kept_request(const struct ow_call_kept *call,
                         struct ow_arena *arena, struct ow_program *program,
                         struct ow_body *body, struct ow_request *ret);

#endif
