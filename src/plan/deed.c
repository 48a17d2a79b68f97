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
    struct ow_resource_course course;
    int64_t wakes_ns;
    struct ow_deed_note *next;
};

void ow_deed_init(struct ow_deed *deed, struct ow_arena *arena)
{
    *deed = (struct ow_deed){.arena = arena, .since_ns = INT64_MIN};
}

/* A note on that resource, which is not in the deed yet. */
static int make_note(const struct ow_deed *deed, struct ow_resource *resource,
                     struct ow_deed_note **ret, struct ow_err *err)
{
    if (deed->n >= OW_LIMIT_DEED)
        return ow_err_set(
            err, -ENOSPC,
            "what happens to one resource changes more than %d others",
            OW_LIMIT_DEED);
    struct ow_deed_note *note = ow_arena_zalloc(deed->arena, sizeof *note);
    if (!note)
        return ow_err_set(err, -ENOMEM, "out of memory");
    note->resource = resource;
    *ret = note;
    return 0;
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
    struct ow_deed_note *note = NULL;
    int r = make_note(deed, resource, &note, err);

    if (r < 0)
        return r;
    note->json = ow_arena_copy(deed->arena, resource->json);
    if (resource->hidden.ptr)
        note->hidden = ow_arena_copy(deed->arena, resource->hidden);
    note->course = resource->course;
    note->wakes_ns = ow_resource_wakes(resource);
    if (!note->json.ptr || (resource->hidden.ptr && !note->hidden.ptr))
        return ow_err_set(err, -ENOMEM, "out of memory");
    put(deed, note);
    return 0;
}

int ow_deed_note_made(struct ow_deed *deed, struct ow_resource *resource,
                      struct ow_err *err)
{
    struct ow_deed_note *note = NULL;
    int r = make_note(deed, resource, &note, err);

    if (r == 0)
        put(deed, note);
    return r;
}

static void undo_one(const struct ow_deed_note *note)
{
    struct ow_resource *resource = note->resource;

    if (!note->json.ptr) {
        ow_resource_delete(resource);
        return;
    }
    ow_resource_restore(resource, note->json, note->hidden);
    resource->course = note->course;
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
