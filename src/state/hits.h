/*
 * hits: how often each rule of the session has answered, and how often it
 * would have if luck had been with it. Indexed by the rule's number in the
 * table.
 */
#ifndef OW_STATE_HITS_H
#define OW_STATE_HITS_H

#include <stddef.h>
#include <stdint.h>

struct ow_hits {
    uint64_t *count;
    uint64_t *fits; /* behind count, in one allocation */
    size_t n;
};

int ow_hits_init(struct ow_hits *hits, size_t rules); /* 0 or -ENOMEM */
void ow_hits_release(struct ow_hits *hits);
uint64_t ow_hits_get(const struct ow_hits *hits, size_t rule);
/* Counts one and returns the number before it: 0 for the first. */
uint64_t ow_hits_add(struct ow_hits *hits, size_t rule);

/* A rule whose turn is counted fits, whether it answers or not: the number of
 * times, from 1. */
uint64_t ow_hits_fit(struct ow_hits *hits, size_t rule);

/* The rules have become others: the i-th has what the map[i]-th had, or nothing
 * if there was none. 0 or -ENOMEM. */
int ow_hits_map(struct ow_hits *hits, size_t rules, const size_t *map);

#endif
