/*
 * deed: what one cause does to resources - a request, or a step of a timeline -
 * and all that follows from it: it is done as a whole, or not at all.
 *
 *     ow_deed_init(&deed, arena);
 *     r = ow_deed_note(&deed, resource);       // before it is changed
 *     r = ow_deed_note_made(&deed, resource);
 *     ow_resource_doom(other);                 // deleted at the very end
 *     if (r < 0) ow_deed_undo(&deed, store);
 *     ...                                      // answer is written
 *     ow_resources_reap(store);
 *
 * What is to be sent is gathered here; who began the deed hands it on.
 */
#ifndef OW_PLAN_DEED_H
#define OW_PLAN_DEED_H

#include "plan/callback.h"
#include "state/resources.h"

struct ow_deed_note;

struct ow_deed {
    struct ow_arena *arena;
    struct ow_deed_note *notes;       /* the newest first */
    size_t n;                         /* notes */
    unsigned depth;                   /* effects of effects */
    int64_t since_ns;                 /* of what is sent; see ow_delivery */
    struct ow_delivery *first, *last; /* what is to be sent */
};

void ow_deed_init(struct ow_deed *deed, struct ow_arena *arena);
/* 0; -ENOSPC with a sentence: OW_LIMIT_DEED; -ENOMEM. */
int ow_deed_note(struct ow_deed *deed, struct ow_resource *resource,
                 struct ow_err *err);
int ow_deed_note_made(struct ow_deed *deed, struct ow_resource *resource,
                      struct ow_err *err);
/* Puts all back, and drops what was to be sent. */
void ow_deed_undo(struct ow_deed *deed, struct ow_resources *store);
void ow_deed_send(struct ow_deed *deed, struct ow_delivery *take_delivery);
/* What is to be sent, a list; the deed forgets it. */
struct ow_delivery *ow_deed_take(struct ow_deed *deed);

#endif
