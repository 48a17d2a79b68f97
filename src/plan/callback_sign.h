/*
 * callback_sign: how a call back is signed: "sign", by a scheme of signs.def or
 * by a header of one's own.
 *
 *     "sign": "twilio"
 *     "sign": { "scheme": "github", "token": "s3cret" }
 *     "sign": { "header": "X-Sig", "value": "{{ ... call.body ... }}",
 *               "token": "{{ vars.secret }}" }
 */
#ifndef OW_PLAN_CALLBACK_SIGN_H
#define OW_PLAN_CALLBACK_SIGN_H

#include "plan/template.h"

struct ow_callback_sign {
    const char *header; /* NULL: it is not signed */
    struct ow_template value;
    struct ow_template token;
    bool has_token;
};

/* The schemes, NULL-terminated. */
const char *const *ow_callback_sign_names(void);
/* 0, -EINVAL with a placed sentence, -ENOMEM. */
int ow_callback_sign_parse(const struct ow_action_input *in, const cJSON *node,
                           struct ow_callback_sign *ret);
/*
 * The secret that both sides know: "token", or the password by which the
 * program has said who it is (Basic, RFC 7617), which is what Twilio signs
 * with. Empty if nothing is signed. 0; -ENOMEM; -EINVAL with a sentence.
 */
int ow_callback_sign_token(const struct ow_callback_sign *sign,
                           const struct ow_answer_context *context,
                           struct ow_arena *arena, struct ow_str *ret,
                           struct ow_err *err);

#endif
