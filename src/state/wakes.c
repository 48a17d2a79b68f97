/*
 * wakes: see wakes.h. Called by resources.c.
 */
#include "config.h"

#include "state/wakes.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

static bool comes_before(const struct ow_wake *a, const struct ow_wake *b)
{
    if (a->at_ns != b->at_ns)
        return a->at_ns < b->at_ns;
    return a->number < b->number;
}

static void put_at(struct ow_wakes *wakes, size_t i, struct ow_wake *wake)
{
    wakes->items[i] = wake;
    wake->place = i + 1;
}

static void sift_up(struct ow_wakes *wakes, size_t i, struct ow_wake *wake)
{
    for (; i > 0; i = (i - 1) / 2) {
        struct ow_wake *above = wakes->items[(i - 1) / 2];
        if (!comes_before(wake, above))
            break;
        put_at(wakes, i, above);
    }
    put_at(wakes, i, wake);
}

static void sift_down(struct ow_wakes *wakes, size_t i, struct ow_wake *wake)
{
    for (;;) {
        size_t below = 2 * i + 1;
        if (below + 1 < wakes->n &&
            comes_before(wakes->items[below + 1], wakes->items[below]))
            below++;
        if (below >= wakes->n || !comes_before(wakes->items[below], wake))
            break;
        put_at(wakes, i, wakes->items[below]);
        i = below;
    }
    put_at(wakes, i, wake);
}

/* Puts it where it belongs, from the place i on. */
static void sift(struct ow_wakes *wakes, size_t i, struct ow_wake *wake)
{
    if (i > 0 && comes_before(wake, wakes->items[(i - 1) / 2]))
        sift_up(wakes, i, wake);
    else
        sift_down(wakes, i, wake);
}

int ow_wakes_put(struct ow_wakes *wakes, struct ow_wake *wake, int64_t at_ns)
{
    if (wake->place == 0 && wakes->n == wakes->cap) {
        size_t cap = wakes->cap > 0 ? wakes->cap * 2 : 16;
        struct ow_wake **items = reallocarray(wakes->items, cap, sizeof *items);
        if (!items)
            return -ENOMEM;
        wakes->items = items;
        wakes->cap = cap;
    }
    wake->at_ns = at_ns;
    if (wake->place == 0)
        sift_up(wakes, wakes->n++, wake);
    else
        sift(wakes, wake->place - 1, wake);
    return 0;
}

void ow_wakes_drop(struct ow_wakes *wakes, struct ow_wake *wake)
{
    size_t place = wake->place;

    if (place == 0)
        return;
    wake->place = 0;
    struct ow_wake *last = wakes->items[--wakes->n];
    if (last != wake)
        sift(wakes, place - 1, last);
}

struct ow_wake *ow_wakes_first(const struct ow_wakes *wakes)
{
    return wakes->n > 0 ? wakes->items[0] : NULL;
}

void ow_wakes_release(struct ow_wakes *wakes)
{
    free(wakes->items);
    *wakes = (struct ow_wakes){0};
}
