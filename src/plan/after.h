/*
 * after: how much of a body comes before something happens: "after" of "cut"
 * and of faults. Bytes are body bytes, counted as they are sent: compressed,
 * without head and framing.
 *
 *     3 of a stream of pieces: events, chunks; of any other body: bytes
 *     "300B", "2KB": bytes           "60%": of all the body's bytes
 */
#ifndef OW_PLAN_AFTER_H
#define OW_PLAN_AFTER_H

#include "plan/action.h"

enum ow_after_kind {
    OW_AFTER_NONE, /* not said */
    OW_AFTER_BYTES,
    OW_AFTER_PERCENT,
    OW_AFTER_PIECES,
};

struct ow_after {
    enum ow_after_kind kind;
    uint64_t n;      /* BYTES, PIECES */
    double fraction; /* PERCENT */
};

/* pieces: whether a plain number counts pieces. 0, or -EINVAL placed. */
int ow_after_parse(const struct ow_action_input *in, const cJSON *node,
                   bool pieces, struct ow_after *ret);
/* Cuts the plan there (ow_plan_cut); NONE leaves it whole. */
void ow_after_cut(const struct ow_after *after, struct ow_plan *plan);

#endif
