/*
 * limit: see limit.h. Called when rules are loaded.
 */
#include "config.h"

#include "rule/limit.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "base/json.h"
#include "base/units.h"
#include "plan/grammar.h"
#include "plan/value.h"
#include "rule/rule.h"

#define SECOND INT64_C(1000000000)

/* What one too many gets where the rule file does not say. */
static const char answer[] =
    "{ \"status\": 429, \"headers\": { \"retry-after\": "
    "\"{{ limit.retry_after }}\" }, \"json\": { \"error\": { \"message\": "
    "\"Rate limit reached: {{ limit.limit }} requests in {{ limit.period }} s. "
    "Try again in {{ limit.retry_after }} s.\", "
    "\"type\": \"rate_limit_exceeded\", \"code\": \"rate_limit_exceeded\" } } "
    "}";

/* "s", "min", "10s", "day": how long that is; 0 or -EINVAL. */
static int parse_period(struct ow_str text, int64_t *ret)
{
    static const struct {
        const char *name;
        int64_t seconds;
    } names[] = {{"s", 1},     {"sec", 1},     {"second", 1}, {"m", 60},
                 {"min", 60},  {"minute", 60}, {"h", 3600},   {"hour", 3600},
                 {"d", 86400}, {"day", 86400}};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (!ow_str_equal(text, ow_str_from(names[i].name)))
            continue;
        *ret = names[i].seconds * SECOND;
        return 0;
    }
    return ow_units_parse_duration(text, ret);
}

static int parse_rate(const struct ow_action_input *in, const cJSON *node,
                      struct ow_limit *limit)
{
    struct ow_str period = ow_str_from(cJSON_GetStringValue(node));
    struct ow_str count = ow_str_cut(&period, '/');

    limit->period = SECOND;
    if (cJSON_IsNumber(node) && node->valuedouble >= 1 &&
        node->valuedouble <= 1e9 &&
        node->valuedouble == floor(node->valuedouble)) {
        limit->count = (uint64_t)node->valuedouble;
        return 0;
    }
    if (count.ptr && period.ptr &&
        ow_str_parse_u64(ow_str_trim(count), &limit->count) == 0 &&
        limit->count > 0 && limit->count <= 1000000000 &&
        parse_period(ow_str_trim(period), &limit->period) == 0 &&
        limit->period > 0)
        return 0;
    return ow_jsonc_error(in->doc, node, in->err,
                          "expected how many in which time, as \"60/min\", "
                          "\"5/s\" or \"100/10s\"");
}

static int parse_fields(const struct ow_action_input *in, const cJSON *node,
                        struct ow_limit *limit)
{
    const cJSON *item;

    if (!cJSON_IsObject(node))
        return ow_jsonc_error(in->doc, node, in->err,
                              "expected an object: {\"name\": \"value\"}");
    size_t n = (size_t)cJSON_GetArraySize(node);
    limit->fields =
        ow_arena_zalloc(in->arena, (n > 0 ? n : 1) * sizeof *limit->fields);
    if (!limit->fields)
        return -ENOMEM;
    cJSON_ArrayForEach(item, node)
    {
        struct ow_limit_field *field = &limit->fields[limit->n_fields++];
        if (!cJSON_IsString(item))
            return ow_jsonc_error(in->doc, item, in->err, "expected a string");
        field->name = ow_arena_copy(in->arena, ow_str_from(item->string));
        int r = field->name.ptr ? ow_template_text(in, item, &field->value)
                                : -ENOMEM;
        if (r < 0)
            return r;
    }
    return 0;
}

/* The answer of our own, read as if it stood in the file. */
static int use_own_answer(const struct ow_pattern_source *source,
                          struct ow_limit *limit, struct ow_err *err)
{
    struct ow_pattern_source own = *source;
    struct ow_jsonc *doc;
    int r = ow_jsonc_parse("limit", answer, sizeof answer - 1, &doc, err);

    if (r < 0)
        return r;
    own.doc = doc;
    r = ow_rule_read_answers(&own, ow_jsonc_root(doc), NULL, NULL,
                             &limit->answers, err);
    ow_jsonc_free(doc);
    return r;
}

static int parse_answer(const struct ow_pattern_source *source,
                        const cJSON *node, struct ow_limit *limit,
                        struct ow_err *err)
{
    if (!node)
        return use_own_answer(source, limit, err);
    int r =
        ow_rule_read_answers(source, node, NULL, NULL, &limit->answers, err);
    for (int stage = 0; r == 0 && stage < OW_STAGE_REQUEST; stage++)
        if (ow_answers_have_stage(limit->answers, (enum ow_stage)stage))
            return ow_jsonc_error(source->doc, node, err,
                                  "what a limit answers acts on the request: "
                                  "this fault acts before that");
    return r;
}

int ow_limit_parse(const struct ow_pattern_source *source, const cJSON *node,
                   bool is_of_host, struct ow_limit **list, struct ow_err *err)
{
    const struct ow_action_input in = ow_pattern_input(source, NULL, err);
    const cJSON *rate = ow_json_member(node, "rate"),
                *burst = ow_json_member(node, "burst");
    const cJSON *by = ow_json_member(node, "by"),
                *headers = ow_json_member(node, "headers");
    struct ow_limit *limit = ow_arena_zalloc(source->arena, sizeof *limit);
    int64_t number;

    if (!limit)
        return -ENOMEM;
    limit->number = *list ? (*list)->number + 1 : 0;
    limit->is_of_host = is_of_host;
    limit->has_by = by;
    limit->next = *list;
    *list = limit;
    int r = ow_value_check_keys(
        &in, node,
        ow_grammar_keys(is_of_host ? OW_OBJECT_limit_of : OW_OBJECT_limit));
    if (r == 0 && !rate)
        return ow_jsonc_error(source->doc, node, err,
                              "\"limit\" needs its \"rate\"");
    if (r == 0)
        r = parse_rate(&in, rate, limit);
    number = (int64_t)limit->count;
    if (r == 0 && burst)
        r = ow_value_integer(&in, burst, 1, 1000000000, &number);
    limit->burst = (uint64_t)number;
    if (r == 0 && by && !cJSON_IsString(by))
        return ow_jsonc_error(source->doc, by, err, "expected a template");
    if (r == 0 && by)
        r = ow_template_text(&in, by, &limit->by);
    if (r == 0 && headers)
        r = parse_fields(&in, headers, limit);
    return r < 0
               ? r
               : parse_answer(source, ow_json_member(node, "then"), limit, err);
}

void ow_limits_free(struct ow_limit *list)
{
    for (; list; list = list->next)
        ow_answers_free(list->answers);
}
