/*
 * state: all that changes while a session runs and that rules can see: how
 * often each has answered, variables, counters, resources, scenarios. A rule
 * looks at the state of its scope: that of the session, or that of the client
 * that asks, a program or whoever sends one value of a header.
 *
 *     ow_states_init(&states, &shape);
 *     state = ow_states_find(&states, scope, &client);  // to look; no memory
 *     r = ow_states_open(&states, scope, &client, &state, &err);
 *     hit = ow_states_count(&states, state, rule);      // an answer
 *
 *     +- struct ow_states ----------------------------------------------+
 *     | shared: hits, vars, seqs, resources     scenarios: on, off, on   |
 *     | fresh:  what a client that never asked would have                |
 *     | clients: program 41 -> state, header "x-test-id: a" -> state ... |
 *     +------------------------------------------------------------------+
 *
 * One thread works on it: what two programs do at once is done one after the
 * other, and nothing is lost.
 */
#ifndef OW_STATE_STATE_H
#define OW_STATE_STATE_H

#include <cjson/cJSON.h>

#include "base/err.h"
#include "http/request.h"
#include "state/buckets.h"
#include "state/hits.h"
#include "state/seqs.h"

struct ow_resources;

/* What belongs to one scope. */
struct ow_state {
    struct ow_hits hits;
    cJSON *vars; /* an object, or NULL while there is none */
    struct ow_seqs seqs;
    struct ow_resources *resources; /* NULL until there is one */
    int64_t born_ns;                /* session time at which all of it began */
    unsigned holders;               /* ow_state_hold */
    bool is_gone;                   /* of a client that has none any more */
};

/*
 * Who looks at a state beyond the call that opened it, as a WebSocket does,
 * holds it: a client that leaves, or a reset, then takes it from the others
 * alone. NULL is allowed.
 */
void ow_state_hold(struct ow_state *state);
void ow_state_let_go(struct ow_state *state);

/* A zeroed one is empty. */
void ow_state_release(struct ow_state *state);

enum ow_scope_kind {
    OW_SCOPE_SESSION, /* zero: what a rule has that says nothing */
    OW_SCOPE_PROGRAM, /* each process by itself */
    OW_SCOPE_HEADER,  /* each value of a header; requests without it share
                         one state of their own */
};

struct ow_scope {
    enum ow_scope_kind kind;
    struct ow_str header; /* HEADER: its name */
};

/* Who asks. */
struct ow_client {
    const struct ow_program *program; /* NULL: nobody knows */
    const struct ow_fields *headers;  /* NULL: there is no request yet */
};

/* What rules say of their state. Borrowed as long as the states live. */
struct ow_state_shape {
    size_t rules;
    const cJSON *vars;            /* first values, an object; may be NULL */
    size_t orders;                /* rules whose order is expected; see early */
    const char *const *scenarios; /* their names, NULL-terminated, or NULL */
};

struct ow_states_client;

struct ow_states {
    struct ow_state_shape shape;
    struct ow_state shared; /* its hits are those of all clients */
    struct ow_state fresh;
    struct ow_states_client *clients; /* by key (uthash) */
    struct ow_buckets buckets;        /* of limits */
    size_t n_clients;
    size_t n_scenarios;
    bool *is_on; /* by number of the scenario */
    bool *begin; /* what the command line said: the same */
    size_t n_on;
    uint64_t *early; /* answers before their order, by rule; NULL: no rule
                        has one */
};

/* 0 or -ENOMEM; release takes half-made and zeroed ones. */
int ow_states_init(struct ow_states *states,
                   const struct ow_state_shape *shape);
void ow_states_release(struct ow_states *states);

/*
 * The state of that scope for this client, to look at: that of one who never
 * asked before is the fresh one. Takes no memory; valid until the next call
 * that changes states.
 */
const struct ow_state *ow_states_find(const struct ow_states *states,
                                      const struct ow_scope *scope,
                                      const struct ow_client *client);
/* The same to change, made if there is none. 0; -ENOSPC with a sentence:
 * OW_LIMIT_CLIENTS have one; -ENOMEM. */
int ow_states_open(struct ow_states *states, const struct ow_scope *scope,
                   const struct ow_client *client, struct ow_state **ret,
                   struct ow_err *err);
/* Calls visit for the shared state and for that of each client. */
void ow_states_visit(struct ow_states *states,
                     void (*visit)(void *context, struct ow_state *state),
                     void *context);
/* Counts an answer of the rule; returns how many were before it in the state.
 */
uint64_t ow_states_count(struct ow_states *states, struct ow_state *state,
                         size_t rule);
/* A process has ended: its state is of no use any more. */
void ow_states_leave(struct ow_states *states,
                     const struct ow_program *program);

/* Of rules that expect an order: counts an answer before it; how many. */
void ow_states_add_early(struct ow_states *states, size_t rule);
uint64_t ow_states_early(const struct ow_states *states, size_t rule);

/* Switches a scenario. 0, or -ENOENT with a sentence that names the known. */
int ow_states_scenario(struct ow_states *states, struct ow_str name, bool on,
                       struct ow_err *err);
/* Those of a command line, "NAME,NAME": what a reset comes back to. The same
 * results. */
int ow_states_begin(struct ow_states *states, const char *names,
                    struct ow_err *err);
bool ow_states_is_on(const struct ow_states *states, size_t scenario);

/*
 * The rules have become others: shape is theirs, and map says of each which
 * number it had (SIZE_MAX: it is new). Its count comes along; scenarios stay
 * switched by their names; variables that are new get their first value. 0 or
 * -ENOMEM: nothing has changed then.
 */
int ow_states_reshape(struct ow_states *states,
                      const struct ow_state_shape *shape, const size_t *map);

/* Forgets all that happened: hits, variables, counters, resources, clients;
 * scenarios are again those of the command line. now_ns is the session time:
 * what is there from the beginning begins then. 0 or -ENOMEM: what was first
 * is then not there in whole. */
int ow_states_reset(struct ow_states *states, int64_t now_ns);

#endif
