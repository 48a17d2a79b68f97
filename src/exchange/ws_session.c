/*
 * ws_session: one WebSocket. See ws_session.h. Called by exchange.c; calls
 * ws_take.c for what comes in, ws_play.c to play what follows.
 */
#include "config.h"

#include "exchange/ws_session.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "exchange/ws_world.h"

/* After so many steps of a script that did not rest the client is heard. */
#define EAR 16

int ow_ws_session_new(struct ow_exchange *x, struct ow_ws_session **ret)
{
    const struct ow_script *script = x->plan.script;
    struct ow_ws_session *ws = calloc(1, sizeof *ws);

    if (!ws)
        return -ENOMEM;
    ws->x = x;
    ws->script = script;
    ws->table = x->table;
    ws->fault = x->plan.script_fault;
    ws->began = ws->now = ow_clock_now(x->env->clock);
    TAILQ_INIT(&ws->tasks);
    /* Bounded by its feeder: OW_LIMIT_PIPELINE and one more read. */
    ow_buf_init(&ws->held, 0);
    ow_ws_frames_init(&ws->frames, x->sink);
    ws->handlers = calloc(script->handlers + 1, sizeof *ws->handlers);
    if (!ws->handlers || ow_ws_new(&script->library, &ws->codec) < 0 ||
        ow_ws_task_start(ws, 0, NULL, NULL) < 0) {
        ow_ws_session_free(ws);
        return -ENOMEM;
    }
    TAILQ_FIRST(&ws->tasks)->is_script = true;
    *ret = ws;
    return 0;
}

struct ow_ws_session *ow_ws_session_free(struct ow_ws_session *ws)
{
    if (!ws)
        return NULL;
    ow_ws_task_free_all(ws);
    for (size_t i = 0; i < ws->n_inbox; i++)
        ow_message_unref(ws->inbox[i]);
    ow_message_unref(ws->coming);
    ow_ws_frames_release(&ws->frames);
    ow_ws_free(ws->codec);
    ow_buf_release(&ws->held);
    cJSON_Delete(ws->kept);
    free(ws->handlers);
    free(ws);
    return NULL;
}

int ow_ws_session_feed(struct ow_ws_session *ws, struct ow_str bytes)
{
    if (ws->phase == OW_WS_OVER ||
        (ws->phase == OW_WS_STALLED && !ws->reads_not))
        return 0;
    return ow_buf_append_str(&ws->held, bytes);
}

bool ow_ws_session_wants_read(const struct ow_ws_session *ws)
{
    return ws->phase != OW_WS_OVER && ws->held.len < OW_LIMIT_PIPELINE;
}

bool ow_ws_session_is_blocked(const struct ow_ws_session *ws)
{
    return ws->is_full;
}

void ow_ws_session_eof(struct ow_ws_session *ws)
{
    ws->is_eof = true;
}

/* How it ends. */

void ow_ws_end(struct ow_ws_session *ws, enum ow_emit_state state,
               const char *ended)
{
    if (ws->phase == OW_WS_OVER)
        return;
    ws->phase = OW_WS_OVER;
    ws->state = state;
    ws->ended = ended;
    if (state == OW_EMIT_DONE)
        ws->x->sink->ops->end(ws->x->sink, NULL);
}

/* Nothing that was begun goes on. */
static void stop_all(struct ow_ws_session *ws)
{
    ws->stops = true;
    ws->frames.is_busy = ws->frames.is_busy && ws->frames.in_frame;
}

void ow_ws_note_code(struct ow_ws_session *ws, const char *closer,
                     uint16_t code, struct ow_str reason)
{
    size_t len = reason.len < OW_WS_REASON_MAX ? reason.len : OW_WS_REASON_MAX;

    ws->closer = closer;
    ws->code = code;
    if (len > 0)
        memcpy(ws->reason, reason.ptr, len);
    ws->reason_len = len;
}

void ow_ws_begin_close(struct ow_ws_session *ws, uint16_t code,
                       struct ow_str reason)
{
    if (ws->phase != OW_WS_OPEN && ws->phase != OW_WS_ANSWERING)
        return;
    ow_ws_frames_close(&ws->frames, code, reason);
    ow_ws_record_control(ws, OW_MESSAGE_CLOSE, code, reason);
    if (ws->phase == OW_WS_OPEN)
        ow_ws_note_code(ws, "server", code, reason);
    /* The client's own has come already: this is the answer to it. */
    ws->phase = ws->phase == OW_WS_OPEN ? OW_WS_CLOSING : OW_WS_FINISHING;
    ws->close_due = ws->now + ws->script->close_ns;
    stop_all(ws);
}

void ow_ws_fail(struct ow_ws_session *ws, const char *why)
{
    struct ow_str sentence =
        ow_arena_printf(&ws->x->arena, "the WebSocket of rule %s failed: %s",
                        ow_rule_place(ws->x->match.rule), why);

    if (sentence.ptr)
        ow_ws_record_error(ws, sentence);
    ow_ws_begin_close(ws, OW_WS_INTERNAL, OW_STR("Offwire: the script failed"));
}

/* The playing. */

/* Brings frames into the sink, and what waited for that on its way. False when
 * there is nothing more to do for good. */
static void send_frames(struct ow_ws_session *ws, int64_t *due)
{
    struct ow_ws_task *task;
    enum ow_ws_frames_state state = ow_ws_frames_run(&ws->frames, ws->now, due);

    ws->is_full = state == OW_WS_FRAMES_BLOCKED;
    if (state == OW_WS_FRAMES_FAILED) {
        ws->x->emit.error = ws->frames.error;
        ow_ws_end(ws, OW_EMIT_FAILED, "failed");
        return;
    }
    if (state != OW_WS_FRAMES_IDLE)
        return;
    TAILQ_FOREACH(task, &ws->tasks, link)
    {
        task->is_blocked = false;
    }
    if (ws->phase == OW_WS_FINISHING)
        ow_ws_end(ws, OW_EMIT_DONE, "closed");
}

static bool is_fault_due(const struct ow_ws_session *ws)
{
    const struct ow_script_fault *fault = ws->fault;

    if (!fault || ws->phase != OW_WS_OPEN || ws->frames.is_busy)
        return false;
    return fault->counts ? ws->out >= fault->after
                         : ws->now - ws->began >= fault->after_ns;
}

/* One step of anything; false: nothing can be done now. */
static bool step(struct ow_ws_session *ws, int64_t *due)
{
    if (ws->stops) {
        ws->stops = false;
        ow_ws_task_free_all(ws);
    }
    *due = OW_SERVE_NEVER;
    send_frames(ws, due);
    if (ws->phase == OW_WS_OVER || ws->phase == OW_WS_STALLED)
        return false;
    if (is_fault_due(ws)) {
        ow_ws_play_fault(ws);
        return true;
    }
    /* A script that always has something to say hears what comes, too; others
     * have answered a message before the next, however the bytes come. */
    if (ws->plays == EAR) {
        ws->plays = 0;
        if (ow_ws_decode(ws))
            return true;
    }
    if (ow_ws_play(ws)) {
        ws->plays++;
        return true;
    }
    ws->plays = 0;
    if (ws->phase == OW_WS_ANSWERING && ws->n_tasks == 0) {
        ow_ws_begin_close(ws, ws->code, OW_STR(""));
        return true;
    }
    if (ws->phase != OW_WS_OPEN && ws->phase != OW_WS_ANSWERING &&
        ws->now >= ws->close_due) {
        ow_ws_end(ws, OW_EMIT_DONE, "closed");
        return false;
    }
    return ow_ws_take_inbox(ws) || ow_ws_decode(ws);
}

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* When something will be due; frames is when a fragment is. */
static int64_t next_due(const struct ow_ws_session *ws, int64_t frames)
{
    const struct ow_ws_task *task;
    int64_t due = frames;

    TAILQ_FOREACH(task, &ws->tasks, link)
    {
        if (task->state != OW_WS_TASK_READY)
            due = least(due, task->deadline);
        else if (!task->is_blocked)
            due = least(due, task->due);
    }
    if (ws->phase == OW_WS_CLOSING || ws->phase == OW_WS_FINISHING)
        due = least(due, ws->close_due);
    if (ws->fault && !ws->fault->counts)
        due = least(due, ws->began + ws->fault->after_ns);
    return due;
}

enum ow_emit_state ow_ws_session_run(struct ow_ws_session *ws, int64_t now,
                                     int64_t *ret_due)
{
    int64_t frames = OW_SERVE_NEVER;
    int turns = OW_LIMIT_SCRIPT_TURN;

    ws->now = now;
    while (turns > 0 && step(ws, &frames))
        turns--;
    if (ws->phase == OW_WS_OVER)
        return ws->state;
    if (ws->phase == OW_WS_STALLED) {
        if (!ws->reads_not)
            ow_buf_clear(&ws->held, 0);
        return OW_EMIT_STALLED;
    }
    /* All that it sent before it left has been heard. */
    if (ws->is_eof && (turns > 0 || ws->held.len == 0)) {
        ow_ws_end(ws, OW_EMIT_DONE, "left");
        return ws->state;
    }
    if (turns == 0) {
        *ret_due = now;
        return OW_EMIT_WAITING;
    }
    *ret_due = next_due(ws, frames);
    return ws->is_full && *ret_due == OW_SERVE_NEVER ? OW_EMIT_BLOCKED
                                                     : OW_EMIT_WAITING;
}

const char *ow_ws_session_end(struct ow_ws_session *ws,
                              struct ow_websocket_record *ret)
{
    ow_websocket_record_init(ret);
    for (size_t i = 0; i < ws->n_inbox; i++)
        ow_ws_record_in(ws, ws->inbox[i], NULL, "no step takes it");
    ret->code = ws->code ? ws->code : OW_WS_ABNORMAL;
    ret->closer = ws->closer;
    if (ws->reason_len > 0)
        ret->data = (struct ow_str){ws->reason, ws->reason_len};
    ret->in = (int64_t)ws->in;
    ret->out = (int64_t)ws->out;
    ret->in_bytes = (int64_t)ws->in_bytes;
    ret->out_bytes = (int64_t)ws->out_bytes;
    return ws->ended ? ws->ended : "left";
}
