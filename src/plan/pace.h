/*
 * pace: how fast the pieces of a stream come: "first", "every" or "tps",
 * "jitter". Times are nanoseconds; those of a stream may be expressions, which
 * are asked for each answer.
 */
#ifndef OW_PLAN_PACE_H
#define OW_PLAN_PACE_H

#include "plan/action.h"

struct ow_pace {
    int64_t first_ns; /* before the first one */
    int64_t every_ns; /* from one to the next */
    int64_t jitter_ns;
};

struct ow_template;

/* What is said by expressions; NULL: it is not. */
struct ow_pace_live {
    const struct ow_template *first;
    const struct ow_template *every;
    const struct ow_template *jitter;
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
/* The same, and expressions are read into ret_live, whose arena is in's. */
int ow_pace_parse_live(const struct ow_action_input *in, const cJSON *spec,
                       struct ow_pace *ret, struct ow_pace_live *ret_live);
/* Asks the expressions: what they give is set in *pace, where they give nothing
 * it stays. 0, -EINVAL with a sentence, -ENOMEM. */
int ow_pace_now(const struct ow_pace_live *live,
                const struct ow_answer_context *context, struct ow_pace *pace,
                struct ow_err *err);
/* The same as of ow_pace_parse, and "rate" of an object that says a pace alone.
 */
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
