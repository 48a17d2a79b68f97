/*
 * live: streams with templates. See live.h. Called by act_stream.c.
 */
#include "config.h"

#include "plan/live.h"

#include <errno.h>
#include <string.h>

#include "base/json.h"
#include "base/limits.h"
#include "plan/grammar.h"
#include "plan/loop.h"
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

/*
 * What stands in the list of a source. With "each" it is written for each
 * element of a list, with "if" perhaps not at all; "events" are written in its
 * place.
 */
struct item {
    struct ow_template texts[TEXT_COUNT];
    bool has[TEXT_COUNT];
    int64_t retry_ms;
    struct ow_template each;
    struct ow_template condition;
    bool has_each;
    bool is_timed; /* it comes in time, where others come at once */
    bool has_condition;
    bool is_group;
    struct item *items; /* of a group */
    size_t n;
};

struct ow_live {
    /* Appends an item's bytes. */
    int (*format)(const struct item *item,
                  const struct ow_answer_context *context, struct ow_buf *out,
                  struct ow_err *err);
    struct item *items;
    size_t n;
    bool has_loops; /* each turn of "each" comes in time, the rest at once */
    bool is_text;
    struct ow_split split; /* of a text */
};

/* Whether an element is written perhaps, or often: by expressions alone, so
 * that a line of JSON may have such keys as well. */
static bool is_loop(const cJSON *node)
{
    const cJSON *each = ow_json_member(node, "each"),
                *condition = ow_json_member(node, "if");

    return (cJSON_IsString(each) && ow_template_is_in(each)) ||
           (cJSON_IsString(condition) && ow_template_is_in(condition));
}

int ow_live_check(const struct ow_action_input *in, const cJSON *node)
{
    static const char *const keys[] = {"each", "if", "events", NULL};

    for (int i = 0; keys[i] && !is_loop(node); i++)
        if (ow_json_member(node, keys[i]))
            return ow_jsonc_error(in->doc, ow_json_member(node, keys[i]),
                                  in->err,
                                  "\"each\" and \"if\" are expressions: "
                                  "\"{{ reply.pieces }}\"");
    return 0;
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
    const cJSON *retry = ow_json_member(node, "retry"),
                *data = ow_json_member(node, "data");
    int64_t ns;

    if (cJSON_IsString(node))
        return read_data(in, node, item);
    if (!cJSON_IsObject(node))
        return ow_jsonc_error(in->doc, node, in->err,
                              "expected an event: {\"data\": ...}, or a string "
                              "as its data");
    int r = ow_value_check_keys(in, node, ow_grammar_keys(OW_OBJECT_event));
    if (r == 0)
        r = ow_live_check(in, node);
    if (r == 0 && retry)
        r = ow_value_duration(in, retry, &ns);
    if (r == 0 && retry)
        item->retry_ms = ns / 1000000;
    for (int i = 0; i < TEXT_DATA && r == 0; i++) {
        const cJSON *text = ow_json_member(node, text_keys[i]);
        item->has[i] = text;
        if (text)
            r = ow_template_text(in, text, &item->texts[i]);
    }
    return r == 0 && data ? read_data(in, data, item) : r;
}

/* A value as it stands, or that of "json" in an object that loops. */
static int read_line(const struct ow_action_input *in, const cJSON *node,
                     struct item *item)
{
    const cJSON *json = ow_json_member(node, "json");

    if (is_loop(node)) {
        int r =
            ow_value_check_keys(in, node, ow_grammar_keys(OW_OBJECT_line_of));
        if (r < 0)
            return r;
        if (!json)
            return ow_jsonc_error(in->doc, node, in->err,
                                  "expected \"json\": the value of the line");
        node = json;
    }
    return ow_template_json(in, node, &item->texts[TEXT_DATA]);
}

static int read_chunk(const struct ow_action_input *in, const cJSON *node,
                      struct item *item)
{
    const cJSON *text = ow_json_member(node, "text");

    if (cJSON_IsObject(node)) {
        int r = ow_value_check_keys(in, node, ow_grammar_keys(OW_OBJECT_chunk));
        if (r == 0)
            r = ow_live_check(in, node);
        if (r < 0)
            return r;
        node = text ? text : node;
    }
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

static int parse_items(const struct ow_action_input *in, const cJSON *list,
                       size_t kind, struct item **ret, size_t *ret_n);

/* "each" and "if", which stand beside the rest. */
static int parse_loop(const struct ow_action_input *in, const cJSON *node,
                      struct item *item)
{
    const cJSON *each = ow_json_member(node, "each"),
                *condition = ow_json_member(node, "if");
    int r = 0;

    item->has_each = each;
    item->has_condition = condition;
    if (each)
        r = ow_template_json(in, each, &item->each);
    if (r == 0 && each && !item->each.lua)
        return ow_jsonc_error(in->doc, each, in->err,
                              "expected a list as an expression: "
                              "\"{{ reply.pieces }}\"");
    if (r == 0 && condition)
        r = ow_template_json(in, condition, &item->condition);
    return r;
}

/* What stands beside "events" would be written nowhere. */
static int check_group(const struct ow_action_input *in, const cJSON *node)
{
    const cJSON *key;

    cJSON_ArrayForEach(key, node)
    {
        if (strcmp(key->string, "each") != 0 &&
            strcmp(key->string, "if") != 0 &&
            strcmp(key->string, "events") != 0)
            return ow_jsonc_error(in->doc, key, in->err,
                                  "\"events\" stand in the place of this "
                                  "element: \"%s\" is of no use beside them",
                                  key->string);
    }
    return 0;
}

/* Depth is bounded by OW_LIMIT_JSON_DEPTH. */
static int parse_item(const struct ow_action_input *in, const cJSON *node,
                      size_t kind, struct item *item)
{
    const cJSON *events = ow_json_member(node, "events");
    int r = 0;

    item->retry_ms = -1;
    if (is_loop(node))
        r = parse_loop(in, node, item);
    if (r < 0)
        return r;
    if (!events || !is_loop(node))
        return kinds[kind].read(in, node, item);
    item->is_group = true;
    r = check_group(in, node);
    return r < 0 ? r : parse_items(in, events, kind, &item->items, &item->n);
}

static int parse_items(const struct ow_action_input *in, const cJSON *list,
                       size_t kind, struct item **ret, size_t *ret_n)
{
    int r = ow_value_list(in, list);
    const cJSON *child;

    if (r < 0)
        return r;
    size_t n = 0;
    struct item *items = ow_arena_zalloc(
        in->arena, (size_t)cJSON_GetArraySize(list) * sizeof *items);
    if (!items)
        return -ENOMEM;
    cJSON_ArrayForEach(child, list)
    {
        if (r == 0)
            r = parse_item(in, child, kind, &items[n++]);
    }
    *ret = items;
    *ret_n = n;
    return r;
}

static bool has_each(const struct item *items, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (items[i].has_each || has_each(items[i].items, items[i].n))
            return true;
    return false;
}

/*
 * What has a turn of its own comes in time: an item with "each", and of a group
 * with it the first item, unless there are turns within: then it is those.
 */
static void mark_timed(struct item *items, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct item *item = &items[i];
        if (item->is_group)
            mark_timed(item->items, item->n);
        if (item->has_each && !item->is_group)
            item->is_timed = true;
        else if (item->has_each && item->n > 0 &&
                 !has_each(item->items, item->n))
            item->items[0].is_timed = true;
    }
}

static int parse_list(const struct ow_action_input *in, const cJSON *node,
                      size_t kind, struct ow_live *live)
{
    live->format = kinds[kind].format;
    int r = parse_items(in, node, kind, &live->items, &live->n);

    live->has_loops = r == 0 && has_each(live->items, live->n);
    if (r == 0)
        mark_timed(live->items, live->n);
    return r;
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

/* What is written, and where. */
struct writing {
    const struct ow_live *live;
    struct ow_answer_context context;
    struct ow_pieces_maker *maker;
    struct ow_loop_budget budget;
    struct ow_err *err;
};

static int check_size(const struct writing *writing)
{
    const struct ow_pieces_maker *maker = writing->maker;

    if (maker->bytes.len > OW_LIMIT_TEMPLATE_OUT)
        return ow_err_set(writing->err, -EINVAL,
                          "what the stream makes is over %d MiB",
                          OW_LIMIT_TEMPLATE_OUT / (1024 * 1024));
    if (maker->ends.len / sizeof(size_t) >= OW_LIMIT_TEMPLATE_PIECES)
        return ow_err_set(writing->err, -EINVAL,
                          "the stream has more than %d pieces",
                          OW_LIMIT_TEMPLATE_PIECES);
    return 0;
}

static int write_items(struct writing *writing, const struct item *items,
                       size_t n);

static int write_once(struct writing *writing, const struct item *item)
{
    bool holds = true;
    int r = 0;

    if (item->has_condition)
        r = ow_loop_holds(&item->condition, &writing->context, &holds,
                          writing->err);
    if (r < 0 || !holds)
        return r;
    if (item->is_group)
        return write_items(writing, item->items, item->n);
    r = writing->live->format(item, &writing->context, &writing->maker->bytes,
                              writing->err);
    writing->context.position++;
    if (r == 0)
        r = check_size(writing);
    if (r < 0)
        return r;
    return writing->live->has_loops
               ? ow_pieces_mark_timed(writing->maker, item->is_timed)
               : ow_pieces_mark(writing->maker);
}

static int write_each(struct writing *writing, const struct item *item)
{
    struct ow_loop loop = {.outer = writing->context.loop};
    cJSON *list = NULL;
    int r = ow_loop_value(&item->each, &writing->context, &list, writing->err);

    writing->context.loop = &loop;
    cJSON_ArrayForEach(loop.item, list)
    {
        if (r == 0)
            r = ow_loop_spend(&writing->budget, writing->err);
        if (r == 0)
            r = write_once(writing, item);
        loop.index++;
    }
    writing->context.loop = loop.outer;
    cJSON_Delete(list);
    return r;
}

static int write_items(struct writing *writing, const struct item *items,
                       size_t n)
{
    int r = 0;

    for (size_t i = 0; i < n && r == 0; i++)
        r = items[i].has_each ? write_each(writing, &items[i])
                              : write_once(writing, &items[i]);
    return r;
}

int ow_live_pieces(const struct ow_live *live,
                   const struct ow_answer_context *context,
                   struct ow_arena *arena, struct ow_pieces *ret,
                   struct ow_err *err)
{
    struct ow_pieces_maker maker;
    struct writing writing = {
        .live = live, .context = *context, .maker = &maker, .err = err};
    int r = 0;

    ow_pieces_begin(&maker);
    if (live->is_text) {
        r = live->format(live->items, context, &maker.bytes, err);
        if (r == 0)
            r = cut(&live->split, &maker);
    } else {
        r = write_items(&writing, live->items, live->n);
    }
    if (r == 0)
        return ow_pieces_finish(&maker, arena, ret);
    ow_pieces_drop(&maker);
    return r;
}
