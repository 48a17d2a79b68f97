/*
 * script_build: what script.c, script_check.c and script_end.c share while a
 * script is read.
 */
#ifndef OW_PLAN_SCRIPT_BUILD_H
#define OW_PLAN_SCRIPT_BUILD_H

#include "plan/script.h"

struct ow_script_builder {
    const struct ow_action_input *in;
    struct ow_buf ops; /* struct ow_script_op each */
    size_t handlers;
    int loops; /* around what is read */
};

/* Appends an operation; ret_op (may be NULL) is its number. 0 or -ENOMEM. */
int ow_script_add(struct ow_script_builder *b, const struct ow_script_op *op,
                  size_t *ret_op);
/* How many there are, and the one of that number. */
size_t ow_script_count(const struct ow_script_builder *b);
struct ow_script_op *ow_script_at(struct ow_script_builder *b, size_t op);

/* script_send.c: the time between messages. */
struct ow_script_pace {
    int64_t first_ns; /* negative: not said */
    int64_t every_ns;
    int64_t jitter_ns;
};

/* "first", "every" and "jitter" of a step; the results of all that reads: 0,
 * -EINVAL with a placed sentence, -ENOMEM. */
int ow_script_read_pace(struct ow_script_builder *b, const cJSON *step,
                        struct ow_script_pace *ret);
int ow_script_add_wait(struct ow_script_builder *b, int64_t ns,
                       int64_t jitter_ns);
/* A duration; NULL: none. */
int ow_script_read_wait(struct ow_script_builder *b, const cJSON *node);
/* One message of "send", and all of them. */
int ow_script_read_message(struct ow_script_builder *b, const cJSON *node,
                           const struct ow_script_pace *pace);
int ow_script_read_send(struct ow_script_builder *b, const cJSON *node,
                        const struct ow_script_pace *pace);
/* Passes over what is read next, unless the expression gives something: the
 * caller says where that ends, in `to` of *ret_op. */
int ow_script_begin_if(struct ow_script_builder *b, const cJSON *node,
                       size_t *ret_op);

/* script_check.c: whether the step's keys go together, and where templates may
 * not stand. 0 or -EINVAL with a placed sentence. */
int ow_script_check_step(struct ow_script_builder *b, const cJSON *step);

/* script_end.c: "stop"; and "close", "drop" and "stall" of a step, if it has
 * one. 0, -EINVAL with a placed sentence, -ENOMEM. */
int ow_script_read_stop(struct ow_script_builder *b, const cJSON *node);
int ow_script_read_end(struct ow_script_builder *b, const cJSON *step);

#endif
