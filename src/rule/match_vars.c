/*
 * match_vars: "vars": { "logged_in": true }: what "set" of a rule or "vars" of
 * a file has left in the state of this rule's scope.
 */
#include "config.h"

#include "rule/matcher.h"

static int parse(const struct ow_pattern_source *source, const cJSON *node,
                 void **ret, struct ow_err *err)
{
    struct ow_pattern_source json = *source;

    json.flavour = OW_PATTERN_JSON;
    return ow_matcher_parse_named(&json, node, ret, err);
}

static int get_value(struct ow_match_run *run, struct ow_str name,
                     struct ow_subject *ret)
{
    const cJSON *vars = run->state ? run->state->vars : NULL;

    *ret = ow_subject_json(cJSON_GetObjectItemCaseSensitive(vars, name.ptr));
    return 0;
}

static int match(const void *self, struct ow_match_run *run)
{
    return ow_named_match(self, "variable", get_value, run);
}

const struct ow_matcher_ops ow_match_vars_ops = {parse, match, NULL};
