/*
 * found: lists that only grow, by a handful. See found.h. Called by trust.c
 * and roots.c, by several threads at once: two entries of the same do no harm.
 */
#include "config.h"

#include "shim/found.h"

#include <stdlib.h>

#include "shim/next.h"

struct ow_found {
    struct ow_found *next;
    const void *function;
    bool is_whole;
    max_align_t bytes[];
};

static struct ow_found *look_up(const void *function, size_t size,
                                ow_found_fn *find)
{
    struct ow_found *made = calloc(1, sizeof(*made) + size);
    void *handle = made ? ow_next_open(function) : NULL;
    if (!made)
        return NULL;
    made->function = function;
    made->is_whole = handle && find(handle, made->bytes);
    ow_next_close(handle);
    return made;
}

const void *ow_found_get(struct ow_found *_Atomic *list, const void *function,
                         size_t size, ow_found_fn *find)
{
    struct ow_found *head = atomic_load_explicit(list, memory_order_acquire);
    struct ow_found *at = head;
    while (at && at->function != function)
        at = at->next;
    if (!at) {
        at = look_up(function, size, find);
        if (!at)
            return NULL;
        at->next = head;
        while (!atomic_compare_exchange_weak(list, &at->next, at))
            continue;
    }
    return at->is_whole ? at->bytes : NULL;
}
