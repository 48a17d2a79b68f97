/*
 * callback_body: see callback_body.h. Called by callback.c.
 */
#include "config.h"

#include "plan/callback_body.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/limits.h"
#include "plan/value.h"

struct ow_callback_field {
    struct ow_str name;
    struct ow_template value;
    bool is_json; /* value gives JSON of any type */
};

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
    if (cJSON_IsString(node))
        return ow_template_value(in, node, &field->value, &field->is_json);
    field->is_json = true;
    return ow_template_json(in, node, &field->value);
}

/* "{{ ... }}" in the place of an object. */
static int parse_form_expression(const struct ow_action_input *in,
                                 const cJSON *form,
                                 struct ow_callback_body *body)
{
    bool is_alone = false;
    int r = ow_template_value(in, form, &body->value, &is_alone);

    if (r == 0 && !is_alone)
        return ow_jsonc_error(in->doc, form, in->err,
                              "expected an object: {\"name\": \"value\"}, or "
                              "one expression that gives one");
    return r;
}

static int parse_form(const struct ow_action_input *in, const cJSON *form,
                      struct ow_callback_body *body)
{
    const cJSON *item, *value;
    int r = 0;

    if (cJSON_IsString(form))
        return parse_form_expression(in, form, body);
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
    const cJSON *form = ow_json_member(request, "form");
    const cJSON *json = ow_json_member(request, "json");
    const cJSON *text = ow_json_member(request, "text");

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

/* Who says the same twice has said it once: verifiers make a set of values. */
static int write_params(struct ow_field *fields, size_t n, struct ow_buf *out)
{
    int r = 0;

    if (n > 0)
        qsort(fields, n, sizeof *fields, compare_fields);
    for (size_t i = 0; i < n && r == 0; i++) {
        if (i > 0 && compare_fields(&fields[i - 1], &fields[i]) == 0)
            continue;
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

/* One value: a string as it is, nothing for null, all else as JSON. */
static int add_value(struct ow_str name, const cJSON *value,
                     struct ow_arena *arena, struct ow_fields *fields)
{
    const char *string = cJSON_GetStringValue(value);
    char *printed = NULL;

    if (cJSON_IsNull(value))
        return 0;
    if (!string)
        string = printed = cJSON_PrintUnformatted(value);
    struct ow_str text = string ? ow_arena_copy(arena, ow_str_from(string))
                                : (struct ow_str){NULL, 0};
    cJSON_free(printed);
    return text.ptr ? ow_fields_add(fields, arena, name, text) : -ENOMEM;
}

static int add_values(struct ow_str name, const cJSON *value,
                      struct ow_arena *arena, struct ow_fields *fields)
{
    const cJSON *item;
    int r = 0;

    if (!cJSON_IsArray(value))
        return add_value(name, value, arena, fields);
    cJSON_ArrayForEach(item, value)
    {
        if (r == 0)
            r = add_value(name, item, arena, fields);
    }
    return r;
}

/* The names and values of what an expression gave. */
static int add_object(const cJSON *object, struct ow_arena *arena,
                      struct ow_fields *fields, struct ow_err *err)
{
    const cJSON *item;
    int r = 0;

    if (!cJSON_IsObject(object))
        return ow_err_set(err, -EINVAL,
                          "the expression of a \"form\" gives no object of "
                          "names and values");
    cJSON_ArrayForEach(item, object)
    {
        struct ow_str name = ow_arena_copy(arena, ow_str_from(item->string));
        if (r == 0)
            r = name.ptr ? add_values(name, item, arena, fields) : -ENOMEM;
    }
    return r;
}

static int read_json(const struct ow_template *template,
                     const struct ow_answer_context *context,
                     struct ow_arena *arena, cJSON **ret, struct ow_err *err)
{
    struct ow_str text;
    int r = ow_template_render(template, context, arena, &text, err);

    if (r < 0)
        return r;
    *ret = cJSON_ParseWithLength(text.ptr, text.len);
    return *ret ? 0 : -ENOMEM;
}

static int render_field(const struct ow_callback_field *field,
                        const struct ow_answer_context *context,
                        struct ow_arena *arena, struct ow_fields *fields,
                        struct ow_err *err)
{
    struct ow_str text;
    cJSON *value;
    int r;

    if (field->is_json) {
        r = read_json(&field->value, context, arena, &value, err);
        if (r < 0)
            return r;
        r = add_values(field->name, value, arena, fields);
        cJSON_Delete(value);
        return r;
    }
    r = ow_template_render(&field->value, context, arena, &text, err);
    return r < 0 ? r : ow_fields_add(fields, arena, field->name, text);
}

static int render_fields(const struct ow_callback_body *body,
                         const struct ow_answer_context *context,
                         struct ow_arena *arena, struct ow_fields *fields,
                         struct ow_err *err)
{
    cJSON *object;
    int r = 0;

    for (size_t i = 0; i < body->n && r == 0; i++)
        r = render_field(&body->fields[i], context, arena, fields, err);
    if (body->fields)
        return r;
    r = read_json(&body->value, context, arena, &object, err);
    if (r == 0) {
        r = add_object(object, arena, fields, err);
        cJSON_Delete(object);
    }
    return r;
}

static int render_form(const struct ow_callback_body *body,
                       const struct ow_answer_context *context,
                       struct ow_arena *arena, struct ow_str *ret_bytes,
                       struct ow_str *ret_params, struct ow_err *err)
{
    struct ow_fields fields = {0};
    struct ow_buf out;
    int r = render_fields(body, context, arena, &fields, err);

    if (r < 0)
        return r;
    ow_buf_init(&out, OW_LIMIT_TEMPLATE_OUT);
    r = write_form(fields.items, fields.n, &out);
    r = keep(&out, r, arena, ret_bytes);
    if (r < 0)
        return r;
    ow_buf_init(&out, OW_LIMIT_TEMPLATE_OUT);
    r = write_params(fields.items, fields.n, &out);
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
