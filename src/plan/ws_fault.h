/*
 * ws_fault: the faults of a WebSocket: "ws-close", "ws-drop", "ws-bad-frame".
 * Beside "websocket" they come whatever its script is at; alone the WebSocket
 * is opened and nothing is said on it but the fault.
 *
 *     "fault": { "kind": "ws-close", "code": 1011, "after": 3 }
 */
#ifndef OW_PLAN_WS_FAULT_H
#define OW_PLAN_WS_FAULT_H

#include "plan/action.h"

struct ow_ws_fault;

/* The keys of its object, NULL-terminated; NULL: it is none of them. */
const char *const *ow_ws_fault_keys(enum ow_fault_kind kind);
/* spec is the object of the fault, its keys known, or NULL for a word. 0,
 * -EINVAL with a placed sentence, -ENOMEM. */
int ow_ws_fault_parse(const struct ow_action_input *in, const cJSON *spec,
                      enum ow_fault_kind kind, const struct ow_ws_fault **ret);
/* The same contract as ow_answer_plan. */
int ow_ws_fault_plan(const struct ow_ws_fault *fault,
                     const struct ow_answer_context *context,
                     struct ow_plan *plan, struct ow_err *err);

#endif
