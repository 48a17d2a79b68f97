/*
 * loop: see loop.h. Called by live.c and conversation.c.
 */
#include "config.h"

#include "plan/loop.h"

#include <errno.h>
#include <time.h>

#include "base/limits.h"

/* Elements between two looks at the clock. */
#define ROUND 64

int ow_loop_spend(struct ow_loop_budget *budget, struct ow_err *err)
{
    struct timespec time;

    if (budget->rounds++ % ROUND != 0)
        return 0;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    int64_t now = time.tv_sec * INT64_C(1000000000) + time.tv_nsec;
    if (budget->rounds == 1)
        budget->began_ns = now;
    if (now - budget->began_ns <= OW_LIMIT_TEMPLATE_NS)
        return 0;
    return ow_err_set(err, -EINVAL,
                      "a loop of templates took more than a second");
}

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
