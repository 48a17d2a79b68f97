/*
 * reply_text: what a reply says. See reply_text.h. Called by reply_make.c;
 * calls reply_wish.c for what the request asks of a text.
 */
#include "config.h"

#include "plan/reply_text.h"

#include <errno.h>

#include "base/limits.h"
#include "plan/loop.h"
#include "plan/reply_wish.h"

static const struct {
    const char *key;
    const char *pieces;
} texts[OW_REPLY_TEXTS] = {
    {"text", "pieces"},
    {"reasoning", "reasoning_pieces"},
    {"refusal", "refusal_pieces"},
};

int ow_reply_add(cJSON *object, const char *key, cJSON *take_value)
{
    if (take_value && cJSON_AddItemToObjectCS(object, key, take_value))
        return 0;
    cJSON_Delete(take_value);
    return -ENOMEM;
}

int ow_reply_append(cJSON *list, cJSON *take_value)
{
    if (take_value && cJSON_AddItemToArray(list, take_value))
        return 0;
    cJSON_Delete(take_value);
    return -ENOMEM;
}

cJSON *ow_reply_string(struct ow_str text, struct ow_arena *arena)
{
    struct ow_str copy = ow_arena_copy(arena, text);

    return copy.ptr ? cJSON_CreateStringReference(copy.ptr) : NULL;
}

cJSON *ow_reply_add_list(cJSON *object, const char *key)
{
    cJSON *list = cJSON_CreateArray();

    return ow_reply_add(object, key, list) < 0 ? NULL : list;
}

static int add_piece(struct ow_reply_making *making, cJSON *list,
                     struct ow_str text)
{
    if (making->left == 0)
        return 0;
    making->left--;
    making->pieces++;
    return ow_reply_append(
        list, ow_reply_string(text, making->context->request->arena));
}

uint64_t ow_reply_count_tokens(struct ow_str text)
{
    const struct ow_split token = {.kind = OW_SPLIT_TOKEN};
    uint64_t n = 0;

    for (size_t at = 0; at < text.len; n++)
        at = ow_split_next(&token, text, at);
    return n;
}

int ow_reply_cut(struct ow_reply_making *making, struct ow_str text,
                 cJSON *list)
{
    const struct ow_split *split = &making->reply->split;
    bool is_by_token = split->kind == OW_SPLIT_TOKEN;
    int r = 0;

    if (!is_by_token)
        making->tokens += ow_reply_count_tokens(text);
    for (size_t at = 0; at < text.len && r == 0;) {
        size_t end = ow_split_next(split, text, at);
        r = add_piece(making, list, (struct ow_str){text.ptr + at, end - at});
        making->tokens += is_by_token;
        at = end;
    }
    return r;
}

/* A list of strings: the pieces as the rule gives them. */
static int join(struct ow_reply_making *making, const cJSON *given,
                struct ow_buf *all)
{
    const cJSON *item;
    int r = 0;

    cJSON_ArrayForEach(item, given)
    {
        struct ow_str text = ow_str_from(cJSON_GetStringValue(item));
        if (r == 0 && !text.ptr)
            r = ow_err_set(making->err, -EINVAL,
                           "the pieces of a reply are strings");
        if (r == 0)
            r = ow_buf_append_str(all, text);
    }
    return r;
}

static int add_given(struct ow_reply_making *making, const cJSON *given,
                     cJSON *list)
{
    const cJSON *item;
    int r = 0;

    cJSON_ArrayForEach(item, given)
    {
        if (r == 0)
            r = add_piece(making, list, ow_str_from(item->valuestring));
        making->tokens++;
    }
    return r;
}

/* All of a text, as the rule says it. */
static int gather(struct ow_reply_making *making,
                  const struct ow_reply_part *text, const cJSON *value,
                  struct ow_buf *all)
{
    if (cJSON_IsArray(value))
        return join(making, value, all);
    if (cJSON_IsString(value))
        return ow_buf_append_str(all, ow_str_from(value->valuestring));
    return ow_template_write(&text->template, making->context, all,
                             making->err);
}

/* What the request asks of a text; says whether it came out otherwise. */
static int keep_to(struct ow_reply_making *making, struct ow_buf *all,
                   bool *ret)
{
    struct ow_wished wished;
    int r =
        ow_reply_wish_text(making->conversation, making->tokens, all, &wished);

    if (r < 0)
        return r;
    *ret = wished.is_changed;
    making->is_full = wished.is_full;
    return wished.stopped.ptr
               ? ow_reply_add(making->out, "stopped",
                              cJSON_CreateString(wished.stopped.ptr))
               : 0;
}

static int say(struct ow_reply_making *making, int i, const cJSON *value,
               struct ow_buf *all)
{
    cJSON *list = ow_reply_add_list(making->out, texts[i].pieces);
    bool is_other = false;
    int r =
        list ? gather(making, &making->reply->texts[i], value, all) : -ENOMEM;

    if (r == 0 && i == OW_REPLY_TEXT)
        r = keep_to(making, all, &is_other);
    if (r == 0)
        r = cJSON_IsArray(value) && !is_other
                ? add_given(making, value, list)
                : ow_reply_cut(making, ow_buf_peek(all), list);
    if (r == 0)
        r = ow_reply_add(
            making->out, texts[i].key,
            ow_reply_string(ow_buf_peek(all), making->context->request->arena));
    return r;
}

int ow_reply_make_text(struct ow_reply_making *making, enum ow_reply_text i)
{
    const struct ow_reply_part *text = &making->reply->texts[i];
    struct ow_buf all;
    cJSON *value = NULL;

    if (!text->is_there || (i == OW_REPLY_TEXT && making->is_called))
        return 0;
    int r =
        ow_loop_value(&text->template, making->context, &value, making->err);
    if (r < 0)
        return r;
    ow_buf_init(&all, OW_LIMIT_TEMPLATE_OUT);
    r = say(making, i, value, &all);
    ow_buf_release(&all);
    cJSON_Delete(value);
    return r;
}
