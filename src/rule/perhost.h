/*
 * perhost: what rule files say of hosts and not of requests: "network",
 * "connections", "limit". Each is one thing for all hosts of its file, or a
 * list of things, each with "hosts" of its own; the first that takes a host
 * counts, in the order of the files.
 *
 *     "network": "3g"
 *     "network": [ { "hosts": ["api.example.com"], "latency": "1s" },
 *                  { "profile": "dsl" } ]
 */
#ifndef OW_RULE_PERHOST_H
#define OW_RULE_PERHOST_H

#include "rule/hosts.h"

struct ow_perhost {
    struct ow_hosts hosts;
    const void **values; /* by group; borrowed */
    uint32_t n;
};

/* Reads one thing; context is add's. 0, -EINVAL placed, -ENOMEM. */
typedef int (*ow_perhost_read_fn)(const struct ow_jsonc *doc, const cJSON *node,
                                  bool takes_hosts, void *context,
                                  const void **ret, struct ow_err *err);

void ow_perhost_init(struct ow_perhost *perhost);
void ow_perhost_release(struct ow_perhost *perhost);
/* Adds what a file says under `key`, if it does. The same results. */
int ow_perhost_add(struct ow_perhost *perhost, const struct ow_jsonc *doc,
                   const char *key, ow_perhost_read_fn read, void *context,
                   struct ow_err *err);
/* What is said of a host in normal form, at a port (0: any); NULL: nothing. */
const void *ow_perhost_find(const struct ow_perhost *perhost,
                            struct ow_str host, uint16_t port);

#endif
