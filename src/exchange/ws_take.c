/*
 * ws_take: what the client sends, from bytes to the step that takes it. See
 * ws_world.h. Called by ws_session.c; calls wire/ws to decode and ws_match.c to
 * compare.
 */
#include "config.h"

#include <errno.h>
#include <string.h>

#include "exchange/ws_match.h"
#include "exchange/ws_world.h"

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
bool ow_ws_take_inbox(struct ow_ws_session *ws)
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
    ow_ws_note_code(ws, "client", event->code, event->bytes);
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

/* Decodes one event; false: there is none, or no room for it. */
bool ow_ws_decode(struct ow_ws_session *ws)
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
