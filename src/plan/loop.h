/*
 * loop: templates that are written for each element of a list: they see the
 * element as `item`, its number as `index` (from 0), and those of the loop
 * around as `outer` and `outer_index`.
 */
#ifndef OW_PLAN_LOOP_H
#define OW_PLAN_LOOP_H

#include "plan/template.h"

struct ow_loop {
    const cJSON *item;
    int64_t index;
    const cJSON *values;         /* of a filter: what is asked for; or NULL */
    const struct ow_loop *outer; /* NULL: none */
};

/* What a loop may take in all, beside what each of its templates may: zeroed at
 * its begin. */
struct ow_loop_budget {
    int64_t began_ns;
    uint64_t rounds;
};

/* Call it for each element. 0, or -EINVAL with a sentence: more than
 * OW_LIMIT_TEMPLATE_NS of processor time were taken. */
int ow_loop_spend(struct ow_loop_budget *budget, struct ow_err *err);

/*
 * The value of a template made by ow_template_json, as a tree of its own, to
 * be freed with cJSON_Delete. 0; -ENOMEM; -EINVAL with a sentence.
 */
int ow_loop_value(const struct ow_template *template,
                  const struct ow_answer_context *context, cJSON **ret,
                  struct ow_err *err);
/* Whether such a value is neither null nor false. */
int ow_loop_holds(const struct ow_template *template,
                  const struct ow_answer_context *context, bool *ret,
                  struct ow_err *err);
/*
 * What a template gives as a duration: a text as "2s", or milliseconds. 0; 1:
 * it gives nothing; -EINVAL with a sentence that begins with what, -ENOMEM.
 */
int ow_loop_duration(const struct ow_template *template,
                     const struct ow_answer_context *context, const char *what,
                     int64_t *ret_ns, struct ow_err *err);

#endif
