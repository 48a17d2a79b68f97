/*
 * conversation: see conversation.h. Called by act_replies.c.
 */
#include "config.h"

#include "plan/conversation.h"

#include <errno.h>
#include <string.h>

#include "base/limits.h"
#include "plan/grammar.h"
#include "plan/loop.h"
#include "plan/template.h"
#include "plan/value.h"

enum {
    PART_MODEL,
    PART_STREAM,
    PART_SYSTEM,
    PART_MESSAGES,
    PART_ROLE,
    PART_TEXT,
    PART_RESULT,
    PART_TOOLS,
    PART_TOOL,
    PART_TOOL_SCHEMA,
    PART_CALL,
    PART_SCHEMA,
    PART_STOP,
    PART_MAX,
    PART_NOTE,
    PART_COUNT,
};

static const char *const keys[PART_COUNT] = {
    "model", "stream",      "system", "messages", "role",
    "text",  "tool_result", "tools",  "tool",     "tool_schema",
    "call",  "schema",      "stop",   "max",      "note"};

struct ow_conversation_format {
    struct ow_template whole; /* in place of the parts */
    bool is_whole;
    struct ow_template parts[PART_COUNT];
    bool has[PART_COUNT];
};

int ow_conversation_parse(const struct ow_action_input *in, const cJSON *node,
                          const struct ow_conversation_format **ret)
{
    struct ow_conversation_format *format =
        ow_arena_zalloc(in->arena, sizeof *format);

    if (!format)
        return -ENOMEM;
    *ret = format;
    if (cJSON_IsString(node)) {
        format->is_whole = true;
        return ow_template_json(in, node, &format->whole);
    }
    int r =
        ow_value_check_keys(in, node, ow_grammar_keys(OW_OBJECT_conversation));
    for (int i = 0; i < PART_COUNT && r == 0; i++) {
        const cJSON *part = cJSON_GetObjectItemCaseSensitive(node, keys[i]);
        format->has[i] = part;
        if (part)
            r = ow_template_json(in, part, &format->parts[i]);
    }
    if (r == 0 && !format->has[PART_MESSAGES])
        return ow_jsonc_error(in->doc, node, in->err,
                              "expected \"messages\": where a request has what "
                              "was said");
    return r;
}

/* What is read, and into what. */
struct reading {
    const struct ow_conversation_format *format;
    struct ow_answer_context context;
    struct ow_conversation *c;
    struct ow_err *err;
};

static bool is_nothing(const cJSON *value)
{
    return !value || cJSON_IsNull(value) || cJSON_IsFalse(value);
}

static int read_value(struct reading *reading, int part, cJSON **ret)
{
    *ret = NULL;
    if (!reading->format->has[part])
        return 0;
    return ow_loop_value(&reading->format->parts[part], &reading->context, ret,
                         reading->err);
}

/* As a text: strings as they are, anything else as JSON. */
static int read_text(struct reading *reading, int part, struct ow_str *ret)
{
    struct ow_arena *arena = reading->context.request->arena;
    cJSON *value = NULL;
    int r = read_value(reading, part, &value);

    *ret = (struct ow_str){NULL, 0};
    if (r == 0 && cJSON_IsString(value)) {
        *ret = ow_arena_copy(arena, ow_str_from(value->valuestring));
        r = ret->ptr ? 0 : -ENOMEM;
    } else if (r == 0 && !is_nothing(value)) {
        r = ow_template_render(&reading->format->parts[part], &reading->context,
                               arena, ret, reading->err);
    }
    cJSON_Delete(value);
    return r;
}

int ow_conversation_add_system(struct ow_conversation *c,
                               struct ow_arena *arena, struct ow_str text)
{
    struct ow_str *system = &c->system;

    if (!text.ptr || text.len == 0)
        return 0;
    if (!system->ptr) {
        *system = text;
        return 0;
    }
    *system = ow_arena_printf(arena, "%.*s\n%.*s", OW_STR_ARGS(*system),
                              OW_STR_ARGS(text));
    return system->ptr ? 0 : -ENOMEM;
}

static int read_message(struct reading *reading)
{
    struct ow_conversation *c = reading->c;
    struct ow_said message;
    int r = read_text(reading, PART_ROLE, &message.role);

    if (r == 0)
        r = read_text(reading, PART_TEXT, &message.text);
    if (r == 0)
        r = read_text(reading, PART_RESULT, &message.result);
    if (r < 0)
        return r;
    if (message.role.ptr && ow_str_equal(message.role, OW_STR("system")))
        return ow_conversation_add_system(c, reading->context.request->arena,
                                          message.text);
    c->messages[c->n++] = message;
    return 0;
}

/* What is nothing becomes NULL. */
static int read_wish(struct reading *reading, int part, cJSON **ret)
{
    int r = read_value(reading, part, ret);

    if (r == 0 && *ret && is_nothing(*ret)) {
        cJSON_Delete(*ret);
        *ret = NULL;
    }
    return r;
}

static int read_tool(struct reading *reading)
{
    struct ow_conversation *c = reading->c;
    struct ow_str name;
    int r = read_text(reading, PART_TOOL, &name);

    if (r < 0 || !name.ptr)
        return r;
    c->tools[c->n_tools] = name;
    return read_wish(reading, PART_TOOL_SCHEMA, &c->tool_schemas[c->n_tools++]);
}

/* Calls read with each element as item. */
static int read_each(struct reading *reading, const cJSON *list,
                     int (*read)(struct reading *reading))
{
    struct ow_loop_budget budget = {0};
    struct ow_loop loop = {.index = 0};
    const cJSON *item;
    int r = 0;

    reading->context.loop = &loop;
    cJSON_ArrayForEach(item, list)
    {
        loop.item = item;
        if (r == 0)
            r = ow_loop_spend(&budget, reading->err);
        if (r == 0)
            r = read(reading);
        loop.index++;
    }
    reading->context.loop = NULL;
    return r;
}

static int read_messages(struct reading *reading)
{
    struct ow_conversation *c = reading->c;
    struct ow_arena *arena = reading->context.request->arena;
    cJSON *list = NULL;
    int r = read_value(reading, PART_MESSAGES, &list);
    size_t n = r == 0 ? (size_t)cJSON_GetArraySize(list) : 0;

    if (r == 0) {
        c->messages = ow_arena_zalloc(arena, (n + 1) * sizeof *c->messages);
        r = c->messages ? 0 : -ENOMEM;
    }
    if (r == 0 && cJSON_IsString(list)) {
        struct ow_str text =
            ow_arena_copy(arena, ow_str_from(list->valuestring));
        c->messages[c->n++] =
            (struct ow_said){.role = OW_STR("user"), .text = text};
        r = text.ptr ? 0 : -ENOMEM;
    } else if (r == 0) {
        r = read_each(reading, list, read_message);
    }
    cJSON_Delete(list);
    return r;
}

static int read_tools(struct reading *reading)
{
    struct ow_conversation *c = reading->c;
    struct ow_arena *arena = reading->context.request->arena;
    cJSON *list = NULL;
    int r = read_value(reading, PART_TOOLS, &list);
    size_t n = r == 0 ? (size_t)cJSON_GetArraySize(list) : 0;

    if (r == 0) {
        c->tools = ow_arena_zalloc(arena, (n + 1) * sizeof *c->tools);
        c->tool_schemas =
            ow_arena_zalloc(arena, (n + 1) * sizeof *c->tool_schemas);
        r = c->tools && c->tool_schemas ? 0 : -ENOMEM;
    }
    if (r == 0)
        r = read_each(reading, list, read_tool);
    cJSON_Delete(list);
    return r;
}

static bool is_from_user(const struct ow_said *message)
{
    return message->role.ptr && ow_str_equal(message->role, OW_STR("user")) &&
           (message->text.len > 0 || !message->result.ptr);
}

/* Where the last turn begins: results of tools, or the user's message. */
void ow_conversation_end(struct ow_conversation *c)
{
    for (size_t i = 0; i < c->n; i++)
        c->turns += is_from_user(&c->messages[i]);
    c->end = c->n;
    while (c->end > 0 && c->messages[c->end - 1].result.ptr)
        c->end--;
    if (c->end == c->n && c->n > 0 && is_from_user(&c->messages[c->n - 1]))
        c->end--;
}

static int read_wishes(struct reading *reading)
{
    struct ow_conversation *c = reading->c;
    int r = read_wish(reading, PART_CALL, &c->call);

    if (r == 0)
        r = read_wish(reading, PART_SCHEMA, &c->schema);
    if (r == 0)
        r = read_wish(reading, PART_STOP, &c->stop);
    if (r == 0)
        r = read_wish(reading, PART_MAX, &c->max);
    return r < 0 ? r : read_wish(reading, PART_NOTE, &c->note);
}

void ow_conversation_release(struct ow_conversation *c)
{
    for (size_t i = 0; i < c->n_tools; i++)
        cJSON_Delete(c->tool_schemas[i]);
    c->n_tools = 0;
    cJSON_Delete(c->call);
    cJSON_Delete(c->schema);
    cJSON_Delete(c->stop);
    cJSON_Delete(c->max);
    cJSON_Delete(c->note);
    c->call = c->schema = c->stop = c->max = c->note = NULL;
}

/* A visitor of the object that has it all: struct reading. */
static int take(const cJSON *said, void *visitor)
{
    struct reading *reading = visitor;

    return ow_conversation_take(said, reading->context.request->arena,
                                reading->c, reading->err);
}

static int read_whole(struct reading *reading)
{
    const struct ow_template *whole = &reading->format->whole;
    cJSON *said = NULL;

    if (ow_template_is_expression(whole))
        return ow_template_visit(whole, &reading->context, take, reading,
                                 reading->err);
    int r = ow_loop_value(whole, &reading->context, &said, reading->err);
    if (r == 0)
        r = take(said, reading);
    cJSON_Delete(said);
    return r;
}

int ow_conversation_read(const struct ow_conversation_format *format,
                         const struct ow_answer_context *context,
                         struct ow_conversation *ret, struct ow_err *err)
{
    struct reading reading = {
        .format = format, .context = *context, .c = ret, .err = err};
    struct ow_str system;
    cJSON *stream = NULL;

    *ret = (struct ow_conversation){0};
    if (format->is_whole)
        return read_whole(&reading);
    int r = read_text(&reading, PART_MODEL, &ret->model);
    if (r == 0)
        r = read_value(&reading, PART_STREAM, &stream);
    ret->stream = !is_nothing(stream);
    cJSON_Delete(stream);
    if (r == 0)
        r = read_text(&reading, PART_SYSTEM, &system);
    if (r == 0)
        r = ow_conversation_add_system(ret, context->request->arena, system);
    if (r == 0)
        r = read_messages(&reading);
    if (r == 0)
        r = read_tools(&reading);
    if (r == 0)
        r = read_wishes(&reading);
    if (r == 0)
        ow_conversation_end(ret);
    return r;
}

struct ow_str ow_conversation_prompt(const struct ow_conversation *c)
{
    for (size_t i = c->n; i > 0; i--)
        if (is_from_user(&c->messages[i - 1]))
            return c->messages[i - 1].text;
    return (struct ow_str){NULL, 0};
}

bool ow_conversation_ends_in_prompt(const struct ow_conversation *c)
{
    return c->n > 0 && is_from_user(&c->messages[c->n - 1]);
}

bool ow_conversation_ends_in_results(const struct ow_conversation *c)
{
    return c->n > 0 && c->messages[c->n - 1].result.ptr;
}
