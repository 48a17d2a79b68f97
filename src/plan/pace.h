/*
 * pace: how fast the pieces of a stream come: "first", "every" or "tps",
 * "jitter". Times are nanoseconds.
 */
#ifndef OW_PLAN_PACE_H
#define OW_PLAN_PACE_H

#include "plan/action.h"

struct ow_pace {
    int64_t first_ns; /* before the first one */
    int64_t every_ns; /* from one to the next */
    int64_t jitter_ns;
};

/* A pace that is laid over another: what it does not say stays. */
struct ow_pace_over {
    struct ow_pace pace;
    uint64_t rate; /* 0: not said */
    bool has_first;
    bool has_every;
    bool has_jitter;
};

/* Reads these keys of the object. 0, -EINVAL with a placed sentence, -ENOMEM.
 */
int ow_pace_parse(const struct ow_action_input *in, const cJSON *spec,
                  struct ow_pace *ret);
/* The same and "rate" of an object that says a pace alone. */
int ow_pace_over_parse(const struct ow_action_input *in, const cJSON *spec,
                       struct ow_pace_over *ret);
/* Adds what the other says and this one does not. */
void ow_pace_over_add(struct ow_pace_over *pace,
                      const struct ow_pace_over *other);
/* What comes of both; over may be NULL. */
struct ow_pace ow_pace_under(const struct ow_pace *pace,
                             const struct ow_pace_over *over);
/* The time from one piece to the next, drawn anew each time. */
int64_t ow_pace_gap(const struct ow_pace *pace, struct ow_rand *rand);

#endif
