/*
 * resources_inner: how resources are stored. Inside of state/: resources.c
 * finds and keeps them, resource_text.c has what they say, resource_fate.c
 * knows what is to become of them.
 *
 *     store --- kinds, by key --- collections --- items, in order
 *       |                              |--------- by id
 *       |--- collections, by key and scope
 *       |--- lists of those that are gone, doomed, or have a tree
 */
#ifndef OW_STATE_RESOURCES_INNER_H
#define OW_STATE_RESOURCES_INNER_H

#include "state/resources.h"
#include "state/wakes.h"

/* A failed addition leaves the entry out and says so, instead of exiting. */
#define HASH_NONFATAL_OOM          1
#define uthash_nonfatal_oom(entry) ((entry)->is_lost = true)
#include <uthash.h>
#include <utlist.h>

struct ow_stored {
    struct ow_resource resource;   /* first: one is found from the other */
    UT_hash_handle hh;             /* of the collection, by id */
    uint64_t seq;                  /* in the collection, rising */
    cJSON *tree;                   /* of resource.json */
    struct ow_stored *next_tree;   /* of those that have one */
    struct ow_stored *prev, *next; /* of those that are gone */
    struct ow_collection *children;
    struct ow_stored *doom_prev, *doom_next; /* of those to be deleted */
    struct ow_wake wake;                     /* its number rises in the store */
    bool is_doomed;
    bool is_gone;
    bool is_lost;
};

struct ow_resource_kind {
    UT_hash_handle hh;
    struct ow_collection *collections;
    uint64_t made;
    bool is_started;
    bool is_lost;
    size_t len;
    char key[];
};

struct ow_collection {
    UT_hash_handle hh; /* of the store, by name */
    struct ow_resources *store;
    struct ow_resource_kind *kind;
    struct ow_stored *parent;   /* NULL: none */
    struct ow_collection *prev; /* of the kind's */
    struct ow_collection *next;
    struct ow_collection *before; /* of the parent's */
    struct ow_collection *behind;
    struct ow_stored *by_id;
    struct ow_stored **items; /* in order */
    size_t n;
    size_t cap;
    uint64_t seq;
    bool is_lost;
    size_t len;
    char name[]; /* key, NUL, scope */
};

struct ow_resources {
    struct ow_resource_kind *kinds;
    struct ow_collection *collections;
    struct ow_stored *trees;
    struct ow_stored *gone; /* oldest first */
    struct ow_stored *doomed;
    struct ow_wakes wakes;
    uint64_t *ended; /* lives */
    size_t n_ended;
    size_t cap_ended;
    uint64_t made;
    uint64_t changes;
    size_t n_gone;
    size_t count;
    size_t bytes;
};

/* What a text takes, for the count of bytes. */
#define OW_STORED_SIZE(s) ((s).ptr ? (s).len + 1 : 0)

static inline struct ow_stored *ow_stored_of(struct ow_resource *resource)
{
    return (struct ow_stored *)resource;
}

/* A copy with a NUL behind it; an absent one stays absent. False: no memory. */
bool ow_stored_copy(struct ow_str from, struct ow_str *ret);
/* What a resource that is gone needs no more. */
void ow_stored_drop_text(struct ow_resources *store, struct ow_stored *entry);
/* It is not there any more: nothing is to happen to it, and its life ends. */
void ow_stored_withdraw(struct ow_resources *store, struct ow_stored *entry);

#endif
