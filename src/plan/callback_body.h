/*
 * callback_body: what a call back carries: "form", "json", "text", or nothing.
 */
#ifndef OW_PLAN_CALLBACK_BODY_H
#define OW_PLAN_CALLBACK_BODY_H

#include "plan/template.h"

struct ow_callback_field;

/*
 * Fields of a form that are one expression and nothing else are what it gives:
 * nil leaves the field out, a list repeats it. All of a form may be one
 * expression, which gives an object.
 */

struct ow_callback_body {
    enum {
        OW_CALLBACK_NOTHING, /* zero */
        OW_CALLBACK_FORM,
        OW_CALLBACK_JSON,
        OW_CALLBACK_TEXT,
    } kind;
    struct ow_template value; /* JSON, TEXT; a FORM that is one expression */
    struct ow_callback_field *fields; /* FORM */
    size_t n;
};

/* Reads these keys of a request. 0, -EINVAL with a placed sentence, -ENOMEM. */
int ow_callback_body_parse(const struct ow_action_input *in,
                           const cJSON *request, struct ow_callback_body *ret);
/* Its Content-Type; absent without a body. */
struct ow_str ow_callback_body_type(const struct ow_callback_body *body);
/*
 * Its bytes, and, of a form, its names and values sorted by name, one behind
 * the other, as signatures have them. 0; -ENOMEM; -EINVAL with a sentence.
 */
int ow_callback_body_render(const struct ow_callback_body *body,
                            const struct ow_answer_context *context,
                            struct ow_arena *arena, struct ow_str *ret_bytes,
                            struct ow_str *ret_params, struct ow_err *err);

#endif
