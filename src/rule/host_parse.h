/*
 * host_parse: the list of "hosts" into patterns: "api.example.com", "*.eu...",
 * "name:8080", "127.0.0.1:8080", "[::1]:443", "*".
 */
#ifndef OW_RULE_HOST_PARSE_H
#define OW_RULE_HOST_PARSE_H

#include "base/jsonc.h"
#include "base/str.h"

enum ow_host_kind {
    OW_HOST_NAME,  /* this one */
    OW_HOST_BELOW, /* "*.": one or more labels, then this */
    OW_HOST_ALL,   /* "*": all that are not local */
};

struct ow_host_pattern {
    enum ow_host_kind kind;
    uint16_t port;      /* 0: any */
    struct ow_str name; /* normal form; empty for ALL; NUL-terminated */
};

int ow_host_pattern_compare(const struct ow_host_pattern *a,
                            const struct ow_host_pattern *b);
/*
 * Sorted, without doubles. 0, -EINVAL with a placed sentence, -ENOMEM. Freed
 * with ow_host_patterns_free.
 */
int ow_host_patterns_parse(const struct ow_jsonc *doc, const cJSON *list,
                           struct ow_host_pattern **ret_patterns,
                           uint32_t *ret_n, struct ow_err *err);
void ow_host_patterns_free(struct ow_host_pattern *patterns, uint32_t n);

#endif
