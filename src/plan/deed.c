/*
 * deed: see deed.h. Begun by act_resource.c and agenda.c; noted by effect.c,
 * resource_make.c and timeline.c.
 */
#include "config.h"

#include "plan/deed.h"

#include <errno.h>

#include "base/limits.h"

/* A resource as it was; or, without json, one that was not there. */
struct ow_deed_note {
    struct ow_resource *resource;
    struct ow_str json;
    struct ow_str hidden;
    int timeline;
    size_t step;
    int64_t since_ns;
    int64_t due_ns;
    int64_t wakes_ns;
    bool is_armed;
    bool waits;
    struct ow_deed_note *next;
};

void ow_deed_init(struct ow_deed *deed, struct ow_arena *arena)
{
    *deed = (struct ow_deed){.arena = arena, .since_ns = INT64_MIN};
}

static struct ow_deed_note *add(struct ow_deed *deed, int *ret,
                                struct ow_err *err)
{
    struct ow_deed_note *note = NULL;

    *ret = -ENOSPC;
    if (deed->n >= OW_LIMIT_DEED) {
        ow_err_set(err, -ENOSPC,
                   "what happens to one resource changes more than %d others",
                   OW_LIMIT_DEED);
        return NULL;
    }
    note = ow_arena_zalloc(deed->arena, sizeof *note);
    *ret = note ? 0 : ow_err_set(err, -ENOMEM, "out of memory");
    return note;
}

static void put(struct ow_deed *deed, struct ow_deed_note *note)
{
    note->next = deed->notes;
    deed->notes = note;
    deed->n++;
}

int ow_deed_note(struct ow_deed *deed, struct ow_resource *resource,
                 struct ow_err *err)
{
    int r;
    struct ow_deed_note *note = add(deed, &r, err);

    if (!note)
        return r;
    note->resource = resource;
    note->json = ow_arena_copy(deed->arena, resource->json);
    if (resource->hidden.ptr)
        note->hidden = ow_arena_copy(deed->arena, resource->hidden);
    note->timeline = resource->timeline;
    note->step = resource->step;
    note->since_ns = resource->since_ns;
    note->due_ns = resource->due_ns;
    note->is_armed = resource->is_armed;
    note->waits = resource->waits;
    note->wakes_ns = ow_resource_wakes(resource);
    if (!note->json.ptr || (resource->hidden.ptr && !note->hidden.ptr))
        return ow_err_set(err, -ENOMEM, "out of memory");
    put(deed, note);
    return 0;
}

int ow_deed_note_made(struct ow_deed *deed, struct ow_resource *resource,
                      struct ow_err *err)
{
    int r;
    struct ow_deed_note *note = add(deed, &r, err);

    if (!note)
        return r;
    note->resource = resource;
    put(deed, note);
    return 0;
}

static void undo_one(const struct ow_deed_note *note)
{
    struct ow_resource *resource = note->resource;

    if (!note->json.ptr) {
        ow_resource_delete(resource);
        return;
    }
    ow_resource_restore(resource, note->json, note->hidden);
    resource->timeline = note->timeline;
    resource->step = note->step;
    resource->since_ns = note->since_ns;
    resource->due_ns = note->due_ns;
    resource->is_armed = note->is_armed;
    resource->waits = note->waits;
    /* Its place in the heap is there still. */
    ow_resource_wake(resource, note->wakes_ns);
}

void ow_deed_undo(struct ow_deed *deed, struct ow_resources *store)
{
    ow_resources_spare(store);
    /* The newest first: what was made below one goes before it. */
    for (; deed->notes; deed->notes = deed->notes->next)
        undo_one(deed->notes);
    deed->n = 0;
    for (struct ow_delivery *d = ow_deed_take(deed), *next; d; d = next) {
        next = d->next;
        ow_delivery_free(d);
    }
}

void ow_deed_send(struct ow_deed *deed, struct ow_delivery *take_delivery)
{
    take_delivery->since_ns = deed->since_ns;
    take_delivery->next = NULL;
    if (deed->last)
        deed->last->next = take_delivery;
    else
        deed->first = take_delivery;
    deed->last = take_delivery;
}

struct ow_delivery *ow_deed_take(struct ow_deed *deed)
{
    struct ow_delivery *first = deed->first;

    deed->first = deed->last = NULL;
    return first;
}
