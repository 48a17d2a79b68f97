/*
 * nodes: where the nodes of JSON lie.
 *
 *     ow_nodes_begin           while the host serves
 *     ow_nodes_begin_document  those of one document, which are freed at once
 *
 * A request makes some tens of them, and drops them all at once: more of one
 * size than malloc keeps at hand, so that it joined them and cut them anew each
 * time. They, and texts that are no longer, come from a list of equal pieces
 * here, as long as there are any; what is larger, or more, comes from malloc.
 *
 * cJSON knows one allocator for the process and gives it no context, hence the
 * only state of the host that is not an object of its own. No thread but the
 * loop's may use cJSON from here on.
 */
#ifndef OW_BASE_NODES_H
#define OW_BASE_NODES_H

#define OW_NODES_SIZE 64 /* bytes: a node of cJSON, or a short text */

struct ow_arena;

/* From now on; again is nothing more. What was made before stays as it is. */
void ow_nodes_begin(void);
/*
 * Up to the end of the document all that cJSON makes lies in the arena: three
 * calls of malloc a member, and as many of free, are most of what a small value
 * costs. No cJSON_Delete, then or later, but the arena frees it.
 */
void ow_nodes_begin_document(struct ow_arena *arena);
void ow_nodes_end_document(void);

#endif
