/*
 * head: what stands before a body and behind it: "status", "reason",
 * "headers", "trailers", "delay". Shared by the actions that write an answer.
 *
 *     ow_head_parse(in, &head);
 *     ow_head_default(in, &head, OW_STR("content-type"), OW_STR("text/css"));
 *     ...
 *     ow_head_resolve(&head, context, plan->arena, &resolved, err);
 *     ow_head_plan(resolved, false, OW_FRAMING_LENGTH, 12, plan);
 */
#ifndef OW_PLAN_HEAD_H
#define OW_PLAN_HEAD_H

#include "plan/action.h"

struct ow_head_live;

struct ow_head {
    int status;
    struct ow_str reason; /* absent: the standard one */
    struct ow_fields fields;
    struct ow_fields coded; /* the same for a compressed body; n 0: none */
    struct ow_fields trailers;
    int64_t delay_ns;
    const struct ow_head_live *live; /* what are templates; NULL: nothing */
};

int ow_head_parse(const struct ow_action_input *in, struct ow_head *ret);
/* Whether it can be sent as it is, and does not frame the message. */
bool ow_head_is_field(const char *name, struct ow_str value);
/*
 * Adds a field that follows from the body, unless "headers" has one of that
 * name; null there leaves the field out. 0 or -ENOMEM.
 */
int ow_head_default(const struct ow_action_input *in, struct ow_head *head,
                    struct ow_str name, struct ow_str value);
/*
 * Gives the head a second form, for the body with this Content-Encoding; call
 * it when all other fields are there. 0 or -ENOMEM.
 */
int ow_head_encode(const struct ow_action_input *in, struct ow_head *head,
                   struct ow_str coding);
/* Whether an answer of this status has a body (RFC 9110, 6.4.1). */
bool ow_head_takes_body(const struct ow_head *head);
/*
 * The head of this hit: itself, or a copy in the arena in which templates have
 * become text. 0; -ENOMEM; -EINVAL with a sentence.
 */
int ow_head_resolve(const struct ow_head *head,
                    const struct ow_answer_context *context,
                    struct ow_arena *arena, const struct ow_head **ret,
                    struct ow_err *err);
/*
 * Appends the delay and the HEAD step with fields or coded. Statuses without a
 * body override the framing, and trailers make it chunked. 0 or -ENOMEM.
 */
int ow_head_plan(const struct ow_head *head, bool is_coded,
                 enum ow_framing framing, uint64_t length,
                 struct ow_plan *plan);
/* Appends END with the trailers. 0 or -ENOMEM. */
int ow_head_plan_end(const struct ow_head *head, struct ow_plan *plan);

#endif
