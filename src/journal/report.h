/*
 * report: a session in a few lines, for `offwire run --summary` and `offwire
 * calls --summary`.
 *
 *     3 requests of 2 programs: 2 answered, 1 matched no rule
 *       2  models (my.json:12)
 *       1  no rule: GET https://api.example.com/v2/users
 */
#ifndef OW_JOURNAL_REPORT_H
#define OW_JOURNAL_REPORT_H

#include "base/buf.h"
#include "journal/reader.h"

/* Appends the lines, each with its newline, to out. 0 or a negative errno. */
int ow_report(struct ow_reader *reader, struct ow_buf *out);

#endif
