/*
 * live: the source of a stream that has templates. What source.h formats once,
 * when rules are loaded, is here kept as templates and formatted at each hit,
 * all of it before the first piece is sent.
 *
 * Elements of a list may loop:
 *
 *     { "each": "{{ reply.pieces }}", "data": "{{ item }}" }   one for each
 *     { "if": "{{ reply.refusal }}", "event": "refusal" }      or none
 *     { "each": "{{ reply.tool_calls }}", "events": [ ... ] }  several for each
 *
 * Where one does, those with "each" come in time, the others at once.
 */
#ifndef OW_PLAN_LIVE_H
#define OW_PLAN_LIVE_H

#include "plan/action.h"
#include "plan/pieces.h"
#include "plan/split.h"

struct ow_live;

/*
 * node is the value of the source's key: "sse", "ndjson", "chunks", "text";
 * split counts for the last one. 0, -EINVAL with a placed sentence, -ENOMEM.
 */
int ow_live_parse(const struct ow_action_input *in, const cJSON *node,
                  const struct ow_split *split, const struct ow_live **ret);
/* Refuses keys of loops in an element that has no expressions for them: 0, or
 * -EINVAL with a placed sentence. */
int ow_live_check(const struct ow_action_input *in, const cJSON *node);
/* 0; -ENOMEM; -EINVAL with the sentence of what failed. */
int ow_live_pieces(const struct ow_live *live,
                   const struct ow_answer_context *context,
                   struct ow_arena *arena, struct ow_pieces *ret,
                   struct ow_err *err);

#endif
