/*
 * limit: how often requests are answered: "limit" of a rule, for the requests
 * that it answers, or of a file, for all of its hosts' (perhost.h). A token
 * bucket: so many at a rate, `burst` at once.
 *
 *     "limit": { "rate": "60/min", "burst": 10,
 *                "by": "{{ req.headers.authorization }}",
 *                "headers": { "x-ratelimit-remaining": "{{ limit.remaining }}"
 * }, "then": { "status": 429 } }
 */
#ifndef OW_RULE_LIMIT_H
#define OW_RULE_LIMIT_H

#include "plan/template.h"
#include "rule/pattern.h"

struct ow_limit_field {
    struct ow_str name;
    struct ow_template value;
};

struct ow_limit {
    struct ow_limit *next; /* of the table's, for ow_limits_free */
    uint32_t number;       /* in the table */
    bool is_of_host;       /* each host counts for itself */
    bool has_by;
    uint64_t count; /* so many ... */
    int64_t period; /* ... in so many nanoseconds */
    uint64_t burst;
    struct ow_template by;         /* what has a bucket of its own */
    struct ow_limit_field *fields; /* on each answer, good or not */
    size_t n_fields;
    struct ow_answers *answers; /* "then": what one too many gets */
};

/*
 * Parses one and adds it to the list, also a half-made one. 0, -EINVAL with a
 * placed sentence, -ENOMEM.
 */
int ow_limit_parse(const struct ow_pattern_source *source, const cJSON *node,
                   bool is_of_host, struct ow_limit **list, struct ow_err *err);
/* What lies outside of the arena. */
void ow_limits_free(struct ow_limit *list);

#endif
