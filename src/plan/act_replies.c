/*
 * act_replies: "replies": answers with what a model says, in the format of an
 * API. The format is the rule's: how a conversation is read from a request, and
 * an answer for each way in which a reply is told.
 *
 *     "replies": {
 *       "conversation": { "messages": "{{ req.json.messages }}", ... },
 *       "plain":  [ { "if": "{{ reply.tool_calls }}", "then": { ... } },
 *                   { "then": { "json": { "text": "{{ reply.text }}" } } } ],
 *       "stream": { "stream": { "sse": [ { "each": "{{ reply.pieces }}",
 *                                          "data": "{{ item }}" } ] } },
 *       "error":  { "status": "{{ reply.error.status }}", "json": { ... } } }
 *
 * What is said comes from "replies" of all files, which rule/ finds.
 */
#include "config.h"

#include <errno.h>

#include "base/json.h"
#include "plan/action.h"
#include "plan/grammar.h"
#include "plan/loop.h"
#include "plan/named.h"
#include "plan/pace.h"
#include "plan/reply.h"
#include "plan/value.h"

enum {
    FORM_PLAIN,
    FORM_STREAM,
    FORM_ERROR,
    FORM_COUNT,
};

static const char *const forms[FORM_COUNT] = {"plain", "stream", "error"};

/* The first whose condition holds is told; the last has none. */
struct choice {
    struct ow_template condition;
    struct ow_answer answer;
};

struct form {
    struct choice *choices;
    size_t n; /* 0: the rule has no such form */
};

struct replies {
    const struct ow_conversation_format *format;
    struct form forms[FORM_COUNT];
};

/* An answer of its own inside of this one. */
static int parse_answer(const struct ow_action_input *in, const cJSON *node,
                        struct ow_answer *ret)
{
    struct ow_action_input own = *in;
    static const char *const not_here[] = {"replies", "websocket", NULL};

    own.then = node;
    own.answer = ret;
    own.route = NULL;
    own.takes_next = false;
    int r = ow_named_resolve(&own);
    if (r < 0)
        return r;
    node = own.then;
    for (int i = 0; not_here[i]; i++)
        if (ow_json_member(node, not_here[i]))
            return ow_jsonc_error(
                own.doc, ow_json_member(node, not_here[i]), in->err,
                "\"%s\" cannot stand within \"replies\"", not_here[i]);
    if (ow_json_member(node, "resource") &&
        ow_json_member(in->then, "resource"))
        return ow_jsonc_error(own.doc, ow_json_member(node, "resource"),
                              in->err, "this answer is of a resource already");
    r = ow_answer_parse(&own);
    if (r == 0 && ow_answer_stage(ret) != OW_STAGE_REQUEST)
        return ow_jsonc_error(own.doc, node, in->err,
                              "a fault that acts before the request cannot "
                              "stand here");
    return r;
}

static int parse_choice(const struct ow_action_input *in, const cJSON *node,
                        struct choice *ret)
{
    const cJSON *condition = ow_json_member(node, "if"),
                *then = ow_json_member(node, "then");
    int r =
        ow_value_check_keys(in, node, ow_grammar_keys(OW_OBJECT_reply_choice));

    if (r == 0 && !then)
        return ow_jsonc_error(in->doc, node, in->err,
                              "expected \"then\": an answer");
    if (r == 0 && condition && !node->next)
        return ow_jsonc_error(in->doc, condition, in->err,
                              "the last one has no \"if\": it is for all that "
                              "the others are not for");
    if (r == 0 && !condition && node->next)
        return ow_jsonc_error(in->doc, node, in->err,
                              "expected \"if\": nothing behind this one would "
                              "ever be told");
    if (r == 0 && condition &&
        (!cJSON_IsString(condition) || !ow_template_is_in(condition)))
        return ow_jsonc_error(in->doc, condition, in->err,
                              "expected an expression: \"{{ reply.tool_calls "
                              "}}\"");
    if (r == 0 && condition)
        r = ow_template_json(in, condition, &ret->condition);
    return r < 0 ? r : parse_answer(in, then, &ret->answer);
}

/* An answer, or a list of them with conditions. */
static int parse_form(const struct ow_action_input *in, const cJSON *node,
                      struct form *form)
{
    bool is_list = cJSON_IsArray(node);
    size_t n = is_list ? (size_t)cJSON_GetArraySize(node) : 1;
    const cJSON *item;
    int r = 0;

    if (n == 0)
        return ow_jsonc_error(in->doc, node, in->err,
                              "expected one answer at least");
    form->choices = ow_arena_zalloc(in->arena, n * sizeof *form->choices);
    if (!form->choices)
        return -ENOMEM;
    form->n = n;
    if (!is_list)
        return parse_answer(in, node, &form->choices[0].answer);
    n = 0;
    cJSON_ArrayForEach(item, node)
    {
        if (r == 0)
            r = parse_choice(in, item, &form->choices[n++]);
    }
    return r;
}

/* Status, headers and the like stand in the forms, which have them each. */
static int check_head(const struct ow_action_input *in)
{
    static const char *const head[] = {
        "status", "reason", "headers", "trailers", "delay", "encoding", NULL};

    for (int i = 0; head[i]; i++) {
        const cJSON *node = ow_json_member(in->then, head[i]);
        if (node)
            return ow_jsonc_error(in->doc, node, in->err,
                                  "\"%s\" stands in \"plain\", \"stream\" and "
                                  "\"error\" of \"replies\"",
                                  head[i]);
    }
    return 0;
}

static int replies_parse(const struct ow_action_input *in,
                         const void **ret_state)
{
    const cJSON *spec = ow_json_member(in->then, "replies");
    const cJSON *conversation = ow_json_member(spec, "conversation");
    struct replies *replies = ow_arena_zalloc(in->arena, sizeof *replies);
    int r =
        ow_value_check_keys(in, spec, ow_grammar_keys(OW_OBJECT_replies_of));

    if (!replies)
        return -ENOMEM;
    if (r == 0)
        r = check_head(in);
    if (r == 0 && !conversation)
        return ow_jsonc_error(in->doc, spec, in->err,
                              "expected \"conversation\": how a request says "
                              "what the model is asked");
    if (r == 0 && !ow_json_member(spec, "plain"))
        return ow_jsonc_error(in->doc, spec, in->err,
                              "expected \"plain\": how a reply is told at "
                              "once");
    if (r == 0)
        r = ow_conversation_parse(in, conversation, &replies->format);
    for (int i = 0; i < FORM_COUNT && r == 0; i++) {
        const cJSON *node = ow_json_member(spec, forms[i]);
        if (node)
            r = parse_form(in, node, &replies->forms[i]);
    }
    *ret_state = replies;
    return r;
}

/* What is told at once comes when the last of its pieces would have come. */
static int wait_for_all(const struct ow_answer_context *context, size_t pieces,
                        struct ow_plan *plan)
{
    const struct ow_pace pace =
        ow_pace_under(context->pace, context->pace_over);
    int64_t wait = pace.first_ns;

    for (size_t i = 1; i < pieces && pace.every_ns > 0; i++)
        wait += ow_pace_gap(&pace, context->rand);
    if (wait <= 0)
        return 0;
    struct ow_step *step = ow_plan_add(plan, OW_STEP_WAIT);
    if (!step)
        return -ENOMEM;
    step->wait_ns = wait;
    return 0;
}

static int choose(const struct form *form,
                  const struct ow_answer_context *context,
                  const struct ow_answer **ret, struct ow_err *err)
{
    const struct choice *choice = form->choices;
    const struct choice *last = choice + form->n - 1;
    bool holds = false;
    int r = 0;

    while (r == 0 && !holds && choice < last) {
        r = ow_loop_holds(&choice->condition, context, &holds, err);
        if (!holds)
            choice++;
    }
    *ret = &choice->answer;
    return r;
}

/* What the conversation has noted is lent to the reply, which ends before. */
static int lend_note(const struct ow_conversation *c, cJSON *reply)
{
    return !c->note || cJSON_AddItemReferenceToObject(reply, "note", c->note)
               ? 0
               : -ENOMEM;
}

static int tell(const struct replies *replies, const struct ow_reply *reply,
                const struct ow_conversation *c,
                const struct ow_answer_context *context, struct ow_plan *plan,
                struct ow_err *err)
{
    struct ow_answer_context own = *context;
    bool is_stream = c->stream && replies->forms[FORM_STREAM].n > 0;
    bool fails = ow_reply_fails(reply, is_stream);
    int form = fails ? FORM_ERROR : is_stream ? FORM_STREAM : FORM_PLAIN;
    const struct ow_answer *answer = NULL;
    size_t pieces = 0;
    cJSON *made = NULL;

    if (replies->forms[form].n == 0)
        return ow_err_set(err, -EINVAL,
                          "the reply is an error, and this rule has no "
                          "\"error\" in its \"replies\"");
    int r = ow_reply_make(reply, c, context, &made, &pieces, err);
    if (r < 0)
        return r;
    own.reply = made;
    own.pace = ow_reply_pace(reply);
    plan->reply = ow_reply_place(reply);
    r = lend_note(c, made);
    if (r == 0)
        r = choose(&replies->forms[form], &own, &answer, err);
    if (r == 0 && form != FORM_STREAM)
        r = wait_for_all(&own, form == FORM_PLAIN ? pieces : 0, plan);
    if (r == 0)
        r = ow_answer_plan(answer, &own, plan, err);
    if (r == 0 && context->said) {
        cJSON_DeleteItemFromObject(made, "note");
        *context->said = made;
        return 0;
    }
    cJSON_Delete(made);
    return r;
}

static int replies_plan(const void *state,
                        const struct ow_answer_context *context,
                        struct ow_plan *plan, struct ow_err *err)
{
    const struct replies *replies = state;
    struct ow_answer_context own = *context;
    const struct ow_reply *reply = NULL;
    struct ow_fields captures = {0};
    struct ow_conversation c;
    int r = ow_conversation_read(replies->format, context, &c, err);

    if (r == 0)
        r = ow_reply_find(context, &c, &reply, &captures, err);
    own.captures = &captures;
    if (r == 0)
        r = tell(replies, reply, &c, &own, plan, err);
    ow_conversation_release(&c);
    return r;
}

const struct ow_action_ops ow_replies_ops = {
    .name = "replies",
    .parse = replies_parse,
    .plan = replies_plan,
};
