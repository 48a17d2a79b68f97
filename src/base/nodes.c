/*
 * nodes: see nodes.h. Begun by host.c, and by jsonc.c for its documents.
 */
#include "config.h"

#include "base/nodes.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cjson/cJSON.h>

#include "base/arena.h"
#include "base/limits.h"

_Static_assert(sizeof(cJSON) <= OW_NODES_SIZE,
               "a node needs more than a piece");

union piece {
    union piece *next; /* while it is free */
    max_align_t align;
    char bytes[OW_NODES_SIZE];
};

static struct {
    bool is_begun;
    struct ow_arena *document; /* that is being made */
    union piece *free;
    size_t fresh; /* pieces from here on were never handed out */
    union piece pieces[OW_LIMIT_NODES];
} nodes;

static void *take(size_t size)
{
    union piece *piece = nodes.free;

    if (size > sizeof *piece)
        return malloc(size);
    if (piece) {
        nodes.free = piece->next;
        return piece;
    }
    return nodes.fresh < OW_LIMIT_NODES ? &nodes.pieces[nodes.fresh++]
                                        : malloc(size);
}

static void give_back(void *pointer)
{
    uintptr_t at = (uintptr_t)pointer - (uintptr_t)nodes.pieces;
    union piece *piece = pointer;

    if (at >= sizeof nodes.pieces) {
        free(pointer);
        return;
    }
    piece->next = nodes.free;
    nodes.free = piece;
}

static void *take_for_document(size_t size)
{
    return ow_arena_alloc(nodes.document, size);
}

static void leave_to_arena(void *pointer)
{
    (void)pointer;
}

void ow_nodes_begin(void)
{
    cJSON_Hooks hooks = {take, give_back};

    cJSON_InitHooks(&hooks);
    nodes.is_begun = true;
}

void ow_nodes_begin_document(struct ow_arena *arena)
{
    cJSON_Hooks hooks = {take_for_document, leave_to_arena};

    nodes.document = arena;
    cJSON_InitHooks(&hooks);
}

void ow_nodes_end_document(void)
{
    nodes.document = NULL;
    if (nodes.is_begun)
        ow_nodes_begin();
    else
        cJSON_InitHooks(NULL);
}
