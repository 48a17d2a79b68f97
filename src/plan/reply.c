/*
 * reply: see reply.h. Called by rule/replies.c when rules are loaded.
 */
#include "config.h"

#include "plan/reply.h"

#include <errno.h>

#include "base/json.h"
#include "plan/grammar.h"
#include "plan/reply_parts.h"
#include "plan/value.h"

static const char *const texts[OW_REPLY_TEXTS] = {"text", "reasoning",
                                                  "refusal"};

static int read_optional(const struct ow_action_input *in, const cJSON *node,
                         struct ow_reply_part *ret)
{
    ret->is_there = node;
    return node ? ow_template_json(in, node, &ret->template) : 0;
}

static int read_call(const struct ow_action_input *in, const cJSON *node,
                     struct ow_reply_call *ret)
{
    const cJSON *name = ow_json_member(node, "name");
    int r = ow_value_check_keys(in, node, ow_grammar_keys(OW_OBJECT_tool_call));

    if (r == 0 && !cJSON_IsString(name))
        return ow_jsonc_error(in->doc, name ? name : node, in->err,
                              "expected the name of a tool: { \"name\": "
                              "\"get_weather\", \"arguments\": { ... } }");
    if (r == 0)
        r = ow_template_json(in, name, &ret->name);
    if (r == 0)
        r = read_optional(in, ow_json_member(node, "arguments"),
                          &ret->arguments);
    return r < 0 ? r : read_optional(in, ow_json_member(node, "id"), &ret->id);
}

static int read_calls(const struct ow_action_input *in, const cJSON *list,
                      struct ow_reply *reply)
{
    int r = list ? ow_value_list(in, list) : 0;
    const cJSON *node;

    if (r < 0 || !list)
        return r;
    size_t n = (size_t)cJSON_GetArraySize(list);
    reply->calls = ow_arena_zalloc(in->arena, (n + 1) * sizeof *reply->calls);
    if (!reply->calls)
        return -ENOMEM;
    cJSON_ArrayForEach(node, list)
    {
        if (r == 0)
            r = read_call(in, node, &reply->calls[reply->n_calls++]);
    }
    return r;
}

static int read_error(const struct ow_action_input *in, const cJSON *node,
                      struct ow_reply *reply)
{
    const cJSON *status = ow_json_member(node, "status");
    const cJSON *retry = ow_json_member(node, "retry_after");
    const cJSON *after = ow_json_member(node, "after");
    int64_t number;
    int r = node ? ow_value_check_keys(in, node,
                                       ow_grammar_keys(OW_OBJECT_reply_error))
                 : 0;

    reply->retry_after = -1;
    if (r < 0 || !node)
        return r;
    if (!status)
        return ow_jsonc_error(in->doc, node, in->err,
                              "expected \"status\": the one that the answer "
                              "has");
    r = ow_value_integer(in, status, 400, 599, &number);
    if (r == 0 && retry)
        r = ow_value_duration(in, retry, &number);
    if (r == 0 && retry)
        reply->retry_after = (double)number / 1e9;
    if (r == 0 && after)
        r = ow_value_integer(in, after, 1, INT32_MAX, &number);
    if (r == 0 && after) {
        reply->is_behind = true;
        reply->after = (uint64_t)number;
    }
    return r < 0 ? r : read_optional(in, node, &reply->error);
}

static int read_split(const struct ow_action_input *in, const cJSON *node,
                      struct ow_split *ret)
{
    *ret = (struct ow_split){.kind = OW_SPLIT_TOKEN};
    return node ? ow_split_parse(in, node, ret) : 0;
}

static int check(const struct ow_action_input *in, const cJSON *node,
                 const struct ow_reply *reply)
{
    bool says = reply->n_calls > 0 || reply->error.is_there;

    for (int i = 0; i < OW_REPLY_TEXTS; i++)
        says = says || reply->texts[i].is_there;
    if (says)
        return 0;
    return ow_jsonc_error(in->doc, node, in->err,
                          "this reply says nothing: expected \"text\", "
                          "\"tool_calls\", \"refusal\" or \"error\"");
}

int ow_reply_parse(const struct ow_action_input *in, const cJSON *node,
                   const struct ow_reply **ret)
{
    struct ow_reply *reply = ow_arena_zalloc(in->arena, sizeof *reply);
    const cJSON *usage = ow_json_member(node, "usage");
    int r = 0;

    if (!reply)
        return -ENOMEM;
    reply->place = ow_arena_printf(in->arena, "%s:%d", ow_jsonc_file(in->doc),
                                   ow_jsonc_line(in->doc, node))
                       .ptr;
    if (!reply->place)
        return -ENOMEM;
    for (int i = 0; i < OW_REPLY_TEXTS && r == 0; i++)
        r = read_optional(in, ow_json_member(node, texts[i]), &reply->texts[i]);
    if (r == 0)
        r = read_calls(in, ow_json_member(node, "tool_calls"), reply);
    if (r == 0)
        r = read_error(in, ow_json_member(node, "error"), reply);
    if (r == 0 && usage)
        r = ow_value_check_keys(in, usage,
                                ow_grammar_keys(OW_OBJECT_reply_usage));
    if (r == 0)
        r = read_optional(in, usage, &reply->usage);
    if (r == 0)
        r = read_optional(in, ow_json_member(node, "finish"), &reply->finish);
    if (r == 0)
        r = read_split(in, ow_json_member(node, "split"), &reply->split);
    if (r == 0)
        r = ow_pace_parse(in, node, &reply->pace);
    if (r == 0)
        r = check(in, node, reply);
    *ret = reply;
    return r;
}

const char *ow_reply_place(const struct ow_reply *reply)
{
    return reply->place;
}

const struct ow_pace *ow_reply_pace(const struct ow_reply *reply)
{
    return &reply->pace;
}

bool ow_reply_fails(const struct ow_reply *reply, bool is_stream)
{
    return reply->error.is_there && !(is_stream && reply->is_behind);
}

int ow_reply_find(const struct ow_answer_context *context,
                  const struct ow_conversation *c, const struct ow_reply **ret,
                  struct ow_fields *ret_captures, struct ow_err *err)
{
    struct ow_str prompt = ow_conversation_prompt(c);
    int r =
        context->find_reply
            ? context->find_reply(context->replies, context->states, c,
                                  context->request->arena, ret, ret_captures)
            : -ENOENT;

    if (r != -ENOENT)
        return r;
    return ow_err_set(err, -EINVAL,
                      "no reply fits; the prompt is \"%.*s\" (\"replies\" of "
                      "a rule file; one without matchers fits all)",
                      prompt.len > 200 ? 200 : (int)prompt.len,
                      prompt.ptr ? prompt.ptr : "");
}
