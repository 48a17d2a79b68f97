/*
 * transfer: struct ow_transfer as JSON, both ways: {"verify_peer":true,...} by
 * the names of control/transfer.def. Numbers below 0 are left out.
 */
#ifndef OW_JOURNAL_TRANSFER_H
#define OW_JOURNAL_TRANSFER_H

#include <cjson/cJSON.h>
#include <stdbool.h>

#include "base/jsonw.h"
#include "control/control.h"

/* Writes the member "transfer" of an object. */
void ow_transfer_put(struct ow_jsonw *w, const struct ow_transfer *transfer);
/* Reads it; false: the record has none. What is left out is -1, or false. */
bool ow_transfer_read(const cJSON *record, struct ow_transfer *ret);

#endif
