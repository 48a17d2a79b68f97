/*
 * act_cut: "cut": the body stops at a place, by FIN, RST or silence.
 */
#include "config.h"

#include <errno.h>

#include "base/json.h"
#include "plan/action.h"
#include "plan/after.h"
#include "plan/grammar.h"
#include "plan/value.h"

struct cut {
    struct ow_after after;
    enum ow_step_kind how;
};

/* Whether the answer's body comes in pieces that can be counted; that of a
 * rule below may. */
static bool has_pieces(const cJSON *then)
{
    const cJSON *stream = ow_json_member(then, "stream");

    return ow_json_member(then, "next") ||
           (stream && !ow_json_member(stream, "file"));
}

static int cut_parse(const struct ow_action_input *in, const void **ret_state)
{
    static const enum ow_step_kind hows[] = {OW_STEP_CLOSE, OW_STEP_RESET,
                                             OW_STEP_STALL};
    const cJSON *spec = ow_json_member(in->then, "cut");
    struct cut *cut = ow_arena_zalloc(in->arena, sizeof *cut);
    int word = 0;

    if (!cut)
        return -ENOMEM;
    int r = ow_value_check_keys(in, spec, ow_grammar_keys(OW_OBJECT_cut));
    if (r < 0)
        return r;
    if (!ow_json_member(spec, "after"))
        return ow_jsonc_error(in->doc, spec, in->err,
                              "\"cut\" needs \"after\": the place in the body");
    r = ow_after_parse(in, ow_json_member(spec, "after"), has_pieces(in->then),
                       &cut->after);
    if (r == 0 && ow_json_member(spec, "how"))
        r = ow_value_word(in, ow_json_member(spec, "how"),
                          ow_grammar_words(OW_WORDS_cut_how), &word);
    cut->how = hows[word];
    in->answer->wants_body = true;
    *ret_state = cut;
    return r;
}

static int cut_plan(const void *state, const struct ow_answer_context *context,
                    struct ow_plan *plan, struct ow_err *err)
{
    const struct cut *cut = state;

    (void)context;
    (void)err;
    ow_after_cut(&cut->after, plan);
    plan->fault = "cut";
    return ow_plan_add(plan, cut->how) ? 0 : -ENOMEM;
}

const struct ow_action_ops ow_cut_ops = {
    .name = "cut",
    .parse = cut_parse,
    .plan = cut_plan,
};
