/*
 * live: streams with templates. See live.h. Called by act_stream.c.
 */
#include "config.h"

#include "plan/live.h"

#include <errno.h>
#include <string.h>

#include "plan/grammar.h"
#include "plan/template.h"
#include "plan/value.h"
#include "wire/sse.h"

/* The texts of an event, in the order of struct ow_sse_event. */
enum {
    TEXT_COMMENT,
    TEXT_EVENT,
    TEXT_ID,
    TEXT_DATA,
    TEXT_COUNT,
};

static const char *const text_keys[] = {"comment", "event", "id", "data"};

struct item {
    struct ow_template texts[TEXT_COUNT];
    bool has[TEXT_COUNT];
    int64_t retry_ms;
};

struct ow_live {
    /* Appends an item's bytes. */
    int (*format)(const struct item *item,
                  const struct ow_answer_context *context, struct ow_buf *out,
                  struct ow_err *err);
    struct item *items;
    size_t n;
    bool is_text;
    struct ow_split split; /* of a text */
};

static const cJSON *member(const cJSON *object, const char *key)
{
    return cJSON_GetObjectItemCaseSensitive(object, key);
}

/* A string as text, every other value as JSON. */
static int read_data(const struct ow_action_input *in, const cJSON *node,
                     struct item *item)
{
    item->has[TEXT_DATA] = true;
    return cJSON_IsString(node)
               ? ow_template_text(in, node, &item->texts[TEXT_DATA])
               : ow_template_json(in, node, &item->texts[TEXT_DATA]);
}

static int read_event(const struct ow_action_input *in, const cJSON *node,
                      struct item *item)
{
    const cJSON *retry = member(node, "retry"), *data = member(node, "data");
    int64_t ns;

    if (cJSON_IsString(node))
        return read_data(in, node, item);
    if (!cJSON_IsObject(node))
        return ow_jsonc_error(in->doc, node, in->err,
                              "expected an event: {\"data\": ...}, or a string "
                              "as its data");
    int r = ow_value_check_keys(in, node, ow_grammar_keys(OW_OBJECT_event));
    if (r == 0 && retry)
        r = ow_value_duration(in, retry, &ns);
    if (r == 0 && retry)
        item->retry_ms = ns / 1000000;
    for (int i = 0; i < TEXT_DATA && r == 0; i++) {
        const cJSON *text = member(node, text_keys[i]);
        item->has[i] = text;
        if (text)
            r = ow_template_text(in, text, &item->texts[i]);
    }
    return r == 0 && data ? read_data(in, data, item) : r;
}

static int read_line(const struct ow_action_input *in, const cJSON *node,
                     struct item *item)
{
    return ow_template_json(in, node, &item->texts[TEXT_DATA]);
}

static int read_chunk(const struct ow_action_input *in, const cJSON *node,
                      struct item *item)
{
    if (cJSON_IsString(node))
        return ow_template_text(in, node, &item->texts[TEXT_DATA]);
    return ow_jsonc_error(in->doc, node, in->err,
                          "chunks beside a template are strings");
}

static int format_event(const struct item *item,
                        const struct ow_answer_context *context,
                        struct ow_buf *out, struct ow_err *err)
{
    struct ow_str texts[TEXT_COUNT] = {{NULL, 0}};
    int r = 0;

    for (int i = 0; i < TEXT_COUNT && r == 0; i++)
        if (item->has[i])
            r = ow_template_render(&item->texts[i], context,
                                   context->request->arena, &texts[i], err);
    const struct ow_sse_event event = {
        .comment = texts[TEXT_COMMENT],
        .event = texts[TEXT_EVENT],
        .id = texts[TEXT_ID],
        .data = texts[TEXT_DATA],
        .retry_ms = item->retry_ms,
    };
    return r < 0 ? r : ow_sse_format(out, &event);
}

static int format_text(const struct item *item,
                       const struct ow_answer_context *context,
                       struct ow_buf *out, struct ow_err *err)
{
    return ow_template_write(&item->texts[TEXT_DATA], context, out, err);
}

static int format_line(const struct item *item,
                       const struct ow_answer_context *context,
                       struct ow_buf *out, struct ow_err *err)
{
    int r = format_text(item, context, out, err);

    return r < 0 ? r : ow_buf_append(out, "\n", 1);
}

static const struct {
    const char *key;
    int (*read)(const struct ow_action_input *in, const cJSON *node,
                struct item *item);
    int (*format)(const struct item *item,
                  const struct ow_answer_context *context, struct ow_buf *out,
                  struct ow_err *err);
} kinds[] = {
    {"sse", read_event, format_event},
    {"ndjson", read_line, format_line},
    {"chunks", read_chunk, format_text},
};

static int parse_list(const struct ow_action_input *in, const cJSON *node,
                      size_t kind, struct ow_live *live)
{
    int r = ow_value_list(in, node);
    const cJSON *child;

    if (r < 0)
        return r;
    live->format = kinds[kind].format;
    live->items = ow_arena_zalloc(in->arena, (size_t)cJSON_GetArraySize(node) *
                                                 sizeof *live->items);
    if (!live->items)
        return -ENOMEM;
    cJSON_ArrayForEach(child, node)
    {
        struct item *item = &live->items[live->n++];
        item->retry_ms = -1;
        r = kinds[kind].read(in, child, item);
        if (r < 0)
            return r;
    }
    return 0;
}

static int parse_text(const struct ow_action_input *in, const cJSON *node,
                      const struct ow_split *split, struct ow_live *live)
{
    live->format = format_text;
    live->is_text = true;
    live->split = *split;
    live->n = 1;
    live->items = ow_arena_zalloc(in->arena, sizeof *live->items);
    return live->items
               ? ow_template_text(in, node, &live->items->texts[TEXT_DATA])
               : -ENOMEM;
}

int ow_live_parse(const struct ow_action_input *in, const cJSON *node,
                  const struct ow_split *split, const struct ow_live **ret)
{
    struct ow_live *live = ow_arena_zalloc(in->arena, sizeof *live);
    size_t kind = 0;

    if (!live)
        return -ENOMEM;
    while (kind < sizeof kinds / sizeof *kinds &&
           strcmp(kinds[kind].key, node->string) != 0)
        kind++;
    int r = kind < sizeof kinds / sizeof *kinds
                ? parse_list(in, node, kind, live)
                : parse_text(in, node, split, live);
    if (r == 0)
        *ret = live;
    return r;
}

/* Cuts the text that the maker has been given. */
static int cut(const struct ow_split *split, struct ow_pieces_maker *maker)
{
    struct ow_str text = ow_buf_peek(&maker->bytes);
    int r = 0;

    for (size_t at = 0; at < text.len && r == 0;) {
        at = ow_split_next(split, text, at);
        r = ow_buf_append(&maker->ends, &at, sizeof at);
    }
    return r;
}

int ow_live_pieces(const struct ow_live *live,
                   const struct ow_answer_context *context,
                   struct ow_arena *arena, struct ow_pieces *ret,
                   struct ow_err *err)
{
    struct ow_pieces_maker maker;
    int r = 0;

    ow_pieces_begin(&maker);
    for (size_t i = 0; i < live->n && r == 0; i++) {
        r = live->format(&live->items[i], context, &maker.bytes, err);
        if (r == 0 && !live->is_text)
            r = ow_pieces_mark(&maker);
    }
    if (r == 0 && live->is_text)
        r = cut(&live->split, &maker);
    if (r == 0)
        return ow_pieces_finish(&maker, arena, ret);
    ow_pieces_drop(&maker);
    return r;
}
