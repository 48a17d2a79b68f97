/*
 * hygiene: what a reviewer would question in the transfers of libcurl that a
 * journal tells of: `offwire calls --hygiene`, `offwire run --fail-on
 * hygiene`. The list of what is questioned is hygiene.def.
 */
#ifndef OW_JOURNAL_HYGIENE_H
#define OW_JOURNAL_HYGIENE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "control/control.h"
#include "journal/reader.h"

enum ow_hygiene {
#define OW_HYGIENE(name, text, why, mend) OW_HYGIENE_##name,
#include "journal/hygiene.def"
#undef OW_HYGIENE
    OW_HYGIENE_COUNT
};

/* Whether this is to be questioned in the transfer. */
bool ow_hygiene_judge(const struct ow_transfer *transfer,
                      enum ow_hygiene question);

/*
 * Appends a line for each question to out:
 *
 *     api.example.com:443 (python3): no-timeout: WHY; HOW TO MEND IT
 *
 * ret_count: how many records of transfers were questioned. 0 or a negative
 * errno.
 */
int ow_hygiene_list(struct ow_reader *reader, struct ow_buf *out,
                    uint64_t *ret_count);

/*
 * The same as one JSON array, an object for each transfer that was questioned:
 *
 *     {"host":"api.example.com","port":443,"program":"python3",
 *      "questions":[{"question":"no-timeout","why":"...","mend":"..."}],
 *      "transfer":{...}}
 */
int ow_hygiene_json(struct ow_reader *reader, struct ow_buf *out);

#endif
