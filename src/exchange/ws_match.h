/*
 * ws_match: whether a message fits what a step of a script asks for.
 */
#ifndef OW_EXCHANGE_WS_MATCH_H
#define OW_EXCHANGE_WS_MATCH_H

#include "plan/script.h"
#include "rule/table.h"

/*
 * 1: fits, and the message has the captures of its patterns, then those of the
 * request; 0: does not; -ENOMEM.
 */
int ow_ws_match(const struct ow_script_trigger *trigger,
                const struct ow_table *table, const struct ow_fields *captures,
                struct ow_message *message);

#endif
