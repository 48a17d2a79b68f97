/*
 * source: events, lines, chunks and texts into pieces. See source.h. Called by
 * act_stream.c while rules are loaded.
 */
#include "config.h"

#include "plan/source.h"

#include <errno.h>
#include <string.h>

#include "base/base64.h"
#include "base/json.h"
#include "plan/grammar.h"
#include "plan/live.h"
#include "plan/value.h"
#include "wire/sse.h"

/* One event, line or chunk: appends its bytes. */
typedef int (*item_fn)(const struct ow_action_input *in, const cJSON *item,
                       struct ow_buf *out);

static int read_list(const struct ow_action_input *in, const cJSON *list,
                     item_fn read, struct ow_pieces_maker *maker)
{
    int r = ow_value_list(in, list);
    const cJSON *item;

    if (r < 0)
        return r;
    cJSON_ArrayForEach(item, list)
    {
        r = read(in, item, &maker->bytes);
        if (r == 0)
            r = ow_pieces_mark(maker);
        if (r < 0)
            return r;
    }
    return 0;
}

/* A string that is one line, absent if there is no node. */
static int read_line(const struct ow_action_input *in, const cJSON *node,
                     struct ow_str *ret)
{
    if (!node)
        return 0;
    if (!cJSON_IsString(node) || strpbrk(node->valuestring, "\r\n"))
        return ow_jsonc_error(in->doc, node, in->err,
                              "expected a string without line breaks");
    *ret = ow_str_from(node->valuestring);
    return 0;
}

/* A string as it is, every other value as JSON, which is written to text. */
static int read_data(const struct ow_action_input *in, const cJSON *node,
                     struct ow_buf *text, struct ow_str *ret)
{
    if (!node)
        return 0;
    if (cJSON_IsString(node)) {
        *ret = ow_str_from(node->valuestring);
        return 0;
    }
    int r = ow_value_write_json(in, node, text);
    *ret = ow_buf_peek(text);
    return r;
}

static int read_retry(const struct ow_action_input *in, const cJSON *node,
                      int64_t *ret_ms)
{
    int64_t ns;
    int r = node ? ow_value_duration(in, node, &ns) : 0;

    if (r == 0 && node)
        *ret_ms = ns / 1000000;
    return r;
}

static int read_event(const struct ow_action_input *in, const cJSON *item,
                      struct ow_buf *out)
{
    struct ow_sse_event event = {.retry_ms = -1};
    struct ow_buf text;

    if (cJSON_IsString(item)) {
        event.data = ow_str_from(item->valuestring);
        return ow_sse_format(out, &event);
    }
    if (!cJSON_IsObject(item))
        return ow_jsonc_error(in->doc, item, in->err,
                              "expected an event: {\"data\": ...}, or a string "
                              "as its data");
    int r = ow_value_check_keys(in, item, ow_grammar_keys(OW_OBJECT_event));
    if (r == 0)
        r = ow_live_check(in, item);
    ow_buf_init(&text, 0);
    if (r == 0)
        r = read_line(in, ow_json_member(item, "event"), &event.event);
    if (r == 0)
        r = read_line(in, ow_json_member(item, "id"), &event.id);
    if (r == 0)
        r = read_line(in, ow_json_member(item, "comment"), &event.comment);
    if (r == 0)
        r = read_retry(in, ow_json_member(item, "retry"), &event.retry_ms);
    if (r == 0)
        r = read_data(in, ow_json_member(item, "data"), &text, &event.data);
    if (r == 0)
        r = ow_sse_format(out, &event);
    ow_buf_release(&text);
    return r;
}

static int read_json_line(const struct ow_action_input *in, const cJSON *item,
                          struct ow_buf *out)
{
    int r = ow_value_write_json(in, item, out);

    return r < 0 ? r : ow_buf_append(out, "\n", 1);
}

static int read_bytes(const struct ow_action_input *in, const cJSON *node,
                      struct ow_buf *out)
{
    struct ow_str bytes;
    int r = -EINVAL;

    if (cJSON_IsString(node))
        r = ow_base64_decode(ow_str_from(node->valuestring), in->arena, &bytes);
    if (r == -EINVAL)
        return ow_jsonc_error(in->doc, node, in->err, "this is not base64");
    return r < 0 ? r : ow_buf_append_str(out, bytes);
}

static int read_chunk(const struct ow_action_input *in, const cJSON *item,
                      struct ow_buf *out)
{
    int r;

    if (cJSON_IsString(item))
        return ow_buf_append_str(out, ow_str_from(item->valuestring));
    if (!cJSON_IsObject(item) || !item->child)
        return ow_jsonc_error(in->doc, item, in->err,
                              "expected a chunk: a string or {\"base64\": "
                              "\"...\"}");
    r = ow_value_check_keys(in, item, ow_grammar_keys(OW_OBJECT_chunk));
    if (r == 0)
        r = ow_live_check(in, item);
    if (r == 0 && item->child->next)
        return ow_jsonc_error(in->doc, item, in->err,
                              "a chunk is \"text\" or \"base64\", not both");
    if (r == 0 && ow_json_member(item, "text") && cJSON_IsString(item->child))
        return ow_buf_append_str(out, ow_str_from(item->child->valuestring));
    return r < 0 ? r : read_bytes(in, item->child, out);
}

static int read_sse(const struct ow_action_input *in, const cJSON *node,
                    const struct ow_split *split, struct ow_pieces_maker *maker)
{
    (void)split;
    return read_list(in, node, read_event, maker);
}

static int read_ndjson(const struct ow_action_input *in, const cJSON *node,
                       const struct ow_split *split,
                       struct ow_pieces_maker *maker)
{
    (void)split;
    return read_list(in, node, read_json_line, maker);
}

static int read_chunks(const struct ow_action_input *in, const cJSON *node,
                       const struct ow_split *split,
                       struct ow_pieces_maker *maker)
{
    (void)split;
    return read_list(in, node, read_chunk, maker);
}

static int read_text(const struct ow_action_input *in, const cJSON *node,
                     const struct ow_split *split,
                     struct ow_pieces_maker *maker)
{
    if (!cJSON_IsString(node))
        return ow_jsonc_error(in->doc, node, in->err, "expected a string");
    struct ow_str text = ow_str_from(node->valuestring);
    size_t at = 0;
    int r = 0;

    if (split->kind == OW_SPLIT_AT && split->n > 0 &&
        split->at[split->n - 1] >= text.len)
        return ow_jsonc_error(in->doc, node, in->err,
                              "\"split\" cuts at byte %zu of a text of %zu",
                              split->at[split->n - 1], text.len);
    while (r == 0 && at < text.len) {
        size_t end = ow_split_next(split, text, at);
        r = ow_buf_append(&maker->bytes, text.ptr + at, end - at);
        if (r == 0)
            r = ow_pieces_mark(maker);
        at = end;
    }
    return r;
}

static const struct ow_source sources[] = {
    {"sse", OW_STR("text/event-stream"), true, false, read_sse},
    {"ndjson", OW_STR("application/x-ndjson"), false, false, read_ndjson},
    {"chunks", OW_STR("text/plain; charset=utf-8"), false, false, read_chunks},
    {"text", OW_STR("text/plain; charset=utf-8"), false, true, read_text},
    {NULL, {NULL, 0}, false, false, NULL},
};

const struct ow_source *ow_sources(void)
{
    return sources;
}
