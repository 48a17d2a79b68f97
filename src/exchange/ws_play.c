/*
 * ws_play: plays the operations of a script: one function for each kind. See
 * ws_world.h. Called by ws_session.c; calls ws_frames.c to send.
 *
 * An operation's function finds the task's pc behind it already, and sets it
 * where the way goes elsewhere. It may free the task.
 */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "exchange/ws_world.h"
#include "plan/filebody.h"

int ow_ws_task_start(struct ow_ws_session *ws, size_t op, const char *name,
                     struct ow_message *message)
{
    struct ow_ws_task *task = calloc(1, sizeof *task);

    if (!task)
        return -ENOMEM;
    task->pc = op;
    task->due = ws->now;
    task->name = name;
    task->message = message ? ow_message_ref(message) : NULL;
    TAILQ_INSERT_TAIL(&ws->tasks, task, link);
    ws->n_tasks++;
    return 0;
}

struct ow_ws_task *ow_ws_task_free(struct ow_ws_session *ws,
                                   struct ow_ws_task *task)
{
    TAILQ_REMOVE(&ws->tasks, task, link);
    ow_message_unref(task->message);
    cJSON_Delete(task->list);
    free(task);
    ws->n_tasks--;
    ws->is_new = true;
    return NULL;
}

void ow_ws_task_free_all(struct ow_ws_session *ws)
{
    while (!TAILQ_EMPTY(&ws->tasks))
        ow_ws_task_free(ws, TAILQ_FIRST(&ws->tasks));
}

/* The state is that of now: what there was at the opening may have been
 * reset. */
struct ow_answer_context ow_ws_context(const struct ow_ws_session *ws,
                                       const struct ow_ws_task *task)
{
    struct ow_exchange *x = ws->x;
    struct ow_answer_context context = x->context;
    const struct ow_client client = {x->peer.program, &x->request.headers};

    context.state = NULL;
    (void)ow_states_open(x->env->states, ow_rule_scope(x->match.rule), &client,
                         &context.state, NULL);
    context.message = task->message;
    context.kept = ws->kept;
    if (task->list)
        context.loop = &task->loop;
    if (task->message && task->message->captures.n > 0)
        context.captures = &task->message->captures;
    return context;
}

/* A template's text, in out if it has expressions. False: it failed. */
static bool write_template(struct ow_ws_session *ws,
                           const struct ow_ws_task *task,
                           const struct ow_template *template,
                           struct ow_buf *out, struct ow_str *ret)
{
    struct ow_answer_context context = ow_ws_context(ws, task);
    struct ow_err why = {"no memory"};
    int r;

    if (template->lua) {
        r = ow_template_write(template, &context, out, &why);
        *ret = ow_buf_peek(out);
    } else {
        r = ow_template_render(template, &context, &ws->x->arena, ret, &why);
    }
    if (r < 0)
        ow_ws_fail(ws, why.text);
    return r == 0;
}

/* The task's operation comes again when what is being sent is out. */
static void block(struct ow_ws_task *task)
{
    task->pc--;
    task->is_blocked = true;
}

static bool fill_echo(struct ow_ws_session *ws, const struct ow_ws_task *task,
                      struct ow_ws_payload *payload)
{
    struct ow_message *message = task->message;

    if (!message) {
        ow_ws_fail(ws, "\"echo\" comes before any message");
        return false;
    }
    if (!ow_body_is_whole(&message->body)) {
        ow_ws_begin_close(ws, OW_WS_TOO_BIG, OW_STR("too big to be echoed"));
        return false;
    }
    payload->is_text = message->kind == OW_MESSAGE_TEXT;
    payload->text = ow_message_text(message);
    payload->holds = message;
    return true;
}

static bool is_utf8(struct ow_str s)
{
    size_t len = 1;

    for (size_t at = 0; at < s.len && len > 0; at += len)
        len = ow_utf8_length(s.ptr + at, s.len - at);
    return len > 0;
}

/* A text's template may have made anything of the bytes that came. */
static bool fill_template(struct ow_ws_session *ws,
                          const struct ow_ws_task *task,
                          const struct ow_script_out *out,
                          struct ow_ws_payload *payload)
{
    if (!write_template(ws, task, &out->body, ow_ws_frames_buffer(&ws->frames),
                        &payload->text))
        return false;
    if (!out->is_text || !out->body.lua || is_utf8(payload->text))
        return true;
    ow_ws_fail(ws,
               "a text that is no UTF-8: \"binary\" sends any bytes, the "
               "bad frame \"invalid-utf8\" a broken text");
    return false;
}

static bool fill_payload(struct ow_ws_session *ws,
                         const struct ow_ws_task *task,
                         const struct ow_script_out *out,
                         struct ow_ws_payload *payload)
{
    struct ow_err why;

    switch (out->source) {
    case OW_SCRIPT_TEMPLATE:
        return fill_template(ws, task, out, payload);
    case OW_SCRIPT_BYTES:
        payload->text = out->bytes;
        return true;
    case OW_SCRIPT_FILE:
        if (ow_filebody_open_file(out->path, &payload->fd, &payload->size,
                                  &why) == 0)
            return true;
        ow_ws_fail(ws, why.text);
        return false;
    case OW_SCRIPT_ECHO:
        return fill_echo(ws, task, payload);
    }
    return false;
}

static void play_send(struct ow_ws_session *ws, struct ow_ws_task *task,
                      const struct ow_script_op *op)
{
    const struct ow_script_out *out = op->out;
    struct ow_ws_payload payload = {
        .is_text = out->is_text, .fd = -1, .every_ns = out->split_every_ns};

    if (ws->frames.is_busy) {
        block(task);
        return;
    }
    if (out->split.kind != OW_SPLIT_NONE)
        payload.split = &out->split;
    if (!fill_payload(ws, task, out, &payload))
        return;
    ws->out++;
    ws->out_bytes += payload.fd < 0 ? payload.text.len : payload.size;
    ow_ws_record_out(ws, &payload);
    ow_ws_frames_send(&ws->frames, &payload, task->due);
}

static void play_bad_frame(struct ow_ws_session *ws, struct ow_ws_task *task,
                           const struct ow_script_op *op)
{
    struct ow_str bytes = ow_ws_bad_bytes(op->bad);

    if (ws->frames.is_busy) {
        block(task);
        return;
    }
    ow_ws_record_bad(ws, ow_ws_bad_names()[op->bad]);
    if (ws->x->sink->ops->body(ws->x->sink, bytes.ptr, bytes.len) < 0)
        ow_ws_end(ws, OW_EMIT_FAILED, "failed");
}

static void play_expect(struct ow_ws_session *ws, struct ow_ws_task *task,
                        const struct ow_script_op *op)
{
    struct ow_answer_context context = ow_ws_context(ws, task);
    struct ow_err why = {"no memory"};
    int64_t within_ns = op->expect.within_ns;

    if (op->expect.within.lua &&
        ow_loop_duration(&op->expect.within, &context, "\"within\"", &within_ns,
                         &why) < 0)
        ow_ws_fail(ws, why.text);
    task->state = OW_WS_TASK_EXPECT;
    task->deadline = within_ns < 0 ? OW_SERVE_NEVER : task->due + within_ns;
    ws->is_new = true;
}

static void play_on(struct ow_ws_session *ws, struct ow_ws_task *task,
                    const struct ow_script_op *op)
{
    ws->handlers[op->on.handler] =
        (struct ow_ws_handler){.is_on = true,
                               .left = op->on.times,
                               .op = (size_t)(op - ws->script->ops)};
    task->pc = op->to;
    ws->is_new = true;
}

static void play_ping(struct ow_ws_session *ws, struct ow_ws_task *task,
                      const struct ow_script_op *op)
{
    struct ow_str payload;
    struct ow_buf out;

    ow_buf_init(&out, OW_LIMIT_TEMPLATE_OUT);
    if (write_template(ws, task, &op->ping.payload, &out, &payload)) {
        if (payload.len > OW_WS_CONTROL_MAX)
            payload.len = OW_WS_CONTROL_MAX;
        ow_ws_record_control(ws, OW_MESSAGE_PING, 0, payload);
        ow_ws_frames_ping(&ws->frames, payload);
        task->ping = ws->frames.ping;
        if (op->ping.within_ns >= 0) {
            task->state = OW_WS_TASK_PONG;
            task->deadline = task->due + op->ping.within_ns;
        }
    }
    ow_buf_release(&out);
}

static void play_wait(struct ow_ws_session *ws, struct ow_ws_task *task,
                      const struct ow_script_op *op)
{
    task->due += op->wait.ns;
    if (op->wait.jitter_ns > 0)
        task->due += ow_rand_range(&ws->x->rand, -op->wait.jitter_ns,
                                   op->wait.jitter_ns);
}

static void play_loop(struct ow_ws_session *ws, struct ow_ws_task *task,
                      const struct ow_script_op *op)
{
    (void)ws;
    if (task->n_loops == 0)
        task->loops_begin = task->pc;
    task->loops[task->n_loops++] = op->count > 0 ? op->count : UINT64_MAX;
}

static void play_again(struct ow_ws_session *ws, struct ow_ws_task *task,
                       const struct ow_script_op *op)
{
    uint64_t *left = &task->loops[task->n_loops - 1];

    (void)ws;
    if (*left != UINT64_MAX)
        --*left;
    if (*left > 0)
        task->pc = op->to;
    else
        task->n_loops--;
}

static void play_spawn(struct ow_ws_session *ws, struct ow_ws_task *task,
                       const struct ow_script_op *op)
{
    if (ow_ws_task_start(ws, task->pc, op->name, task->message) < 0) {
        ow_ws_fail(ws, "no memory");
        return;
    }
    TAILQ_LAST(&ws->tasks, ow_ws_tasks)->due = task->due;
    task->pc = op->to;
}

/* The script itself goes on: it has no begin of its own to be stopped by. */
static void play_stop(struct ow_ws_session *ws, struct ow_ws_task *task,
                      const struct ow_script_op *op)
{
    struct ow_ws_task *other, *next;

    for (other = TAILQ_FIRST(&ws->tasks); other; other = next) {
        next = TAILQ_NEXT(other, link);
        bool is_meant = op->stops
                            ? other->name && strcmp(op->stops, other->name) == 0
                            : !other->is_script;
        if (is_meant && other != task)
            ow_ws_task_free(ws, other);
    }
}

static void play_stall(struct ow_ws_session *ws, struct ow_ws_task *task,
                       const struct ow_script_op *op)
{
    if (ws->frames.is_busy) {
        block(task);
        return;
    }
    ws->reads_not = op->reads_not;
    ws->phase = OW_WS_STALLED;
    ow_ws_task_free_all(ws);
}

static void play_close(struct ow_ws_session *ws, struct ow_ws_task *task,
                       const struct ow_script_op *op)
{
    struct ow_str reason;
    struct ow_buf out;

    if (ws->frames.is_busy) {
        block(task);
        return;
    }
    ow_buf_init(&out, OW_LIMIT_TEMPLATE_OUT);
    if (write_template(ws, task, &op->close.reason, &out, &reason))
        ow_ws_begin_close(ws, op->close.code, reason);
    ow_buf_release(&out);
}

static void play_drop(struct ow_ws_session *ws, struct ow_ws_task *task,
                      const struct ow_script_op *op)
{
    struct ow_step step = {.kind =
                               op->is_reset ? OW_STEP_RESET : OW_STEP_CLOSE};
    struct ow_sink *sink = ws->x->sink;

    if (ws->frames.is_busy) {
        block(task);
        return;
    }
    if (op->is_reset)
        sink->ops->reset(sink, &step);
    else
        sink->ops->close(sink, &step);
    ow_ws_end(ws, OW_EMIT_ENDED, "cut");
}

static void play_set(struct ow_ws_session *ws, struct ow_ws_task *task,
                     const struct ow_script_op *op)
{
    struct ow_answer_context context = ow_ws_context(ws, task);
    struct ow_err why = {"no memory"};

    if (!context.state || ow_setter_apply(op->set, &context, &why) < 0)
        ow_ws_fail(ws, why.text);
}

static void play_jump(struct ow_ws_session *ws, struct ow_ws_task *task,
                      const struct ow_script_op *op)
{
    (void)ws;
    task->pc = op->to;
}

static void play_end(struct ow_ws_session *ws, struct ow_ws_task *task,
                     const struct ow_script_op *op)
{
    (void)op;
    ow_ws_task_free(ws, task);
}

static void (*const players[])(struct ow_ws_session *ws,
                               struct ow_ws_task *task,
                               const struct ow_script_op *op) = {
    [OW_SCRIPT_EXPECT] = play_expect,
    [OW_SCRIPT_ON] = play_on,
    [OW_SCRIPT_PING] = play_ping,
    [OW_SCRIPT_WAIT] = play_wait,
    [OW_SCRIPT_SEND] = play_send,
    [OW_SCRIPT_LOOP] = play_loop,
    [OW_SCRIPT_AGAIN] = play_again,
    [OW_SCRIPT_SPAWN] = play_spawn,
    [OW_SCRIPT_IF] = ow_ws_flow_if,
    [OW_SCRIPT_EACH] = ow_ws_flow_each,
    [OW_SCRIPT_NEXT] = ow_ws_flow_next,
    [OW_SCRIPT_KEEP] = ow_ws_flow_keep,
    [OW_SCRIPT_SET] = play_set,
    [OW_SCRIPT_STOP] = play_stop,
    [OW_SCRIPT_BAD_FRAME] = play_bad_frame,
    [OW_SCRIPT_STALL] = play_stall,
    [OW_SCRIPT_CLOSE] = play_close,
    [OW_SCRIPT_DROP] = play_drop,
    [OW_SCRIPT_JUMP] = play_jump,
    [OW_SCRIPT_END] = play_end,
};

/* Who waited in vain goes the other way. */
static void time_out(struct ow_ws_session *ws, struct ow_ws_task *task)
{
    task->due = task->deadline;
    task->state = OW_WS_TASK_READY;
    task->pc = ws->script->ops[task->pc - 1].to;
}

/* The one that is due first, of those that can go on. */
static struct ow_ws_task *find_due(const struct ow_ws_session *ws)
{
    struct ow_ws_task *task, *found = NULL;
    int64_t first = INT64_MAX;

    TAILQ_FOREACH(task, &ws->tasks, link)
    {
        int64_t due =
            task->state == OW_WS_TASK_READY ? task->due : task->deadline;
        if (task->is_blocked || due > ws->now || due >= first)
            continue;
        found = task;
        first = due;
    }
    return found;
}

bool ow_ws_play(struct ow_ws_session *ws)
{
    struct ow_ws_task *task = find_due(ws);

    if (!task)
        return false;
    if (task->state != OW_WS_TASK_READY) {
        time_out(ws, task);
        return true;
    }
    const struct ow_script_op *op = &ws->script->ops[task->pc++];
    players[op->kind](ws, task, op);
    return true;
}

void ow_ws_play_fault(struct ow_ws_session *ws)
{
    const struct ow_script_op *op = &ws->fault->op;
    struct ow_ws_task nobody = {.due = ws->now};

    ws->fault = NULL;
    players[op->kind](ws, &nobody, op);
}

/* Whether a task comes to an EXPECT or ON before its end. */
static bool will_listen(const struct ow_ws_session *ws,
                        const struct ow_ws_task *task)
{
    const struct ow_script_op *ops = ws->script->ops;
    size_t i = task->n_loops > 0 ? task->loops_begin : task->pc;

    while (ops[i].kind != OW_SCRIPT_END) {
        if (ops[i].kind == OW_SCRIPT_EXPECT || ops[i].kind == OW_SCRIPT_ON)
            return true;
        i = ops[i].kind == OW_SCRIPT_SPAWN ? ops[i].to : i + 1;
    }
    return false;
}

bool ow_ws_play_listens(const struct ow_ws_session *ws)
{
    const struct ow_ws_task *task;

    TAILQ_FOREACH(task, &ws->tasks, link)
    {
        if (task->state != OW_WS_TASK_EXPECT && will_listen(ws, task))
            return true;
    }
    return false;
}
