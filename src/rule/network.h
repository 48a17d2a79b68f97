/*
 * network: how slow the way to a host is: "network", of files, of rules and of
 * --network. What it means for bytes is host/shaper's.
 *
 *     "network": "3g"
 *     "network": { "latency": "80ms", "jitter": "20ms", "rate": "1MB/s",
 *                  "upload": "768kbit/s", "loss": 0.01 }
 *     "network": { "profile": "3g", "loss": "2%" }
 */
#ifndef OW_RULE_NETWORK_H
#define OW_RULE_NETWORK_H

#include "base/arena.h"
#include "base/jsonc.h"

struct ow_network {
    const char *name;   /* of its profile; NULL: none */
    int64_t latency_ns; /* of a round trip */
    int64_t jitter_ns;  /* this much more or less, by chance */
    uint64_t rate;      /* bytes a second to the program; 0: no limit */
    uint64_t upload;    /* the same from it */
    double loss;        /* of packets, 0 to 1 */
};

/*
 * Parses one. takes_hosts: it may have "hosts", which the caller reads. 0,
 * -EINVAL with a placed sentence, -ENOMEM.
 */
int ow_network_parse(const struct ow_jsonc *doc, const cJSON *node,
                     bool takes_hosts, struct ow_arena *arena,
                     const struct ow_network **ret, struct ow_err *err);
/* Whether it slows nothing. */
bool ow_network_is_none(const struct ow_network *network);

/* The profile of that name, static; NULL with a sentence that says which
 * there are. */
const struct ow_network *ow_network_profile(const char *name,
                                            struct ow_err *err);
/* The n-th profile and what it is; NULL behind the last. */
const struct ow_network *ow_network_at(size_t n, const char **ret_help);

#endif
