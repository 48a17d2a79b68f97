/*
 * index: from host group, method and path to rules. See index.h. Called by
 * table_find.c; asks match_path.c for the segments of a path.
 */
#include "config.h"

#include "rule/index.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "rule/hash.h"
#include "rule/match_path.h"

/* Literal segments that are followed; what is longer hangs below the last. */
#define DEPTH_MAX 24
/* Parents that are no node: the group's methods. */
#define GROUP_BIT 0x80000000u

struct list {
    uint32_t first; /* numbers of links; 0: none */
    uint32_t last;
};

struct ow_index_node {
    struct list here;
    struct list below;
    uint32_t param; /* the node behind any segment; 0: none */
};

struct ow_index_link {
    uint32_t rule;
    uint32_t next;
};

struct ow_index_edge {
    uint32_t parent;
    uint32_t child;
    struct ow_str text; /* absent: any method */
    uint32_t hash;
};

void ow_index_init(struct ow_index *index)
{
    *index = (struct ow_index){0};
}

void ow_index_release(struct ow_index *index)
{
    free(index->nodes);
    free(index->links);
    free(index->edges);
    ow_index_init(index);
}

/* A new node; 0 when memory is out. Number 0 is never used. */
static uint32_t add_node(struct ow_index *index)
{
    if (index->n_nodes + 1 >= index->cap_nodes) {
        uint32_t cap = index->cap_nodes > 0 ? index->cap_nodes * 2 : 64;
        struct ow_index_node *nodes =
            reallocarray(index->nodes, cap, sizeof *nodes);
        if (!nodes)
            return 0;
        index->nodes = nodes;
        index->cap_nodes = cap;
    }
    index->nodes[++index->n_nodes] = (struct ow_index_node){0};
    return index->n_nodes;
}

static uint32_t add_link(struct ow_index *index, uint32_t rule)
{
    if (index->n_links + 1 >= index->cap_links) {
        uint32_t cap = index->cap_links > 0 ? index->cap_links * 2 : 64;
        struct ow_index_link *links =
            reallocarray(index->links, cap, sizeof *links);
        if (!links)
            return 0;
        index->links = links;
        index->cap_links = cap;
    }
    index->links[++index->n_links] = (struct ow_index_link){rule, 0};
    return index->n_links;
}

static int append_rule(struct ow_index *index, struct list *list, uint32_t rule)
{
    if (list->last != 0 && index->links[list->last].rule == rule)
        return 0;
    uint32_t link = add_link(index, rule);
    if (link == 0)
        return -ENOMEM;
    if (list->last != 0)
        index->links[list->last].next = link;
    else
        list->first = link;
    list->last = link;
    return 0;
}

static bool is_edge(const struct ow_index_edge *edge, uint32_t parent,
                    uint32_t hash, struct ow_str text)
{
    return edge->hash == hash && edge->parent == parent &&
           !edge->text.ptr == !text.ptr && ow_str_equal(edge->text, text);
}

/* The slot of the edge, or the free one where it belongs. */
static struct ow_index_edge *find_slot(const struct ow_index *index,
                                       uint32_t parent, uint32_t hash,
                                       struct ow_str text)
{
    uint32_t slot = hash & (index->n_slots - 1);

    while (index->edges[slot].child != 0 &&
           !is_edge(&index->edges[slot], parent, hash, text))
        slot = (slot + 1) & (index->n_slots - 1);
    return &index->edges[slot];
}

static uint32_t find_child(const struct ow_index *index, uint32_t parent,
                           struct ow_str text)
{
    if (index->n_slots == 0)
        return 0;
    return find_slot(index, parent, ow_hash(parent, text), text)->child;
}

static int grow_edges(struct ow_index *index)
{
    struct ow_index_edge *old = index->edges;
    uint32_t old_slots = index->n_slots;

    if ((index->n_edges + 1) * 2 <= old_slots)
        return 0;
    uint32_t slots = old_slots > 0 ? old_slots * 2 : 64;
    struct ow_index_edge *edges = calloc(slots, sizeof *edges);
    if (!edges)
        return -ENOMEM;
    index->edges = edges;
    index->n_slots = slots;
    for (uint32_t i = 0; i < old_slots; i++)
        if (old[i].child != 0)
            *find_slot(index, old[i].parent, old[i].hash, old[i].text) = old[i];
    free(old);
    return 0;
}

/* The child, made if it is not there; 0 when memory is out. */
static uint32_t get_child(struct ow_index *index, uint32_t parent,
                          struct ow_str text)
{
    uint32_t child = find_child(index, parent, text);

    if (child != 0 || grow_edges(index) < 0)
        return child;
    child = add_node(index);
    if (child == 0)
        return 0;
    uint32_t hash = ow_hash(parent, text);
    *find_slot(index, parent, hash, text) =
        (struct ow_index_edge){parent, child, text, hash};
    index->n_edges++;
    return child;
}

static uint32_t get_param(struct ow_index *index, uint32_t parent)
{
    uint32_t child = index->nodes[parent].param;

    if (child != 0)
        return child;
    child = add_node(index);
    if (child != 0)
        index->nodes[parent].param = child;
    return child;
}

int ow_index_add(struct ow_index *index, uint32_t group, struct ow_str method,
                 const void *path, uint32_t rule)
{
    uint32_t node = get_child(index, group | GROUP_BIT, method);
    struct ow_path_step step;
    bool open = true, more = path != NULL;
    size_t depth = 0;

    while (node != 0 && more && depth < DEPTH_MAX) {
        more = ow_match_path_step(path, depth, &step, &open);
        if (!more)
            break;
        node = step.param ? get_param(index, node)
                          : get_child(index, node, step.text);
        depth++;
    }
    if (node == 0)
        return -ENOMEM;
    struct ow_index_node *n = &index->nodes[node];
    return append_rule(index, open || more ? &n->below : &n->here, rule);
}

void ow_candidates_init(struct ow_candidates *candidates,
                        const struct ow_index *index, struct ow_arena *arena,
                        const struct ow_str *segments, size_t n_segments)
{
    candidates->index = index;
    candidates->arena = arena;
    candidates->segments = segments;
    candidates->n_segments = n_segments;
    candidates->heads = candidates->few;
    candidates->n = 0;
    candidates->cap = sizeof candidates->few / sizeof *candidates->few;
}

static int add_head(struct ow_candidates *candidates, uint32_t link)
{
    if (link == 0)
        return 0;
    if (candidates->n == candidates->cap) {
        uint32_t *heads = ow_arena_alloc(
            candidates->arena, (size_t)candidates->cap * 2 * sizeof *heads);
        if (!heads)
            return -ENOMEM;
        memcpy(heads, candidates->heads, candidates->n * sizeof *heads);
        candidates->heads = heads;
        candidates->cap *= 2;
    }
    candidates->heads[candidates->n++] = link;
    return 0;
}

/* At most DEPTH_MAX deep, and no wider than what the rules hold. */
static int walk(struct ow_candidates *candidates, uint32_t number, size_t depth)
{
    if (number == 0)
        return 0;
    const struct ow_index_node *node = &candidates->index->nodes[number];
    int r = add_head(candidates, node->below.first);
    if (r < 0)
        return r;
    if (depth == candidates->n_segments)
        return add_head(candidates, node->here.first);
    r = walk(candidates,
             find_child(candidates->index, number, candidates->segments[depth]),
             depth + 1);
    return r < 0 ? r : walk(candidates, node->param, depth + 1);
}

int ow_candidates_collect(struct ow_candidates *candidates, uint32_t group,
                          struct ow_str method)
{
    const struct ow_index *index = candidates->index;
    const struct ow_str any = {NULL, 0};
    uint32_t parent = group | GROUP_BIT;
    int r = walk(candidates, find_child(index, parent, method), 0);

    return r < 0 ? r : walk(candidates, find_child(index, parent, any), 0);
}

bool ow_candidates_next(struct ow_candidates *candidates, uint32_t *ret_rule)
{
    const struct ow_index_link *links = candidates->index->links;
    uint32_t best = 0;

    if (candidates->n == 0)
        return false;
    for (uint32_t i = 1; i < candidates->n; i++)
        if (links[candidates->heads[i]].rule <
            links[candidates->heads[best]].rule)
            best = i;
    const struct ow_index_link *link = &links[candidates->heads[best]];
    *ret_rule = link->rule;
    candidates->heads[best] = link->next;
    if (link->next == 0)
        candidates->heads[best] = candidates->heads[--candidates->n];
    return true;
}
