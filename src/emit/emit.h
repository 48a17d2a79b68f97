/*
 * emit: plays a plan into a sink, in time. Knows no socket and no timer: it is
 * called, does what is due, and says when it wants to be called again. All
 * deadlines are absolute session times counted from the begin of the answer,
 * so that lateness does not add up.
 */
#ifndef OW_EMIT_EMIT_H
#define OW_EMIT_EMIT_H

#include "emit/sink.h"

enum ow_emit_state {
    OW_EMIT_WAITING, /* call again at *ret_due */
    OW_EMIT_BLOCKED, /* call again when the sink has drained */
    OW_EMIT_STALLED, /* the plan is silence from here on */
    OW_EMIT_DONE,    /* the answer is whole */
    OW_EMIT_ENDED,   /* the plan closed or reset the connection */
    OW_EMIT_FAILED,  /* out of memory or a file that cannot be read */
};

struct ow_emit {
    const struct ow_plan *plan;
    struct ow_sink *sink;
    size_t next;     /* index of the step to play */
    int64_t due;     /* when it is due, session time */
    uint64_t offset; /* bytes of it already sent: FILE, PACED, long BODY */
    uint64_t sent;   /* body bytes put into the sink */
    int error;       /* negative errno after OW_EMIT_FAILED; -ENODATA: a file
                        is shorter than it was */
};

/* begin is the session time at which the request was whole. */
void ow_emit_init(struct ow_emit *emit, const struct ow_plan *plan,
                  struct ow_sink *sink, int64_t begin);
enum ow_emit_state ow_emit_run(struct ow_emit *emit, int64_t now,
                               int64_t *ret_due);

#endif
