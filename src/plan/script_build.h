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

/* script_check.c: whether the step's keys go together, and where templates may
 * not stand. 0 or -EINVAL with a placed sentence. */
int ow_script_check_step(struct ow_script_builder *b, const cJSON *step);

/* script_end.c: "stop"; and "close", "drop" and "stall" of a step, if it has
 * one. 0, -EINVAL with a placed sentence, -ENOMEM. */
int ow_script_read_stop(struct ow_script_builder *b, const cJSON *node);
int ow_script_read_end(struct ow_script_builder *b, const cJSON *step);

#endif
