/*
 * resources: the store. See resources.h. Hashes are uthash: of kinds and of
 * collections by name, and one of resources by id in each collection; the
 * order is an array of each collection, sorted by `seq`, in which a place is
 * found by bisection.
 *
 * A deleted resource stays in its collection's hash as "gone", without its
 * text, until OW_LIMIT_RESOURCES_GONE others have gone after it.
 */
#include "config.h"

#include "state/resources.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "state/resources_inner.h"

struct ow_resources *ow_resources_new(void)
{
    return calloc(1, sizeof(struct ow_resources));
}

static size_t bytes_of(const struct ow_stored *entry)
{
    const struct ow_resource *r = &entry->resource;

    /* And its slot in the hash and in the order. */
    return sizeof *entry + 4 * sizeof(void *) + OW_STORED_SIZE(r->id) +
           OW_STORED_SIZE(r->json) + OW_STORED_SIZE(r->hidden) +
           OW_STORED_SIZE(r->content) + OW_STORED_SIZE(r->type);
}

static void free_entry(struct ow_resources *store, struct ow_stored *entry)
{
    ow_stored_withdraw(store, entry);
    if (entry->is_gone) {
        DL_DELETE(store->gone, entry);
        store->n_gone--;
    } else {
        store->count--;
    }
    store->bytes -= bytes_of(entry);
    ow_stored_drop_text(store, entry);
    free((char *)entry->resource.id.ptr);
    free(entry);
}

static void free_collection(struct ow_collection *collection);

static void free_children(struct ow_stored *entry)
{
    /* As deep as resources are nested in rules: their types know no rings. */
    while (entry->children)
        free_collection(entry->children);
}

static void free_collection(struct ow_collection *c)
{
    struct ow_resources *store = c->store;
    struct ow_stored *entry, *next;

    HASH_ITER(hh, c->by_id, entry, next)
    {
        free_children(entry);
        HASH_DEL(c->by_id, entry);
        free_entry(store, entry);
    }
    if (c->parent)
        DL_DELETE2(c->parent->children, c, before, behind);
    DL_DELETE(c->kind->collections, c);
    HASH_DEL(store->collections, c);
    free(c->items);
    free(c);
}

void ow_resources_reset(struct ow_resources *store)
{
    struct ow_resource_kind *kind, *next;

    while (store->collections)
        free_collection(store->collections);
    HASH_ITER(hh, store->kinds, kind, next)
    {
        HASH_DEL(store->kinds, kind);
        free(kind);
    }
}

struct ow_resources *ow_resources_free(struct ow_resources *store)
{
    if (!store)
        return NULL;
    ow_resources_reset(store);
    ow_wakes_release(&store->wakes);
    free(store->ended);
    free(store);
    return NULL;
}

size_t ow_resources_count(const struct ow_resources *store)
{
    return store->count;
}

size_t ow_resources_bytes(const struct ow_resources *store)
{
    return store->bytes;
}

static struct ow_resource_kind *find_kind(const struct ow_resources *store,
                                          struct ow_str key)
{
    struct ow_resource_kind *kind;

    HASH_FIND(hh, store->kinds, key.ptr, key.len, kind);
    return kind;
}

static struct ow_resource_kind *get_kind(struct ow_resources *store,
                                         struct ow_str key)
{
    struct ow_resource_kind *kind = find_kind(store, key);

    if (kind)
        return kind;
    kind = calloc(1, sizeof *kind + key.len + 1);
    if (!kind)
        return NULL;
    memcpy(kind->key, key.ptr, key.len);
    kind->len = key.len;
    HASH_ADD_KEYPTR(hh, store->kinds, kind->key, kind->len, kind);
    if (!kind->is_lost)
        return kind;
    free(kind);
    return NULL;
}

bool ow_resources_start(struct ow_resources *store, struct ow_str key)
{
    struct ow_resource_kind *kind = get_kind(store, key);
    bool was = !kind || kind->is_started;

    if (kind)
        kind->is_started = true;
    return was;
}

uint64_t ow_resources_next(const struct ow_resources *store, struct ow_str key)
{
    const struct ow_resource_kind *kind = find_kind(store, key);

    return kind ? kind->made + 1 : 1;
}

/* The name under which a collection is found; its length. */
static size_t write_name(char *name, struct ow_str key, struct ow_str scope)
{
    memcpy(name, key.ptr, key.len);
    name[key.len] = '\0';
    if (scope.len > 0)
        memcpy(name + key.len + 1, scope.ptr, scope.len);
    return key.len + 1 + scope.len;
}

struct ow_collection *
ow_resources_find_collection(const struct ow_resources *store,
                             struct ow_str key, struct ow_str scope)
{
    struct ow_collection *c = NULL;
    char few[256];
    size_t len = key.len + 1 + scope.len;
    char *name = len <= sizeof few ? few : malloc(len);

    if (!name)
        return NULL;
    write_name(name, key, scope);
    HASH_FIND(hh, store->collections, name, len, c);
    if (name != few)
        free(name);
    return c;
}

static struct ow_collection *make_collection(struct ow_resources *store,
                                             struct ow_resource_kind *kind,
                                             struct ow_str scope)
{
    struct ow_str key = {kind->key, kind->len};
    struct ow_collection *c = calloc(1, sizeof *c + key.len + 1 + scope.len);

    if (!c)
        return NULL;
    c->store = store;
    c->kind = kind;
    c->len = write_name(c->name, key, scope);
    HASH_ADD_KEYPTR(hh, store->collections, c->name, c->len, c);
    if (c->is_lost) {
        free(c);
        return NULL;
    }
    DL_APPEND(kind->collections, c);
    return c;
}

int ow_resources_collection(struct ow_resources *store, struct ow_str key,
                            struct ow_str scope, struct ow_resource *parent,
                            struct ow_collection **ret)
{
    struct ow_collection *c = ow_resources_find_collection(store, key, scope);

    if (!c) {
        struct ow_resource_kind *kind = get_kind(store, key);
        c = kind ? make_collection(store, kind, scope) : NULL;
        if (!c)
            return -ENOMEM;
        c->parent = parent ? ow_stored_of(parent) : NULL;
        if (parent)
            DL_APPEND2(c->parent->children, c, before, behind);
    }
    *ret = c;
    return 0;
}

/* The entry of that id, gone or not. */
static struct ow_stored *find_entry(const struct ow_collection *c,
                                    struct ow_str id)
{
    struct ow_stored *entry = NULL;

    if (c && id.ptr)
        HASH_FIND(hh, c->by_id, id.ptr, id.len, entry);
    return entry;
}

struct ow_resource *ow_collection_find(const struct ow_collection *collection,
                                       struct ow_str id)
{
    struct ow_stored *entry = find_entry(collection, id);

    return entry && !entry->is_gone ? &entry->resource : NULL;
}

struct ow_resource *ow_resources_find(const struct ow_resources *store,
                                      struct ow_str key, struct ow_str id)
{
    const struct ow_resource_kind *kind = find_kind(store, key);
    struct ow_resource *found = NULL;

    for (struct ow_collection *c = kind ? kind->collections : NULL; c && !found;
         c = c->next)
        found = ow_collection_find(c, id);
    return found;
}

int ow_resources_visit(struct ow_resources *store, struct ow_str key,
                       ow_resource_visit_fn visit, void *context)
{
    const struct ow_resource_kind *kind = find_kind(store, key);
    int r = 0;

    for (struct ow_collection *c = kind ? kind->collections : NULL; c && r == 0;
         c = c->next)
        for (size_t i = 0; i < c->n && r == 0; i++)
            r = visit(context, &c->items[i]->resource);
    return r;
}

static struct ow_stored *make_entry(struct ow_collection *c,
                                    const struct ow_resource_draft *draft)
{
    struct ow_stored *entry = calloc(1, sizeof *entry);

    if (!entry)
        return NULL;
    struct ow_resource *r = &entry->resource;
    r->course.timeline = -1;
    r->course.due_ns = INT64_MAX;
    r->collection = c;
    r->content_size = draft->content_size;
    if (ow_stored_copy(draft->id, &r->id) &&
        ow_stored_copy(draft->json, &r->json) &&
        ow_stored_copy(draft->hidden, &r->hidden) &&
        ow_stored_copy(draft->content, &r->content) &&
        ow_stored_copy(draft->type, &r->type))
        return entry;
    ow_stored_drop_text(c->store, entry);
    free((char *)r->id.ptr);
    free(entry);
    return NULL;
}

static bool grow(struct ow_collection *c)
{
    if (c->n < c->cap)
        return true;
    size_t cap = c->cap > 0 ? c->cap * 2 : 8;
    struct ow_stored **items = reallocarray(c->items, cap, sizeof *items);
    if (!items)
        return false;
    c->items = items;
    c->cap = cap;
    return true;
}

/* Forgets one that is gone. */
static void forget(struct ow_stored *entry)
{
    struct ow_collection *c = entry->resource.collection;

    HASH_DEL(c->by_id, entry);
    free_entry(c->store, entry);
}

/* Takes the entry: it is in the collection, or freed. */
static int put_entry(struct ow_collection *c, struct ow_stored *entry)
{
    struct ow_resources *store = c->store;
    struct ow_resource *r = &entry->resource;

    store->count++;
    store->bytes += bytes_of(entry);
    int result = store->bytes > OW_LIMIT_RESOURCES_BYTES ? -ENOSPC : 0;
    if (result == 0 && grow(c))
        HASH_ADD_KEYPTR(hh, c->by_id, r->id.ptr, r->id.len, entry);
    else
        entry->is_lost = true;
    if (entry->is_lost) {
        free_entry(store, entry);
        return result < 0 ? result : -ENOMEM;
    }
    r->n = ++c->kind->made;
    entry->wake.number = ++store->made;
    store->changes++;
    entry->seq = ++c->seq;
    c->items[c->n++] = entry;
    return 0;
}

int ow_resources_add(struct ow_collection *collection,
                     const struct ow_resource_draft *draft,
                     struct ow_resource **ret)
{
    struct ow_stored *there = find_entry(collection, draft->id);

    if (there && !there->is_gone)
        return -EEXIST;
    if (collection->store->count >= OW_LIMIT_RESOURCES)
        return -ENOSPC;
    if (there)
        forget(there);
    struct ow_stored *entry = make_entry(collection, draft);
    if (!entry)
        return -ENOMEM;
    int r = put_entry(collection, entry);
    if (r == 0)
        *ret = &entry->resource;
    return r;
}

/* How many resources of the collection have a smaller seq. */
static size_t rank(const struct ow_collection *c, uint64_t seq)
{
    size_t low = 0, high = c->n;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (c->items[middle]->seq < seq)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

void ow_resource_delete(struct ow_resource *resource)
{
    struct ow_stored *entry = ow_stored_of(resource);
    struct ow_collection *c = resource->collection;
    struct ow_resources *store = c->store;
    size_t place = rank(c, entry->seq);

    ow_stored_withdraw(store, entry);
    free_children(entry);
    memmove(c->items + place, c->items + place + 1,
            (c->n - place - 1) * sizeof(struct ow_stored *));
    c->n--;
    store->bytes -= bytes_of(entry);
    ow_stored_drop_text(store, entry);
    store->bytes += bytes_of(entry);
    entry->is_gone = true;
    store->count--;
    store->n_gone++;
    DL_APPEND(store->gone, entry);
    if (store->n_gone > OW_LIMIT_RESOURCES_GONE)
        forget(store->gone);
}

struct ow_str ow_resource_key(const struct ow_resource *resource)
{
    const struct ow_resource_kind *kind = resource->collection->kind;

    return (struct ow_str){kind->key, kind->len};
}

struct ow_str ow_resource_scope(const struct ow_resource *resource)
{
    const struct ow_collection *c = resource->collection;
    size_t key = c->kind->len + 1;

    return (struct ow_str){c->name + key, c->len - key};
}

size_t ow_collection_count(const struct ow_collection *collection)
{
    return collection ? collection->n : 0;
}

struct ow_resource *ow_collection_at(const struct ow_collection *collection,
                                     size_t i)
{
    return &collection->items[i]->resource;
}

int ow_collection_place(const struct ow_collection *collection,
                        struct ow_str id, size_t *ret_place, size_t *ret_next)
{
    const struct ow_stored *entry = find_entry(collection, id);

    if (!entry)
        return -ENOENT;
    *ret_place = rank(collection, entry->seq);
    *ret_next = *ret_place + !entry->is_gone;
    return 0;
}
