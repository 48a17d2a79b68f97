/*
 * reply_make: replies into objects. See reply.h. Called by act_replies.c and
 * lua_say.c; calls reply_text.c for what is said.
 */
#include "config.h"

#include <errno.h>

#include "plan/loop.h"
#include "plan/reply.h"
#include "plan/reply_text.h"
#include "plan/reply_wish.h"

#define KEY_LENGTH 24

static cJSON *make_key(const struct ow_answer_context *context)
{
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
        "abcdefghijklmnopqrstuvwxyz0123456789";
    char key[KEY_LENGTH + 1] = "";

    for (int i = 0; i < KEY_LENGTH; i++)
        key[i] = letters[ow_rand_range(context->rand, 0, sizeof letters - 2)];
    return ow_reply_string((struct ow_str){key, KEY_LENGTH},
                           context->request->arena);
}

/* Takes the value. Arguments are JSON; a string is sent as it is: broken, for
 * example. text is the JSON as it was written. */
static int add_arguments(struct ow_reply_making *making, cJSON *out,
                         cJSON *take_value, struct ow_str text)
{
    struct ow_arena *arena = making->context->request->arena;

    if (cJSON_IsString(take_value)) {
        text = ow_arena_copy(arena, ow_str_from(take_value->valuestring));
        if (!text.ptr) {
            cJSON_Delete(take_value);
            return -ENOMEM;
        }
    }
    int r = ow_reply_add(out, "arguments", take_value);
    if (r == 0)
        r = ow_reply_add(out, "text", ow_reply_string(text, arena));
    cJSON *list = r == 0 ? ow_reply_add_list(out, "pieces") : NULL;
    if (r == 0 && !list)
        r = -ENOMEM;
    return r < 0 ? r : ow_reply_cut(making, text, list);
}

/* Takes the value: arguments that were made to fit. */
static int add_sample(struct ow_reply_making *making, cJSON *out,
                      cJSON *take_value)
{
    char *printed = take_value ? cJSON_PrintUnformatted(take_value) : NULL;
    struct ow_str text = {NULL, 0};

    if (printed)
        text = ow_arena_copy(making->context->request->arena,
                             ow_str_from(printed));
    cJSON_free(printed);
    if (text.ptr)
        return add_arguments(making, out, take_value, text);
    cJSON_Delete(take_value);
    return -ENOMEM;
}

static int make_arguments(struct ow_reply_making *making,
                          const struct ow_reply_call *call, cJSON *out)
{
    struct ow_str text;

    if (!call->arguments.is_there)
        return add_sample(making, out,
                          ow_reply_wish_arguments(making->conversation, out));
    int r =
        ow_template_render(&call->arguments.template, making->context,
                           making->context->request->arena, &text, making->err);
    return r < 0
               ? r
               : add_arguments(making, out,
                               cJSON_ParseWithLength(text.ptr, text.len), text);
}

static int make_call(struct ow_reply_making *making,
                     const struct ow_reply_call *call, cJSON *list)
{
    cJSON *out = cJSON_CreateObject(), *value = NULL;
    int r = ow_reply_append(list, out);

    if (r == 0)
        r = ow_loop_value(&call->name, making->context, &value, making->err);
    if (r == 0)
        r = ow_reply_add(out, "name", value);
    if (r == 0 && call->id.is_there)
        r = ow_loop_value(&call->id.template, making->context, &value,
                          making->err);
    if (r == 0 && call->id.is_there)
        r = ow_reply_add(out, "id", value);
    if (r == 0)
        r = ow_reply_add(out, "key", make_key(making->context));
    return r < 0 ? r : make_arguments(making, call, out);
}

/* The one that the request asks for. */
static int make_wished(struct ow_reply_making *making, cJSON *list)
{
    cJSON *out = ow_reply_wish_call(making->conversation);
    int r = ow_reply_append(list, out);
    cJSON *value = r == 0 ? cJSON_DetachItemFromObject(out, "arguments") : NULL;

    if (r == 0)
        r = ow_reply_add(out, "key", make_key(making->context));
    if (r == 0)
        return add_sample(making, out, value);
    cJSON_Delete(value);
    return r;
}

static int make_calls(struct ow_reply_making *making)
{
    const struct ow_reply *reply = making->reply;
    int r = 0;

    if (reply->n_calls == 0 && !making->is_called)
        return 0;
    cJSON *list = ow_reply_add_list(making->out, "tool_calls");
    if (!list)
        return -ENOMEM;
    if (making->is_called)
        return make_wished(making, list);
    for (size_t i = 0; i < reply->n_calls && r == 0; i++)
        r = make_call(making, &reply->calls[i], list);
    return r;
}

static int make_error(struct ow_reply_making *making)
{
    const struct ow_reply *reply = making->reply;
    cJSON *error = NULL;
    int r = 0;

    if (!reply->error.is_there)
        return 0;
    r = ow_loop_value(&reply->error.template, making->context, &error,
                      making->err);
    if (r < 0)
        return r;
    cJSON_DeleteItemFromObjectCaseSensitive(error, "after");
    cJSON_DeleteItemFromObjectCaseSensitive(error, "retry_after");
    r = ow_reply_add(making->out, "error", error);
    if (r == 0 && reply->retry_after >= 0)
        r = ow_reply_add(error, "retry_after",
                         cJSON_CreateNumber(reply->retry_after));
    return r;
}

static int make_finish(struct ow_reply_making *making)
{
    const struct ow_reply *reply = making->reply;
    cJSON *value = NULL;
    const char *word = "stop";

    if (reply->n_calls > 0 || making->is_called)
        word = "tool_calls";
    else if (reply->texts[OW_REPLY_REFUSAL].is_there)
        word = "refusal";
    else if (making->is_full)
        word = "length";
    if (!reply->finish.is_there)
        return ow_reply_add(making->out, "finish",
                            cJSON_CreateStringReference(word));
    int r = ow_loop_value(&reply->finish.template, making->context, &value,
                          making->err);
    return r < 0 ? r : ow_reply_add(making->out, "finish", value);
}

/* What the model has read. */
static uint64_t count_input(const struct ow_conversation *c)
{
    uint64_t n = ow_reply_count_tokens(c->system);

    for (size_t i = 0; i < c->n; i++)
        n += ow_reply_count_tokens(c->messages[i].text) +
             ow_reply_count_tokens(c->messages[i].result);
    return n;
}

static double number_of(const cJSON *object, const char *key)
{
    const cJSON *node = cJSON_GetObjectItemCaseSensitive(object, key);

    return cJSON_IsNumber(node) ? node->valuedouble : 0;
}

static int add_number(cJSON *usage, const char *key, double number)
{
    if (cJSON_GetObjectItemCaseSensitive(usage, key))
        return 0;
    return ow_reply_add(usage, key, cJSON_CreateNumber(number));
}

/* What the rule gives, and counts for what it does not. */
static int make_usage(struct ow_reply_making *making, uint64_t input,
                      uint64_t reasoning)
{
    const struct ow_reply *reply = making->reply;
    cJSON *usage = NULL;
    int r = 0;

    if (reply->usage.is_there)
        r = ow_loop_value(&reply->usage.template, making->context, &usage,
                          making->err);
    else
        usage = cJSON_CreateObject();
    if (r < 0)
        return r;
    r = ow_reply_add(making->out, "usage", usage);
    if (r == 0)
        r = add_number(usage, "input", (double)input);
    if (r == 0)
        r = add_number(usage, "output", (double)making->tokens);
    if (r == 0)
        r = add_number(usage, "total",
                       number_of(usage, "input") + number_of(usage, "output"));
    if (r == 0)
        r = add_number(usage, "reasoning", (double)reasoning);
    return r < 0 ? r : add_number(usage, "cached", 0);
}

static int make_head(struct ow_reply_making *making,
                     const struct ow_conversation *conversation)
{
    const struct ow_answer_context *context = making->context;
    struct ow_arena *arena = context->request->arena;
    int64_t now = context->clock ? ow_clock_wall(context->clock,
                                                 ow_clock_now(context->clock))
                                 : 0;
    int r = ow_reply_add(making->out, "id", make_key(context));

    if (r == 0)
        r = ow_reply_add(making->out, "created",
                         cJSON_CreateNumber((double)(now / 1000000000)));
    if (r == 0 && conversation->model.ptr)
        r = ow_reply_add(making->out, "model",
                         ow_reply_string(conversation->model, arena));
    return r < 0 ? r
                 : ow_reply_add(making->out, "stream",
                                cJSON_CreateBool(conversation->stream));
}

static int add_ms(cJSON *object, const char *key, int64_t ns)
{
    return ow_reply_add(object, key, cJSON_CreateNumber((double)ns / 1e6));
}

/* For who writes the pieces at a time of their own. */
static int make_pace(struct ow_reply_making *making)
{
    const struct ow_pace *pace = &making->reply->pace;
    cJSON *object;
    int r;

    if (pace->first_ns == 0 && pace->every_ns == 0 && pace->jitter_ns == 0)
        return 0;
    object = cJSON_CreateObject();
    r = ow_reply_add(making->out, "pace", object);
    if (r == 0)
        r = add_ms(object, "first", pace->first_ns);
    if (r == 0)
        r = add_ms(object, "every", pace->every_ns);
    return r < 0 ? r : add_ms(object, "jitter", pace->jitter_ns);
}

static int make_all(struct ow_reply_making *making)
{
    uint64_t reasoning = 0;
    int r = make_head(making, making->conversation);

    /* In the order in which a model speaks: an error may come in between. */
    if (r == 0)
        r = ow_reply_make_text(making, OW_REPLY_REASONING);
    reasoning = making->tokens;
    if (r == 0)
        r = ow_reply_make_text(making, OW_REPLY_TEXT);
    if (r == 0)
        r = ow_reply_make_text(making, OW_REPLY_REFUSAL);
    if (r == 0)
        r = make_calls(making);
    if (r == 0)
        r = make_error(making);
    if (r == 0)
        r = make_finish(making);
    if (r == 0)
        r = make_pace(making);
    return r < 0 ? r
                 : make_usage(making, count_input(making->conversation),
                              reasoning);
}

/* Who refuses or fails calls nothing. */
static bool is_called(const struct ow_reply *reply,
                      const struct ow_conversation *conversation)
{
    return conversation->call && reply->n_calls == 0 &&
           !reply->error.is_there && !reply->texts[OW_REPLY_REFUSAL].is_there;
}

int ow_reply_make(const struct ow_reply *reply,
                  const struct ow_conversation *conversation,
                  const struct ow_answer_context *context, cJSON **ret,
                  size_t *ret_pieces, struct ow_err *err)
{
    struct ow_reply_making making = {
        .reply = reply,
        .conversation = conversation,
        .is_called = is_called(reply, conversation),
        .context = context,
        .out = cJSON_CreateObject(),
        .left = reply->is_behind ? reply->after : UINT64_MAX,
        .err = err};
    int r = making.out ? make_all(&making) : -ENOMEM;

    if (r < 0) {
        cJSON_Delete(making.out);
        return r;
    }
    *ret = making.out;
    *ret_pieces = making.pieces;
    return 0;
}
