/*
 * condition: see condition.h. Called by timeline.c and act_resource.c.
 */
#include "config.h"

#include "plan/condition.h"

#include <errno.h>

#include "state/resources.h"

int ow_condition_test(const struct ow_condition *condition,
                      struct ow_resource *self,
                      const struct ow_answer_context *context,
                      struct ow_err *err)
{
    struct ow_arena *arena = context->request->arena;
    struct ow_str text;

    if (condition->pattern) {
        const cJSON *tree = self ? ow_resource_tree(self) : NULL;
        if (self && !tree)
            return -ENOMEM;
        return condition->test(condition->pattern, tree, arena);
    }
    int r =
        ow_template_render(&condition->expression, context, arena, &text, err);
    if (r < 0)
        return r;
    return !ow_str_equal(text, OW_STR("false")) &&
           !ow_str_equal(text, OW_STR("null"));
}
