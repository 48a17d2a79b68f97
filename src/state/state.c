/*
 * state: what changes while a session runs. See state.h. Called by rule/ to
 * look, by exchange/ and host/ to change.
 */
#include "config.h"

#include "state/state.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/suggest.h"
#include "state/resources.h"

/* A failed addition leaves the entry out and says so, instead of exiting. */
#define HASH_NONFATAL_OOM          1
#define uthash_nonfatal_oom(entry) ((entry)->lost = true)
#include <uthash.h>

struct ow_states_client {
    struct ow_state state; /* first: ow_state_let_go finds the rest by it */
    UT_hash_handle hh;
    bool lost; /* uthash had no memory for it */
    char key[];
};

/* What tells a client from the others: the kind of scope, then the pid, or the
 * header's name in lower case, a colon and its value. */
struct key {
    char bytes[OW_LIMIT_CLIENT_KEY];
    size_t len;
};

void ow_state_release(struct ow_state *state)
{
    ow_hits_release(&state->hits);
    cJSON_Delete(state->vars);
    ow_seqs_release(&state->seqs);
    ow_resources_free(state->resources);
    *state = (struct ow_state){0};
}

static int init_state(struct ow_state *state,
                      const struct ow_state_shape *shape)
{
    *state = (struct ow_state){0};
    int r = ow_hits_init(&state->hits, shape->rules);
    if (r == 0 && shape->vars) {
        state->vars = cJSON_Duplicate(shape->vars, true);
        r = state->vars ? 0 : -ENOMEM;
    }
    return r;
}

static int init_scenarios(struct ow_states *states)
{
    const char *const *names = states->shape.scenarios;

    while (names && names[states->n_scenarios])
        states->n_scenarios++;
    if (states->n_scenarios == 0)
        return 0;
    states->is_on = calloc(states->n_scenarios, sizeof *states->is_on);
    states->begin = calloc(states->n_scenarios, sizeof *states->begin);
    return states->is_on && states->begin ? 0 : -ENOMEM;
}

int ow_states_init(struct ow_states *states, const struct ow_state_shape *shape)
{
    *states = (struct ow_states){.shape = *shape};
    int r = init_scenarios(states);

    if (r == 0 && shape->orders > 0) {
        states->early = calloc(shape->rules, sizeof *states->early);
        r = states->early ? 0 : -ENOMEM;
    }

    if (r == 0)
        r = init_state(&states->fresh, shape);
    if (r == 0)
        r = init_state(&states->shared, shape);
    return r;
}

static void free_client(struct ow_states_client *client)
{
    ow_state_release(&client->state);
    free(client);
}

static void drop_client(struct ow_states *states,
                        struct ow_states_client *client)
{
    HASH_DEL(states->clients, client);
    states->n_clients--;
    client->state.is_gone = true;
    if (client->state.holders == 0)
        free_client(client);
}

void ow_state_hold(struct ow_state *state)
{
    if (state)
        state->holders++;
}

void ow_state_let_go(struct ow_state *state)
{
    /* What is gone is a client's, which begins with its state. */
    if (state && --state->holders == 0 && state->is_gone)
        free_client((struct ow_states_client *)state);
}

static void drop_clients(struct ow_states *states)
{
    struct ow_states_client *client, *next;

    HASH_ITER(hh, states->clients, client, next)
    {
        drop_client(states, client);
    }
}

void ow_states_release(struct ow_states *states)
{
    drop_clients(states);
    ow_state_release(&states->shared);
    ow_state_release(&states->fresh);
    free(states->early);
    free(states->is_on);
    free(states->begin);
    ow_buckets_release(&states->buckets);
    *states = (struct ow_states){0};
}

/* Clients. */

static bool add_to_key(struct key *key, struct ow_str s)
{
    if (s.len > sizeof key->bytes - key->len)
        return false;
    if (s.len > 0)
        memcpy(key->bytes + key->len, s.ptr, s.len);
    key->len += s.len;
    return true;
}

static void key_of_program(const struct ow_program *program, struct key *key)
{
    int pid = program ? program->pid : 0;

    key->bytes[0] = 'p';
    key->len = 1;
    add_to_key(key, (struct ow_str){(const char *)&pid, sizeof pid});
}

/* As all of its spellings. */
static bool add_name(struct key *key, struct ow_str name)
{
    size_t at = key->len;

    if (!add_to_key(key, name))
        return false;
    for (; at < key->len; at++)
        if (key->bytes[at] >= 'A' && key->bytes[at] <= 'Z')
            key->bytes[at] = (char)(key->bytes[at] + 'a' - 'A');
    return true;
}

/* False: too long. */
static bool key_of_header(struct ow_str name, const struct ow_fields *headers,
                          struct key *key)
{
    const struct ow_field *field =
        headers ? ow_fields_find(headers, name) : NULL;

    key->bytes[0] = field ? 'h' : 'n';
    key->len = 1;
    return add_name(key, name) && (!field || (add_to_key(key, OW_STR(":")) &&
                                              add_to_key(key, field->value)));
}

static bool make_key(const struct ow_scope *scope,
                     const struct ow_client *client, struct key *key)
{
    if (scope->kind == OW_SCOPE_HEADER)
        return key_of_header(scope->header, client->headers, key);
    key_of_program(client->program, key);
    return true;
}

static struct ow_states_client *find_client(const struct ow_states *states,
                                            const struct key *key)
{
    struct ow_states_client *client;

    HASH_FIND(hh, states->clients, key->bytes, key->len, client);
    return client;
}

const struct ow_state *ow_states_find(const struct ow_states *states,
                                      const struct ow_scope *scope,
                                      const struct ow_client *client)
{
    struct key key;

    if (scope->kind == OW_SCOPE_SESSION)
        return &states->shared;
    if (!states->clients || !make_key(scope, client, &key))
        return &states->fresh;
    const struct ow_states_client *found = find_client(states, &key);
    return found ? &found->state : &states->fresh;
}

static int add_client(struct ow_states *states, const struct key *key,
                      struct ow_states_client **ret)
{
    struct ow_states_client *client = calloc(1, sizeof *client + key->len);

    if (!client)
        return -ENOMEM;
    memcpy(client->key, key->bytes, key->len);
    int r = init_state(&client->state, &states->shape);
    client->state.born_ns = states->shared.born_ns;
    if (r == 0)
        HASH_ADD_KEYPTR(hh, states->clients, client->key, key->len, client);
    if (r < 0 || client->lost) {
        ow_state_release(&client->state);
        free(client);
        return -ENOMEM;
    }
    states->n_clients++;
    *ret = client;
    return 0;
}

int ow_states_open(struct ow_states *states, const struct ow_scope *scope,
                   const struct ow_client *client, struct ow_state **ret,
                   struct ow_err *err)
{
    struct ow_states_client *found;
    struct key key;

    if (scope->kind == OW_SCOPE_SESSION) {
        *ret = &states->shared;
        return 0;
    }
    if (!make_key(scope, client, &key))
        return ow_err_set(err, -ENOSPC,
                          "the header \"%.*s\" that tells clients apart is "
                          "over %d bytes",
                          OW_STR_ARGS(scope->header), OW_LIMIT_CLIENT_KEY);
    found = find_client(states, &key);
    if (!found && states->n_clients >= OW_LIMIT_CLIENTS)
        return ow_err_set(err, -ENOSPC,
                          "%d clients have a state of their own (\"scope\"), "
                          "and more are not kept; POST /reset forgets them",
                          OW_LIMIT_CLIENTS);
    if (!found) {
        int r = add_client(states, &key, &found);
        if (r < 0)
            return ow_err_set(err, r, "out of memory");
    }
    *ret = &found->state;
    return 0;
}

void ow_states_visit(struct ow_states *states,
                     void (*visit)(void *context, struct ow_state *state),
                     void *context)
{
    struct ow_states_client *client, *next;

    visit(context, &states->shared);
    HASH_ITER(hh, states->clients, client, next)
    {
        visit(context, &client->state);
    }
}

uint64_t ow_states_count(struct ow_states *states, struct ow_state *state,
                         size_t rule)
{
    if (state != &states->shared)
        ow_hits_add(&states->shared.hits, rule);
    return ow_hits_add(&state->hits, rule);
}

void ow_states_leave(struct ow_states *states, const struct ow_program *program)
{
    struct key key;

    if (!states->clients)
        return;
    key_of_program(program, &key);
    struct ow_states_client *client = find_client(states, &key);
    if (client)
        drop_client(states, client);
}

void ow_states_add_early(struct ow_states *states, size_t rule)
{
    if (states->early && rule < states->shape.rules)
        states->early[rule]++;
}

uint64_t ow_states_early(const struct ow_states *states, size_t rule)
{
    return states->early && rule < states->shape.rules ? states->early[rule]
                                                       : 0;
}

/* Scenarios. */

static int find_scenario(const struct ow_states *states, struct ow_str name,
                         size_t *ret, struct ow_err *err)
{
    const char *const *names = states->shape.scenarios;

    for (size_t i = 0; i < states->n_scenarios; i++) {
        if (ow_str_equal(ow_str_from(names[i]), name)) {
            *ret = i;
            return 0;
        }
    }
    if (states->n_scenarios == 0)
        return ow_err_set(err, -ENOENT,
                          "no scenario \"%.*s\": the rules have none",
                          OW_STR_ARGS(name));
    const char *near = ow_suggest(name, names);
    if (near)
        return ow_err_set(err, -ENOENT,
                          "no scenario \"%.*s\"; did you mean \"%s\"?",
                          OW_STR_ARGS(name), near);
    return ow_err_set(err, -ENOENT,
                      "no scenario \"%.*s\"; the rules have \"%s\"%s",
                      OW_STR_ARGS(name), names[0],
                      states->n_scenarios > 1 ? " and others" : "");
}

static void switch_scenario(struct ow_states *states, size_t scenario, bool on)
{
    states->n_on += on && !states->is_on[scenario];
    states->n_on -= !on && states->is_on[scenario];
    states->is_on[scenario] = on;
}

int ow_states_scenario(struct ow_states *states, struct ow_str name, bool on,
                       struct ow_err *err)
{
    size_t scenario;
    int r = find_scenario(states, name, &scenario, err);

    if (r == 0)
        switch_scenario(states, scenario, on);
    return r;
}

int ow_states_begin(struct ow_states *states, const char *names,
                    struct ow_err *err)
{
    struct ow_str left = ow_str_from(names);
    size_t scenario;

    while (left.ptr) {
        struct ow_str name = ow_str_trim(ow_str_cut(&left, ','));
        if (name.len == 0)
            continue;
        int r = find_scenario(states, name, &scenario, err);
        if (r < 0)
            return r;
        states->begin[scenario] = true;
        switch_scenario(states, scenario, true);
    }
    return 0;
}

bool ow_states_is_on(const struct ow_states *states, size_t scenario)
{
    return scenario < states->n_scenarios && states->is_on[scenario];
}

int ow_states_reset(struct ow_states *states, int64_t now_ns)
{
    unsigned holders = states->shared.holders;

    drop_clients(states);
    ow_state_release(&states->shared);
    ow_buckets_release(&states->buckets);
    if (states->early)
        memset(states->early, 0, states->shape.rules * sizeof *states->early);
    for (size_t i = 0; i < states->n_scenarios; i++)
        switch_scenario(states, i, states->begin[i]);
    int r = init_state(&states->shared, &states->shape);
    states->shared.holders = holders;
    states->shared.born_ns = now_ns;
    return r;
}

/* The rules have become others. */

/* First values of variables that are not there yet. */
static int add_vars(struct ow_state *state, const cJSON *vars)
{
    const cJSON *var;

    if (vars && !state->vars)
        state->vars = cJSON_CreateObject();
    if (vars && !state->vars)
        return -ENOMEM;
    cJSON_ArrayForEach(var, vars)
    {
        if (cJSON_GetObjectItemCaseSensitive(state->vars, var->string))
            continue;
        cJSON *copy = cJSON_Duplicate(var, true);
        if (!copy || !cJSON_AddItemToObject(state->vars, var->string, copy)) {
            cJSON_Delete(copy);
            return -ENOMEM;
        }
    }
    return 0;
}

static void map_scenarios(const struct ow_states *from, struct ow_states *to)
{
    for (size_t i = 0; i < to->n_scenarios; i++) {
        struct ow_str name = ow_str_from(to->shape.scenarios[i]);
        for (size_t j = 0; j < from->n_scenarios; j++) {
            if (!ow_str_equal(ow_str_from(from->shape.scenarios[j]), name))
                continue;
            to->begin[i] = from->begin[j];
            switch_scenario(to, i, from->is_on[j]);
        }
    }
}

/* A client's counts that cannot be kept for want of memory begin anew. */
static void map_clients(struct ow_states *states, size_t n, const size_t *map)
{
    struct ow_states_client *client, *next;

    HASH_ITER(hh, states->clients, client, next)
    {
        if (ow_hits_map(&client->state.hits, n, map) < 0)
            drop_client(states, client);
    }
}

/* Takes the clients and what is shared from the old states. */
static int move_over(struct ow_states *from, struct ow_states *to,
                     const size_t *map)
{
    int r = ow_hits_map(&from->shared.hits, to->shape.rules, map);

    if (r == 0)
        r = add_vars(&from->shared, to->shape.vars);
    if (r < 0)
        return r;
    for (size_t i = 0; to->early && i < to->shape.rules; i++)
        to->early[i] = ow_states_early(from, map[i]);
    map_scenarios(from, to);
    map_clients(from, to->shape.rules, map);
    ow_state_release(&to->shared);
    to->shared = from->shared;
    to->clients = from->clients;
    to->n_clients = from->n_clients;
    from->shared = (struct ow_state){0};
    from->clients = NULL;
    return 0;
}

int ow_states_reshape(struct ow_states *states,
                      const struct ow_state_shape *shape, const size_t *map)
{
    struct ow_states made;
    int r = ow_states_init(&made, shape);

    if (r == 0)
        r = move_over(states, &made, map);
    if (r < 0) {
        ow_states_release(&made);
        return r;
    }
    ow_states_release(states);
    *states = made;
    return 0;
}
