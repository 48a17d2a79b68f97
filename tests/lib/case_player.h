/*
 * case_player: plays a case: a session of its own, a clock that only the case
 * moves, one client. Knows the sections by a table; see tests/cases/README.md
 * for what each does.
 */
#ifndef OW_TESTS_CASE_PLAYER_H
#define OW_TESTS_CASE_PLAYER_H

#include "case_file.h"

/*
 * 0 if all was as the case says; -EINVAL with the differences in report (as
 * text of some lines), or another negative errno. by_byte: the client's bytes
 * come one at a time.
 */
int case_play(const struct case_file *file, bool by_byte,
              struct ow_buf *report);

#endif
