/*
 * after: places in a body. See after.h. Called by act_cut.c and act_fault.c.
 */
#include "config.h"

#include "plan/after.h"

#include <errno.h>

#include "base/units.h"

int ow_after_parse(const struct ow_action_input *in, const cJSON *node,
                   bool pieces, struct ow_after *ret)
{
    struct ow_after after = {OW_AFTER_BYTES, 0, 0};
    struct ow_str text =
        ow_str_from(cJSON_IsString(node) ? node->valuestring : NULL);

    if (cJSON_IsNumber(node) && node->valuedouble >= 0 &&
        node->valuedouble < 1e15 &&
        node->valuedouble == (double)(uint64_t)node->valuedouble) {
        after.kind = pieces ? OW_AFTER_PIECES : OW_AFTER_BYTES;
        after.n = (uint64_t)node->valuedouble;
    } else if (text.ptr && ow_units_parse_percent(text, &after.fraction) == 0) {
        after.kind = OW_AFTER_PERCENT;
    } else if (!text.ptr || ow_units_parse_size(text, &after.n) < 0) {
        return ow_jsonc_error(in->doc, node, in->err,
                              "expected a place in the body, as %s",
                              pieces ? "3 (pieces), \"300B\" or \"60%\""
                                     : "300, \"2KB\" or \"60%\"");
    }
    *ret = after;
    return 0;
}

void ow_after_cut(const struct ow_after *after, struct ow_plan *plan)
{
    switch (after->kind) {
    case OW_AFTER_NONE:
        break;
    case OW_AFTER_BYTES:
        ow_plan_cut(plan, after->n);
        break;
    case OW_AFTER_PERCENT:
        ow_plan_cut(plan, (uint64_t)(after->fraction *
                                     (double)ow_plan_body_size(plan)));
        break;
    case OW_AFTER_PIECES:
        /* The answer of a rule below may be no stream. */
        if (ow_plan_has_pieces(plan))
            ow_plan_cut_pieces(plan, after->n);
        else
            ow_plan_cut(plan, after->n);
        break;
    }
}
