/*
 * agenda: see agenda.h. Called by exchange/wakers.c.
 */
#include "config.h"

#include "plan/agenda.h"

#include <errno.h>

#include "base/limits.h"
#include "plan/deed.h"
#include "plan/resource_start.h"
#include "plan/timeline.h"
#include "state/resources.h"

static const struct ow_resource_type *
find_type(const struct ow_resource_types *types, struct ow_str key)
{
    for (const struct ow_resource_type *type = types->first; type;
         type = type->next)
        if (ow_str_equal(type->key, key))
            return type;
    return NULL;
}

/* What a step draws is its own: who looked first changes nothing. */
static void draw(const struct ow_agenda *agenda,
                 const struct ow_resource_type *type,
                 const struct ow_resource *resource, struct ow_rand *rand)
{
    ow_odds_draw(agenda->odds, OW_ODDS_RESOURCE,
                 type->lot +
                     (uint64_t)resource->course.timeline * OW_LIMIT_TIMELINE +
                     resource->course.step,
                 resource->n, rand);
}

static void hand_over(const struct ow_agenda *agenda, struct ow_deed *deed)
{
    for (struct ow_delivery *d = ow_deed_take(deed), *next; d; d = next) {
        next = d->next;
        if (agenda->send)
            agenda->send(agenda->send_context, d);
        else
            ow_delivery_free(d);
    }
}

/* 1: a step was applied; 0: none was due. */
static int step(const struct ow_agenda *agenda, struct ow_resource *resource,
                const struct ow_answer_context *given, struct ow_err *err)
{
    struct ow_resources *store = given->state->resources;
    const struct ow_resource_type *type =
        find_type(agenda->types, ow_resource_key(resource));
    struct ow_answer_context context = *given;
    struct ow_deed deed;
    struct ow_rand rand;

    /* Of rules that are there no more. */
    if (!type || !type->is_loud)
        return ow_resource_wake(resource, INT64_MAX), 1;
    ow_deed_init(&deed, given->request->arena);
    deed.since_ns = resource->course.due_ns;
    context.deed = &deed;
    if (agenda->odds) {
        draw(agenda, type, resource, &rand);
        context.rand = &rand;
    }
    int r = ow_deed_note(&deed, resource, err);
    if (r == 0)
        r = ow_timeline_step(type, resource, &context, err);
    if (r < 0) {
        ow_deed_undo(&deed, store);
        ow_timeline_skip(type, resource, &(struct ow_err){""});
        return r;
    }
    hand_over(agenda, &deed);
    ow_resources_reap(store);
    return r;
}

/* Those that wait for something: whether it has come about. 1: for one. */
static int ask_waiting(const struct ow_agenda *agenda,
                       const struct ow_answer_context *context,
                       struct ow_err *err)
{
    struct ow_resources *store = context->state->resources;
    struct ow_resource *resource;
    int r = 0;

    for (size_t i = 0; r == 0 && (resource = ow_resources_woken(store, i)); i++)
        if (resource->course.waits)
            r = step(agenda, resource, context, err);
    return r;
}

/* 1: there may be more. */
static int settle_one(const struct ow_agenda *agenda,
                      const struct ow_answer_context *context, uint64_t *asked,
                      struct ow_err *err)
{
    struct ow_resources *store = context->state->resources;
    int64_t at;
    struct ow_resource *first = ow_resources_first(store, &at);

    if (first && at <= ow_clock_now(context->clock)) {
        int r = step(agenda, first, context, err);
        /* It waits, or its time was not known: then it has another. */
        return r < 0 ? r : 1;
    }
    if (!first || *asked == ow_resources_changes(store))
        return 0;
    *asked = ow_resources_changes(store);
    return ask_waiting(agenda, context, err);
}

int ow_agenda_settle(const struct ow_agenda *agenda,
                     const struct ow_answer_context *context,
                     struct ow_err *err)
{
    uint64_t asked = UINT64_MAX;
    int r = ow_resource_start(agenda->types, agenda->odds, context, err);

    if (r < 0 || !agenda->types->is_loud || !context->state->resources)
        return r;
    for (int i = 0; i < OW_LIMIT_AGENDA; i++) {
        r = settle_one(agenda, context, &asked, err);
        if (r <= 0)
            return r;
    }
    return 0;
}

int64_t ow_agenda_due(const struct ow_state *state)
{
    int64_t at;

    if (!state->resources || !ow_resources_first(state->resources, &at) ||
        at >= OW_TIMELINE_WAITS)
        return INT64_MAX;
    return at;
}
