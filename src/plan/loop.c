/*
 * loop: see loop.h. Called by live.c, conversation.c, timeline.c and exchange/.
 */
#include "config.h"

#include "plan/loop.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/limits.h"
#include "base/units.h"

/* Elements between two looks at the clock. */
#define ROUND 64
/* Of a duration that is a number; some 300 years. */
#define MS_MAX 1e13

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

/* Milliseconds, as a number of Lua's is written. */
static int parse_ms(struct ow_str text, int64_t *ret_ns)
{
    char digits[32], *end;

    if (text.len >= sizeof digits)
        return -EINVAL;
    memcpy(digits, text.ptr, text.len);
    digits[text.len] = '\0';
    double ms = strtod(digits, &end);
    if (*end || !(ms >= 0 && ms < MS_MAX))
        return -EINVAL;
    *ret_ns = (int64_t)(ms * 1e6);
    return 0;
}

int ow_loop_duration(const struct ow_template *template,
                     const struct ow_answer_context *context, const char *what,
                     int64_t *ret_ns, struct ow_err *err)
{
    struct ow_buf out;

    ow_buf_init(&out, OW_LIMIT_TEMPLATE_OUT);
    int r = ow_template_write(template, context, &out, err);
    struct ow_str text = ow_buf_peek(&out);
    if (r == 0 && text.len == 0)
        r = 1;
    else if (r == 0 && ow_units_parse_duration(text, ret_ns) < 0 &&
             parse_ms(text, ret_ns) < 0)
        r = ow_err_set(err, -EINVAL, "%s gives no duration: \"%.*s\"", what,
                       text.len > 60 ? 60 : (int)text.len, text.ptr);
    ow_buf_release(&out);
    return r;
}
