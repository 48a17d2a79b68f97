/*
 * loop: see loop.h. Called by live.c and conversation.c.
 */
#include "config.h"

#include "plan/loop.h"

#include <errno.h>

#include "base/limits.h"

int ow_loop_value(const struct ow_template *template,
                  const struct ow_answer_context *context, cJSON **ret,
                  struct ow_err *err)
{
    struct ow_buf text;

    ow_buf_init(&text, OW_LIMIT_TEMPLATE_OUT);
    int r = ow_template_write(template, context, &text, err);
    cJSON *value = NULL;
    if (r == 0)
        value = cJSON_ParseWithLength(ow_buf_data(&text), text.len);
    ow_buf_release(&text);
    if (r < 0)
        return r;
    *ret = value;
    return value ? 0 : -ENOMEM;
}

int ow_loop_holds(const struct ow_template *template,
                  const struct ow_answer_context *context, bool *ret,
                  struct ow_err *err)
{
    struct ow_buf text;

    ow_buf_init(&text, OW_LIMIT_TEMPLATE_OUT);
    int r = ow_template_write(template, context, &text, err);
    struct ow_str value = ow_buf_peek(&text);
    *ret = !ow_str_equal(value, OW_STR("null")) &&
           !ow_str_equal(value, OW_STR("false"));
    ow_buf_release(&text);
    return r;
}
