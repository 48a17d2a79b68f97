/*
 * api: http://offwire.test/. See api.h. Called by exchange/ instead of the
 * rules; finds the row of api.def, calls its function, and makes a plan of what
 * it has written.
 */
#include "config.h"

#include "host/api.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/suggest.h"
#include "host/api_call.h"
#include "http/url.h"

#define HINT_INDEX "GET http://offwire.test/ lists what there is"

struct route {
    const char *method;
    const char *path;
    const char *help;
    int (*answer)(struct ow_api_call *call);
};

static const struct route routes[] = {
#define OW_ROUTE(function, method, path, help)                                 \
    {method, path, help, ow_api_##function},
#include "host/api.def"
#undef OW_ROUTE
};

static const char *const paths[] = {
#define OW_ROUTE(function, method, path, help) path,
#include "host/api.def"
#undef OW_ROUTE
    NULL};

#define ROUTES (sizeof routes / sizeof *routes)

void ow_api_put_text(struct ow_jsonw *w, const char *key, struct ow_str value)
{
    ow_jsonw_key(w, key);
    ow_jsonw_string(w, value);
}

void ow_api_put_bool(struct ow_jsonw *w, const char *key, bool value)
{
    ow_jsonw_key(w, key);
    ow_jsonw_raw(w, value ? OW_STR("true") : OW_STR("false"));
}

void ow_api_put_count(struct ow_jsonw *w, const char *key, uint64_t value)
{
    ow_jsonw_key(w, key);
    ow_jsonw_u64(w, value);
}

void ow_api_put_cjson(struct ow_jsonw *w, const cJSON *value)
{
    char *text = cJSON_PrintUnformatted(value);

    if (text)
        ow_jsonw_raw(w, ow_str_from(text));
    else
        w->error = w->error < 0 ? w->error : -ENOMEM;
    cJSON_free(text);
}

int ow_api_fail(struct ow_api_call *call, int status, const char *hint,
                const char *format, ...)
{
    char sentence[sizeof((struct ow_err *)0)->text];
    va_list args;

    va_start(args, format);
    vsnprintf(sentence, sizeof sentence, format, args);
    va_end(args);
    ow_buf_clear(&call->out, 0);
    call->w = (struct ow_jsonw){.buf = &call->out};
    call->status = status;
    ow_jsonw_begin(&call->w, '{');
    ow_jsonw_key(&call->w, "error");
    ow_jsonw_begin(&call->w, '{');
    ow_api_put_text(&call->w, "message", ow_str_from(sentence));
    ow_api_put_text(&call->w, "hint", ow_str_from(hint));
    ow_jsonw_end(&call->w, '}');
    ow_jsonw_end(&call->w, '}');
    return 0;
}

int ow_api_fail_err(struct ow_api_call *call, int status, const char *hint,
                    int error, const struct ow_err *err)
{
    return error == -ENOMEM ? error
                            : ow_api_fail(call, status, hint, "%s", err->text);
}

int ow_api_read(struct ow_api_call *call, const cJSON **ret)
{
    const struct ow_body *body = call->request->body;
    struct ow_str text = ow_buf_peek(&body->kept);
    struct ow_err err;

    *ret = NULL;
    if (ow_str_trim(text).len == 0)
        return 0;
    if (!ow_body_is_whole(body)) {
        ow_api_fail(call, 413, "send less at a time",
                    "the body is larger than %d bytes", OW_LIMIT_CONTROL_BODY);
        return 1;
    }
    int r = ow_jsonc_parse(call->body_name ? call->body_name : "body", text.ptr,
                           text.len, &call->doc, &err);
    if (r == 0)
        *ret = ow_jsonc_root(call->doc);
    if (r < 0 && r != -ENOMEM) {
        ow_api_fail(call, 400, "the body has to be JSON", "%s", err.text);
        return 1;
    }
    return r;
}

struct ow_str ow_api_param(struct ow_api_call *call, const char *name)
{
    const struct ow_field *field =
        ow_fields_find(ow_request_params(call->request), ow_str_from(name));

    return field ? field->value : (struct ow_str){NULL, 0};
}

int ow_api_check_params(struct ow_api_call *call, const char *const *known)
{
    const struct ow_fields *params = ow_request_params(call->request);

    for (size_t i = 0; i < params->n; i++) {
        struct ow_str name = params->items[i].name;
        const char *const *word = known;
        while (*word && !ow_str_equal(ow_str_from(*word), name))
            word++;
        if (*word)
            continue;
        const char *near = ow_suggest(name, known);
        ow_api_fail(call, 400, "man 7 offwire-control has all of them",
                    "unknown parameter \"%.*s\"%s%s%s",
                    name.len > 60 ? 60 : (int)name.len, name.ptr,
                    near ? "; did you mean \"" : "", near ? near : "",
                    near ? "\"?" : "");
        return 1;
    }
    return 0;
}

/* Whether a row's path fits; its open segments go to ret. */
static bool path_fits(const char *path, struct ow_str asked,
                      struct ow_str ret[OW_API_OPEN_MAX])
{
    struct ow_str row = ow_str_from(path);
    size_t open = 0;

    while (row.ptr && asked.ptr) {
        struct ow_str want = ow_str_cut(&row, '/');
        struct ow_str segment = ow_str_cut(&asked, '/');
        if (ow_str_equal(want, OW_STR("{}")) && segment.len > 0)
            ret[open++] = segment;
        else if (!ow_str_equal(want, segment))
            return false;
    }
    return !row.ptr && !asked.ptr;
}

static int fail_path(struct ow_api_call *call, struct ow_str path)
{
    const char *near = ow_suggest(path, paths);

    return ow_api_fail(call, 404, HINT_INDEX, "there is no %.*s here%s%s%s",
                       path.len > 100 ? 100 : (int)path.len, path.ptr,
                       near ? "; did you mean " : "", near ? near : "",
                       near ? "?" : "");
}

/* The methods that a path takes: "GET, POST". */
static int fail_method(struct ow_api_call *call, struct ow_str path)
{
    struct ow_str open[OW_API_OPEN_MAX], list = {"", 0};

    for (size_t i = 0; i < ROUTES; i++)
        if (path_fits(routes[i].path, path, open))
            list = ow_arena_printf(call->arena, "%.*s%s%s", OW_STR_ARGS(list),
                                   list.len > 0 ? ", " : "", routes[i].method);
    if (!list.ptr)
        return -ENOMEM;
    call->allow = list.ptr;
    return ow_api_fail(call, 405, HINT_INDEX, "%.*s takes %.*s, not %.*s",
                       OW_STR_ARGS(path), OW_STR_ARGS(list),
                       OW_STR_ARGS(call->request->method));
}

static int decode_open(struct ow_api_call *call)
{
    for (size_t i = 0; i < OW_API_OPEN_MAX; i++) {
        if (!call->open[i].ptr)
            continue;
        call->open[i] = ow_url_decode(call->arena, call->open[i], false);
        if (!call->open[i].ptr)
            return -ENOMEM;
    }
    return 0;
}

static int find_and_answer(struct ow_api_call *call)
{
    struct ow_str path = call->request->raw_path;
    struct ow_str method = call->request->method;
    bool has_path = false;

    if (path.len > 1 && path.ptr[path.len - 1] == '/')
        path.len--;
    if (ow_str_equal(method, OW_STR("HEAD")))
        method = OW_STR("GET");
    for (size_t i = 0; i < ROUTES; i++) {
        struct ow_str open[OW_API_OPEN_MAX] = {{NULL, 0}};
        if (!path_fits(routes[i].path, path, open))
            continue;
        has_path = true;
        if (!ow_str_equal(ow_str_from(routes[i].method), method))
            continue;
        memcpy(call->open, open, sizeof open);
        int r = decode_open(call);
        return r < 0 ? r : routes[i].answer(call);
    }
    return has_path ? fail_method(call, path) : fail_path(call, path);
}

static int add_field(struct ow_fields *fields, struct ow_arena *arena,
                     const char *name, const char *value)
{
    return ow_fields_add(fields, arena, ow_str_from(name), ow_str_from(value));
}

static int make_plan(const struct ow_api_call *call, struct ow_plan *plan)
{
    struct ow_fields *fields = ow_arena_zalloc(plan->arena, sizeof *fields);
    struct ow_str body = ow_arena_copy(plan->arena, ow_buf_peek(&call->out));

    if (!fields || !body.ptr ||
        add_field(fields, plan->arena, "Content-Type",
                  call->type ? call->type : "application/json") < 0 ||
        add_field(fields, plan->arena, "Cache-Control", "no-store") < 0 ||
        (call->allow &&
         add_field(fields, plan->arena, "Allow", call->allow) < 0))
        return -ENOMEM;
    return ow_plan_whole(plan, call->status, fields, body);
}

static int answer(void *context, struct ow_request *request,
                  struct ow_plan *plan)
{
    struct ow_api *api = context;
    struct ow_api_call call = {.api = api,
                               .session = api->session,
                               .request = request,
                               .arena = request->arena,
                               .status = 200};

    ow_buf_init(&call.out, 0);
    call.w.buf = &call.out;
    int r = find_and_answer(&call);
    if (r == 0)
        r = call.w.error;
    if (r == 0 && !ow_str_ends(ow_buf_peek(&call.out), OW_STR("\n")))
        r = ow_buf_append(&call.out, "\n", 1);
    if (r == 0)
        r = make_plan(&call, plan);
    ow_jsonc_free(call.doc);
    ow_buf_release(&call.out);
    return r;
}

struct ow_api *ow_api_new(struct ow_session *session,
                          ow_api_clock_fn clock_changed, void *context)
{
    struct ow_api *api = calloc(1, sizeof *api);

    if (api)
        api->calls = ow_calls_new();
    if (!api || !api->calls) {
        free(api);
        return NULL;
    }
    api->session = session;
    api->clock_changed = clock_changed;
    api->clock_context = context;
    session->env.control = answer;
    session->env.control_context = api;
    ow_journal_remember(session->journal, api->calls);
    return api;
}

struct ow_api *ow_api_free(struct ow_api *api)
{
    if (!api)
        return NULL;
    api->session->env.control = NULL;
    ow_journal_remember(api->session->journal, NULL);
    for (size_t i = 0; i < api->n_texts; i++) {
        free((char *)api->texts[i].name);
        free((char *)api->texts[i].text.ptr);
    }
    free(api->texts);
    ow_calls_free(api->calls);
    free(api);
    return NULL;
}

int ow_api_index(struct ow_api_call *call)
{
    struct ow_jsonw *w = &call->w;

    ow_jsonw_begin(w, '{');
    ow_api_put_text(w, "offwire", OW_STR(PACKAGE_VERSION));
    ow_jsonw_key(w, "routes");
    ow_jsonw_begin(w, '[');
    for (size_t i = 0; i < ROUTES; i++) {
        ow_jsonw_begin(w, '{');
        ow_api_put_text(w, "method", ow_str_from(routes[i].method));
        ow_api_put_text(w, "path", ow_str_from(routes[i].path));
        ow_api_put_text(w, "help", ow_str_from(routes[i].help));
        ow_jsonw_end(w, '}');
    }
    ow_jsonw_end(w, ']');
    ow_jsonw_end(w, '}');
    return 0;
}

int ow_api_health(struct ow_api_call *call)
{
    struct ow_jsonw *w = &call->w;
    const struct ow_session *session = call->session;

    ow_jsonw_begin(w, '{');
    ow_api_put_bool(w, "ok", true);
    ow_api_put_count(w, "rules", ow_table_count(session->env.table));
    ow_api_put_count(w, "programs", ow_programs_count(session->programs));
    ow_api_put_count(w, "requests", session->env.exchanges);
    ow_api_put_count(w, "unmatched", session->env.unmatched);
    ow_jsonw_end(w, '}');
    return 0;
}
