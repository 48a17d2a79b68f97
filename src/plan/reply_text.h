/*
 * reply_text: what a reply says, in the pieces in which it comes, and the count
 * of its tokens. Between reply_make.c, which makes the rest of the object, and
 * the rule's parts; nobody else looks inside.
 *
 *     "text": {"text": "Hi there"}  ->  "text": "Hi there",
 *                                       "pieces": ["Hi", " there"]
 */
#ifndef OW_PLAN_REPLY_TEXT_H
#define OW_PLAN_REPLY_TEXT_H

#include "plan/reply.h"
#include "plan/reply_parts.h"

/* An object under way. All but out and the counts is borrowed. */
struct ow_reply_making {
    const struct ow_reply *reply;
    const struct ow_conversation *conversation;
    bool is_called; /* a call is asked for, and the rule has none */
    bool is_full;   /* there was more to say than may be */
    const struct ow_answer_context *context;
    cJSON *out;
    size_t pieces;   /* said so far */
    uint64_t left;   /* that may be said: an error comes behind them */
    uint64_t tokens; /* said so far */
    struct ow_err *err;
};

/*
 * The text, with its pieces, if the rule has it; not what a call stands for. 0;
 * -ENOMEM; -EINVAL with a sentence.
 */
int ow_reply_make_text(struct ow_reply_making *making, enum ow_reply_text i);
/* Puts the pieces of a text, as the reply cuts it, on the list, as far as they
 * may be said, and counts them and the text's tokens. 0 or -ENOMEM. */
int ow_reply_cut(struct ow_reply_making *making, struct ow_str text,
                 cJSON *list);
/* How many tokens it is, cut as by "split": "token". */
uint64_t ow_reply_count_tokens(struct ow_str text);

/*
 * What objects are built with. These take the value, which may be NULL when
 * memory is out, also when they fail. The key is a literal, and not copied. 0
 * or -ENOMEM.
 */
int ow_reply_add(cJSON *object, const char *key, cJSON *take_value);
int ow_reply_append(cJSON *list, cJSON *take_value);
/* A list that is in the object, too; NULL when memory is out. */
cJSON *ow_reply_add_list(cJSON *object, const char *key);
/* A reply lives no longer than its request, whose arena has its texts. NULL
 * when memory is out. */
cJSON *ow_reply_string(struct ow_str text, struct ow_arena *arena);

#endif
