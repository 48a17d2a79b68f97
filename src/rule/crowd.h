/*
 * crowd: how many connections a host takes at once: "connections" of a file.
 *
 *     "connections": { "max": 2, "then": "wait" }
 *
 * Each host counts for itself. One that is over the number waits until another
 * has ended, is refused, or is reset.
 */
#ifndef OW_RULE_CROWD_H
#define OW_RULE_CROWD_H

#include "base/arena.h"
#include "base/jsonc.h"

enum ow_crowd_then {
    OW_CROWD_WAIT, /* accepted, and not served until there is room */
    OW_CROWD_REFUSE,
    OW_CROWD_RESET,
};

struct ow_crowd {
    uint32_t max; /* from 0: none at all */
    enum ow_crowd_then then;
};

/* An ow_perhost_read_fn (perhost.h); context is the arena. */
int ow_crowd_read(const struct ow_jsonc *doc, const cJSON *node,
                  bool takes_hosts, void *context, const void **ret,
                  struct ow_err *err);

#endif
