/*
 * fuzz_session: a session in memory, from rule text and client bytes to answer
 * bytes: table, codec, exchanges, plans, emitter, journal. The clock stands
 * still and is set to what is due, so that nothing waits.
 */
#ifndef OW_TESTS_FUZZ_SESSION_H
#define OW_TESTS_FUZZ_SESSION_H

#include "base/buf.h"
#include "rule/table.h"

/*
 * Plays what a client sends, step bytes at a time (0: all at once), then its
 * FIN. Where no time passes between the pieces, what is due later waits for the
 * FIN, so that one client is like another that cuts otherwise. What it gets is
 * appended to out, and a last line on how the connection ended. Stops the
 * program when the connection breaks its contract.
 */
void fuzz_session_play(const struct ow_table *table, struct ow_str client,
                       size_t step, bool time_passes, struct ow_buf *out);

#endif
