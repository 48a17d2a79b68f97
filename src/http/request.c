/*
 * request: what is made of a request on demand. See request.h.
 */
#include "config.h"

#include "http/request.h"

#include <errno.h>

#include "base/limits.h"
#include "http/cookies.h"
#include "http/tail.h"
#include "http/url.h"

struct ow_str ow_request_url(const struct ow_request *request)
{
    bool v6 = ow_str_find_byte(request->host, ':', 0) < request->host.len;
    bool rooted = ow_str_starts(request->raw_path, OW_STR("/"));
    struct ow_str port = OW_STR("");

    if (request->port != ow_url_default_port(request->scheme))
        port = ow_arena_printf(request->arena, ":%u", request->port);
    const struct ow_str parts[] = {
        request->scheme,
        v6 ? OW_STR("://[") : OW_STR("://"),
        request->host,
        v6 ? OW_STR("]") : OW_STR(""),
        port,
        rooted ? OW_STR("") : OW_STR("/"),
        request->raw_path,
        request->query.ptr ? OW_STR("?") : OW_STR(""),
        request->query,
    };
    return ow_arena_join(request->arena, parts, sizeof parts / sizeof *parts);
}

/* Whether s nests deeper than OW_LIMIT_JSON_DEPTH: who walks the tree recurses,
 * and cJSON alone would allow a thousand; or has too many values. */
static bool is_too_much(struct ow_str s)
{
    bool in_string = false;
    size_t values = 0;
    int depth = 0;

    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        if (in_string && c == '\\')
            i++;
        else if (c == '"')
            in_string = !in_string;
        else if (!in_string && (c == '{' || c == '['))
            depth++;
        else if (!in_string && (c == '}' || c == ']'))
            depth--;
        else if (!in_string && c == ',')
            values++;
        if (depth > OW_LIMIT_JSON_DEPTH || values > OW_LIMIT_JSON_VALUES)
            return true;
    }
    return false;
}

static bool is_blank(const char *at, const char *end)
{
    while (at < end && (*at == ' ' || (*at >= '\t' && *at <= '\r')))
        at++;
    return at == end;
}

static cJSON *parse_json(struct ow_str s, bool *ret_is_much)
{
    const char *end = NULL;

    *ret_is_much = is_too_much(s);
    if (*ret_is_much)
        return NULL;
    cJSON *json = cJSON_ParseWithLengthOpts(s.ptr, s.len, &end, false);
    if (json && is_blank(end, s.ptr + s.len))
        return json;
    cJSON_Delete(json);
    return NULL;
}

cJSON *ow_request_parse_json(struct ow_str text)
{
    bool is_much;

    return parse_json(text, &is_much);
}

const cJSON *ow_request_json(struct ow_request *request)
{
    if (request->json_tried)
        return request->json;
    request->json_tried = true;
    if (request->body && request->body->size > 0 &&
        ow_body_is_whole(request->body))
        request->json = parse_json(ow_buf_peek(&request->body->kept),
                                   &request->is_json_much);
    return request->json;
}

bool ow_request_says_json(const struct ow_request *request)
{
    const struct ow_field *field =
        ow_fields_find(&request->headers, OW_STR("Content-Type"));
    struct ow_str type = field ? field->value : OW_STR("");

    type = ow_str_trim(ow_str_cut(&type, ';'));
    struct ow_str ending = type;
    if (type.len > 5)
        ending = (struct ow_str){type.ptr + type.len - 5, 5};
    return ow_str_equal_case(type, OW_STR("application/json")) ||
           ow_str_equal_case(ending, OW_STR("+json"));
}

int ow_request_lost_json(const struct ow_request *request,
                         struct ow_err *ret_why)
{
    const struct ow_body *body = request->body;

    if (!request->json_tried || request->json || !ow_request_says_json(request))
        return 0;
    if (request->is_json_much)
        ow_err_set(ret_why, 0,
                   "its JSON nests more than %d deep or has more than %d "
                   "values, and is not looked at",
                   OW_LIMIT_JSON_DEPTH, OW_LIMIT_JSON_VALUES);
    else if (!ow_body_is_whole(body))
        ow_err_set(ret_why, 0,
                   "of its %llu bytes of JSON %zu are kept, too few to look "
                   "at; --body-limit keeps more",
                   (unsigned long long)body->size, body->kept.len);
    else
        return 0;
    return 1;
}

const struct ow_fields *ow_request_params(struct ow_request *request)
{
    if (!request->params_tried)
        ow_url_parse_query(request->query, request->arena, &request->params);
    request->params_tried = true;
    return &request->params;
}

const struct ow_fields *ow_request_cookies(struct ow_request *request)
{
    if (!request->cookies_tried)
        ow_cookies_parse(&request->headers, request->arena, &request->cookies);
    request->cookies_tried = true;
    return &request->cookies;
}

/* Of a body that is cut off, and no more is known of, what was let go is
 * counted as the last part's own. */
static void mend_last(const struct ow_body *body, struct ow_form *form)
{
    struct ow_part *last = form->n > 0 ? &form->parts[form->n - 1] : NULL;

    if (last && !last->whole)
        last->size += body->size - body->kept.len;
}

static int parse_form(struct ow_request *request, struct ow_str type)
{
    const struct ow_body *body = request->body;
    struct ow_str text = ow_buf_peek(&body->kept);
    bool whole = ow_body_is_whole(body);
    int r = 0;

    if (body->tail) {
        whole = !ow_tail_is_full(body->tail);
        r = ow_tail_join(body->tail, text, request->arena, &text);
    }
    if (r == 0)
        r = ow_form_parse(type, text, whole, request->arena, &request->form);
    if (r < 0 && r != -E2BIG)
        return r;
    if (body->tail)
        ow_tail_mend(body->tail, text, &request->form);
    else
        mend_last(body, &request->form);
    return r;
}

const struct ow_form *ow_request_form(struct ow_request *request)
{
    if (!request->form_tried && request->body) {
        const struct ow_field *type =
            ow_fields_find(&request->headers, OW_STR("Content-Type"));
        int r = type ? parse_form(request, type->value) : -ENOMSG;
        request->is_form = r == 0 || r == -E2BIG;
    }
    request->form_tried = true;
    return request->is_form ? &request->form : NULL;
}

int ow_request_divide(struct ow_request *request)
{
    const struct ow_field *type =
        ow_fields_find(&request->headers, OW_STR("Content-Type"));
    struct ow_str delimiter;
    int r = !type ? -ENOMSG
                  : ow_form_delimiter(type->value, request->arena, &delimiter);

    if (r == 0)
        ow_body_divide(request->body, delimiter);
    return r == -ENOMEM ? r : 0;
}

void ow_request_release(struct ow_request *request)
{
    if (!request)
        return;
    cJSON_Delete(request->json);
    request->json = NULL;
    request->params = request->cookies = (struct ow_fields){0};
    request->form = (struct ow_form){0};
    request->json_tried = request->is_json_much = false;
    request->params_tried = false;
    request->cookies_tried = request->form_tried = request->is_form = false;
}
