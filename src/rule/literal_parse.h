/*
 * literal_parse: the values in patterns, as they stand: what is under "is", and
 * the pieces of it that plain patterns share.
 */
#ifndef OW_RULE_LITERAL_PARSE_H
#define OW_RULE_LITERAL_PARSE_H

#include "rule/pattern.h"

/* "a string", "a number", "true", ...: for "expected X, got Y". */
const char *ow_literal_type(const cJSON *node);

/*
 * All fill *ret, which is zeroed, and return 0, -EINVAL with a placed sentence,
 * or -ENOMEM.
 */

/* Under "is": no word and no search in it, objects with no other keys. */
int ow_literal_parse(const struct ow_pattern_source *source, const cJSON *node,
                     struct ow_pattern *ret, struct ow_err *err);
int ow_literal_parse_text(const struct ow_pattern_source *source,
                          struct ow_str s, struct ow_pattern *ret);
/* Number, true, false, null. */
int ow_literal_parse_scalar(const struct ow_pattern_source *source,
                            const cJSON *node, struct ow_pattern *ret,
                            struct ow_err *err);
/* Room for n children. */
int ow_literal_items(const struct ow_pattern_source *source, size_t n,
                     struct ow_pattern *ret);
/* Names the children by their numbers. */
int ow_literal_number(const struct ow_pattern_source *source,
                      struct ow_pattern *ret);

#endif
