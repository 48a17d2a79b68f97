/*
 * index: from host group, method and path to the few rules that may fit. A
 * trie of path segments per group and method, its edges in one hash table:
 *
 *     group 0 --"GET"--> . --"v1"--> . --"models"--> [here: 3, 70]
 *        |                \--{}----> . ...           [below: 12]
 *        \--any method--> ...
 *
 * here: rules for just this path; below: rules for all paths from here on
 * ("/v1/" and two stars, patterns). Lists are in the order of the rules. What
 * it finds still has to be matched: {a}-{b} is stored as any segment.
 */
#ifndef OW_RULE_INDEX_H
#define OW_RULE_INDEX_H

#include "base/arena.h"

struct ow_index {
    struct ow_index_node *nodes;
    uint32_t n_nodes;
    uint32_t cap_nodes;
    struct ow_index_link *links; /* list cells; number 0 is none */
    uint32_t n_links;
    uint32_t cap_links;
    struct ow_index_edge *edges; /* open addressing; child 0 is free */
    uint32_t n_edges;
    uint32_t n_slots;
};

void ow_index_init(struct ow_index *index);
void ow_index_release(struct ow_index *index);

/*
 * Adds a rule; rules come in rising order. method absent: any. path NULL: any,
 * else the self of ow_match_path_ops. Texts are borrowed. 0 or -ENOMEM.
 */
int ow_index_add(struct ow_index *index, uint32_t group, struct ow_str method,
                 const void *path, uint32_t rule);

/* One look-up. */
struct ow_candidates {
    const struct ow_index *index;
    struct ow_arena *arena;
    const struct ow_str *segments;
    size_t n_segments;
    uint32_t few[32]; /* heads of the lists that were met */
    uint32_t *heads;
    uint32_t n;
    uint32_t cap;
};

void ow_candidates_init(struct ow_candidates *candidates,
                        const struct ow_index *index, struct ow_arena *arena,
                        const struct ow_str *segments, size_t n_segments);
/* 0 or -ENOMEM. */
int ow_candidates_collect(struct ow_candidates *candidates, uint32_t group,
                          struct ow_str method);
/* The next rule in order; false at the end. */
bool ow_candidates_next(struct ow_candidates *candidates, uint32_t *ret_rule);

#endif
