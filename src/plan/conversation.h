/*
 * conversation: what a request says to a model, whatever its format. A rule
 * describes the format in templates ("conversation" of "replies"), so that no
 * line of C knows one; what is read by them is the same for all.
 *
 *     "conversation": {
 *       "model":       "{{ req.json.model }}",
 *       "stream":      "{{ req.json.stream }}",
 *       "system":      "{{ text(req.json.system) }}",
 *       "messages":    "{{ req.json.messages }}",     a list; or a text: the
 *                                                      user's one message
 *       "role":        "{{ item.role }}",             of each of them
 *       "text":        "{{ text(item.content) }}",
 *       "tool_result": "{{ item.role == 'tool' and text(item.content) }}",
 *       "tools":       "{{ req.json.tools }}",        a list
 *       "tool":        "{{ item.name }}",             the name of each
 *       "tool_schema": "{{ item.parameters }}",       of its arguments
 *       "call":        "{{ ... }}",     a tool that has to be called: name
 *                                       and schema, of its arguments
 *       "schema":      "{{ ... }}",     a JSON Schema that the text has to
 *                                       fit; true for any object
 *       "stop":        "{{ req.json.stop }}",   texts that end it
 *       "max":         "{{ req.json.max_tokens }}",
 *       "note":        "{{ ... }}" }    anything, for the answer's templates:
 *                                       reply.note
 *
 * In place of all that, one expression may give the conversation as an object,
 * in the shape of ow_conversation_take.
 *
 * Roles are "user", "assistant", "system" and "tool"; what else there is counts
 * as history alone. nil and false are nothing.
 *
 *     system:   texts of system messages, in order
 *     history:  what was said before the end
 *     prompt:   the user's text, if the conversation ends in it
 *     results:  tool results, if it ends in them
 */
#ifndef OW_PLAN_CONVERSATION_H
#define OW_PLAN_CONVERSATION_H

#include "plan/action.h"

struct ow_conversation_format;

struct ow_said {
    struct ow_str role;
    struct ow_str text;   /* absent: none */
    struct ow_str result; /* of a tool; absent: none */
};

/* Lies in the exchange's arena, but for the trees in it. */
struct ow_conversation {
    struct ow_str model; /* absent: it names none */
    struct ow_str system;
    bool stream;
    struct ow_said *messages; /* without the system's */
    size_t n;
    size_t end;           /* messages from here on are what it ends in */
    struct ow_str *tools; /* names of what is offered */
    cJSON **tool_schemas; /* of their arguments, each a tree or NULL */
    size_t n_tools;
    uint64_t turns; /* messages of the user */
    /* What is asked of the reply, trees of the conversation's; NULL: nothing */
    cJSON *call;
    cJSON *schema;
    cJSON *stop;
    cJSON *max;
    cJSON *note; /* what the rule wants to know later; NULL: nothing */
};

/* 0, -EINVAL with a placed sentence, -ENOMEM. */
int ow_conversation_parse(const struct ow_action_input *in, const cJSON *node,
                          const struct ow_conversation_format **ret);
/* What this request says, to be released in any case. 0; -ENOMEM; -EINVAL with
 * a sentence; -ECANCELED (refuse.h). */
int ow_conversation_read(const struct ow_conversation_format *format,
                         const struct ow_answer_context *context,
                         struct ow_conversation *ret, struct ow_err *err);
/*
 * The same of an object that has it in this shape: model, system, messages (a
 * text, or a list of role, text, tool_result), text (what the messages call
 * their text), tools (a list of names, or of objects with name and schema, of
 * the arguments), call, schema, stop, max, note. The same results.
 */
int ow_conversation_take(const cJSON *said, struct ow_arena *arena,
                         struct ow_conversation *ret, struct ow_err *err);
void ow_conversation_release(struct ow_conversation *c);
/* For those who make one: a text of the system's more; and, when all messages
 * are in, where its end begins. 0 or -ENOMEM. */
int ow_conversation_add_system(struct ow_conversation *c,
                               struct ow_arena *arena, struct ow_str text);
void ow_conversation_end(struct ow_conversation *c);
/* The last text of the user; absent if there is none. */
struct ow_str ow_conversation_prompt(const struct ow_conversation *c);
/* Whether it ends in the user's text, or in results of tools. */
bool ow_conversation_ends_in_prompt(const struct ow_conversation *c);
bool ow_conversation_ends_in_results(const struct ow_conversation *c);

#endif
