/*
 * resource_fate: what is to become of resources: when somebody has to look at
 * them, whose life has ended, which are to be deleted. See resources.h.
 */
#include "config.h"

#include <stddef.h>
#include <stdlib.h>

#include "state/resources_inner.h"

static struct ow_stored *entry_of_wake(struct ow_wake *wake)
{
    return (struct ow_stored *)((char *)wake -
                                offsetof(struct ow_stored, wake));
}

int ow_resource_wake(struct ow_resource *resource, int64_t at_ns)
{
    struct ow_stored *entry = ow_stored_of(resource);
    struct ow_resources *store = resource->collection->store;

    if (at_ns == INT64_MAX) {
        ow_wakes_drop(&store->wakes, &entry->wake);
        return 0;
    }
    return ow_wakes_put(&store->wakes, &entry->wake, at_ns);
}

int64_t ow_resource_wakes(struct ow_resource *resource)
{
    const struct ow_wake *wake = &ow_stored_of(resource)->wake;

    return wake->place > 0 ? wake->at_ns : INT64_MAX;
}

struct ow_resource *ow_resources_first(const struct ow_resources *store,
                                       int64_t *ret_at_ns)
{
    struct ow_wake *wake = ow_wakes_first(&store->wakes);

    if (!wake)
        return NULL;
    *ret_at_ns = wake->at_ns;
    return &entry_of_wake(wake)->resource;
}

struct ow_resource *ow_resources_woken(const struct ow_resources *store,
                                       size_t i)
{
    return i < store->wakes.n ? &entry_of_wake(store->wakes.items[i])->resource
                              : NULL;
}

uint64_t ow_resources_changes(const struct ow_resources *store)
{
    return store->changes;
}

/* Lives. What has no place is forgotten: then it is sent after all. */

void ow_resource_end_life(struct ow_resource *resource)
{
    struct ow_resources *store = resource->collection->store;
    uint64_t life = resource->life;

    resource->life = 0;
    if (life == 0)
        return;
    if (store->n_ended == store->cap_ended) {
        size_t cap = store->cap_ended > 0 ? store->cap_ended * 2 : 8;
        uint64_t *ended = reallocarray(store->ended, cap, sizeof *ended);
        if (!ended)
            return;
        store->ended = ended;
        store->cap_ended = cap;
    }
    store->ended[store->n_ended++] = life;
}

bool ow_resources_take_ended(struct ow_resources *store, uint64_t *ret_life)
{
    if (store->n_ended == 0)
        return false;
    *ret_life = store->ended[--store->n_ended];
    return true;
}

/* What is to be deleted. */

void ow_resource_doom(struct ow_resource *resource)
{
    struct ow_stored *entry = ow_stored_of(resource);

    if (entry->is_doomed || entry->is_gone)
        return;
    entry->is_doomed = true;
    DL_APPEND2(resource->collection->store->doomed, entry, doom_prev,
               doom_next);
}

static void spare(struct ow_resources *store, struct ow_stored *entry)
{
    if (!entry->is_doomed)
        return;
    entry->is_doomed = false;
    DL_DELETE2(store->doomed, entry, doom_prev, doom_next);
}

void ow_resources_spare(struct ow_resources *store)
{
    while (store->doomed)
        spare(store, store->doomed);
}

void ow_resources_reap(struct ow_resources *store)
{
    while (store->doomed)
        ow_resource_delete(&store->doomed->resource);
}

void ow_stored_withdraw(struct ow_resources *store, struct ow_stored *entry)
{
    ow_wakes_drop(&store->wakes, &entry->wake);
    spare(store, entry);
    ow_resource_end_life(&entry->resource);
    store->changes++;
}
