/*
 * script: the steps of "websocket" into operations. See script.h. Called by
 * act_websocket.c while rules are loaded.
 *
 * A step is read in the order in which it acts, whatever the order of its keys:
 *
 *     on | expect | ping | if, wait, stop, keep, send, do, bad-frame, set,
 *     stall | close | drop
 */
#include "config.h"

#include "plan/script.h"

#include <errno.h>
#include <string.h>

#include "base/json.h"
#include "base/limits.h"
#include "plan/script_build.h"
#include "plan/value.h"

#define DEFAULT_EVERY                                                          \
    1000000000 /* of a message that is said again and again                    \
                */

size_t ow_script_count(const struct ow_script_builder *b)
{
    return b->ops.len / sizeof(struct ow_script_op);
}

struct ow_script_op *ow_script_at(struct ow_script_builder *b, size_t op)
{
    return (struct ow_script_op *)ow_buf_data(&b->ops) + op;
}

int ow_script_add(struct ow_script_builder *b, const struct ow_script_op *op,
                  size_t *ret_op)
{
    if (ret_op)
        *ret_op = ow_script_count(b);
    return ow_buf_append(&b->ops, op, sizeof *op);
}

static int add_kind(struct ow_script_builder *b, enum ow_script_op_kind kind)
{
    return ow_script_add(b, &(struct ow_script_op){.kind = kind}, NULL);
}

static int read_count(struct ow_script_builder *b, const cJSON *node,
                      uint64_t *ret)
{
    int64_t number = 0;
    int r = 0;

    if (!cJSON_IsString(node) || strcmp(node->valuestring, "forever") != 0)
        r = cJSON_IsNumber(node)
                ? ow_value_integer(b->in, node, 1, INT32_MAX, &number)
                : ow_jsonc_error(b->in->doc, node, b->in->err,
                                 "expected how often, or \"forever\"");
    *ret = (uint64_t)number;
    return r;
}

static int begin_loop(struct ow_script_builder *b, const cJSON *node,
                      uint64_t times, size_t *ret_begin)
{
    const struct ow_script_op op = {.kind = OW_SCRIPT_LOOP, .count = times};

    if (b->loops == OW_LIMIT_SCRIPT_LOOPS)
        return ow_jsonc_error(b->in->doc, node, b->in->err,
                              "loops more than %d deep", OW_LIMIT_SCRIPT_LOOPS);
    b->loops++;
    int r = ow_script_add(b, &op, NULL);
    *ret_begin = ow_script_count(b);
    return r;
}

/* A loop must come to something each time, or it would never let go. */
static int end_loop(struct ow_script_builder *b, const cJSON *node,
                    size_t begin)
{
    const struct ow_script_op op = {.kind = OW_SCRIPT_AGAIN, .to = begin};
    bool acts = false;

    for (size_t i = begin; i < ow_script_count(b); i++) {
        enum ow_script_op_kind kind = ow_script_at(b, i)->kind;
        /* What is there perhaps does not count. */
        if (kind == OW_SCRIPT_IF || kind == OW_SCRIPT_EACH)
            i = ow_script_at(b, i)->to - 1;
        acts = acts || kind == OW_SCRIPT_SEND || kind == OW_SCRIPT_EXPECT ||
               kind == OW_SCRIPT_PING || kind == OW_SCRIPT_WAIT ||
               kind == OW_SCRIPT_BAD_FRAME;
    }
    b->loops--;
    if (!acts)
        return ow_jsonc_error(b->in->doc, node, b->in->err,
                              "what is repeated neither sends nor waits");
    return ow_script_add(b, &op, NULL);
}

static int read_steps(struct ow_script_builder *b, const cJSON *node);

/* send, do and bad-frame, as often as "repeat" says. */
static int read_rounds(struct ow_script_builder *b, const cJSON *step)
{
    const cJSON *send = ow_json_member(step, "send"),
                *steps = ow_json_member(step, "do");
    const cJSON *bad = ow_json_member(step, "bad-frame");
    const cJSON *repeat = ow_json_member(step, "repeat");
    struct ow_script_op op = {.kind = OW_SCRIPT_BAD_FRAME};
    struct ow_script_pace pace;
    size_t begin = 0;
    uint64_t times = 1;
    int word, r = ow_script_read_pace(b, step, &pace);

    if (r == 0 && repeat)
        r = read_count(b, repeat, &times);
    if (r == 0 && repeat)
        r = begin_loop(b, repeat, times, &begin);
    if (r == 0 && send)
        r = ow_script_read_send(b, send, &pace);
    if (r == 0 && steps)
        r = read_steps(b, steps);
    if (r == 0 && bad)
        r = ow_value_word(b->in, bad, ow_ws_bad_names(), &word);
    if (r == 0 && bad) {
        op.bad = (enum ow_ws_bad)word;
        r = ow_script_add(b, &op, NULL);
    }
    if (r == 0 && repeat)
        r = ow_script_add_wait(b, pace.every_ns, pace.jitter_ns);
    return r == 0 && repeat ? end_loop(b, repeat, begin) : r;
}

/* "set" and "keep"; NULL: there is none. */
static int read_setter(struct ow_script_builder *b, const cJSON *node,
                       enum ow_script_op_kind kind)
{
    struct ow_script_op op = {.kind = kind};
    int r = node ? ow_setter_parse(b->in, node, &op.set) : 0;

    return r < 0 || !node ? r : ow_script_add(b, &op, NULL);
}

/* All of a step but its begin. */
static int read_reaction(struct ow_script_builder *b, const cJSON *step)
{
    int r = ow_script_read_wait(b, ow_json_member(step, "wait"));

    if (r == 0 && ow_json_member(step, "stop"))
        r = ow_script_read_stop(b, ow_json_member(step, "stop"));
    if (r == 0)
        r = read_setter(b, ow_json_member(step, "keep"), OW_SCRIPT_KEEP);
    if (r == 0)
        r = read_rounds(b, step);
    if (r == 0)
        r = read_setter(b, ow_json_member(step, "set"), OW_SCRIPT_SET);
    return r < 0 ? r : ow_script_read_end(b, step);
}

static int read_place(struct ow_script_builder *b, const cJSON *step,
                      const cJSON *node, struct ow_script_op *op)
{
    const cJSON *name = ow_json_member(step, "name");
    struct ow_str text =
        ow_arena_printf(b->in->arena, "%s:%d", ow_jsonc_file(b->in->doc),
                        ow_jsonc_line(b->in->doc, node));
    int r = text.ptr ? 0 : -ENOMEM;

    op->place = text.ptr;
    if (r == 0 && name) {
        r = ow_value_string(b->in, name, &text);
        op->name = text.ptr;
    }
    return r;
}

/* What stands behind the begin of EXPECT and PING, and the other way on. */
static int read_branches(struct ow_script_builder *b, const cJSON *step,
                         size_t begin, uint16_t code, struct ow_str reason)
{
    const cJSON *otherwise = ow_json_member(step, "else");
    struct ow_script_op close = {.kind = OW_SCRIPT_CLOSE, .close.code = code};
    size_t jump = 0;
    int r = read_reaction(b, step);

    if (r == 0)
        r = ow_script_add(b, &(struct ow_script_op){.kind = OW_SCRIPT_JUMP},
                          &jump);
    if (r < 0)
        return r;
    ow_script_at(b, begin)->to = ow_script_count(b);
    if (otherwise) {
        r = read_steps(b, otherwise);
    } else {
        cJSON text = {.type = cJSON_String, .valuestring = (char *)reason.ptr};
        r = ow_template_text(b->in, &text, &close.close.reason);
        if (r == 0)
            r = ow_script_add(b, &close, NULL);
    }
    ow_script_at(b, jump)->to = ow_script_count(b);
    return r;
}

static int read_expect(struct ow_script_builder *b, const cJSON *step)
{
    const cJSON *node = ow_json_member(step, "expect");
    const cJSON *within = ow_json_member(step, "within");
    const cJSON *otherwise = ow_json_member(step, "else");
    struct ow_script_op op = {.kind = OW_SCRIPT_EXPECT, .expect.within_ns = -1};
    size_t begin = 0;
    int r = read_place(b, step, node, &op);

    if (r == 0)
        r = ow_script_trigger_parse(b->in, node, &op.expect.trigger);
    if (r == 0 && within && ow_template_is_in(within))
        r = ow_template_text(b->in, within, &op.expect.within);
    else if (r == 0 && within)
        r = ow_value_duration(b->in, within, &op.expect.within_ns);
    op.expect.ignores = cJSON_IsString(otherwise) &&
                        strcmp(otherwise->valuestring, "ignore") == 0;
    if (r == 0)
        r = ow_script_add(b, &op, &begin);
    if (r < 0)
        return r;
    if (!op.expect.ignores)
        return read_branches(b, step, begin, OW_WS_POLICY,
                             OW_STR("unexpected message"));
    /* When time is up it goes on behind the step. */
    r = read_reaction(b, step);
    ow_script_at(b, begin)->to = ow_script_count(b);
    return r;
}

static int read_ping(struct ow_script_builder *b, const cJSON *step)
{
    const cJSON *node = ow_json_member(step, "ping");
    const cJSON *within = ow_json_member(step, "within");
    struct ow_script_op op = {.kind = OW_SCRIPT_PING, .ping.within_ns = -1};
    size_t begin = 0;
    int r = read_place(b, step, node, &op);

    if (r == 0 && cJSON_IsString(node) &&
        strlen(node->valuestring) > OW_WS_CONTROL_MAX)
        return ow_jsonc_error(b->in->doc, node, b->in->err,
                              "a ping has at most %d bytes (RFC 6455, 5.5)",
                              OW_WS_CONTROL_MAX);
    if (r == 0 && !cJSON_IsTrue(node))
        r = ow_template_text(b->in, node, &op.ping.payload);
    if (r == 0 && within)
        r = ow_value_duration(b->in, within, &op.ping.within_ns);
    if (r == 0 && !within && ow_json_member(step, "else"))
        return ow_jsonc_error(b->in->doc, ow_json_member(step, "else"),
                              b->in->err,
                              "the pong is waited for only \"within\" a time");
    if (r == 0)
        r = ow_script_add(b, &op, &begin);
    if (r < 0)
        return r;
    return within ? read_branches(b, step, begin, OW_WS_INTERNAL,
                                  OW_STR("no pong came"))
                  : read_reaction(b, step);
}

/* "each": 3 messages, or "32KB" of them. */
static int read_each(struct ow_script_builder *b, const cJSON *node,
                     struct ow_script_op *op)
{
    int64_t number;
    int r;

    if (cJSON_IsString(node)) {
        r = ow_value_size(b->in, node, &op->on.each_bytes);
        if (r == 0 && op->on.each_bytes == 0)
            return ow_jsonc_error(b->in->doc, node, b->in->err,
                                  "expected a size over 0");
        return r;
    }
    r = ow_value_integer(b->in, node, 1, INT32_MAX, &number);
    if (r == 0)
        op->on.each = (uint64_t)number;
    return r;
}

static int read_on(struct ow_script_builder *b, const cJSON *step)
{
    const cJSON *node = ow_json_member(step, "on"),
                *times = ow_json_member(step, "times");
    const cJSON *each = ow_json_member(step, "each");
    struct ow_script_op op = {.kind = OW_SCRIPT_ON, .on.each = 1};
    int64_t number;
    size_t begin = 0;
    int loops = b->loops, r = read_place(b, step, node, &op);

    if (r == 0)
        r = ow_script_trigger_parse(b->in, node, &op.on.trigger);
    if (r == 0 && times) {
        r = ow_value_integer(b->in, times, 1, INT32_MAX, &number);
        op.on.times = r == 0 ? (uint64_t)number : 0;
    }
    if (r == 0 && each)
        r = read_each(b, each, &op);
    op.on.handler = b->handlers++;
    if (r == 0)
        r = ow_script_add(b, &op, &begin);
    /* A reaction counts its loops by itself. */
    b->loops = 0;
    if (r == 0)
        r = read_reaction(b, step);
    b->loops = loops;
    if (r == 0)
        r = add_kind(b, OW_SCRIPT_END);
    if (r == 0)
        ow_script_at(b, begin)->to = ow_script_count(b);
    return r;
}

/* One message again and again, beside the script. */
static int read_ticker(struct ow_script_builder *b, const cJSON *step)
{
    const cJSON *repeat = ow_json_member(step, "repeat");
    struct ow_script_op op = {.kind = OW_SCRIPT_SPAWN};
    struct ow_script_pace pace;
    uint64_t times = 0;
    size_t begin = 0, again = 0;
    int loops = b->loops, r = ow_script_read_pace(b, step, &pace);

    if (r == 0 && repeat)
        r = read_count(b, repeat, &times);
    if (r == 0)
        r = ow_script_read_wait(b, ow_json_member(step, "wait"));
    if (r == 0)
        r = read_place(b, step, ow_json_member(step, "send"), &op);
    if (r == 0)
        r = ow_script_add(b, &op, &begin);
    if (r < 0)
        return r;
    b->loops = 0;
    if (pace.every_ns == 0)
        pace.every_ns = DEFAULT_EVERY;
    r = ow_script_add_wait(
        b, pace.first_ns >= 0 ? pace.first_ns : pace.every_ns, 0);
    if (r == 0)
        r = begin_loop(b, step, times, &again);
    if (r == 0)
        r = ow_script_read_message(b, ow_json_member(step, "send"), &pace);
    if (r == 0)
        r = ow_script_add_wait(b, pace.every_ns, pace.jitter_ns);
    if (r == 0)
        r = end_loop(b, step, again);
    b->loops = loops;
    if (r == 0)
        r = add_kind(b, OW_SCRIPT_END);
    ow_script_at(b, begin)->to = ow_script_count(b);
    return r;
}

/* "every" with one message, and nothing that the script would wait for. */
static bool is_ticker(const cJSON *step)
{
    const cJSON *send = ow_json_member(step, "send");

    return send && !cJSON_IsArray(send) && ow_json_member(step, "every") &&
           !ow_json_member(step, "on") && !ow_json_member(step, "expect") &&
           !ow_json_member(step, "ping") && !ow_json_member(step, "do") &&
           !ow_json_member(step, "close") && !ow_json_member(step, "drop") &&
           !ow_json_member(step, "stall") &&
           !ow_json_member(step, "bad-frame") && !ow_json_member(step, "set") &&
           !ow_json_member(step, "keep") && !ow_json_member(step, "stop");
}

static int read_step(struct ow_script_builder *b, const cJSON *step)
{
    const cJSON *condition = ow_json_member(step, "if");
    size_t begin = 0;
    int r = ow_script_check_step(b, step);

    if (r < 0)
        return r;
    if (ow_json_member(step, "on"))
        return read_on(b, step);
    if (ow_json_member(step, "expect"))
        return read_expect(b, step);
    if (ow_json_member(step, "ping"))
        return read_ping(b, step);
    if (condition)
        r = ow_script_begin_if(b, condition, &begin);
    if (r == 0)
        r = is_ticker(step) ? read_ticker(b, step) : read_reaction(b, step);
    if (r == 0 && condition)
        ow_script_at(b, begin)->to = ow_script_count(b);
    return r;
}

/* A step, or a list of them. JSON's own depth bounds the recursion. */
static int read_steps(struct ow_script_builder *b, const cJSON *node)
{
    const cJSON *step;
    int r = 0;

    if (!cJSON_IsArray(node))
        return read_step(b, node);
    cJSON_ArrayForEach(step, node)
    {
        if (r == 0)
            r = read_step(b, step);
    }
    return r;
}

static bool has_lua(const struct ow_script_op *op)
{
    switch (op->kind) {
    case OW_SCRIPT_EXPECT:
        return op->expect.within.lua;
    case OW_SCRIPT_SEND:
        return op->out->body.lua || op->out->source == OW_SCRIPT_ECHO;
    case OW_SCRIPT_PING:
        return op->ping.payload.lua;
    case OW_SCRIPT_CLOSE:
        return op->close.reason.lua;
    case OW_SCRIPT_SET:
    case OW_SCRIPT_KEEP:
    case OW_SCRIPT_IF:
    case OW_SCRIPT_EACH:
        return true;
    default:
        return false;
    }
}

/* Whether what messages say is looked at; if not, none is kept. */
static bool looks_at_messages(const struct ow_script *script)
{
    bool looks = false;

    for (size_t i = 0; i < script->n; i++) {
        const struct ow_script_op *op = &script->ops[i];
        const struct ow_script_trigger *trigger =
            op->kind == OW_SCRIPT_EXPECT ? op->expect.trigger
            : op->kind == OW_SCRIPT_ON   ? op->on.trigger
                                         : NULL;
        looks = looks || has_lua(op) ||
                (trigger &&
                 (trigger->json || trigger->text || trigger->wants_json));
    }
    return looks;
}

static int finish(struct ow_script_builder *b, struct ow_script *script)
{
    struct ow_script_op *ops = ow_arena_alloc(b->in->arena, b->ops.len);

    if (!ops)
        return -ENOMEM;
    memcpy(ops, ow_buf_data(&b->ops), b->ops.len);
    script->ops = ops;
    script->n = ow_script_count(b);
    script->handlers = b->handlers;
    script->keep = looks_at_messages(script) ? OW_LIMIT_SCRIPT_KEPT
                                             : OW_LIMIT_SCRIPT_EXCERPT;
    return 0;
}

int ow_script_parse(const struct ow_action_input *in, const cJSON *node,
                    const cJSON *otherwise, struct ow_script *script)
{
    struct ow_script_builder b = {.in = in};
    struct ow_err why = {""};

    if (ow_ws_library_load(&script->library, &why) < 0)
        return ow_jsonc_error(in->doc, node ? node : in->then, in->err, "%s",
                              why.text);
    if (script->close_ns == 0)
        script->close_ns = OW_LIMIT_SCRIPT_CLOSE_NS;
    /* Bounded by the rule file, which is (OW_LIMIT_RULE_FILE). */
    ow_buf_init(&b.ops, 0);
    int r = node ? read_steps(&b, node) : 0;
    if (r == 0)
        r = add_kind(&b, OW_SCRIPT_END);
    if (r == 0 && otherwise) {
        script->otherwise = ow_script_count(&b);
        r = read_steps(&b, otherwise);
        if (r == 0)
            r = add_kind(&b, OW_SCRIPT_END);
    }
    if (r == 0)
        r = finish(&b, script);
    ow_buf_release(&b.ops);
    return r;
}
