/*
 * webhook: see webhook.h. Read by table_build.c; used by the command.
 */
#include "config.h"

#include "rule/webhook.h"

#include <errno.h>
#include <string.h>

#include "base/json.h"
#include "plan/grammar.h"
#include "plan/value.h"

/* Reading. */

/* A name is an option on a command line and a name in expressions. */
static bool is_name(const char *text)
{
    size_t n = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_");

    return n > 0 && text[n] == '\0' && text[0] >= 'a';
}

/* A string that may be missing: fallback then. */
static int read_string(const struct ow_action_input *in, const cJSON *node,
                       const char *fallback, const char **ret)
{
    struct ow_str text;

    *ret = fallback;
    if (!node)
        return 0;
    int r = ow_value_string(in, node, &text);
    if (r == 0)
        *ret = text.ptr;
    return r;
}

static int read_flag(const struct ow_action_input *in, const cJSON *node,
                     bool *ret)
{
    if (node && !cJSON_IsBool(node))
        return ow_jsonc_error(in->doc, node, in->err, "expected true or false");
    *ret = cJSON_IsTrue(node);
    return 0;
}

static int read_pattern(const struct ow_pattern_source *source,
                        const cJSON *node, struct ow_webhook_argument *argument,
                        struct ow_err *err)
{
    struct ow_pattern *pattern;

    if (!node)
        return 0;
    pattern = ow_arena_zalloc(source->arena, sizeof *pattern);
    argument->matches = pattern;
    return pattern ? ow_pattern_parse(source, node, pattern, err) : -ENOMEM;
}

/* "who writes", or an object that says more. */
static int read_argument(const struct ow_pattern_source *source,
                         const struct ow_action_input *in, const cJSON *node,
                         struct ow_webhook_argument *argument)
{
    bool is_object = cJSON_IsObject(node);
    const cJSON *preset = ow_json_member(node, "default");
    struct ow_str name = ow_arena_copy(in->arena, ow_str_from(node->string));

    if (!name.ptr)
        return -ENOMEM;
    argument->name = name.ptr;
    argument->value = "TEXT";
    if (!is_name(name.ptr) || strcmp(name.ptr, "url") == 0)
        return ow_jsonc_error(in->doc, node, in->err,
                              "an argument is called by lower-case letters, "
                              "digits and \"_\", and not \"url\"");
    if (!is_object)
        return read_string(in, node, "", &argument->about);
    int r = ow_value_check_keys(in, node,
                                ow_grammar_keys(OW_OBJECT_webhook_argument));
    if (r == 0)
        r = read_string(in, ow_json_member(node, "about"), "",
                        &argument->about);
    if (r == 0)
        r = read_string(in, ow_json_member(node, "value"), "TEXT",
                        &argument->value);
    if (r == 0)
        r = read_string(in, ow_json_member(node, "env"), NULL, &argument->env);
    if (r == 0)
        r = read_flag(in, ow_json_member(node, "required"),
                      &argument->is_required);
    if (r == 0)
        r = read_flag(in, ow_json_member(node, "list"), &argument->is_list);
    if (r == 0)
        r = read_pattern(source, ow_json_member(node, "matches"), argument,
                         in->err);
    argument->has_preset = preset;
    if (r == 0 && preset)
        r = ow_template_json(in, preset, &argument->preset);
    return r;
}

static int read_arguments(const struct ow_pattern_source *source,
                          const struct ow_action_input *in, const cJSON *node,
                          struct ow_webhook *webhook)
{
    const cJSON *item;
    int r = 0;

    if (!node)
        return 0;
    if (!cJSON_IsObject(node))
        return ow_jsonc_error(in->doc, node, in->err,
                              "expected an object: {\"from\": \"who "
                              "writes\"}");
    size_t n = (size_t)cJSON_GetArraySize(node);
    webhook->arguments =
        ow_arena_zalloc(in->arena, (n + 1) * sizeof *webhook->arguments);
    if (!webhook->arguments)
        return -ENOMEM;
    cJSON_ArrayForEach(item, node)
    {
        if (r == 0)
            r = read_argument(source, in, item,
                              &webhook->arguments[webhook->n++]);
    }
    return r;
}

/* {"403": "what to do about it"} */
static int read_hints(const struct ow_action_input *in, const cJSON *node,
                      struct ow_webhook *webhook)
{
    const cJSON *item;
    int r = 0;

    if (node && !cJSON_IsObject(node))
        return ow_jsonc_error(in->doc, node, in->err,
                              "expected an object: {\"403\": \"what to do "
                              "about it\"}");
    cJSON_ArrayForEach(item, node)
    {
        struct ow_str name, text;
        uint64_t status;
        if (r < 0)
            break;
        name = ow_arena_copy(in->arena, ow_str_from(item->string));
        if (!name.ptr)
            return -ENOMEM;
        if (ow_str_parse_u64(name, &status) < 0 || status < 100 || status > 999)
            return ow_jsonc_error(in->doc, item, in->err, "\"%s\" is no status",
                                  item->string);
        r = ow_value_string(in, item, &text);
        if (r == 0)
            r = ow_fields_add(&webhook->hints, in->arena, name, text);
    }
    return r;
}

/* "text" has to be the name of an argument. */
static int read_text(const struct ow_action_input *in, const cJSON *node,
                     struct ow_webhook *webhook)
{
    int r = read_string(in, node, NULL, &webhook->text);

    if (r == 0 && webhook->text && !ow_webhook_argument(webhook, webhook->text))
        r = ow_jsonc_error(in->doc, node, in->err,
                           "there is no argument \"%s\"", webhook->text);
    return r;
}

static int read_webhook(const struct ow_pattern_source *source,
                        const cJSON *node, struct ow_webhook *webhook,
                        struct ow_err *err)
{
    const struct ow_action_input in = ow_pattern_input(source, node, err);
    const cJSON *request = ow_json_member(node, "request");
    const cJSON *messages = ow_json_member(node, "messages");

    if (!cJSON_IsObject(node))
        return ow_jsonc_error(in.doc, node, err,
                              "expected a webhook: { \"arguments\": {...}, "
                              "\"request\": {...} }");
    int r = ow_value_check_keys(&in, node, ow_grammar_keys(OW_OBJECT_webhook));
    if (r == 0 && !request)
        return ow_jsonc_error(in.doc, node, err,
                              "a webhook needs its \"request\"");
    if (r == 0)
        r = read_string(&in, ow_json_member(node, "about"), "",
                        &webhook->about);
    if (r == 0)
        r = read_arguments(source, &in, ow_json_member(node, "arguments"),
                           webhook);
    if (r == 0)
        r = read_text(&in, ow_json_member(node, "text"), webhook);
    if (r == 0)
        r = ow_callback_request_parse(&in, request, &webhook->request);
    webhook->has_messages = messages;
    if (r == 0 && messages)
        r = ow_template_json(&in, messages, &webhook->messages);
    return r < 0 ? r : read_hints(&in, ow_json_member(node, "hints"), webhook);
}

static int add_one(struct ow_webhooks *webhooks,
                   const struct ow_pattern_source *source, const cJSON *node,
                   struct ow_err *err)
{
    struct ow_arena *arena = source->arena;
    struct ow_webhook *webhook = ow_arena_zalloc(arena, sizeof *webhook);
    struct ow_str name = ow_arena_copy(arena, ow_str_from(node->string));
    int line = ow_jsonc_line(source->doc, node);
    struct ow_str place =
        ow_arena_printf(arena, "%s:%d", ow_jsonc_file(source->doc), line);

    if (!webhook || !name.ptr || !place.ptr || line == 0)
        return -ENOMEM;
    webhook->name = name.ptr;
    webhook->place = place.ptr;
    if (webhooks->last)
        webhooks->last->next = webhook;
    else
        webhooks->first = webhook;
    webhooks->last = webhook;
    return read_webhook(source, node, webhook, err);
}

int ow_webhooks_add(struct ow_webhooks *webhooks,
                    const struct ow_pattern_source *source, const cJSON *object,
                    struct ow_err *err)
{
    const cJSON *node;
    int r = 0;

    if (!cJSON_IsObject(object))
        return ow_jsonc_error(source->doc, object, err,
                              "expected an object of webhooks by their names");
    cJSON_ArrayForEach(node, object)
    {
        if (r == 0)
            r = add_one(webhooks, source, node, err);
    }
    return r;
}

/* Using. */

const struct ow_webhook *ow_webhook_find(const struct ow_webhooks *webhooks,
                                         const char *name)
{
    const struct ow_webhook *webhook = webhooks->first;

    while (webhook && strcmp(webhook->name, name) != 0)
        webhook = webhook->next;
    return webhook;
}

const struct ow_webhook_argument *
ow_webhook_argument(const struct ow_webhook *webhook, const char *name)
{
    for (size_t i = 0; i < webhook->n; i++)
        if (strcmp(webhook->arguments[i].name, name) == 0)
            return &webhook->arguments[i];
    return NULL;
}

/* As it is written on a command line: "profile_name" is --profile-name. */
static const char *option_name(const struct ow_webhook_argument *argument,
                               char *text, size_t size)
{
    size_t i = 0;

    for (; argument->name[i] && i + 1 < size; i++)
        text[i] = (char)(argument->name[i] == '_' ? '-' : argument->name[i]);
    text[i] = '\0';
    return text;
}

static int put_preset(const struct ow_webhook_argument *argument,
                      const struct ow_answer_context *context, cJSON *arguments,
                      struct ow_err *err)
{
    struct ow_str text;
    int r = ow_template_render(&argument->preset, context,
                               context->request->arena, &text, err);

    if (r < 0)
        return r;
    cJSON *value = cJSON_ParseWithLength(text.ptr, text.len);
    if (value && cJSON_AddItemToObject(arguments, argument->name, value))
        return 0;
    cJSON_Delete(value);
    return -ENOMEM;
}

static int refuse_missing(const struct ow_webhook *webhook,
                          const struct ow_webhook_argument *argument,
                          struct ow_err *err)
{
    char name[64];

    return ow_err_set(err, -EINVAL, "the webhook %s needs --%s: %s%s%s",
                      webhook->name, option_name(argument, name, sizeof name),
                      argument->about,
                      argument->env ? "; or the variable " : "",
                      argument->env ? argument->env : "");
}

static int check_value(const struct ow_webhook_argument *argument,
                       const cJSON *value, struct ow_pattern_run *run,
                       struct ow_err *err)
{
    const struct ow_subject subject = ow_subject_json(value);
    char name[64];
    int r = ow_pattern_test(argument->matches, &subject, run);

    if (r != 0)
        return r < 0 ? r : 0;
    return ow_err_set(err, -EINVAL, "--%s cannot be \"%s\": %s",
                      option_name(argument, name, sizeof name),
                      cJSON_IsString(value) ? value->valuestring : "",
                      argument->about);
}

static int check_argument(const struct ow_table *table,
                          const struct ow_webhook_argument *argument,
                          const cJSON *value, struct ow_arena *arena,
                          struct ow_err *err)
{
    struct ow_pattern_run run;
    const cJSON *item;
    int r = 0;

    if (!argument->matches || !value || cJSON_IsNull(value))
        return 0;
    ow_table_pattern_run(table, arena, &run);
    if (!cJSON_IsArray(value))
        return check_value(argument, value, &run, err);
    cJSON_ArrayForEach(item, value)
    {
        if (r == 0)
            r = check_value(argument, item, &run, err);
    }
    return r;
}

int ow_webhook_complete(const struct ow_table *table,
                        const struct ow_webhook *webhook,
                        const struct ow_answer_context *context,
                        cJSON *arguments, struct ow_err *err)
{
    int r = 0;

    for (size_t i = 0; r == 0 && i < webhook->n; i++) {
        const struct ow_webhook_argument *argument = &webhook->arguments[i];
        bool is_given = cJSON_HasObjectItem(arguments, argument->name);
        if (!is_given && argument->is_required)
            return refuse_missing(webhook, argument, err);
        if (is_given)
            r = check_argument(table, argument,
                               ow_json_member(arguments, argument->name),
                               context->request->arena, err);
        else if (argument->has_preset)
            r = put_preset(argument, context, arguments, err);
    }
    return r;
}

int ow_webhook_render(const struct ow_webhook *webhook,
                      const struct ow_answer_context *context,
                      struct ow_delivery **ret, struct ow_err *err)
{
    return ow_callbacks_render(webhook->request, 0, context, ret, err);
}

static bool is_message(const cJSON *item)
{
    const cJSON *text = ow_json_member(item, "text");

    return cJSON_IsString(item) ||
           (cJSON_IsObject(item) && (!text || cJSON_IsString(text)));
}

int ow_webhook_read(const struct ow_webhook *webhook,
                    const struct ow_answer_context *context, cJSON **ret,
                    struct ow_err *err)
{
    struct ow_str text;
    const cJSON *item;

    *ret = NULL;
    if (!webhook->has_messages)
        return 0;
    int r = ow_template_render(&webhook->messages, context,
                               context->request->arena, &text, err);
    if (r < 0)
        return r;
    cJSON *messages = cJSON_ParseWithLength(text.ptr, text.len);
    if (!messages)
        return -ENOMEM;
    bool is_good = cJSON_IsArray(messages);
    cJSON_ArrayForEach(item, messages) is_good = is_good && is_message(item);
    if (!is_good) {
        cJSON_Delete(messages);
        return ow_err_set(err, -EINVAL,
                          "\"messages\" of the webhook %s (%s) gives no list "
                          "of texts",
                          webhook->name, webhook->place);
    }
    *ret = messages;
    return 0;
}
