/*
 * ws_session: one WebSocket: the script of its rule, played. Lives inside of
 * an exchange from the end of the handshake on; bytes in, bytes out, due
 * times, and nothing of who carries them.
 *
 *     ow_ws_session_new(x, &ws);               // the 101 is in the sink
 *     ow_ws_session_feed(ws, bytes);           // then run
 *     state = ow_ws_session_run(ws, now, &due);
 *
 *     feed -> held -> wire/ws -> a message -> the step that takes it
 *                                                |
 *                sink <- ws_frames <- ws_play <--+
 *
 * The script is a task; each reaction is another one beside it. A message goes
 * to the first step that fits it, in the order of the file, of the ON that
 * were passed and the EXPECT that waits. What comes while the script is busy
 * waits for it, up to a bound; then reading pauses.
 */
#ifndef OW_EXCHANGE_WS_SESSION_H
#define OW_EXCHANGE_WS_SESSION_H

#include "emit/emit.h"
#include "journal/websocket.h"

struct ow_exchange;
struct ow_ws_session;

/* 0 or -ENOMEM. Of the exchange it needs plan.script and context. */
int ow_ws_session_new(struct ow_exchange *x, struct ow_ws_session **ret);
struct ow_ws_session *ow_ws_session_free(struct ow_ws_session *ws);

/* 0 or -ENOMEM. */
int ow_ws_session_feed(struct ow_ws_session *ws, struct ow_str bytes);
bool ow_ws_session_wants_read(const struct ow_ws_session *ws);
/* Whether it could say more if the sink had room, whatever is due. */
bool ow_ws_session_is_blocked(const struct ow_ws_session *ws);
/* The client sends no more. */
void ow_ws_session_eof(struct ow_ws_session *ws);
/* As ow_emit_run: DONE is a close in order, ENDED one without, WAITING may be
 * for OW_SERVE_NEVER: for the client. */
enum ow_emit_state ow_ws_session_run(struct ow_ws_session *ws, int64_t now,
                                     int64_t *ret_due);
/* How it came to its end, for its record: "closed", "left", "cut", "failed";
 * fills in what the record tells. */
const char *ow_ws_session_end(struct ow_ws_session *ws,
                              struct ow_websocket_record *ret);

#endif
