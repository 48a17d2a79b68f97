/*
 * reply_wish: what a request asks of any reply (conversation.h: call, schema,
 * stop, max), so that what is said keeps to it whatever a rule says. Between
 * reply_make.c, reply_text.c and the conversation.
 */
#ifndef OW_PLAN_REPLY_WISH_H
#define OW_PLAN_REPLY_WISH_H

#include "base/buf.h"
#include "plan/conversation.h"

struct ow_wished {
    bool is_changed;       /* the text is not what the rule says */
    bool is_full;          /* it ended because of max */
    struct ow_str stopped; /* the text that ended it; absent: none. Lies in the
                              conversation */
};

/*
 * A text that is no JSON becomes some where a schema is asked for: a value that
 * fits it, or for true an object with the text. Then it is cut where it has to
 * end; said is how many tokens were said before it. 0 or -ENOMEM.
 */
int ow_reply_wish_text(const struct ow_conversation *c, uint64_t said,
                       struct ow_buf *text, struct ow_wished *ret);
/* Arguments for a call (its name) that a rule gives none: they fit the tool's
 * schema, if it has one. To be freed; NULL when memory is out. */
cJSON *ow_reply_wish_arguments(const struct ow_conversation *c,
                               const cJSON *call);
/* The call that is asked for, as replies have it: name and arguments, to be
 * freed with cJSON_Delete; NULL when memory is out. */
cJSON *ow_reply_wish_call(const struct ow_conversation *c);

#endif
