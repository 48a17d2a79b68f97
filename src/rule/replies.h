/*
 * replies: "replies" of rule files: what a model says, and to what. The first
 * that fits a conversation is told, in the order of the files; those of any
 * file are there for the rules of all.
 *
 *     { "prompt": "~weather in (?<city>\\w+)", "tool_calls": [ ... ] }
 *     { "tool_result": "~sunny", "text": "It is sunny." }
 *     { "text": "This is a canned reply." }            fits all
 */
#ifndef OW_RULE_REPLIES_H
#define OW_RULE_REPLIES_H

#include "plan/conversation.h"
#include "rule/pattern.h"
#include "rule/scenarios.h"

struct ow_reply_rule;

struct ow_replies {
    struct ow_reply_rule *items;
    size_t n;
    size_t cap;
    const struct ow_regexes *regexes; /* of the patterns */
};

void ow_replies_release(struct ow_replies *replies);
/* Adds those of a file (a list), and their scenarios to those known. 0, -EINVAL
 * with a placed sentence, -ENOMEM. */
int ow_replies_add(struct ow_replies *replies,
                   const struct ow_pattern_source *source, const cJSON *list,
                   struct ow_scenarios *scenarios, struct ow_err *err);
/*
 * The first that fits, of a scenario that is on or of none, with what its
 * patterns captured, in the arena. An ow_reply_find_fn: replies is a struct
 * ow_replies. 0; -ENOENT: none fits; -ENOMEM.
 */
int ow_replies_find(const void *replies, const struct ow_states *states,
                    const struct ow_conversation *c, struct ow_arena *arena,
                    const struct ow_reply **ret,
                    struct ow_fields *ret_captures);

#endif
