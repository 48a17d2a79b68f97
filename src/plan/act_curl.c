/*
 * act_curl: "curl": the CURLcode that libcurl's caller gets, alone or behind a
 * part of the body beside it. See act_curl.h.
 */
#include "config.h"

#include "plan/act_curl.h"

#include <errno.h>
#include <string.h>

#include "base/json.h"
#include "plan/action.h"
#include "plan/after.h"
#include "plan/grammar.h"
#include "plan/value.h"

/*
 * What libcurl gets in place of an answer. On a connection that it uses again
 * it would take a plain close for bad luck and send the request once more; a
 * version that nobody speaks ends the transfer at once, before any callback.
 */
#define NO_ANSWER "HTTP/9.9 999 none\r\n\r\n"

struct curl {
    int code;
    struct ow_after after;
};

static const char *const names[] = {
#define OW_CURL_CODE(name, number, error) #name,
#include "control/curl_codes.def"
#undef OW_CURL_CODE
    NULL,
};

static const int numbers[] = {
#define OW_CURL_CODE(name, number, error) number,
#include "control/curl_codes.def"
#undef OW_CURL_CODE
};

const char *const *ow_act_curl_names(void)
{
    return names;
}

const char *ow_act_curl_name(int code)
{
    for (size_t i = 0; names[i]; i++)
        if (numbers[i] == code)
            return names[i];
    return NULL;
}

/* Whether "then" has a body of its own, and whether that comes in pieces. */
static bool find_body(const cJSON *then, bool *ret_pieces)
{
    static const char *const bodies[] = {"json", "text", "file", "base64"};
    const cJSON *stream = ow_json_member(then, "stream");
    bool has_body = stream;

    *ret_pieces = ow_json_member(then, "next") ||
                  (stream && !ow_json_member(stream, "file"));
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++)
        has_body = has_body || ow_json_member(then, bodies[i]);
    return has_body;
}

static int curl_parse(const struct ow_action_input *in, const void **ret_state)
{
    const cJSON *spec = ow_json_member(in->then, "curl");
    bool is_object = cJSON_IsObject(spec), has_pieces;
    const cJSON *word = is_object ? ow_json_member(spec, "code") : spec;
    const cJSON *after = is_object ? ow_json_member(spec, "after") : NULL;
    bool has_body = find_body(in->then, &has_pieces);
    struct curl *curl = ow_arena_zalloc(in->arena, sizeof *curl);
    int row, r = 0;

    if (!curl)
        return -ENOMEM;
    if (is_object)
        r = ow_value_check_keys(in, spec,
                                ow_grammar_keys(OW_OBJECT_curl_result));
    if (r < 0)
        return r;
    if (!word)
        return ow_jsonc_error(in->doc, spec, in->err,
                              "\"curl\" needs a \"code\", as "
                              "\"CURLE_OPERATION_TIMEDOUT\"");
    if (has_body && !after)
        return ow_jsonc_error(in->doc, spec, in->err,
                              "beside a body \"curl\" needs \"after\": how "
                              "much of it comes first");
    r = ow_value_word(in, word, names, &row);
    if (r == 0)
        curl->code = numbers[row];
    if (r == 0 && after)
        r = ow_after_parse(in, after, has_pieces, &curl->after);
    in->answer->wants_body = after;
    *ret_state = curl;
    return r;
}

static void set_code(struct ow_plan *plan, int code)
{
    plan->curl = code + 1;
    plan->fault = ow_act_curl_name(code);
}

int ow_act_curl_end(struct ow_plan *plan, const struct ow_program *program,
                    int code)
{
    size_t waits = 0;

    while (waits < plan->n && plan->steps[waits].kind == OW_STEP_WAIT)
        waits++;
    plan->n = waits;
    set_code(plan, code);
    if (program->has_libcurl) {
        struct ow_step *step = ow_plan_add(plan, OW_STEP_RAW);
        if (!step)
            return -ENOMEM;
        step->raw.bytes = OW_STR(NO_ANSWER);
    }
    return ow_plan_add(plan, OW_STEP_CLOSE) ? 0 : -ENOMEM;
}

/* A body that is sent whole must not end well: the end of chunks is missing. */
static void keep_from_ending(struct ow_plan *plan)
{
    struct ow_step *head = ow_plan_head(plan);

    if (head && head->head.framing == OW_FRAMING_LENGTH &&
        ow_plan_body_size(plan) >= head->head.length)
        head->head.framing = OW_FRAMING_CHUNKED;
}

/* Then libcurl is content with the head: the code comes in place of it. */
static bool has_no_body(const struct ow_request *request,
                        const struct ow_plan *plan)
{
    const struct ow_step *head = ow_plan_head(plan);
    int status = head ? head->head.status : 0;

    return ow_str_equal(request->method, OW_STR("HEAD")) || status == 204 ||
           status == 304;
}

/* RST: the end of a body without a length is no error, but this is. */
static int curl_plan(const void *state, const struct ow_answer_context *context,
                     struct ow_plan *plan, struct ow_err *err)
{
    const struct curl *curl = state;

    (void)err;
    if (curl->after.kind == OW_AFTER_NONE ||
        has_no_body(context->request, plan))
        return ow_act_curl_end(plan, context->request->program, curl->code);
    ow_after_cut(&curl->after, plan);
    keep_from_ending(plan);
    set_code(plan, curl->code);
    return ow_plan_add(plan, OW_STEP_RESET) ? 0 : -ENOMEM;
}

const struct ow_action_ops ow_curl_ops = {
    .name = "curl",
    .parse = curl_parse,
    .plan = curl_plan,
};
