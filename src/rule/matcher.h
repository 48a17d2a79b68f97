/*
 * matcher: one key of "when". A row in matchers.def and a file match_<key>.c
 * that has its ops; what it parsed lies in the table's arena and is never freed
 * by itself. Matchers are pure: they look at the run and change nothing but
 * what a run collects (captures, path parameters, the reason).
 */
#ifndef OW_RULE_MATCHER_H
#define OW_RULE_MATCHER_H

#include "http/request.h"
#include "rule/pattern.h"
#include "state/state.h"

/* One look-up: what is asked about, and what was found out on the way. */
struct ow_match_run {
    struct ow_pattern_run pattern;
    struct ow_request *request; /* NULL before there is one */
    struct ow_str host;         /* normal form, see hosts.h */
    uint16_t port;
    const struct ow_program *program;
    struct ow_states *states;     /* NULL: nothing has happened yet */
    const struct ow_state *state; /* of the rule looked at; NULL: the same */
    struct ow_str *segments; /* of the path, decoded, without the slashes */
    size_t n_segments;
    struct ow_fields params; /* {id} of the path matched last */
};

struct ow_matcher_ops {
    /* 0, -EINVAL with a placed sentence, -ENOMEM. */
    int (*parse)(const struct ow_pattern_source *source, const cJSON *node,
                 void **ret, struct ow_err *err);
    /* 1: fits; 0: does not, with the reason if the run asks for one;
     * -ENOMEM. */
    int (*match)(const void *self, struct ow_match_run *run);
    /* How near a miss is, 0 to 99; NULL: always 0. */
    int (*nearness)(const void *self, const struct ow_match_run *run);
};

enum ow_matcher_kind {
#define OW_MATCHER(key, early, type, help) OW_MATCHER_##key,
#include "rule/matchers.def"
#undef OW_MATCHER
    OW_MATCHER_COUNT,
};

#define OW_MATCHER(key, early, type, help)                                     \
    extern const struct ow_matcher_ops ow_match_##key##_ops;
#include "rule/matchers.def"
#undef OW_MATCHER

struct ow_matcher {
    enum ow_matcher_kind kind;
    void *self;
};

const struct ow_matcher_ops *ow_matcher_ops(enum ow_matcher_kind kind);
/* The keys of "when", NULL-terminated, in the order of the enum. */
const char *const *ow_matcher_keys(void);
/* Its enum ow_matcher_kind, or -1. */
int ow_matcher_find(const char *key);
bool ow_matcher_is_early(enum ow_matcher_kind kind);

/* A parse of matchers that are one pattern. */
int ow_matcher_parse_pattern(const struct ow_pattern_source *source,
                             const cJSON *node, void **ret, struct ow_err *err);
/* The same of those that are a struct ow_named. */
int ow_matcher_parse_named(const struct ow_pattern_source *source,
                           const cJSON *node, void **ret, struct ow_err *err);

/* The whole value of a pattern matcher (host, json, body) or a named part. */
int ow_matcher_test(const struct ow_pattern *pattern, const char *noun,
                    const struct ow_subject *value, struct ow_match_run *run);

/* "NAME": matcher, ...: query, headers, cookies, form, env. */
struct ow_named {
    struct ow_str *names;
    struct ow_pattern *patterns;
    size_t n;
};

int ow_named_parse(const struct ow_pattern_source *source, const cJSON *node,
                   struct ow_named *ret, struct ow_err *err);
/* Makes the value of a name; 0 or -ENOMEM. */
typedef int (*ow_named_value_fn)(struct ow_match_run *run, struct ow_str name,
                                 struct ow_subject *ret);
/* Tests each name's value; noun is for the reason: "header", "query". */
int ow_named_match(const struct ow_named *named, const char *noun,
                   ow_named_value_fn value, struct ow_match_run *run);
/* The value of all fields of this name; with_case: names have case. */
int ow_named_fields(const struct ow_fields *fields, struct ow_str name,
                    bool with_case, struct ow_arena *arena,
                    struct ow_subject *ret);

#endif
