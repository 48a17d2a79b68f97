/*
 * match_json: "json": { "model": "gpt-4o" }: a subset of the body's JSON,
 * whatever the Content-Type says.
 */
#include "config.h"

#include <errno.h>

#include "base/limits.h"
#include "rule/matcher.h"

static int parse(const struct ow_pattern_source *source, const cJSON *node,
                 void **ret, struct ow_err *err)
{
    struct ow_pattern_source json = *source;

    json.flavour = OW_PATTERN_JSON;
    return ow_matcher_parse_pattern(&json, node, ret, err);
}

static void explain_no_json(const struct ow_request *request,
                            struct ow_buf *reason)
{
    const struct ow_body *body = request->body;
    const char *what = "is no JSON";

    if (request->is_json_much) {
        ow_buf_printf(reason,
                      "the body nests more than %d deep, or has more than %d "
                      "values, which is not looked at as JSON",
                      OW_LIMIT_JSON_DEPTH, OW_LIMIT_JSON_VALUES);
        return;
    }
    if (!body || body->size == 0)
        what = "is empty";
    else if (!ow_body_is_whole(body))
        what = "is larger than what is kept (--body-limit)";
    ow_buf_printf(reason, "the body %s, the rule wants JSON", what);
}

static int match(const void *self, struct ow_match_run *run)
{
    struct ow_buf *reason = run->pattern.reason;
    struct ow_subject value = ow_subject_json(ow_request_json(run->request));

    if (value.kind == OW_SUBJECT_ABSENT)
        run->pattern.reason = NULL;
    int r = ow_matcher_test(self, "json", &value, run);
    run->pattern.reason = reason;
    if (r == 0 && value.kind == OW_SUBJECT_ABSENT && reason && reason->len == 0)
        explain_no_json(run->request, reason);
    return r;
}

const struct ow_matcher_ops ow_match_json_ops = {parse, match, NULL};
