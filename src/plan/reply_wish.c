/*
 * reply_wish: see reply_wish.h. Called by reply_make.c and reply_text.c.
 */
#include "config.h"

#include "plan/reply_wish.h"

#include <errno.h>
#include <string.h>

#include "plan/sample.h"
#include "plan/split.h"

static bool is_json(struct ow_str text)
{
    cJSON *value = cJSON_ParseWithLength(text.ptr, text.len);
    bool is = cJSON_IsObject(value) || cJSON_IsArray(value);

    cJSON_Delete(value);
    return is;
}

/* {"text": ...}, for who asks for any object. */
static cJSON *wrap(struct ow_buf *text)
{
    cJSON *object = cJSON_CreateObject();

    if (ow_buf_append(text, "", 1) < 0 || !object ||
        !cJSON_AddStringToObject(object, "text", ow_buf_data(text))) {
        cJSON_Delete(object);
        return NULL;
    }
    return object;
}

static int fit(const cJSON *schema, struct ow_buf *text)
{
    cJSON *value = cJSON_IsObject(schema) && schema->child
                       ? ow_sample_make(schema, "text")
                       : wrap(text);
    char *printed = value ? cJSON_PrintUnformatted(value) : NULL;
    int r = -ENOMEM;

    text->len = 0;
    if (printed)
        r = ow_buf_append_str(text, ow_str_from(printed));
    cJSON_free(printed);
    cJSON_Delete(value);
    return r;
}

/* *end becomes where the stop begins, if it is before that. */
static void look_for(const cJSON *stop, struct ow_str text, size_t *end,
                     struct ow_str *ret)
{
    struct ow_str word = ow_str_from(cJSON_GetStringValue(stop));

    if (word.len == 0 || text.len == 0)
        return;
    const char *found = memmem(text.ptr, text.len, word.ptr, word.len);
    if (!found || (size_t)(found - text.ptr) >= *end)
        return;
    *end = (size_t)(found - text.ptr);
    *ret = word;
}

static void end_at_stops(const cJSON *stops, struct ow_buf *text,
                         struct ow_wished *wished)
{
    struct ow_str all = ow_buf_peek(text);
    const cJSON *item;

    look_for(stops, all, &text->len, &wished->stopped);
    cJSON_ArrayForEach(item, stops)
        look_for(item, all, &text->len, &wished->stopped);
    wished->is_changed = wished->is_changed || wished->stopped.ptr;
}

static void end_at_most(double most, uint64_t said, struct ow_buf *text,
                        struct ow_wished *wished)
{
    const struct ow_split token = {.kind = OW_SPLIT_TOKEN};
    struct ow_str all = ow_buf_peek(text);
    uint64_t n = said;

    for (size_t at = 0; at < all.len; n++) {
        if ((double)n >= most) {
            text->len = at;
            wished->is_full = wished->is_changed = true;
            wished->stopped = (struct ow_str){NULL, 0};
            return;
        }
        at = ow_split_next(&token, all, at);
    }
}

int ow_reply_wish_text(const struct ow_conversation *c, uint64_t said,
                       struct ow_buf *text, struct ow_wished *ret)
{
    struct ow_wished wished = {.is_changed = false};
    int r = 0;

    if (c->schema && !is_json(ow_buf_peek(text))) {
        r = fit(c->schema, text);
        wished.is_changed = true;
    }
    if (r == 0 && c->stop)
        end_at_stops(c->stop, text, &wished);
    if (r == 0 && cJSON_IsNumber(c->max))
        end_at_most(c->max->valuedouble, said, text, &wished);
    *ret = wished;
    return r;
}

/* Arguments for a tool, whose schema may be none. */
static cJSON *make_arguments(const cJSON *schema)
{
    return cJSON_IsObject(schema) && schema->child
               ? ow_sample_make(schema, "text")
               : cJSON_CreateObject();
}

cJSON *ow_reply_wish_arguments(const struct ow_conversation *c,
                               const cJSON *call)
{
    struct ow_str name = ow_str_from(
        cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(call, "name")));
    const cJSON *schema = NULL;

    for (size_t i = 0; i < c->n_tools && !schema; i++)
        if (name.ptr && ow_str_equal(c->tools[i], name))
            schema = c->tool_schemas[i];
    return make_arguments(schema);
}

cJSON *ow_reply_wish_call(const struct ow_conversation *c)
{
    const cJSON *name = cJSON_GetObjectItemCaseSensitive(c->call, "name");
    const cJSON *schema = cJSON_GetObjectItemCaseSensitive(c->call, "schema");
    cJSON *call = cJSON_CreateObject();
    cJSON *arguments = make_arguments(schema);

    if (call && arguments &&
        cJSON_AddStringToObject(
            call, "name", cJSON_IsString(name) ? name->valuestring : "") &&
        cJSON_AddItemToObject(call, "arguments", arguments))
        return call;
    cJSON_Delete(arguments);
    cJSON_Delete(call);
    return NULL;
}
