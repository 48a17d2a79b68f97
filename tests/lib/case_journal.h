/*
 * case_journal: a journal held against what a case expects of it.
 */
#ifndef OW_TESTS_CASE_JOURNAL_H
#define OW_TESTS_CASE_JOURNAL_H

#include "base/buf.h"

/*
 * As many records as expected, in order, each with the keys that the expected
 * one has. A text "~x" is contained in the value, null means that the key is
 * not there. 0, or -EINVAL with the reason in why.
 */
int case_journal_compare(struct ow_str journal, struct ow_str expected,
                         struct ow_buf *why);

#endif
