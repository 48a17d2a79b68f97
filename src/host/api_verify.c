/*
 * api_verify: /verify of http://offwire.test/: expectations of what was called
 * (rule/verify.h), against the calls that are remembered.
 */
#include "config.h"

#include <errno.h>

#include "host/api_call.h"
#include "rule/verify.h"

#define HINT                                                                   \
    "a list, as [{\"rule\": \"models\", \"times\": \">=1\"}, {\"path\": "      \
    "\"/v1/chat/**\", \"json\": {\"stream\": true}}], or {\"order\": "         \
    "[\"files.create\", \"jobs.create\"], \"only\": true}"

static const char *const known[] = {"format", "file", NULL};

static int know_rules(struct ow_api_call *call, struct ow_verify *verify)
{
    const struct ow_table *table = call->session->env.table;
    int r = 0;

    for (size_t i = 0; r == 0 && i < ow_table_count(table); i++) {
        struct ow_str name =
            ow_rule_full_name(ow_table_rule(table, i), call->arena);
        r = name.ptr ? ow_verify_know(verify, name) : -ENOMEM;
    }
    return r;
}

/* A request, whatever became of it; of the others there is none. */
static int look(struct ow_api_call *call, struct ow_verify *verify,
                const struct ow_call_kept *kept)
{
    struct ow_program program;
    struct ow_body body;
    struct ow_request request;
    struct ow_verify_call seen = {.number = kept->number,
                                  .status = kept->status,
                                  .rule = kept->rule,
                                  .pack = kept->pack,
                                  .place = kept->place,
                                  .over = kept->over};

    if (!kept->has_request)
        return ow_verify_look(verify, &seen);
    int r = ow_call_kept_request(kept, call->arena, &program, &body, &request);
    seen.is_request = true;
    seen.request = &request;
    seen.method = request.method;
    seen.url = ow_request_url(&request);
    if (r == 0)
        r = ow_verify_look(verify, &seen);
    ow_request_release(&request);
    ow_body_release(&body);
    return r;
}

static int look_at_all(struct ow_api_call *call, struct ow_verify *verify)
{
    const struct ow_calls *calls = call->api->calls;
    int r = know_rules(call, verify);

    for (size_t i = 0; r == 0 && i < ow_calls_count(calls); i++)
        r = look(call, verify, ow_calls_at(calls, i));
    ow_verify_set_dropped(verify, ow_calls_dropped(calls));
    return r;
}

/* What the query asks for; 1: it is none, and the error is written. */
static int read_format(struct ow_api_call *call, enum ow_verify_format *ret)
{
    static const char *const words[] = {"text", "tap", "json", NULL};
    static const enum ow_verify_format formats[] = {
        OW_VERIFY_TEXT, OW_VERIFY_TAP, OW_VERIFY_JSON};
    struct ow_str word = ow_api_param(call, "format");

    *ret = OW_VERIFY_JSON;
    for (size_t i = 0; word.ptr && words[i]; i++)
        if (ow_str_equal(word, ow_str_from(words[i]))) {
            *ret = formats[i];
            return 0;
        }
    if (!word.ptr)
        return 0;
    ow_api_fail(call, 400, "\"format\" is text, tap or json",
                "unknown format \"%.*s\"", word.len > 40 ? 40 : (int)word.len,
                word.ptr);
    return 1;
}

int ow_api_verify(struct ow_api_call *call)
{
    struct ow_verify *verify = NULL;
    struct ow_err err = {""};
    enum ow_verify_format format;
    const cJSON *root;
    int r = ow_api_check_params(call, known);

    if (r == 0)
        r = read_format(call, &format);
    if (r == 0) {
        /* A copy has a NUL behind it. */
        struct ow_str file = ow_api_param(call, "file");
        if (file.ptr)
            call->body_name = ow_arena_copy(call->arena, file).ptr;
        r = ow_api_read(call, &root);
    }
    if (r != 0)
        return r < 0 ? r : 0;
    if (!root)
        return ow_api_fail(call, 400, HINT, "what is expected?");
    r = ow_verify_new(call->doc, &verify, &err);
    if (r == 0)
        r = look_at_all(call, verify);
    if (r == 0)
        r = ow_verify_end(verify, &err);
    if (r < 0) {
        ow_verify_free(verify);
        return ow_api_fail_err(call, 400, HINT, r, &err);
    }
    /* So that `curl -f` and the like see it. */
    call->status = ow_verify_is_met(verify) ? 200 : 417;
    call->type = format == OW_VERIFY_JSON ? NULL : "text/plain; charset=utf-8";
    r = ow_verify_write(verify, format, &call->out);
    ow_verify_free(verify);
    return r;
}
