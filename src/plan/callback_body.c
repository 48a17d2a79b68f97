/*
 * callback_body: see callback_body.h. Called by callback.c.
 */
#include "config.h"

#include "plan/callback_body.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "plan/value.h"

struct ow_callback_field {
    struct ow_str name;
    struct ow_template value;
};

static const cJSON *member(const cJSON *object, const char *key)
{
    return cJSON_GetObjectItemCaseSensitive(object, key);
}

/* A name whose value is a list comes once for each of it. */
static size_t count_fields(const cJSON *form)
{
    const cJSON *item;
    size_t n = 0;

    cJSON_ArrayForEach(item, form) n +=
        cJSON_IsArray(item) ? (size_t)cJSON_GetArraySize(item) : 1;
    return n;
}

static int add_field(const struct ow_action_input *in, const char *name,
                     const cJSON *node, struct ow_callback_body *body)
{
    struct ow_callback_field *field = &body->fields[body->n++];

    if (cJSON_IsObject(node) || cJSON_IsArray(node) || cJSON_IsNull(node))
        return ow_jsonc_error(in->doc, node, in->err,
                              "expected a string, a number, or a list of them");
    field->name = ow_arena_copy(in->arena, ow_str_from(name));
    if (!field->name.ptr)
        return -ENOMEM;
    return cJSON_IsString(node) ? ow_template_text(in, node, &field->value)
                                : ow_template_json(in, node, &field->value);
}

static int parse_form(const struct ow_action_input *in, const cJSON *form,
                      struct ow_callback_body *body)
{
    const cJSON *item, *value;
    int r = 0;

    if (!cJSON_IsObject(form))
        return ow_jsonc_error(in->doc, form, in->err,
                              "expected an object: {\"name\": \"value\"}");
    size_t n = count_fields(form);
    body->fields =
        ow_arena_zalloc(in->arena, (n > 0 ? n : 1) * sizeof *body->fields);
    if (!body->fields)
        return -ENOMEM;
    cJSON_ArrayForEach(item, form)
    {
        if (!cJSON_IsArray(item)) {
            if (r == 0)
                r = add_field(in, item->string, item, body);
            continue;
        }
        cJSON_ArrayForEach(value, item)
        {
            if (r == 0)
                r = add_field(in, item->string, value, body);
        }
    }
    return r;
}

int ow_callback_body_parse(const struct ow_action_input *in,
                           const cJSON *request, struct ow_callback_body *ret)
{
    const cJSON *form = member(request, "form");
    const cJSON *json = member(request, "json");
    const cJSON *text = member(request, "text");

    if (!!form + !!json + !!text > 1)
        return ow_jsonc_error(in->doc, request, in->err,
                              "\"form\", \"json\" and \"text\" are bodies: a "
                              "request has one");
    if (form) {
        ret->kind = OW_CALLBACK_FORM;
        return parse_form(in, form, ret);
    }
    if (json) {
        ret->kind = OW_CALLBACK_JSON;
        return ow_template_json(in, json, &ret->value);
    }
    if (!text)
        return 0;
    ret->kind = OW_CALLBACK_TEXT;
    if (!cJSON_IsString(text))
        return ow_jsonc_error(in->doc, text, in->err, "expected a string");
    return ow_template_text(in, text, &ret->value);
}

struct ow_str ow_callback_body_type(const struct ow_callback_body *body)
{
    switch (body->kind) {
    case OW_CALLBACK_FORM:
        return OW_STR("application/x-www-form-urlencoded; charset=utf-8");
    case OW_CALLBACK_JSON:
        return OW_STR("application/json");
    case OW_CALLBACK_TEXT:
        return OW_STR("text/plain; charset=utf-8");
    case OW_CALLBACK_NOTHING:
        break;
    }
    return (struct ow_str){NULL, 0};
}

/* application/x-www-form-urlencoded, as browsers write it (WHATWG URL, 5.2). */
static int encode(struct ow_str text, struct ow_buf *out)
{
    static const char plain[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
        "abcdefghijklmnopqrstuvwxyz0123456789*-._";
    int r = 0;

    for (size_t i = 0; i < text.len && r == 0; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c == ' ')
            r = ow_buf_append(out, "+", 1);
        else if (c != '\0' && strchr(plain, c))
            r = ow_buf_append(out, &text.ptr[i], 1);
        else
            r = ow_buf_printf(out, "%%%02X", c);
    }
    return r;
}

static int write_form(const struct ow_field *fields, size_t n,
                      struct ow_buf *out)
{
    int r = 0;

    for (size_t i = 0; i < n && r == 0; i++) {
        if (i > 0)
            r = ow_buf_append(out, "&", 1);
        if (r == 0)
            r = encode(fields[i].name, out);
        if (r == 0)
            r = ow_buf_append(out, "=", 1);
        if (r == 0)
            r = encode(fields[i].value, out);
    }
    return r;
}

static int compare(struct ow_str a, struct ow_str b)
{
    size_t n = a.len < b.len ? a.len : b.len;
    int order = memcmp(a.ptr, b.ptr, n);

    return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

/* By name, and values of one name by themselves. */
static int compare_fields(const void *a, const void *b)
{
    const struct ow_field *x = a, *y = b;
    int order = compare(x->name, y->name);

    return order != 0 ? order : compare(x->value, y->value);
}

static int write_params(struct ow_field *fields, size_t n, struct ow_buf *out)
{
    int r = 0;

    qsort(fields, n, sizeof *fields, compare_fields);
    for (size_t i = 0; i < n && r == 0; i++) {
        r = ow_buf_append_str(out, fields[i].name);
        if (r == 0)
            r = ow_buf_append_str(out, fields[i].value);
    }
    return r;
}

/* What is written to the buffer, in the arena; the buffer is released. */
static int keep(struct ow_buf *out, int r, struct ow_arena *arena,
                struct ow_str *ret)
{
    struct ow_str text =
        ow_arena_copy(arena, out->len > 0 ? ow_buf_peek(out) : OW_STR(""));

    ow_buf_release(out);
    if (r == 0 && !text.ptr)
        r = -ENOMEM;
    if (r == 0)
        *ret = text;
    return r;
}

static int render_form(const struct ow_callback_body *body,
                       const struct ow_answer_context *context,
                       struct ow_arena *arena, struct ow_str *ret_bytes,
                       struct ow_str *ret_params, struct ow_err *err)
{
    struct ow_field *fields =
        ow_arena_alloc(arena, (body->n > 0 ? body->n : 1) * sizeof *fields);
    struct ow_buf out;
    int r = fields ? 0 : -ENOMEM;

    for (size_t i = 0; i < body->n && r == 0; i++) {
        fields[i].name = body->fields[i].name;
        r = ow_template_render(&body->fields[i].value, context, arena,
                               &fields[i].value, err);
    }
    if (r < 0)
        return r;
    ow_buf_init(&out, OW_LIMIT_TEMPLATE_OUT);
    r = write_form(fields, body->n, &out);
    r = keep(&out, r, arena, ret_bytes);
    if (r < 0)
        return r;
    ow_buf_init(&out, OW_LIMIT_TEMPLATE_OUT);
    r = write_params(fields, body->n, &out);
    return keep(&out, r, arena, ret_params);
}

int ow_callback_body_render(const struct ow_callback_body *body,
                            const struct ow_answer_context *context,
                            struct ow_arena *arena, struct ow_str *ret_bytes,
                            struct ow_str *ret_params, struct ow_err *err)
{
    struct ow_str text;

    *ret_bytes = *ret_params = OW_STR("");
    if (body->kind == OW_CALLBACK_NOTHING)
        return 0;
    if (body->kind == OW_CALLBACK_FORM)
        return render_form(body, context, arena, ret_bytes, ret_params, err);
    int r = ow_template_render(&body->value, context, arena, &text, err);
    if (r == 0)
        text = ow_arena_copy(arena, text);
    if (r == 0 && !text.ptr)
        r = -ENOMEM;
    if (r == 0)
        *ret_bytes = text;
    return r;
}
