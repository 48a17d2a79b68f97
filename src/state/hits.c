/*
 * hits: answers counted by rule. See hits.h.
 */
#include "config.h"

#include "state/hits.h"

#include <errno.h>
#include <stdlib.h>

int ow_hits_init(struct ow_hits *hits, size_t rules)
{
    hits->n = 0;
    hits->count = calloc(rules ? rules : 1, 2 * sizeof *hits->count);
    if (!hits->count)
        return -ENOMEM;
    hits->fits = hits->count + rules;
    hits->n = rules;
    return 0;
}

void ow_hits_release(struct ow_hits *hits)
{
    free(hits->count);
    hits->count = hits->fits = NULL;
    hits->n = 0;
}

uint64_t ow_hits_get(const struct ow_hits *hits, size_t rule)
{
    return rule < hits->n ? hits->count[rule] : 0;
}

uint64_t ow_hits_add(struct ow_hits *hits, size_t rule)
{
    return rule < hits->n ? hits->count[rule]++ : 0;
}

uint64_t ow_hits_fit(struct ow_hits *hits, size_t rule)
{
    return rule < hits->n ? ++hits->fits[rule] : 1;
}

int ow_hits_map(struct ow_hits *hits, size_t rules, const size_t *map)
{
    struct ow_hits mapped;
    int r = ow_hits_init(&mapped, rules);

    if (r < 0)
        return r;
    for (size_t i = 0; i < rules; i++) {
        if (map[i] >= hits->n)
            continue;
        mapped.count[i] = hits->count[map[i]];
        mapped.fits[i] = hits->fits[map[i]];
    }
    ow_hits_release(hits);
    *hits = mapped;
    return 0;
}
