/*
 * extra_view: names that only some expressions have: what stands behind them is
 * nil elsewhere.
 *
 *     call      in a call back's headers and its "sign": method, url, body,
 *               params (of a form, sorted), token
 *     answer    in call backs: status, headers, body and json of the answer
 *               that was given; of a webhook, of the one that came
 *     limit     where a rate limit was asked: limit, period, remaining, reset,
 *               wait, and retry_after, which is whole seconds
 */
#ifndef OW_PLAN_EXTRA_VIEW_H
#define OW_PLAN_EXTRA_VIEW_H

#include <cjson/cJSON.h>

#include "plan/lua.h"

struct ow_fields;

/* What an answer was, for what is told of it later. */
struct ow_answer_seen {
    int status;
    struct ow_str body; /* as sent: absent if it was compressed or a file */
    const cJSON *json;  /* NULL: it is none */
    const struct ow_fields *headers; /* or NULL */
};

/* What a limit of requests says of this one (rule/limit.h). */
struct ow_limit_seen {
    uint64_t limit;     /* so many ... */
    double period;      /* ... in so many seconds */
    uint64_t remaining; /* at once, from here on */
    double reset;       /* seconds until all are there again */
    double wait;        /* seconds until one is; 0: there was one */
};

/* Pushes the value of such a name, which may be nil; false for other names. */
bool ow_extra_view_push(struct ow_lua *lua, struct ow_str name);

#endif
