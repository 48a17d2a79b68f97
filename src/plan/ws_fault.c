/*
 * ws_fault: see ws_fault.h. Called by act_fault.c.
 */
#include "config.h"

#include "plan/ws_fault.h"

#include <errno.h>
#include <string.h>

#include "base/json.h"
#include "plan/grammar.h"
#include "plan/handshake.h"
#include "plan/script.h"
#include "plan/value.h"

struct ow_ws_fault {
    struct ow_script_fault fault;
    bool is_alone; /* there is no "websocket": one is opened for it */
    struct ow_handshake handshake;
    struct ow_script script;
};

/* Of each kind the keys of its own, beside "kind" and "after". */
static const struct {
    enum ow_fault_kind kind;
    enum ow_script_op_kind op;
    const char *const keys[5];
} kinds[] = {
    {OW_FAULT_WS_CLOSE,
     OW_SCRIPT_CLOSE,
     {"kind", "after", "code", "reason", NULL}},
    {OW_FAULT_WS_DROP, OW_SCRIPT_DROP, {"kind", "after", "how", NULL}},
    {OW_FAULT_WS_BAD_FRAME,
     OW_SCRIPT_BAD_FRAME,
     {"kind", "after", "frame", NULL}},
};

const char *const *ow_ws_fault_keys(enum ow_fault_kind kind)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (kinds[i].kind == kind)
            return kinds[i].keys;
    return NULL;
}

/* A number of our messages, or a time from the opening on. */
static int read_after(const struct ow_action_input *in, const cJSON *node,
                      struct ow_script_fault *fault)
{
    int64_t number;
    int r;

    if (!cJSON_IsNumber(node)) {
        fault->counts = false;
        return ow_value_duration(in, node, &fault->after_ns);
    }
    r = ow_value_integer(in, node, 0, INT32_MAX, &number);
    if (r == 0)
        fault->after = (uint64_t)number;
    return r;
}

static int read_close(const struct ow_action_input *in, const cJSON *spec,
                      struct ow_script_op *op)
{
    const cJSON *code = ow_json_member(spec, "code"),
                *reason = ow_json_member(spec, "reason");
    int r = 0;

    if (code)
        r = ow_script_code(in, code, &op->close.code);
    return r == 0 && reason ? ow_script_reason(in, reason, &op->close.reason)
                            : r;
}

static int read_drop(const struct ow_action_input *in, const cJSON *spec,
                     struct ow_script_op *op)
{
    const cJSON *how = ow_json_member(spec, "how");
    int word = 0;
    int r = how ? ow_value_word(in, how,
                                ow_grammar_words(OW_WORDS_ws_drop_word), &word)
                : 0;

    op->is_reset = word == 0;
    return r;
}

static int read_frame(const struct ow_action_input *in, const cJSON *spec,
                      struct ow_script_op *op)
{
    const cJSON *frame = ow_json_member(spec, "frame");
    int word = OW_WS_BAD_RESERVED_BIT;
    int r = frame ? ow_value_word(in, frame, ow_ws_bad_names(), &word) : 0;

    op->bad = (enum ow_ws_bad)word;
    return r;
}

static int read_op(const struct ow_action_input *in, const cJSON *spec,
                   struct ow_script_op *op)
{
    if (op->kind == OW_SCRIPT_DROP)
        return read_drop(in, spec, op);
    if (op->kind == OW_SCRIPT_BAD_FRAME)
        return read_frame(in, spec, op);
    op->close.code = OW_WS_INTERNAL;
    return read_close(in, spec, op);
}

int ow_ws_fault_parse(const struct ow_action_input *in, const cJSON *spec,
                      enum ow_fault_kind kind, const struct ow_ws_fault **ret)
{
    struct ow_ws_fault *fault = ow_arena_zalloc(in->arena, sizeof *fault);
    size_t row = 0;
    int r = 0;

    if (!fault)
        return -ENOMEM;
    while (kinds[row].kind != kind)
        row++;
    fault->fault.counts = true;
    fault->fault.op.kind = kinds[row].op;
    if (ow_json_member(spec, "after"))
        r = read_after(in, ow_json_member(spec, "after"), &fault->fault);
    if (r == 0)
        r = read_op(in, spec, &fault->fault.op);
    fault->is_alone = !ow_json_member(in->then, "websocket") &&
                      !ow_json_member(in->then, "next");
    if (r == 0 && fault->is_alone)
        r = ow_head_parse(in, &fault->handshake.head);
    if (r == 0 && fault->is_alone)
        r = ow_script_parse(in, NULL, NULL, &fault->script);
    if (r == 0)
        *ret = fault;
    return r;
}

int ow_ws_fault_plan(const struct ow_ws_fault *fault,
                     const struct ow_answer_context *context,
                     struct ow_plan *plan, struct ow_err *err)
{
    int r = 0;

    if (fault->is_alone) {
        plan->n = 0;
        r = ow_handshake_plan(&fault->handshake, &fault->script, context, plan,
                              err);
    }
    /* Not where the opening was refused. */
    if (r == 0 && plan->script)
        plan->script_fault = &fault->fault;
    return r;
}
