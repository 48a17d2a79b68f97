/*
 * api_verify: /verify of http://offwire.test/: expectations of what was called,
 * in the language of "when":
 *
 *     [ { "rule": "models", "times": 2 },
 *       { "path": "/v1/chat/{id}", "json": { "stream": true }, "times": ">=1" }
 * ]
 *
 * Each is looked for among the calls that are remembered. One that is not met
 * is told with the call that came nearest.
 */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "host/api_call.h"
#include "rule/times.h"
#include "rule/when.h"

#define HINT                                                                   \
    "a list, as [{\"rule\": \"models\", \"times\": \">=1\"}, {\"path\": "      \
    "\"/v1/chat/**\", \"json\": {\"stream\": true}}]"

/* Of the reason why the nearest call does not fit. */
#define REASON_MAX 600

static const char *const own_keys[] = {"rule", "times", "status", "since",
                                       NULL};

struct expectation {
    const cJSON *node;
    struct ow_when *when;
    struct ow_str rule; /* absent: any */
    struct ow_times times;
    const char *times_text;
    int64_t status; /* -1: any */
    uint64_t since;
    uint64_t seen;
    struct ow_buf reason;               /* of the nearest call */
    const struct ow_call_kept *nearest; /* NULL: there is none */
};

static int read_times(struct ow_api_call *call, const cJSON *node,
                      struct expectation *e, struct ow_err *err)
{
    struct ow_str text = ow_str_from(cJSON_GetStringValue(node));

    if (cJSON_IsNumber(node) && node->valuedouble >= 0)
        text = ow_arena_printf(call->arena, "%.15g", node->valuedouble);
    if (!text.ptr || ow_times_parse(text, &e->times) < 0)
        return ow_jsonc_error(call->doc, node, err,
                              "expected how often: 4, \">=4\", \"<=2\", "
                              "\">0\" or \"3..5\"");
    e->times_text = text.ptr;
    return 0;
}

static int read_whole(struct ow_api_call *call, const cJSON *node,
                      uint64_t *ret, struct ow_err *err)
{
    if (!cJSON_IsNumber(node) || node->valuedouble < 0 ||
        node->valuedouble > 9e15)
        return ow_jsonc_error(call->doc, node, err, "expected a number");
    *ret = (uint64_t)node->valuedouble;
    return 0;
}

static int read_own(struct ow_api_call *call, const cJSON *node,
                    struct expectation *e, struct ow_err *err)
{
    uint64_t number = 0;
    int r = 0;

    if (strcmp(node->string, "times") == 0)
        return read_times(call, node, e, err);
    if (strcmp(node->string, "since") == 0)
        return read_whole(call, node, &e->since, err);
    if (strcmp(node->string, "status") == 0) {
        r = read_whole(call, node, &number, err);
        e->status = (int64_t)number;
    }
    if (strcmp(node->string, "rule") == 0) {
        e->rule = ow_str_from(cJSON_GetStringValue(node));
        if (!e->rule.ptr)
            r = ow_jsonc_error(call->doc, node, err,
                               "expected a rule's name, or its place");
    }
    return r;
}

/* A name that no rule has is a mistake of the test, not of the program. */
static int check_rule(struct ow_api_call *call, const struct expectation *e,
                      struct ow_err *err)
{
    const struct ow_table *table = call->session->env.table;

    if (!e->rule.ptr)
        return 0;
    for (size_t i = 0; i < ow_table_count(table); i++) {
        const struct ow_rule *rule = ow_table_rule(table, i);
        if (ow_str_equal(e->rule, ow_str_from(ow_rule_name(rule))) ||
            ow_str_equal(e->rule, ow_str_from(ow_rule_place(rule))))
            return 0;
    }
    for (size_t i = 0; i < ow_calls_count(call->api->calls); i++)
        if (ow_str_equal(e->rule, ow_calls_at(call->api->calls, i)->rule))
            return 0;
    return ow_jsonc_error(
        call->doc, cJSON_GetObjectItemCaseSensitive(e->node, "rule"), err,
        "no rule is called \"%.*s\"; GET /rules lists them",
        e->rule.len > 60 ? 60 : (int)e->rule.len, e->rule.ptr);
}

static int read_one(struct ow_api_call *call, const cJSON *node,
                    struct expectation *e, struct ow_err *err)
{
    const cJSON *member;
    int r = 0;

    *e = (struct expectation){.node = node,
                              .status = -1,
                              .times = {1, UINT64_MAX},
                              .times_text = ">=1"};
    ow_buf_init(&e->reason, REASON_MAX);
    if (!cJSON_IsObject(node))
        return ow_jsonc_error(call->doc, node, err,
                              "expected an expectation: an object");
    cJSON_ArrayForEach(member, node)
    {
        if (r == 0)
            r = read_own(call, member, e, err);
    }
    if (r == 0)
        r = check_rule(call, e, err);
    return r < 0 ? r : ow_when_new(call->doc, node, own_keys, &e->when, err);
}

static bool is_by_rule(const struct expectation *e,
                       const struct ow_call_kept *kept)
{
    return !e->rule.ptr || ow_str_equal(e->rule, kept->rule) ||
           ow_str_equal(e->rule, kept->place);
}

/* Whether the call is one of those that are meant; else why not. */
static int fits(struct ow_api_call *call, const struct expectation *e,
                const struct ow_call_kept *kept, struct ow_buf *reason)
{
    struct ow_program program;
    struct ow_body body;
    struct ow_request request;

    if (!is_by_rule(e, kept)) {
        if (kept->rule.ptr)
            ow_buf_printf(reason, "the rule \"%.*s\" answered it",
                          OW_STR_ARGS(kept->rule));
        else
            ow_buf_printf(reason, "no rule answered it");
        return 0;
    }
    if (e->status >= 0 && kept->status != e->status) {
        ow_buf_printf(reason, "its status was %d", kept->status);
        return 0;
    }
    if (!kept->has_request)
        return !ow_when_asks(e->when);
    int r = ow_call_kept_request(kept, call->arena, &program, &body, &request);
    if (r == 0)
        r = ow_when_match(e->when, &request, reason);
    ow_request_release(&request);
    ow_body_release(&body);
    return r;
}

/* How much of what is asked fits: what is looked at later, and further on. */
static int look(struct ow_api_call *call, struct expectation *e)
{
    const struct ow_calls *calls = call->api->calls;
    struct ow_buf reason;
    int r = 0;

    ow_buf_init(&reason, REASON_MAX);
    for (size_t i = 0; r >= 0 && i < ow_calls_count(calls); i++) {
        const struct ow_call_kept *kept = ow_calls_at(calls, i);
        if (kept->number <= e->since)
            continue;
        ow_buf_clear(&reason, REASON_MAX);
        r = fits(call, e, kept, &reason);
        e->seen += r == 1;
        /* The latest that does not fit; a reason of the body or the headers
         * says that the path did, so that one is rather told. */
        bool is_near =
            memmem(ow_buf_data(&reason), reason.len, "path is", 7) == NULL;
        if (r != 0 || reason.len == 0 || (e->nearest && !is_near))
            continue;
        e->nearest = kept;
        ow_buf_clear(&e->reason, REASON_MAX);
        r = ow_buf_append_str(&e->reason, ow_buf_peek(&reason));
    }
    ow_buf_release(&reason);
    return r < 0 ? r : 0;
}

static bool is_met(const struct expectation *e)
{
    return e->seen >= e->times.least && e->seen <= e->times.most;
}

static void put_result(struct ow_api_call *call, const struct expectation *e)
{
    struct ow_jsonw *w = &call->w;

    ow_jsonw_begin(w, '{');
    ow_api_put_bool(w, "ok", is_met(e));
    ow_api_put_count(w, "seen", e->seen);
    ow_api_put_text(w, "times", ow_str_from(e->times_text));
    ow_jsonw_key(w, "expected");
    ow_api_put_cjson(w, e->node);
    if (!is_met(e) && e->seen < e->times.least && e->nearest) {
        ow_jsonw_key(w, "nearest");
        ow_jsonw_begin(w, '{');
        ow_api_put_count(w, "call", e->nearest->number);
        ow_api_put_text(w, "reason", ow_buf_peek(&e->reason));
        ow_jsonw_end(w, '}');
    }
    ow_jsonw_end(w, '}');
}

/* "asked for >=1 of {...}, seen 0; nearest is call 3: ...". */
static struct ow_str sentence_of(struct ow_api_call *call,
                                 const struct expectation *e)
{
    char *text = cJSON_PrintUnformatted(e->node);
    bool has_near = e->seen < e->times.least && e->nearest;
    struct ow_str s = ow_arena_printf(
        call->arena, "asked for %s of %.300s, seen %llu%s", e->times_text,
        text ? text : "it", (unsigned long long)e->seen,
        ow_calls_dropped(call->api->calls) > 0
            ? " (older calls are not remembered any more)"
            : "");

    cJSON_free(text);
    if (has_near && s.ptr)
        s = ow_arena_printf(call->arena, "%.*s; nearest is call %llu: %.*s",
                            OW_STR_ARGS(s),
                            (unsigned long long)e->nearest->number,
                            (int)e->reason.len, ow_buf_data(&e->reason));
    return s;
}

static void put_results(struct ow_api_call *call, const struct expectation *all,
                        size_t n)
{
    const struct expectation *unmet = NULL;
    struct ow_jsonw *w = &call->w;

    for (size_t i = 0; i < n && !unmet; i++)
        unmet = is_met(&all[i]) ? NULL : &all[i];
    /* So that `curl -f` and the like see it. */
    call->status = unmet ? 417 : 200;
    ow_jsonw_begin(w, '{');
    ow_api_put_bool(w, "ok", !unmet);
    if (unmet) {
        ow_jsonw_key(w, "error");
        ow_jsonw_begin(w, '{');
        ow_api_put_text(w, "message", sentence_of(call, unmet));
        ow_api_put_text(w, "hint", OW_STR("GET /calls lists what was called"));
        ow_jsonw_end(w, '}');
    }
    ow_jsonw_key(w, "results");
    ow_jsonw_begin(w, '[');
    for (size_t i = 0; i < n; i++)
        put_result(call, &all[i]);
    ow_jsonw_end(w, ']');
    ow_jsonw_end(w, '}');
}

/* Reads and looks for all; *ret_n are to be released whatever comes of it. */
static int check_all(struct ow_api_call *call, const cJSON *root,
                     struct expectation *all, size_t *ret_n, struct ow_err *err)
{
    const cJSON *node = cJSON_IsArray(root) ? root->child : root;
    int r = 0;

    for (; node && r == 0; node = cJSON_IsArray(root) ? node->next : NULL) {
        struct expectation *e = &all[(*ret_n)++];
        r = read_one(call, node, e, err);
        if (r == 0)
            r = look(call, e);
    }
    return r;
}

int ow_api_verify(struct ow_api_call *call)
{
    struct ow_err err = {""};
    const cJSON *root;
    size_t n = 0;
    int r = ow_api_read(call, &root);

    if (r != 0)
        return r < 0 ? r : 0;
    if (!cJSON_IsArray(root) && !cJSON_IsObject(root))
        return ow_api_fail(call, 400, HINT, "what is expected?");
    size_t most = cJSON_IsArray(root) ? (size_t)cJSON_GetArraySize(root) : 1;
    struct expectation *all =
        ow_arena_zalloc(call->arena, (most + 1) * sizeof *all);
    if (!all)
        return -ENOMEM;
    r = check_all(call, root, all, &n, &err);
    if (r == 0)
        put_results(call, all, n);
    for (size_t i = 0; i < n; i++) {
        ow_when_free(all[i].when);
        ow_buf_release(&all[i].reason);
    }
    return r < 0 ? ow_api_fail_err(call, 400, HINT, r, &err) : 0;
}
