/*
 * deliver: the call backs of a session, from the end of the answer that they
 * belong to until they are delivered, given up, or the session ends. Each
 * attempt is a record of the journal.
 *
 *     take --delay--> attempt --2xx--> delivered
 *                       ^  \--else--> backoff, 2 backoff, 4 backoff ...
 *                       |_________________/    \--> given up
 *
 * A call back goes to the program under test, so mostly to localhost. A host
 * that the rules name is refused: the answer would be our own.
 *
 * Who listened when there was something to send, and does not take it any more,
 * may be a program that is just ending. Then it is given up a few seconds later
 * instead, and if the session ends in them, it is cancelled as what waits is.
 */
#ifndef OW_UPSTREAM_DELIVER_H
#define OW_UPSTREAM_DELIVER_H

#include <event2/event.h>

#include "journal/journal.h"
#include "plan/callback.h"
#include "rule/table.h"
#include "state/clock.h"

struct ow_deliverer;

/* Borrowed. */
struct ow_deliverer_env {
    struct event_base *base;
    const struct ow_clock *clock;
    struct ow_journal *journal;
    const struct ow_table *table;
    /* A sentence for stderr about one that is given up. May be NULL. */
    void (*say)(void *context, const char *line);
    void *say_context;
};

/* NULL: no memory. */
struct ow_deliverer *ow_deliverer_new(const struct ow_deliverer_env *env);
struct ow_deliverer *ow_deliverer_free(struct ow_deliverer *deliverer);

/* Another table has taken the place of the one before. */
void ow_deliverer_use(struct ow_deliverer *deliverer,
                      const struct ow_table *table);
/* Never fails: what cannot be kept counts as given up. */
void ow_deliverer_take(struct ow_deliverer *deliverer,
                       struct ow_delivery *take_delivery);
/* What waits for its first attempt and is about that life of a resource, or for
 * 0 about any, is not wanted any more. Recorded; counts as nothing. */
void ow_deliverer_cancel(struct ow_deliverer *deliverer, uint64_t life);
/* The clock has jumped: what is due is looked at anew. */
void ow_deliverer_wake(struct ow_deliverer *deliverer);
/* The session ends: what waits or is under way is cancelled, and recorded.
 * Returns how many these were; ret_first (may be NULL) then says which would
 * have been the first. */
size_t ow_deliverer_stop(struct ow_deliverer *deliverer,
                         struct ow_err *ret_first);
/* How many were given up. */
uint64_t ow_deliverer_failed(const struct ow_deliverer *deliverer);

#endif
