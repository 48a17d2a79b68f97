/*
 * reply: what a model says, whatever the wire: one element of "replies" of a
 * rule file, without its matchers (rule/replies.h).
 *
 *     { "text": "It is {{ m.city }}.", "tps": 80, "first": "200ms" }
 *     { "tool_calls": [ { "name": "w", "arguments": { "city": "Paris" } } ] }
 *     { "error": { "status": 429, "type": "rate_limit", "retry_after": "2s" } }
 *
 * A hit makes an object of it, which templates of the answer see as `reply`:
 *
 *     id          24 random letters and digits, for ids of all kinds
 *     created     seconds since the epoch
 *     model       that the request named
 *     stream      whether the request asked for one
 *     text        and pieces: the same cut into tokens
 *     reasoning   and reasoning_pieces
 *     refusal     and refusal_pieces
 *     tool_calls  a list: name, arguments, text (these as JSON) and pieces of
 *                 it, id (if the rule gave one), key (24 random letters)
 *     finish      "stop", "tool_calls", "refusal", "length", or what the rule
 *                 says
 *     stopped     of the texts at which the request wants it to end, that one
 *                 at which it did
 *     usage       input, output, total, reasoning, cached: tokens
 *     pace        first, every and jitter in milliseconds, if it says any
 *     note        what the conversation has noted, in answers to requests
 *     error       status, type, message, code, param, retry_after (seconds)
 *
 * What a reply does not have is nil.
 */
#ifndef OW_PLAN_REPLY_H
#define OW_PLAN_REPLY_H

#include "plan/conversation.h"
#include "plan/pace.h"

struct ow_reply;

/* Reads them from an object that has matchers, too. 0, -EINVAL with a placed
 * sentence, -ENOMEM. */
int ow_reply_parse(const struct ow_action_input *in, const cJSON *node,
                   const struct ow_reply **ret);
/* The one that is said in this conversation, and what its matchers capture. 0;
 * -EINVAL with a sentence if there is none; -ENOMEM. */
int ow_reply_find(const struct ow_answer_context *context,
                  const struct ow_conversation *c, const struct ow_reply **ret,
                  struct ow_fields *ret_captures, struct ow_err *err);
/* Where it stands: "my.json:12". */
const char *ow_reply_place(const struct ow_reply *reply);
const struct ow_pace *ow_reply_pace(const struct ow_reply *reply);
/* Whether it is an error in place of an answer; one that comes behind the
 * first pieces of a stream is none there. */
bool ow_reply_fails(const struct ow_reply *reply, bool is_stream);

/*
 * The object above, to be freed with cJSON_Delete; ret_pieces is how many
 * pieces are said in all. 0; -ENOMEM; -EINVAL with a sentence.
 */
int ow_reply_make(const struct ow_reply *reply,
                  const struct ow_conversation *conversation,
                  const struct ow_answer_context *context, cJSON **ret,
                  size_t *ret_pieces, struct ow_err *err);

#endif
