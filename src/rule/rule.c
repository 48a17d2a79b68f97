/*
 * rule: one rule, parsed and matched. See rule.h. Called by table_find.c; calls
 * the matchers and plan/answer.
 */
#include "config.h"

#include "rule/rule.h"

#include <errno.h>
#include <string.h>

#include "plan/action.h"
#include "plan/callback.h"
#include "plan/grammar.h"
#include "rule/limit.h"
#include "rule/match_method.h"
#include "rule/scope.h"

/* What is read when the rest is known. */
static const char *const read_together[] = {"then",       "repeat", "scenario",
                                            "after_rule", "order",  NULL};

static int parse_matcher(const struct ow_pattern_source *source,
                         const cJSON *node, struct ow_rule *rule,
                         struct ow_err *err)
{
    int kind = ow_matcher_find(node->string);

    if (kind >= 0)
        return ow_matcher_ops((enum ow_matcher_kind)kind)
            ->parse(source, node, &rule->matchers[kind], err);
    return ow_jsonc_unknown_key(source->doc, node, err, ow_matcher_keys());
}

static int parse_when(const struct ow_pattern_source *source, const cJSON *node,
                      struct ow_rule *rule, struct ow_err *err)
{
    const cJSON *member;
    int r = 0;

    if (!cJSON_IsObject(node))
        return ow_jsonc_error(source->doc, node, err,
                              "expected an object with method, path, ...");
    cJSON_ArrayForEach(member, node)
    {
        if (r == 0)
            r = parse_matcher(source, member, rule, err);
    }
    return r;
}

static int parse_name(const struct ow_pattern_source *source, const cJSON *node,
                      struct ow_rule *rule, struct ow_err *err)
{
    struct ow_str name = ow_str_from(cJSON_GetStringValue(node));

    if (name.len == 0)
        return ow_jsonc_error(source->doc, node, err,
                              "expected a name as a string");
    name = ow_arena_copy(source->arena, name);
    rule->name = name.ptr;
    return name.ptr ? 0 : -ENOMEM;
}

static int parse_times(const struct ow_pattern_source *source,
                       const cJSON *node, struct ow_rule *rule,
                       struct ow_err *err)
{
    struct ow_str text = ow_str_from(cJSON_GetStringValue(node));

    if (cJSON_IsNumber(node) && node->valuedouble >= 0)
        text = ow_arena_printf(source->arena, "%.15g", node->valuedouble);
    else if (text.ptr)
        text = ow_arena_copy(source->arena, text);
    if (!text.ptr || ow_times_parse(text, &rule->times) < 0)
        return ow_jsonc_error(source->doc, node, err,
                              "expected how often: 4, \">=4\", \"<=2\", "
                              "\">0\" or \"3..5\"");
    rule->times_text = text.ptr;
    return 0;
}

static bool is_in(const char *const *keys, const char *key)
{
    while (*keys && strcmp(*keys, key) != 0)
        keys++;
    return *keys;
}

static int parse_set(const struct ow_pattern_source *source, const cJSON *node,
                     struct ow_rule *rule, struct ow_err *err)
{
    const struct ow_action_input in = ow_pattern_input(source, node, err);

    return ow_setter_parse(&in, node, &rule->set);
}

static int parse_after(const struct ow_pattern_source *source,
                       const cJSON *node, struct ow_rule *rule,
                       struct ow_err *err)
{
    const struct ow_action_input in = ow_pattern_input(source, NULL, err);

    return ow_callbacks_parse(&in, node, &rule->callbacks);
}

static int parse_unmatched(const struct ow_pattern_source *source,
                           const cJSON *node, struct ow_rule *rule,
                           struct ow_err *err)
{
    if (!cJSON_IsTrue(node))
        return ow_jsonc_error(source->doc, node, err, "expected true");
    rule->takes_unmatched = true;
    return 0;
}

static int parse_key(const struct ow_pattern_source *source, const cJSON *node,
                     struct ow_rule *rule, struct ow_err *err)
{
    const char *key = node->string;

    if (strcmp(key, "when") == 0)
        return parse_when(source, node, rule, err);
    if (strcmp(key, "name") == 0)
        return parse_name(source, node, rule, err);
    if (strcmp(key, "times") == 0)
        return parse_times(source, node, rule, err);
    if (strcmp(key, "limit") == 0 && source->limits) {
        int r = ow_limit_parse(source, node, false, source->limits, err);
        rule->limit = *source->limits;
        return r;
    }
    if (strcmp(key, "after") == 0)
        return parse_after(source, node, rule, err);
    if (strcmp(key, "network") == 0)
        return ow_network_parse(source->doc, node, false, source->arena,
                                &rule->network, err);
    if (is_in(ow_turn_keys(), key))
        return ow_turn_parse(source, node, &rule->turn, err);
    if (strcmp(key, "scope") == 0)
        return ow_scope_parse(source, node, &rule->scope, err);
    if (strcmp(key, "set") == 0)
        return parse_set(source, node, rule, err);
    if (strcmp(key, "unmatched") == 0)
        return parse_unmatched(source, node, rule, err);
    if (is_in(read_together, key))
        return 0;
    return ow_jsonc_unknown_key(source->doc, node, err,
                                ow_grammar_keys(OW_OBJECT_rule));
}

static const char *stage_words(enum ow_stage stage)
{
    if (stage == OW_STAGE_NAME)
        return "a fault of the name look-up";
    if (stage == OW_STAGE_CONNECT)
        return "a fault of the connection";
    if (stage == OW_STAGE_UPLOAD)
        return "a fault of the upload";
    return "a TLS fault";
}

/* Whether it can be asked at that stage. */
static bool can_ask(enum ow_matcher_kind kind, enum ow_stage stage)
{
    if (stage == OW_STAGE_UPLOAD)
        return kind != OW_MATCHER_json && kind != OW_MATCHER_form &&
               kind != OW_MATCHER_body;
    return ow_matcher_is_early(kind);
}

/* What acts before there is a request cannot ask about one. */
static int check_early(const struct ow_pattern_source *source,
                       const cJSON *node, const struct ow_rule *rule,
                       struct ow_err *err)
{
    const cJSON *when = cJSON_GetObjectItemCaseSensitive(node, "when");
    int stage = OW_STAGE_NAME;

    while (stage < OW_STAGE_REQUEST &&
           !ow_answers_have_stage(rule->answers, (enum ow_stage)stage))
        stage++;
    if (stage == OW_STAGE_REQUEST)
        return 0;
    for (int kind = 0; kind < OW_MATCHER_COUNT; kind++) {
        const char *key = ow_matcher_keys()[kind];
        if (!rule->matchers[kind] ||
            can_ask((enum ow_matcher_kind)kind, (enum ow_stage)stage))
            continue;
        return ow_jsonc_error(
            source->doc, cJSON_GetObjectItemCaseSensitive(when, key), err,
            "%s acts before %s: \"%s\" cannot be matched here",
            stage_words((enum ow_stage)stage),
            stage == OW_STAGE_UPLOAD ? "the request is whole"
                                     : "there is a request",
            key);
    }
    if (rule->set)
        return ow_jsonc_error(
            source->doc, cJSON_GetObjectItemCaseSensitive(node, "set"), err,
            "%s comes before the answer: it cannot set variables",
            stage_words((enum ow_stage)stage));
    return 0;
}

/* An ow_pattern_reader: the patterns of actions are as those of "when". */
struct lender {
    struct ow_pattern_reader reader;
    const struct ow_pattern_source *source;
};

static int read_pattern(const struct ow_pattern_reader *reader,
                        const cJSON *node, bool is_json,
                        const struct ow_pattern **ret, struct ow_err *err)
{
    const struct lender *lender = (const struct lender *)reader;
    struct ow_pattern_source source = *lender->source;
    struct ow_pattern *pattern = ow_arena_zalloc(source.arena, sizeof *pattern);

    if (!pattern)
        return -ENOMEM;
    source.flavour = is_json ? OW_PATTERN_JSON : OW_PATTERN_TEXT;
    int r = ow_pattern_parse(&source, node, pattern, err);
    if (r == 0)
        *ret = pattern;
    return r;
}

int ow_rule_read_answers(const struct ow_pattern_source *source,
                         const cJSON *then, const cJSON *repeat,
                         const struct ow_resource_route *route,
                         struct ow_answers **ret, struct ow_err *err)
{
    const struct lender lender = {{read_pattern}, source};
    const struct ow_answer_source answers = {source->doc,        source->lua,
                                             &lender.reader,     route,
                                             source->takes_next, source->named};

    return route ? ow_answers_parse_route(&answers, then, ret, err)
                 : ow_answers_parse(&answers, then, repeat, ret, err);
}

static int parse_then(const struct ow_pattern_source *source, const cJSON *node,
                      struct ow_rule *rule, struct ow_err *err)
{
    const cJSON *then = cJSON_GetObjectItemCaseSensitive(node, "then");
    const cJSON *repeat = cJSON_GetObjectItemCaseSensitive(node, "repeat");

    if (!then)
        return ow_jsonc_error(source->doc, node, err,
                              "this rule has no \"then\": what does it "
                              "answer?");
    int r = ow_order_parse(
        source, cJSON_GetObjectItemCaseSensitive(node, "after_rule"),
        cJSON_GetObjectItemCaseSensitive(node, "order"), &rule->order, err);
    struct ow_pattern_source own = *source;
    own.takes_next = true;
    if (r == 0)
        r = ow_rule_read_answers(&own, then, repeat, NULL, &rule->answers, err);
    return r < 0 ? r : check_early(source, node, rule, err);
}

/* What nobody takes gets an answer, and is a request. */
static int check_unmatched(const struct ow_pattern_source *source,
                           const cJSON *node, const struct ow_rule *rule,
                           struct ow_err *err)
{
    bool is_answer = !ow_answers_have_next(rule->answers);

    for (int stage = OW_STAGE_NAME; stage < OW_STAGE_REQUEST; stage++)
        is_answer = is_answer &&
                    !ow_answers_have_stage(rule->answers, (enum ow_stage)stage);
    if (!rule->takes_unmatched || is_answer)
        return 0;
    return ow_jsonc_error(
        source->doc, cJSON_GetObjectItemCaseSensitive(node, "unmatched"), err,
        "\"unmatched\" is for an answer to a whole request: not for \"next\", "
        "nor for what acts before");
}

int ow_rule_parse(const struct ow_pattern_source *source, const cJSON *node,
                  struct ow_rule *rule, struct ow_err *err)
{
    const cJSON *member;
    int r = 0;

    if (!cJSON_IsObject(node))
        return ow_jsonc_error(source->doc, node, err,
                              "expected a rule: an object with \"when\" and "
                              "\"then\"");
    cJSON_ArrayForEach(member, node)
    {
        if (r == 0)
            r = parse_key(source, member, rule, err);
    }
    if (r < 0)
        return r;
    int line = ow_jsonc_line(source->doc, node);
    if (line > 0)
        rule->place = ow_arena_printf(source->arena, "%s:%d",
                                      ow_jsonc_file(source->doc), line)
                          .ptr;
    if (!rule->place)
        return -ENOMEM;
    if (!rule->name)
        rule->name = rule->place;
    r = parse_then(source, node, rule, err);
    return r < 0 ? r : check_unmatched(source, node, rule, err);
}

struct ow_client ow_rule_client(const struct ow_match_run *run)
{
    return (struct ow_client){run->program,
                              run->request ? &run->request->headers : NULL};
}

void ow_rule_enter(const struct ow_rule *rule, struct ow_match_run *run)
{
    const struct ow_client client = ow_rule_client(run);

    run->state =
        run->states ? ow_states_find(run->states, &rule->scope, &client) : NULL;
}

struct ow_hits *ow_rule_open(const struct ow_rule *rule,
                             const struct ow_match_run *run)
{
    const struct ow_client client = ow_rule_client(run);
    struct ow_state *state;

    if (!run->states ||
        ow_states_open(run->states, &rule->scope, &client, &state, NULL) < 0)
        return NULL;
    return &state->hits;
}

uint64_t ow_rule_hits(const struct ow_rule *rule,
                      const struct ow_match_run *run)
{
    return run->state ? ow_hits_get(&run->state->hits, rule->index) : 0;
}

/* By the matchers before the end-th. */
static int match_to(const struct ow_rule *rule, int end,
                    struct ow_match_run *run)
{
    ow_rule_enter(rule, run);
    run->pattern.captures.n = 0;
    run->params.n = 0;
    if (!rule->matchers[OW_MATCHER_method] && !ow_match_method_unnamed(run))
        return 0;
    for (int kind = 0; kind < end; kind++) {
        if (!rule->matchers[kind])
            continue;
        int r = ow_matcher_ops((enum ow_matcher_kind)kind)
                    ->match(rule->matchers[kind], run);
        if (r <= 0)
            return r;
    }
    return 1;
}

int ow_rule_match(const struct ow_rule *rule, struct ow_match_run *run)
{
    return match_to(rule, OW_MATCHER_COUNT, run);
}

int ow_rule_match_head(const struct ow_rule *rule, struct ow_match_run *run)
{
    /* Those that look at the body are the last ones of matchers.def. */
    return match_to(rule, OW_MATCHER_json, run);
}

int ow_rule_match_early(const struct ow_rule *rule, struct ow_match_run *run)
{
    ow_rule_enter(rule, run);
    for (int kind = 0; kind < OW_MATCHER_COUNT; kind++) {
        if (!rule->matchers[kind])
            continue;
        if (!ow_matcher_is_early((enum ow_matcher_kind)kind))
            return 0;
        int r = ow_matcher_ops((enum ow_matcher_kind)kind)
                    ->match(rule->matchers[kind], run);
        if (r <= 0)
            return r;
    }
    return 1;
}
