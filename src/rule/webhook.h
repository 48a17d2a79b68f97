/*
 * webhook: "webhooks" of rule files: what an API sends to a program by itself,
 * with the arguments that somebody gives. `offwire webhook` sends them; in a
 * session nobody looks at them.
 *
 *     "webhooks": { "twilio": {
 *         "about": "an inbound message",
 *         "arguments": { "from": { "about": "who writes", "required": true } },
 *         "request": { "url": "{{ arg.url }}", "form": { "From": "{{ arg.from
 * }}" }, "sign": { "scheme": "twilio", "token": "{{ arg.token }}" } },
 *         "messages": "{{ answer.body }}" } }
 *
 *     given --> complete (defaults, checks) --> render --> a delivery
 *                                  the answer --> read --> messages
 */
#ifndef OW_RULE_WEBHOOK_H
#define OW_RULE_WEBHOOK_H

#include "plan/callback.h"
#include "plan/template.h"
#include "rule/pattern.h"
#include "rule/table.h"

struct ow_webhook_argument {
    const char *name;          /* "profile_name", which is arg.profile_name */
    const char *about;         /* "" if it says nothing */
    const char *value;         /* what stands for its value in help: "NUMBER" */
    const char *env;           /* the variable that gives it too; NULL: none */
    struct ow_template preset; /* JSON; of "default" */
    bool has_preset;
    const struct ow_pattern *matches; /* NULL: any text will do */
    bool is_required;
    bool is_list; /* it may be given several times */
};

/* Lies in its table's memory. */
struct ow_webhook {
    const char *name;
    const char *about;
    const char *place; /* "my.json:12" */
    struct ow_webhook_argument *arguments;
    size_t n;
    const char *text; /* the argument that is what is said; NULL: none */
    const struct ow_callbacks *request; /* one */
    struct ow_template messages;        /* JSON */
    bool has_messages;
    struct ow_fields hints; /* by status: what to do about it */
    struct ow_webhook *next;
};

/* Those of a table, in the order of the files. Of a name that is there twice
 * the first counts. Zeroed: none. */
struct ow_webhooks {
    struct ow_webhook *first;
    struct ow_webhook *last;
};

/* Adds those of a file, an object. 0, -EINVAL with a placed sentence, -ENOMEM.
 */
int ow_webhooks_add(struct ow_webhooks *webhooks,
                    const struct ow_pattern_source *source, const cJSON *object,
                    struct ow_err *err);
const struct ow_webhooks *ow_table_webhooks(const struct ow_table *table);
/* NULL: there is none of that name. */
const struct ow_webhook *ow_webhook_find(const struct ow_webhooks *webhooks,
                                         const char *name);
/* NULL: it takes none of that name. */
const struct ow_webhook_argument *
ow_webhook_argument(const struct ow_webhook *webhook, const char *name);

/*
 * context->arguments are those that were given, an object of strings and lists
 * of strings: puts in what the others are by default, and checks them all. 0;
 * -EINVAL with a sentence that names the argument as option, as
 * "--from"; -ENOMEM.
 */
int ow_webhook_complete(const struct ow_table *table,
                        const struct ow_webhook *webhook,
                        const struct ow_answer_context *context,
                        cJSON *arguments, struct ow_err *err);
/* What is sent: ow_callbacks_render, with the same results. */
int ow_webhook_render(const struct ow_webhook *webhook,
                      const struct ow_answer_context *context,
                      struct ow_delivery **ret, struct ow_err *err);
/*
 * What context->answer says: a list of texts, and of objects with text; NULL if
 * the webhook does not know how to read it. 0; -EINVAL with a sentence;
 * -ENOMEM. The caller frees.
 */
int ow_webhook_read(const struct ow_webhook *webhook,
                    const struct ow_answer_context *context, cJSON **ret,
                    struct ow_err *err);

#endif
