/*
 * exchange_record: what the journal is told of an exchange.
 */
#ifndef OW_EXCHANGE_EXCHANGE_RECORD_H
#define OW_EXCHANGE_EXCHANGE_RECORD_H

#include "exchange/exchange.h"

/* What is known of the request, and what its plan will do; gives it its id. */
void ow_exchange_record(struct ow_exchange *x, enum ow_event event,
                        struct ow_str text);
/* How the answer ended; state is what run gave last. */
void ow_exchange_record_end(struct ow_exchange *x, enum ow_emit_state state);

#endif
