/*
 * callback: what a rule sends by itself when it has answered: "after". Parsed
 * when rules are loaded; at a hit each one becomes a delivery, all of whose
 * data are fixed then. upstream/ sends it when it is due.
 *
 *     "after": [ { "delay": "1s",
 *                  "unless": { "absent": "{{ req.form.StatusCallback }}" },
 *                  "request": { "method": "POST",
 *                               "url": "{{ req.form.StatusCallback }}",
 *                               "form": { "MessageStatus": "delivered" },
 *                               "sign": "twilio" },
 *                  "retries": 3, "backoff": "1s" } ]
 *
 *     rule --> callback (templates) --a hit--> delivery (text) --> upstream/
 */
#ifndef OW_PLAN_CALLBACK_H
#define OW_PLAN_CALLBACK_H

#include "plan/action.h"

struct ow_callbacks; /* of a rule */

/* A request to be sent. Owns all that it names. */
struct ow_delivery {
    struct ow_arena arena;
    uint64_t id;       /* of the exchange it comes from; 0: none */
    const char *rule;  /* its name */
    const char *place; /* "my.json:12" */
    const char *method;
    const char *url;
    struct ow_fields headers; /* with Content-Type, if there is a body */
    struct ow_str body;
    const char *connect_to; /* "host:port" to go to instead; or NULL */
    int64_t delay_ns;       /* from the end of the answer; session time */
    int64_t since_ns;       /* from that moment instead; INT64_MIN: it is not */
    uint64_t life;          /* of the resource it is about; 0: none */
    struct ow_delivery *next; /* of those that wait for the answer's end */
    int64_t backoff_ns;       /* before the first retry; then twice that, ... */
    int64_t timeout_ns;       /* of one attempt; real time */
    int retries;              /* attempts behind the first */
    bool is_unverified;       /* a certificate that nobody knows is taken */
    bool may_leave;           /* the target need not be of this machine */
};

/*
 * Parses the value of "after", an object or a list of them, into in->arena.
 * 0, -EINVAL with a placed sentence, -ENOMEM.
 */
int ow_callbacks_parse(const struct ow_action_input *in, const cJSON *node,
                       const struct ow_callbacks **ret);
/* The same of a "request" alone, which becomes the only one. */
int ow_callback_request_parse(const struct ow_action_input *in,
                              const cJSON *node,
                              const struct ow_callbacks **ret);
size_t ow_callbacks_count(const struct ow_callbacks *callbacks);
/*
 * The n-th one as it is for this hit; *ret is NULL if "when" or "unless" keep
 * it back. Freed by ow_delivery_free. 0; -ENOMEM; -EINVAL with a sentence.
 */
int ow_callbacks_render(const struct ow_callbacks *callbacks, size_t n,
                        const struct ow_answer_context *context,
                        struct ow_delivery **ret, struct ow_err *err);
struct ow_delivery *ow_delivery_free(struct ow_delivery *delivery);

#endif
