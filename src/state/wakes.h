/*
 * wakes: a heap of moments, each embedded in what is to be looked at then.
 *
 *     struct thing { struct ow_wake wake; ... };
 *     ow_wakes_put(&wakes, &thing->wake, at_ns);   // in, or to another time
 *     first = ow_wakes_first(&wakes);              // NULL: there is none
 *     ow_wakes_drop(&wakes, &thing->wake);
 *
 * Each of these costs the logarithm of how many there are.
 */
#ifndef OW_STATE_WAKES_H
#define OW_STATE_WAKES_H

#include <stddef.h>
#include <stdint.h>

struct ow_wake {
    int64_t at_ns;
    uint64_t number; /* of equal moments the smallest comes first */
    size_t place;    /* in the heap, and one; 0: it is not in it */
};

/* A zeroed one is empty. items[0] is the first; below i are 2i + 1, 2i + 2. */
struct ow_wakes {
    struct ow_wake **items;
    size_t n;
    size_t cap;
};

/* 0 or -ENOMEM. */
int ow_wakes_put(struct ow_wakes *wakes, struct ow_wake *wake, int64_t at_ns);
/* One that is not in it is left alone. */
void ow_wakes_drop(struct ow_wakes *wakes, struct ow_wake *wake);
struct ow_wake *ow_wakes_first(const struct ow_wakes *wakes);
void ow_wakes_release(struct ow_wakes *wakes);

#endif
