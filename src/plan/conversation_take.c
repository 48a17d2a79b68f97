/*
 * conversation_take: a conversation that is there as an object. See
 * conversation.h. Called by conversation.c and lua_say.c.
 */
#include "config.h"

#include <errno.h>
#include <string.h>

#include "plan/conversation.h"

/* What an object has under a name, null and false left out. */
static const cJSON *member(const cJSON *object, const char *key)
{
    const cJSON *node = cJSON_GetObjectItemCaseSensitive(object, key);

    return cJSON_IsNull(node) || cJSON_IsFalse(node) ? NULL : node;
}

/* A text is copied; anything else is none. */
static int take_text(const cJSON *node, struct ow_arena *arena,
                     struct ow_str *ret)
{
    if (!cJSON_IsString(node))
        return 0;
    *ret = ow_arena_copy(arena, ow_str_from(node->valuestring));
    return ret->ptr ? 0 : -ENOMEM;
}

static int add_message(const cJSON *node, const char *text,
                       struct ow_arena *arena, struct ow_conversation *c)
{
    struct ow_said message = {.role = OW_STR("user")};
    int r = take_text(member(node, "role"), arena, &message.role);

    if (r == 0)
        r = take_text(cJSON_IsString(node) ? node : member(node, text), arena,
                      &message.text);
    if (r == 0)
        r = take_text(member(node, "tool_result"), arena, &message.result);
    if (r == 0 && ow_str_equal(message.role, OW_STR("system")))
        return ow_conversation_add_system(c, arena, message.text);
    if (r == 0)
        c->messages[c->n++] = message;
    return r;
}

static int take_messages(const cJSON *said, struct ow_arena *arena,
                         struct ow_conversation *c)
{
    const cJSON *list = member(said, "messages"), *node;
    const char *text = cJSON_GetStringValue(member(said, "text"));
    int r = 0;

    c->messages = ow_arena_zalloc(
        arena, ((size_t)cJSON_GetArraySize(list) + 1) * sizeof *c->messages);
    if (!c->messages)
        return -ENOMEM;
    text = text ? text : "text";
    if (cJSON_IsString(list))
        return add_message(list, text, arena, c);
    cJSON_ArrayForEach(node, list)
    {
        if (r == 0)
            r = add_message(node, text, arena, c);
    }
    return r;
}

static int take_wish(const cJSON *said, const char *key, cJSON **ret)
{
    const cJSON *node = member(said, key);

    if (!node)
        return 0;
    *ret = cJSON_Duplicate(node, true);
    return *ret ? 0 : -ENOMEM;
}

static int take_tool(const cJSON *node, struct ow_arena *arena,
                     struct ow_conversation *c)
{
    const cJSON *name = cJSON_IsString(node) ? node : member(node, "name");

    if (!cJSON_IsString(name))
        return 0;
    int r = take_text(name, arena, &c->tools[c->n_tools]);
    return r < 0 ? r
                 : take_wish(node, "schema", &c->tool_schemas[c->n_tools++]);
}

static int take_tools(const cJSON *list, struct ow_arena *arena,
                      struct ow_conversation *c)
{
    size_t n = (size_t)cJSON_GetArraySize(list) + 1;
    const cJSON *node;
    int r = 0;

    c->tools = ow_arena_zalloc(arena, n * sizeof *c->tools);
    c->tool_schemas = ow_arena_zalloc(arena, n * sizeof *c->tool_schemas);
    if (!c->tools || !c->tool_schemas)
        return -ENOMEM;
    cJSON_ArrayForEach(node, list)
    {
        if (r == 0)
            r = take_tool(node, arena, c);
    }
    return r;
}

static int take_wishes(const cJSON *said, struct ow_conversation *c)
{
    int r = take_wish(said, "call", &c->call);

    if (r == 0)
        r = take_wish(said, "schema", &c->schema);
    if (r == 0)
        r = take_wish(said, "stop", &c->stop);
    if (r == 0)
        r = take_wish(said, "max", &c->max);
    return r < 0 ? r : take_wish(said, "note", &c->note);
}

static bool is_known(const char *name)
{
    static const char *const names[] = {"model", "stream", "system", "messages",
                                        "text",  "tools",  "call",   "schema",
                                        "stop",  "max",    "note",   NULL};

    for (int i = 0; names[i]; i++)
        if (names[i][0] == name[0] && strcmp(names[i], name) == 0)
            return true;
    return false;
}

/* A misspelt name would be a wish that nobody hears. */
static int check_names(const cJSON *said, struct ow_err *err)
{
    const cJSON *node;

    if (!cJSON_IsObject(said))
        return ow_err_set(err, -EINVAL, "expected an object with messages");
    cJSON_ArrayForEach(node, said)
    {
        if (!is_known(node->string))
            return ow_err_set(err, -EINVAL, "a conversation has no \"%.60s\"",
                              node->string);
    }
    if (!member(said, "messages"))
        return ow_err_set(err, -EINVAL, "a conversation needs its messages");
    return 0;
}

int ow_conversation_take(const cJSON *said, struct ow_arena *arena,
                         struct ow_conversation *ret, struct ow_err *err)
{
    *ret = (struct ow_conversation){0};
    int r = check_names(said, err);
    if (r == 0)
        r = take_text(member(said, "model"), arena, &ret->model);
    if (r == 0)
        r = take_text(member(said, "system"), arena, &ret->system);
    if (r == 0)
        r = take_messages(said, arena, ret);
    if (r == 0)
        r = take_tools(member(said, "tools"), arena, ret);
    if (r == 0)
        r = take_wishes(said, ret);
    ret->stream = member(said, "stream");
    if (r == 0)
        ow_conversation_end(ret);
    return r;
}
