/*
 * callback: "after" into callbacks, callbacks into deliveries. See callback.h.
 * Read by rule/, rendered by exchange/; templates do the work.
 */
#include "config.h"

#include "plan/callback.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/limits.h"
#include "http/url.h"
#include "plan/callback_body.h"
#include "plan/callback_sign.h"
#include "plan/grammar.h"
#include "plan/head.h"
#include "plan/template.h"
#include "plan/value.h"

/* What Twilio waits for an answer, and what is usual elsewhere. */
#define TIMEOUT_NS  INT64_C(15000000000)
#define BACKOFF_NS  INT64_C(1000000000)
#define RETRIES_MAX 100

struct field {
    struct ow_template name; /* gives no text: the field is left out */
    struct ow_template value;
};

/* "when" and "unless": what is asked of a value. */
struct condition {
    struct ow_template value; /* as JSON */
    bool wants;               /* that it is there */
};

struct callback {
    struct condition conditions[4]; /* of both, all of which must hold */
    size_t n_conditions;
    struct ow_template method, url, connect_to;
    bool has_connect_to;
    struct field *headers;
    size_t n_headers;
    struct ow_callback_body body;
    struct ow_callback_sign sign;
    int64_t delay_ns, backoff_ns, timeout_ns;
    int64_t retries;
    bool is_unverified, may_leave;
};

struct ow_callbacks {
    struct callback *items;
    size_t n;
};

static int expect_text(const struct ow_action_input *in, const cJSON *node,
                       struct ow_template *ret)
{
    if (!cJSON_IsString(node))
        return ow_jsonc_error(in->doc, node, in->err, "expected a string");
    return ow_template_text(in, node, ret);
}

/* {"absent": value, "present": value}, or a value that is to be there. */
static int parse_condition(const struct ow_action_input *in, const cJSON *node,
                           bool is_unless, struct callback *callback)
{
    bool is_object = cJSON_IsObject(node);
    const cJSON *item = is_object ? node->child : node;
    int r = is_object ? ow_value_check_keys(
                            in, node, ow_grammar_keys(OW_OBJECT_callback_test))
                      : 0;

    if (r == 0 && !item)
        return ow_jsonc_error(in->doc, node, in->err,
                              "expected \"absent\" or \"present\" with a "
                              "template");
    for (; item && r == 0; item = is_object ? item->next : NULL) {
        struct condition *condition =
            &callback->conditions[callback->n_conditions++];
        bool is_absent = is_object && strcmp(item->string, "absent") == 0;
        condition->wants = is_absent == is_unless;
        r = ow_template_json(in, item, &condition->value);
    }
    return r;
}

static int parse_fields(const struct ow_action_input *in, const cJSON *node,
                        struct callback *callback)
{
    const cJSON *item;
    int r = 0;

    if (!cJSON_IsObject(node))
        return ow_jsonc_error(in->doc, node, in->err,
                              "expected an object: {\"name\": \"value\"}");
    size_t n = (size_t)cJSON_GetArraySize(node);
    callback->headers =
        ow_arena_zalloc(in->arena, (n > 0 ? n : 1) * sizeof *callback->headers);
    if (!callback->headers)
        return -ENOMEM;
    cJSON_ArrayForEach(item, node)
    {
        struct field *field = &callback->headers[callback->n_headers++];
        r = ow_template_name(in, item, &field->name);
        if (r == 0)
            r = expect_text(in, item, &field->value);
        if (r < 0)
            return r;
    }
    return r;
}

static int read_flag(const struct ow_action_input *in, const cJSON *node,
                     bool *ret)
{
    if (node && !cJSON_IsBool(node))
        return ow_jsonc_error(in->doc, node, in->err, "expected true or false");
    if (node)
        *ret = cJSON_IsTrue(node);
    return 0;
}

static int parse_request(const struct ow_action_input *in, const cJSON *node,
                         struct callback *callback)
{
    const cJSON *method = ow_json_member(node, "method"),
                *url = ow_json_member(node, "url");
    const cJSON *headers = ow_json_member(node, "headers");
    const cJSON *to = ow_json_member(node, "connect_to");
    const cJSON *timeout = ow_json_member(node, "timeout");
    const cJSON *sign = ow_json_member(node, "sign");
    int r = ow_value_check_keys(in, node,
                                ow_grammar_keys(OW_OBJECT_callback_request));

    if (r == 0 && !url)
        return ow_jsonc_error(in->doc, node, in->err,
                              "a request needs its \"url\"");
    if (r == 0)
        r = expect_text(in, url, &callback->url);
    if (r == 0 && method)
        r = expect_text(in, method, &callback->method);
    if (r == 0 && headers)
        r = parse_fields(in, headers, callback);
    if (r == 0)
        r = ow_callback_body_parse(in, node, &callback->body);
    if (r == 0 && to)
        r = expect_text(in, to, &callback->connect_to);
    if (r == 0 && timeout)
        r = ow_value_duration(in, timeout, &callback->timeout_ns);
    if (r == 0 && sign)
        r = ow_callback_sign_parse(in, sign, &callback->sign);
    callback->has_connect_to = to;
    bool is_verified = true;
    if (r == 0)
        r = read_flag(in, ow_json_member(node, "verify"), &is_verified);
    if (r == 0)
        r = read_flag(in, ow_json_member(node, "anywhere"),
                      &callback->may_leave);
    callback->is_unverified = !is_verified;
    return r;
}

static int parse_times(const struct ow_action_input *in, const cJSON *node,
                       struct callback *callback)
{
    const cJSON *delay = ow_json_member(node, "delay");
    const cJSON *retries = ow_json_member(node, "retries");
    const cJSON *backoff = ow_json_member(node, "backoff");
    int r = 0;

    callback->timeout_ns = TIMEOUT_NS;
    callback->backoff_ns = BACKOFF_NS;
    if (delay)
        r = ow_value_duration(in, delay, &callback->delay_ns);
    if (r == 0 && retries)
        r = ow_value_integer(in, retries, 0, RETRIES_MAX, &callback->retries);
    if (r == 0 && backoff)
        r = ow_value_duration(in, backoff, &callback->backoff_ns);
    return r;
}

static int parse_one(const struct ow_action_input *in, const cJSON *node,
                     struct callback *callback)
{
    const cJSON *request = ow_json_member(node, "request");
    const cJSON *when = ow_json_member(node, "when");
    const cJSON *unless = ow_json_member(node, "unless");
    int r = ow_value_check_keys(in, node, ow_grammar_keys(OW_OBJECT_callback));

    if (r == 0 && !request)
        return ow_jsonc_error(in->doc, node, in->err,
                              "a call back needs its \"request\"");
    if (r == 0)
        r = parse_times(in, node, callback);
    if (r == 0 && when)
        r = parse_condition(in, when, false, callback);
    if (r == 0 && unless)
        r = parse_condition(in, unless, true, callback);
    if (r == 0)
        r = parse_request(in, request, callback);
    return r;
}

int ow_callbacks_parse(const struct ow_action_input *in, const cJSON *node,
                       const struct ow_callbacks **ret)
{
    struct ow_callbacks *callbacks =
        ow_arena_zalloc(in->arena, sizeof *callbacks);
    const cJSON *item = cJSON_IsArray(node) ? node->child : node;
    size_t n = cJSON_IsArray(node) ? (size_t)cJSON_GetArraySize(node) : 1;
    int r = 0;

    if (!callbacks)
        return -ENOMEM;
    if (n == 0)
        return ow_jsonc_error(in->doc, node, in->err,
                              "an empty list: it would send nothing");
    callbacks->items =
        ow_arena_zalloc(in->arena, (n > 0 ? n : 1) * sizeof *callbacks->items);
    if (!callbacks->items)
        return -ENOMEM;
    for (; callbacks->n < n && r == 0; item = item->next)
        r = parse_one(in, item, &callbacks->items[callbacks->n++]);
    if (r == 0)
        *ret = callbacks;
    return r;
}

int ow_callback_request_parse(const struct ow_action_input *in,
                              const cJSON *node,
                              const struct ow_callbacks **ret)
{
    struct ow_callbacks *callbacks =
        ow_arena_zalloc(in->arena, sizeof *callbacks);

    if (!callbacks)
        return -ENOMEM;
    callbacks->items = ow_arena_zalloc(in->arena, sizeof *callbacks->items);
    if (!callbacks->items)
        return -ENOMEM;
    callbacks->n = 1;
    callbacks->items->timeout_ns = TIMEOUT_NS;
    callbacks->items->backoff_ns = BACKOFF_NS;
    int r = parse_request(in, node, callbacks->items);
    if (r == 0)
        *ret = callbacks;
    return r;
}

size_t ow_callbacks_count(const struct ow_callbacks *callbacks)
{
    return callbacks ? callbacks->n : 0;
}

/* What is nothing: null, false, and the empty text. */
static bool is_there(struct ow_str json)
{
    return !ow_str_equal(json, OW_STR("null")) &&
           !ow_str_equal(json, OW_STR("false")) &&
           !ow_str_equal(json, OW_STR("\"\""));
}

static int check_conditions(const struct callback *callback,
                            const struct ow_answer_context *context,
                            struct ow_arena *arena, bool *ret_holds,
                            struct ow_err *err)
{
    struct ow_str value;
    int r = 0;

    *ret_holds = true;
    for (size_t i = 0; r == 0 && *ret_holds && i < callback->n_conditions;
         i++) {
        const struct condition *condition = &callback->conditions[i];
        r = ow_template_render(&condition->value, context, arena, &value, err);
        if (r == 0)
            *ret_holds = is_there(value) == condition->wants;
    }
    return r;
}

static int render_text(const struct ow_template *template,
                       const struct ow_answer_context *context,
                       struct ow_arena *arena, const char **ret,
                       struct ow_err *err)
{
    struct ow_str text;
    int r = ow_template_render(template, context, arena, &text, err);

    if (r < 0)
        return r;
    /* As a string of C, and with nothing in it that breaks a line. */
    text = ow_arena_copy(arena, ow_str_trim(text));
    if (!text.ptr)
        return -ENOMEM;
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] < ' ' || text.ptr[i] == 0x7f)
            return ow_err_set(err, -EINVAL,
                              "a template of the call back gives control "
                              "characters or line breaks");
    *ret = text.ptr;
    return 0;
}

static int add_header(struct ow_delivery *delivery, const char *name,
                      const struct ow_template *value,
                      const struct ow_answer_context *context,
                      struct ow_err *err)
{
    struct ow_arena *arena = &delivery->arena;
    struct ow_str key = ow_arena_copy(arena, ow_str_from(name));
    const char *text;
    int r = render_text(value, context, arena, &text, err);

    if (r < 0)
        return r;
    if (!ow_head_is_field(name, ow_str_from(text)))
        return ow_err_set(err, -EINVAL, "\"%s\" is no field that can be sent",
                          name);
    return key.ptr ? ow_fields_add(&delivery->headers, arena, key,
                                   ow_str_from(text))
                   : -ENOMEM;
}

static int render_headers(const struct callback *callback,
                          const struct ow_answer_context *context,
                          struct ow_delivery *delivery, struct ow_err *err)
{
    int r = 0;

    for (size_t i = 0; r == 0 && i < callback->n_headers; i++) {
        const struct field *field = &callback->headers[i];
        const char *name = "";
        r = render_text(&field->name, context, &delivery->arena, &name, err);
        if (r == 0 && *name)
            r = add_header(delivery, name, &field->value, context, err);
    }
    struct ow_str type = ow_callback_body_type(&callback->body);
    if (r == 0 && type.ptr &&
        !ow_fields_find(&delivery->headers, OW_STR("content-type")))
        r = ow_fields_add(&delivery->headers, &delivery->arena,
                          OW_STR("Content-Type"), type);
    return r;
}

/* Signs what is there; and the headers of a signature may look at it, too. */
static int render_sign(const struct callback *callback, struct ow_str params,
                       struct ow_answer_context *context,
                       struct ow_delivery *delivery, struct ow_err *err)
{
    struct ow_arena *arena = &delivery->arena;
    struct ow_fields call = {0};
    struct ow_str token;
    int r =
        ow_callback_sign_token(&callback->sign, context, arena, &token, err);

    if (r < 0)
        return r;
    const struct {
        const char *name;
        struct ow_str value;
    } pairs[] = {
        {"method", ow_str_from(delivery->method)},
        {"url", ow_str_from(delivery->url)},
        {"body", delivery->body},
        {"params", params},
        {"token", token},
    };
    for (size_t i = 0; r == 0 && i < sizeof pairs / sizeof *pairs; i++)
        r = ow_fields_add(&call, arena, ow_str_from(pairs[i].name),
                          pairs[i].value);
    context->call = &call;
    if (r == 0)
        r = render_headers(callback, context, delivery, err);
    if (r == 0 && callback->sign.header)
        r = add_header(delivery, callback->sign.header, &callback->sign.value,
                       context, err);
    context->call = NULL;
    return r;
}

static int render(const struct callback *callback,
                  const struct ow_answer_context *given,
                  struct ow_delivery *delivery, struct ow_err *err)
{
    struct ow_answer_context context = *given;
    struct ow_arena *arena = &delivery->arena;
    struct ow_str params = {"", 0};
    int r = render_text(&callback->url, &context, arena, &delivery->url, err);

    if (r == 0 && !*delivery->url)
        return ow_err_set(err, -EINVAL,
                          "a call back has an empty \"url\"; \"unless\" can "
                          "ask for that");
    if (r == 0) {
        delivery->url = ow_url_escape(arena, ow_str_from(delivery->url)).ptr;
        r = delivery->url ? 0 : -ENOMEM;
    }
    delivery->method =
        ow_callback_body_type(&callback->body).ptr ? "POST" : "GET";
    if (r == 0 && callback->method.n > 0)
        r = render_text(&callback->method, &context, arena, &delivery->method,
                        err);
    if (r == 0 && callback->has_connect_to)
        r = render_text(&callback->connect_to, &context, arena,
                        &delivery->connect_to, err);
    if (r == 0)
        r = ow_callback_body_render(&callback->body, &context, arena,
                                    &delivery->body, &params, err);
    if (r == 0)
        r = render_sign(callback, params, &context, delivery, err);
    delivery->delay_ns = callback->delay_ns;
    delivery->backoff_ns = callback->backoff_ns;
    delivery->timeout_ns = callback->timeout_ns;
    delivery->retries = (int)callback->retries;
    delivery->is_unverified = callback->is_unverified;
    delivery->may_leave = callback->may_leave;
    return r;
}

int ow_callbacks_render(const struct ow_callbacks *callbacks, size_t n,
                        const struct ow_answer_context *context,
                        struct ow_delivery **ret, struct ow_err *err)
{
    const struct callback *callback = &callbacks->items[n];
    struct ow_delivery *delivery = calloc(1, sizeof *delivery);
    bool holds = false;

    if (!delivery)
        return -ENOMEM;
    ow_arena_init(&delivery->arena);
    delivery->since_ns = INT64_MIN;
    int r = check_conditions(callback, context, &delivery->arena, &holds, err);
    if (r == 0 && holds)
        r = render(callback, context, delivery, err);
    if (r < 0 || !holds)
        delivery = ow_delivery_free(delivery);
    if (r == 0)
        *ret = delivery;
    return r;
}

struct ow_delivery *ow_delivery_free(struct ow_delivery *delivery)
{
    if (delivery)
        ow_arena_release(&delivery->arena);
    free(delivery);
    return NULL;
}
