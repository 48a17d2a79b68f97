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

/* Reads these keys of the object. 0, -EINVAL with a placed sentence, -ENOMEM.
 */
int ow_pace_parse(const struct ow_action_input *in, const cJSON *spec,
                  struct ow_pace *ret);
/* The time from one piece to the next, drawn anew each time. */
int64_t ow_pace_gap(const struct ow_pace *pace, struct ow_rand *rand);

#endif
