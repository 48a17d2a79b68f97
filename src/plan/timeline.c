/*
 * timeline: see timeline.h. Called by act_resource.c, resource_page.c and
 * lua_resource.c before they show a resource.
 */
#include "config.h"

#include "plan/timeline.h"

#include <errno.h>

#include "plan/resource_run.h"

static const struct ow_program nobody = {.name = ""};

void ow_timeline_begin(const struct ow_resource_type *type,
                       struct ow_resource *resource, int number, int64_t now_ns)
{
    bool is_there = number >= 0 && (size_t)number < type->n_timelines &&
                    type->timelines[number].n > 0;

    resource->timeline = is_there ? number : -1;
    resource->step = 0;
    resource->since_ns = now_ns;
}

/* The step that comes next, or NULL. */
static const struct ow_resource_step *
next_step(const struct ow_resource_type *type,
          const struct ow_resource *resource)
{
    int number = resource->timeline;

    if (number < 0 || (size_t)number >= type->n_timelines ||
        resource->step >= type->timelines[number].n)
        return NULL;
    return &type->timelines[number].steps[resource->step];
}

int64_t ow_timeline_due(const struct ow_resource_type *type,
                        const struct ow_resource *resource)
{
    const struct ow_resource_step *step = next_step(type, resource);

    return step ? resource->since_ns + step->at_ns : INT64_MAX;
}

static int apply(const struct ow_resource_type *type,
                 const struct ow_resource_step *step,
                 struct ow_resource *resource,
                 const struct ow_answer_context *context, struct ow_err *err)
{
    struct ow_str text;
    int r =
        step->when ? ow_condition_test(step->when, resource, context, err) : 1;

    if (r <= 0)
        return r;
    r = 0;
    if (step->set) {
        r = ow_template_render(step->set, context, context->request->arena,
                               &text, err);
        if (r == 0)
            r = ow_resource_run_set(type, resource, text, err);
    }
    if (r == 0 && step->stop)
        resource->timeline = -1;
    return r;
}

int ow_timeline_settle(const struct ow_resource_type *type,
                       struct ow_resource *resource,
                       const struct ow_answer_context *context,
                       struct ow_err *err)
{
    int64_t now = ow_clock_now(context->clock);
    int64_t due = ow_timeline_due(type, resource);
    int r = 0;

    if (due > now)
        return 0;
    /* Each step sees the clock as it was then, and no request. */
    struct ow_body body;
    struct ow_clock clock = *context->clock;
    struct ow_resource_run run = {.type = type, .self = resource};
    struct ow_request request = {
        .arena = context->request->arena, .body = &body, .program = &nobody};
    struct ow_answer_context then = *context;
    ow_body_init(&body, 0);
    clock.speed = 0;
    then.clock = &clock;
    then.request = &request;
    then.params = then.captures = NULL;
    then.resource = &run;
    for (; r == 0 && due <= now; due = ow_timeline_due(type, resource)) {
        const struct ow_resource_step *step = next_step(type, resource);
        clock.standing_ns = due;
        resource->step++;
        r = apply(type, step, resource, &then, err);
    }
    ow_request_release(&request);
    ow_body_release(&body);
    return r;
}
