/*
 * request_record: requests in a journal. See request_record.h. Written by
 * journal.c and, in parts, by host/api_calls.c; read by rule/verify_journal.c.
 */
#include "config.h"

#include "journal/request_record.h"

#include <errno.h>

#include "base/base64.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "http/url.h"

/* As it can be read back: cJSON's strings end at a NUL. */
static bool is_text(struct ow_str s)
{
    for (size_t i = 0; i < s.len;) {
        size_t n = ow_utf8_length(s.ptr + i, s.len - i);
        if (n == 0 || s.ptr[i] == '\0')
            return false;
        i += n;
    }
    return true;
}

void ow_request_record_put_headers(struct ow_jsonw *w,
                                   const struct ow_fields *headers)
{
    ow_jsonw_key(w, "headers");
    ow_jsonw_begin(w, '{');
    for (size_t i = 0; i < headers->n; i++) {
        const struct ow_field *field = &headers->items[i];
        if (ow_fields_find(headers, field->name) != field)
            continue;
        bool is_list = ow_fields_next(headers, field);
        ow_jsonw_name(w, field->name);
        if (is_list)
            ow_jsonw_begin(w, '[');
        for (; field; field = ow_fields_next(headers, field))
            ow_jsonw_string(w, field->value);
        if (is_list)
            ow_jsonw_end(w, ']');
    }
    ow_jsonw_end(w, '}');
}

void ow_request_record_put_body(struct ow_jsonw *w, struct ow_str kept,
                                uint64_t size)
{
    struct ow_buf coded;

    if (size == 0)
        return;
    if (is_text(kept)) {
        ow_jsonw_text(w, "body", kept);
    } else {
        ow_buf_init(&coded, 0);
        if (ow_base64_encode(kept, &coded) == 0)
            ow_jsonw_text(w, "body_base64", ow_buf_peek(&coded));
        else if (w->error == 0)
            w->error = -ENOMEM;
        ow_buf_release(&coded);
    }
    if (kept.len == size)
        return;
    ow_jsonw_key(w, "body_cut");
    ow_jsonw_raw(w, OW_STR("true"));
}

void ow_request_record_put(struct ow_jsonw *w, const struct ow_request *request)
{
    const struct ow_body *body = request->body;
    struct ow_str kept = body ? ow_buf_peek(&body->kept) : OW_STR("");

    if (kept.len > OW_LIMIT_CALL_BODY)
        kept.len = OW_LIMIT_CALL_BODY;
    ow_jsonw_begin(w, '{');
    ow_jsonw_text(w, "host", request->host);
    ow_jsonw_text(w, "path", request->path);
    ow_jsonw_text(w, "query", request->query);
    ow_jsonw_text(w, "upgrade", request->upgrade);
    ow_request_record_put_headers(w, &request->headers);
    ow_request_record_put_body(w, kept, body ? body->size : 0);
    ow_jsonw_end(w, '}');
}

static struct ow_str string_of(const cJSON *object, const char *key)
{
    return ow_str_from(cJSON_GetStringValue(ow_json_member(object, key)));
}

static int read_url(struct ow_str text, struct ow_request *request)
{
    struct ow_url url;

    if (!text.ptr || ow_url_split(text, &url) < 0 ||
        url.form != OW_URL_ABSOLUTE || !url.host.ptr)
        return -EINVAL;
    request->scheme = url.scheme;
    request->port = url.port ? url.port : ow_url_default_port(url.scheme);
    request->target = request->raw_path = url.path;
    request->query = url.query;
    request->path = ow_url_decode(request->arena, url.path, false);
    if (!request->path.ptr)
        return -ENOMEM;
    return ow_url_normal_host(request->arena, url.host, &request->host);
}

static int read_headers(const cJSON *headers, struct ow_request *request)
{
    const cJSON *field;
    int r = 0;

    cJSON_ArrayForEach(field, headers)
    {
        const cJSON *value = cJSON_IsArray(field) ? field->child : field;
        for (; r == 0 && value;
             value = cJSON_IsArray(field) ? value->next : NULL) {
            if (cJSON_IsString(value))
                r = ow_fields_add(&request->headers, request->arena,
                                  ow_str_from(field->string),
                                  ow_str_from(value->valuestring));
        }
    }
    return r;
}

static int read_body(const cJSON *record, const cJSON *asked,
                     struct ow_request *request)
{
    const cJSON *size = ow_json_member(record, "request_bytes");
    struct ow_str text = string_of(asked, "body");
    struct ow_str coded = string_of(asked, "body_base64");
    int r = 0;

    if (coded.ptr)
        r = ow_base64_decode(coded, request->arena, &text);
    if (r == 0 && text.ptr)
        r = ow_body_feed(request->body, text.ptr, text.len);
    /* What is not wholly kept is not taken for whole. */
    if (cJSON_IsNumber(size) && size->valuedouble > 0)
        request->body->size = (uint64_t)size->valuedouble;
    return r;
}

int ow_request_record_read(const cJSON *record, struct ow_arena *arena,
                           struct ow_program *program, struct ow_body *body,
                           struct ow_request *ret)
{
    const cJSON *asked = ow_json_member(record, "request");
    const cJSON *pid = ow_json_member(record, "pid");
    struct ow_str name = string_of(record, "program");

    ow_body_init(body, OW_LIMIT_CALL_BODY);
    *program = (struct ow_program){
        .pid = cJSON_IsNumber(pid) ? pid->valueint : 0,
        .name = name.ptr ? name.ptr : "",
    };
    *ret = (struct ow_request){.arena = arena,
                               .body = body,
                               .program = program,
                               .version = 11,
                               .method = string_of(record, "method"),
                               .upgrade = string_of(asked, "upgrade")};
    if (!cJSON_IsObject(asked))
        return -ENOENT;
    if (!ret->method.ptr)
        return -EINVAL;
    int r = read_url(string_of(record, "url"), ret);
    if (r == 0)
        r = read_headers(ow_json_member(asked, "headers"), ret);
    return r < 0 ? r : read_body(record, asked, ret);
}
