/*
 * api_calls: /calls of http://offwire.test/: what was called, as the journal
 * has it, with the requests as they came.
 */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "host/api_call.h"
#include "journal/request_record.h"
#include "rule/when.h"

/* How many calls are listed unless "limit" says otherwise. */
#define LISTED 100

#define HINT   "GET /calls takes rule, method, path, host, program, since, limit"

/* Parameters of the query that are keys of "when" as well. */
static const char *const matched[] = {"method", "path", "host", "program",
                                      NULL};
static const char *const known[] = {"method",  "path",  "host",
                                    "program", "rule",  "event",
                                    "since",   "limit", NULL};
static const char *const none[] = {NULL};

/* A body as JSON if it is whole and is JSON, as text, or in base64. */
static void put_body(struct ow_api_call *call, const struct ow_call_kept *kept)
{
    bool is_whole = kept->body.len == kept->body_size;
    cJSON *json = is_whole ? ow_request_parse_json(kept->body) : NULL;

    if (json && kept->body_size > 0) {
        ow_jsonw_key(&call->w, "json");
        ow_api_put_cjson(&call->w, json);
    } else {
        ow_request_record_put_body(&call->w, kept->body, kept->body_size);
    }
    cJSON_Delete(json);
}

static void put_request(struct ow_api_call *call,
                        const struct ow_call_kept *kept)
{
    struct ow_program program;
    struct ow_body body;
    struct ow_request request;
    struct ow_jsonw *w = &call->w;

    if (ow_call_kept_request(kept, call->arena, &program, &body, &request) < 0)
        w->error = -ENOMEM;
    ow_jsonw_key(w, "request");
    ow_jsonw_begin(w, '{');
    ow_api_put_text(w, "host", request.host);
    ow_api_put_text(w, "path", request.path);
    if (request.query.ptr)
        ow_api_put_text(w, "query", request.query);
    ow_request_record_put_headers(w, &request.headers);
    put_body(call, kept);
    ow_jsonw_end(w, '}');
    ow_request_release(&request);
    ow_body_release(&body);
}

/* {"event":...} without its closing brace, for more members to follow. */
static struct ow_str open_object(struct ow_str line)
{
    return (struct ow_str){line.ptr, line.len - 1};
}

void ow_api_put_call(struct ow_api_call *call, const struct ow_call_kept *kept)
{
    struct ow_jsonw *w = &call->w;
    struct ow_str line = open_object(kept->line);

    ow_jsonw_begin(w, '{');
    ow_api_put_count(w, "call", kept->number);
    /* Behind the brace of its own: the record's members go on. */
    ow_jsonw_raw(w, (struct ow_str){line.ptr + 1, line.len - 1});
    if (kept->end.ptr) {
        ow_jsonw_key(w, "end");
        ow_jsonw_raw(w, kept->end);
    }
    if (kept->has_request)
        put_request(call, kept);
    ow_jsonw_end(w, '}');
}

/* The query's parameters as an object that ow_when reads. */
static int make_when(struct ow_api_call *call, struct ow_jsonc **ret_doc,
                     struct ow_when **ret, struct ow_err *err)
{
    struct ow_buf text;
    struct ow_jsonw w = {.buf = &text};

    ow_buf_init(&text, 0);
    ow_jsonw_begin(&w, '{');
    for (size_t i = 0; matched[i]; i++) {
        struct ow_str value = ow_api_param(call, matched[i]);
        if (value.ptr)
            ow_api_put_text(&w, matched[i], value);
    }
    ow_jsonw_end(&w, '}');
    int r = w.error;
    if (r == 0)
        r = ow_jsonc_parse("query", ow_buf_data(&text), text.len, ret_doc, err);
    ow_buf_release(&text);
    return r < 0
               ? r
               : ow_when_new(*ret_doc, ow_jsonc_root(*ret_doc), none, ret, err);
}

/* What the query asks for. */
struct filter {
    struct ow_when *when;
    struct ow_str rule;
    struct ow_str event;
    uint64_t since;
    uint64_t limit;
};

static bool is_wanted(struct ow_api_call *call, const struct filter *filter,
                      const struct ow_call_kept *kept)
{
    struct ow_program program;
    struct ow_body body;
    struct ow_request request;
    const char *event = ow_event_name((int)kept->event);

    if (kept->number <= filter->since)
        return false;
    if (filter->rule.ptr && !ow_call_kept_is_of(kept, filter->rule))
        return false;
    if (filter->event.ptr && !ow_str_equal(filter->event, ow_str_from(event)))
        return false;
    if (!ow_when_asks(filter->when))
        return true;
    if (!kept->has_request)
        return false;
    int r = ow_call_kept_request(kept, call->arena, &program, &body, &request);
    if (r == 0)
        r = ow_when_match(filter->when, &request, NULL);
    ow_request_release(&request);
    ow_body_release(&body);
    if (r < 0)
        call->w.error = r;
    return r == 1;
}

static int read_count(struct ow_api_call *call, const char *name,
                      uint64_t usual, uint64_t *ret)
{
    struct ow_str value = ow_api_param(call, name);

    *ret = usual;
    if (!value.ptr || ow_str_parse_u64(value, ret) == 0)
        return 0;
    ow_api_fail(call, 400, HINT, "\"%s\" has to be a number, not \"%.*s\"",
                name, value.len > 40 ? 40 : (int)value.len, value.ptr);
    return 1;
}

/* The last ones that are wanted, oldest first. */
static void put_list(struct ow_api_call *call, const struct filter *filter)
{
    const struct ow_calls *calls = call->api->calls;
    size_t n = ow_calls_count(calls), begin = n;
    uint64_t fits = 0, listed = 0;
    bool *wanted = ow_arena_zalloc(call->arena, n + 1);

    if (!wanted) {
        call->w.error = -ENOMEM;
        return;
    }
    for (size_t i = n; i > 0; i--) {
        wanted[i - 1] = is_wanted(call, filter, ow_calls_at(calls, i - 1));
        fits += wanted[i - 1];
        if (wanted[i - 1] && fits <= filter->limit)
            begin = i - 1;
    }
    ow_api_put_count(&call->w, "count", fits);
    ow_api_put_count(&call->w, "last", ow_calls_last(calls));
    ow_api_put_count(&call->w, "dropped", ow_calls_dropped(calls));
    ow_jsonw_key(&call->w, "calls");
    ow_jsonw_begin(&call->w, '[');
    for (size_t i = begin; i < n && listed < filter->limit; i++) {
        if (!wanted[i])
            continue;
        ow_api_put_call(call, ow_calls_at(calls, i));
        listed++;
    }
    ow_jsonw_end(&call->w, ']');
}

int ow_api_calls(struct ow_api_call *call)
{
    struct filter filter = {.rule = ow_api_param(call, "rule"),
                            .event = ow_api_param(call, "event")};
    struct ow_jsonc *doc = NULL;
    struct ow_err err = {""};
    int r = ow_api_check_params(call, known);

    if (r == 0)
        r = read_count(call, "since", 0, &filter.since);
    if (r == 0)
        r = read_count(call, "limit", LISTED, &filter.limit);
    if (r != 0)
        return r < 0 ? r : 0;
    r = make_when(call, &doc, &filter.when, &err);
    if (r == 0) {
        ow_jsonw_begin(&call->w, '{');
        put_list(call, &filter);
        ow_jsonw_end(&call->w, '}');
    } else {
        r = ow_api_fail_err(call, 400, HINT, r, &err);
    }
    ow_when_free(filter.when);
    ow_jsonc_free(doc);
    return r;
}

int ow_api_call(struct ow_api_call *call)
{
    const struct ow_calls *calls = call->api->calls;
    uint64_t number = 0;

    if (ow_str_parse_u64(call->open[0], &number) < 0)
        return ow_api_fail(call, 400, "GET /calls lists calls, with \"call\"",
                           "a call is asked for by its number");
    const struct ow_call_kept *kept = ow_calls_find(calls, number);
    if (!kept)
        return ow_api_fail(
            call, 404, "GET /calls lists what is there",
            "there is no call %llu%s", (unsigned long long)number,
            number > 0 && number <= ow_calls_last(calls) ? " any more" : "");
    ow_api_put_call(call, kept);
    return 0;
}
