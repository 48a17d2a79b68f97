/*
 * script_end: how a step of a script ends something: a reaction, the talk, the
 * connection. See script_build.h. Called by script.c.
 */
#include "config.h"

#include <errno.h>
#include <string.h>

#include "base/json.h"
#include "plan/grammar.h"
#include "plan/script_build.h"
#include "plan/value.h"

int ow_script_read_stop(struct ow_script_builder *b, const cJSON *node)
{
    struct ow_script_op op = {.kind = OW_SCRIPT_STOP};
    struct ow_str name;

    if (!cJSON_IsTrue(node)) {
        int r = cJSON_IsString(node)
                    ? ow_value_string(b->in, node, &name)
                    : ow_jsonc_error(b->in->doc, node, b->in->err,
                                     "expected true, or the \"name\" of what "
                                     "is to stop");
        if (r < 0)
            return r;
        op.stops = name.ptr;
    }
    return ow_script_add(b, &op, NULL);
}

int ow_script_code(const struct ow_action_input *in, const cJSON *node,
                   uint16_t *ret)
{
    int64_t code;
    int r = ow_value_integer(in, node, 0, UINT16_MAX, &code);

    if (r == 0 && !ow_ws_may_send(code))
        return ow_jsonc_error(in->doc, node, in->err,
                              "%d is no code of a close frame: 1000 to 1014 "
                              "(not 1004 to 1006) and 3000 to 4999 are; "
                              "\"drop\" ends without one, and the bad frame "
                              "\"bad-close\" sends a wrong one",
                              (int)code);
    if (r == 0)
        *ret = (uint16_t)code;
    return r;
}

int ow_script_reason(const struct ow_action_input *in, const cJSON *node,
                     struct ow_template *ret)
{
    if (cJSON_IsString(node) && !ow_template_is_in(node) &&
        strlen(node->valuestring) > OW_WS_REASON_MAX)
        return ow_jsonc_error(in->doc, node, in->err,
                              "a reason has at most %d bytes (RFC 6455, 5.5)",
                              OW_WS_REASON_MAX);
    return ow_template_text(in, node, ret);
}

/* true, a code, or {"code": ..., "reason": ...}. */
static int read_close(struct ow_script_builder *b, const cJSON *node)
{
    struct ow_script_op op = {.kind = OW_SCRIPT_CLOSE,
                              .close.code = OW_WS_NORMAL};
    const cJSON *code = node, *reason = NULL;
    int r = 0;

    if (cJSON_IsObject(node)) {
        r = ow_value_check_keys(b->in, node,
                                ow_grammar_keys(OW_OBJECT_ws_close_of));
        code = ow_json_member(node, "code");
        reason = ow_json_member(node, "reason");
    }
    if (r == 0 && code && cJSON_IsNull(code))
        op.close.code = OW_WS_NO_CODE;
    else if (r == 0 && code && !cJSON_IsTrue(code))
        r = ow_script_code(b->in, code, &op.close.code);
    if (r == 0 && reason)
        r = ow_script_reason(b->in, reason, &op.close.reason);
    return r < 0 ? r : ow_script_add(b, &op, NULL);
}

int ow_script_read_end(struct ow_script_builder *b, const cJSON *step)
{
    const cJSON *stall = ow_json_member(step, "stall"),
                *drop = ow_json_member(step, "drop");
    struct ow_script_op op = {.kind = OW_SCRIPT_STALL};
    int word = 0, r = 0;

    if (ow_json_member(step, "close"))
        return read_close(b, ow_json_member(step, "close"));
    if (stall && !cJSON_IsTrue(stall))
        r = ow_value_word(b->in, stall,
                          ow_grammar_words(OW_WORDS_ws_stall_word), &word);
    op.reads_not = word == 1;
    if (drop) {
        op.kind = OW_SCRIPT_DROP;
        if (!cJSON_IsTrue(drop))
            r = ow_value_word(b->in, drop,
                              ow_grammar_words(OW_WORDS_ws_drop_word), &word);
        op.is_reset = word == 0;
    }
    return r == 0 && (stall || drop) ? ow_script_add(b, &op, NULL) : r;
}
