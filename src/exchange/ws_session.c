/*
 * ws_session: one WebSocket. See ws_session.h. Called by exchange.c; calls
 * wire/ws to decode, ws_match.c to find who takes a message, ws_play.c to play
 * what follows.
 */
#include "config.h"

#include "exchange/ws_session.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "exchange/ws_match.h"
#include "exchange/ws_world.h"

int ow_ws_session_new(struct ow_exchange *x, struct ow_ws_session **ret)
{
    const struct ow_script *script = x->plan.script;
    struct ow_ws_session *ws = calloc(1, sizeof *ws);

    if (!ws)
        return -ENOMEM;
    ws->x = x;
    ws->script = script;
    ws->table = x->env->table;
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

static void note_code(struct ow_ws_session *ws, const char *closer,
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
        note_code(ws, "server", code, reason);
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

/* The client has broken the protocol: nothing of it is read any more. */
static void refuse_client(struct ow_ws_session *ws, uint16_t code,
                          const char *why)
{
    if (ws->phase == OW_WS_OPEN)
        ow_ws_begin_close(ws, code, ow_str_from(why));
    ws->phase = OW_WS_FINISHING;
    ws->close_due = ws->now + ws->script->close_ns;
    ow_buf_clear(&ws->held, 0);
}

/* Who takes a message. */

static int start_reaction(struct ow_ws_session *ws, size_t op,
                          struct ow_message *message)
{
    return ow_ws_task_start(ws, op + 1, ws->script->ops[op].name, message);
}

/* The handler whose ON comes first; 0, -ENOMEM. */
static int find_handler(struct ow_ws_session *ws, struct ow_message *message,
                        struct ow_ws_handler **ret)
{
    for (size_t i = 0; i < ws->script->handlers; i++) {
        struct ow_ws_handler *handler = &ws->handlers[i];
        if (!handler->is_on)
            continue;
        int r = ow_ws_match(ws->script->ops[handler->op].on.trigger, ws->table,
                            ws->x->context.captures, message);
        if (r < 0)
            return r;
        *ret = r > 0 ? handler : *ret;
        if (r > 0)
            break;
    }
    return 0;
}

/* The task whose EXPECT fits and comes before limit; 0, -ENOMEM. */
static int find_expecting(struct ow_ws_session *ws, struct ow_message *message,
                          size_t limit, struct ow_ws_task **ret)
{
    struct ow_ws_task *task;

    TAILQ_FOREACH(task, &ws->tasks, link)
    {
        size_t op = task->pc - 1;
        if (task->state != OW_WS_TASK_EXPECT || op >= limit)
            continue;
        int r = ow_ws_match(ws->script->ops[op].expect.trigger, ws->table,
                            ws->x->context.captures, message);
        if (r < 0)
            return r;
        if (r == 0)
            continue;
        *ret = task;
        limit = op;
    }
    return 0;
}

/* Whether this one of its messages is one that the handler reacts to. */
static bool counts(struct ow_ws_handler *handler, const struct ow_script_op *op,
                   const struct ow_message *message)
{
    uint64_t before = handler->bytes, size = op->on.each_bytes;

    handler->seen++;
    handler->bytes += message->body.size;
    if (size > 0)
        return before / size != handler->bytes / size;
    return handler->seen % op->on.each == 0;
}

static int fire(struct ow_ws_session *ws, struct ow_ws_handler *handler,
                struct ow_message *message)
{
    const struct ow_script_op *op = &ws->script->ops[handler->op];

    ow_ws_record_in(ws, message, op->place, NULL);
    if (!counts(handler, op, message))
        return 0;
    if (handler->left > 0 && --handler->left == 0)
        handler->is_on = false;
    return start_reaction(ws, handler->op, message);
}

/* The task goes on with the message, by the one way or the other. */
static void wake(struct ow_ws_session *ws, struct ow_ws_task *task,
                 struct ow_message *message, bool fits)
{
    const struct ow_script_op *op = &ws->script->ops[task->pc - 1];

    ow_ws_record_in(ws, message, op->place, fits ? NULL : "it does not fit");
    ow_message_unref(task->message);
    task->message = ow_message_ref(message);
    task->state = OW_WS_TASK_READY;
    task->due = ws->now;
    if (!fits)
        task->pc = op->to;
}

/* Nobody asked for it: the expectation that it fails, the script's "else", or
 * nothing. False: a later step may. */
static bool take_unasked(struct ow_ws_session *ws, struct ow_message *message)
{
    struct ow_ws_task *task;

    if (!(message->kind & OW_MESSAGE_DATA)) {
        ow_ws_record_in(ws, message, NULL, NULL);
        return true;
    }
    TAILQ_FOREACH(task, &ws->tasks, link)
    {
        if (task->state != OW_WS_TASK_EXPECT ||
            ws->script->ops[task->pc - 1].expect.ignores)
            continue;
        wake(ws, task, message, false);
        return true;
    }
    if (ow_ws_play_listens(ws))
        return false;
    ow_ws_record_in(ws, message, NULL, "no step takes it");
    if (ws->script->otherwise > 0 &&
        ow_ws_task_start(ws, ws->script->otherwise, NULL, message) < 0)
        ow_ws_fail(ws, "no memory");
    return true;
}

/* Gives a message to who takes it; false: it has to wait for a step. */
static bool dispatch(struct ow_ws_session *ws, struct ow_message *message)
{
    struct ow_ws_handler *handler = NULL;
    struct ow_ws_task *task = NULL;
    int r = find_handler(ws, message, &handler);

    if (r == 0)
        r = find_expecting(ws, message, handler ? handler->op : SIZE_MAX,
                           &task);
    if (r == 0 && task)
        wake(ws, task, message, true);
    else if (r == 0 && handler)
        r = fire(ws, handler, message);
    else if (r == 0)
        return take_unasked(ws, message);
    if (r < 0)
        ow_ws_fail(ws, "no memory");
    return true;
}

/* What came before its time, now that the script is further. */
static bool take_inbox(struct ow_ws_session *ws)
{
    if (!ws->is_new)
        return false;
    ws->is_new = false;
    for (size_t i = 0; i < ws->n_inbox; i++) {
        struct ow_message *message = ws->inbox[i];
        if (!dispatch(ws, message))
            continue;
        ow_message_unref(message);
        memmove(&ws->inbox[i], &ws->inbox[i + 1],
                (--ws->n_inbox - i) * sizeof *ws->inbox);
        ws->is_new = true;
        return true;
    }
    return false;
}

/* Takes the message: it is given on, or waits in the inbox. */
static void deliver(struct ow_ws_session *ws, struct ow_message *message)
{
    if (ws->phase == OW_WS_OPEN && !dispatch(ws, message))
        ws->inbox[ws->n_inbox++] = message;
    else
        ow_message_unref(message);
}

/* Events of the codec. */

static struct ow_message *make_message(struct ow_ws_session *ws,
                                       enum ow_message_kind kind,
                                       struct ow_str bytes)
{
    size_t keep = kind & OW_MESSAGE_DATA ? ws->script->keep : OW_WS_CONTROL_MAX;
    struct ow_message *message = ow_message_new(kind, keep);

    if (message && ow_body_feed(&message->body, bytes.ptr, bytes.len) < 0)
        message = ow_message_unref(message);
    if (!message)
        ow_ws_fail(ws, "no memory");
    return message;
}

static void take_data(struct ow_ws_session *ws, const struct ow_ws_event *event)
{
    uint64_t most = ws->script->most;

    ws->in_bytes += event->bytes.len;
    if (ws->phase != OW_WS_OPEN)
        return;
    if (!ws->coming)
        ws->coming = make_message(
            ws, event->is_text ? OW_MESSAGE_TEXT : OW_MESSAGE_BINARY,
            event->bytes);
    else if (ow_body_feed(&ws->coming->body, event->bytes.ptr,
                          event->bytes.len) < 0)
        ow_ws_fail(ws, "no memory");
    if (ws->coming && most > 0 && ws->coming->body.size > most)
        ow_ws_begin_close(ws, OW_WS_TOO_BIG, OW_STR("message too big"));
}

static void take_end(struct ow_ws_session *ws, const struct ow_ws_event *event)
{
    struct ow_message *message = ws->coming;

    ws->coming = NULL;
    ws->in++;
    if (!message && ws->phase == OW_WS_OPEN) /* an empty one */
        message = make_message(
            ws, event->is_text ? OW_MESSAGE_TEXT : OW_MESSAGE_BINARY,
            OW_STR(""));
    if (!message)
        return;
    message->n = ws->in;
    deliver(ws, message);
}

static void take_ping(struct ow_ws_session *ws, const struct ow_ws_event *event)
{
    struct ow_message *message;

    if (!ws->script->is_mute)
        ow_ws_frames_pong(&ws->frames, event->bytes);
    message = make_message(ws, OW_MESSAGE_PING, event->bytes);
    if (message)
        deliver(ws, message);
}

static void take_pong(struct ow_ws_session *ws, const struct ow_ws_event *event)
{
    struct ow_message *message;
    struct ow_ws_task *task;

    TAILQ_FOREACH(task, &ws->tasks, link)
    {
        struct ow_str wanted = {task->ping.bytes, task->ping.len};
        if (task->state != OW_WS_TASK_PONG ||
            !ow_str_equal(wanted, event->bytes))
            continue;
        task->state = OW_WS_TASK_READY;
        task->due = ws->now;
    }
    message = make_message(ws, OW_MESSAGE_PONG, event->bytes);
    if (message)
        deliver(ws, message);
}

/* The client's close frame is answered by the same code (RFC 6455, 5.5.1),
 * but behind what a reaction to it does. */
static void take_close(struct ow_ws_session *ws,
                       const struct ow_ws_event *event)
{
    struct ow_message *message =
        make_message(ws, OW_MESSAGE_CLOSE, event->bytes);
    struct ow_ws_handler *handler = NULL;

    if (ws->phase == OW_WS_CLOSING) {
        if (message) {
            message->code = event->code;
            ow_ws_record_in(ws, message, NULL, NULL);
        }
        ws->phase = OW_WS_FINISHING;
        ow_message_unref(message);
        return;
    }
    if (!message || ws->phase != OW_WS_OPEN) {
        ow_message_unref(message);
        return;
    }
    note_code(ws, "client", event->code, event->bytes);
    message->code = event->code;
    ow_ws_task_free_all(ws);
    ws->phase = OW_WS_ANSWERING;
    if (find_handler(ws, message, &handler) == 0 && handler)
        fire(ws, handler, message);
    else
        ow_ws_record_in(ws, message, NULL, NULL);
    ow_message_unref(message);
}

static void take_event(struct ow_ws_session *ws,
                       const struct ow_ws_event *event)
{
    switch (event->kind) {
    case OW_WS_MORE:
        break;
    case OW_WS_DATA:
        take_data(ws, event);
        break;
    case OW_WS_END:
        take_end(ws, event);
        break;
    case OW_WS_PING:
        take_ping(ws, event);
        break;
    case OW_WS_PONG:
        take_pong(ws, event);
        break;
    case OW_WS_CLOSE:
        take_close(ws, event);
        break;
    }
}

/* Whether there is room for what the next message may set off. */
static bool may_take(const struct ow_ws_session *ws)
{
    size_t ready = 0, kept = 0;
    const struct ow_ws_task *task;

    if (ws->phase == OW_WS_CLOSING)
        return true;
    if (ws->phase != OW_WS_OPEN || ws->is_full ||
        ws->n_inbox == OW_LIMIT_SCRIPT_INBOX)
        return false;
    TAILQ_FOREACH(task, &ws->tasks, link)
    {
        ready += task->state == OW_WS_TASK_READY;
        kept += task->message ? task->message->body.kept.len : 0;
    }
    for (size_t i = 0; i < ws->n_inbox; i++)
        kept += ws->inbox[i]->body.kept.len;
    return ready < OW_LIMIT_SCRIPT_TASKS && kept < OW_LIMIT_SCRIPT_HELD;
}

/* Decodes one event; false: there is none, or no room for it. */
static bool decode(struct ow_ws_session *ws)
{
    struct ow_ws_event event;

    if (!may_take(ws))
        return false;
    ssize_t used =
        ow_ws_feed(ws->codec, ow_buf_peek(&ws->held).ptr, ws->held.len, &event);
    if (used < 0) {
        refuse_client(ws, ow_ws_problem_code(ws->codec),
                      ow_ws_problem(ws->codec));
        return true;
    }
    take_event(ws, &event);
    ow_buf_consume(&ws->held, (size_t)used);
    return event.kind != OW_WS_MORE;
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
    if (ow_ws_play(ws))
        return true;
    if (ws->phase == OW_WS_ANSWERING && ws->n_tasks == 0) {
        ow_ws_begin_close(ws, ws->code, OW_STR(""));
        return true;
    }
    if (ws->phase != OW_WS_OPEN && ws->phase != OW_WS_ANSWERING &&
        ws->now >= ws->close_due) {
        ow_ws_end(ws, OW_EMIT_DONE, "closed");
        return false;
    }
    return take_inbox(ws) || decode(ws);
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
    if (turns == 0) {
        *ret_due = now;
        return OW_EMIT_WAITING;
    }
    /* All that it sent before it left has been heard. */
    if (ws->is_eof) {
        ow_ws_end(ws, OW_EMIT_DONE, "left");
        return ws->state;
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
