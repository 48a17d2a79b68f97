/*
 * condition_parse: a condition of a resource (plan/condition.h): an object of
 * fields and what they have to be, as in "json" of "when" but that a list means
 * one of these; or a string that is an expression.
 */
#ifndef OW_RULE_CONDITION_PARSE_H
#define OW_RULE_CONDITION_PARSE_H

#include "plan/condition.h"
#include "rule/pattern.h"

/* 0, -EINVAL with a placed sentence, -ENOMEM. Lies in the source's arena. */
int ow_condition_parse(const struct ow_pattern_source *source,
                       const cJSON *node, const struct ow_condition **ret,
                       struct ow_err *err);

#endif
