/*
 * timeline: see timeline.h. Called by act_resource.c, resource_page.c and
 * lua_resource.c before they show a resource, by resource_make.c, and by
 * agenda.c for loud types.
 */
#include "config.h"

#include "plan/timeline.h"

#include <errno.h>

#include "base/str.h"
#include "plan/effect.h"
#include "plan/loop.h"
#include "plan/resource_run.h"

static const struct ow_program nobody = {.name = ""};

/* The step that comes next, or NULL. */
static const struct ow_resource_step *
next_step(const struct ow_resource_type *type,
          const struct ow_resource *resource)
{
    const struct ow_resource_course *course = &resource->course;
    int number = course->timeline;

    if (number < 0 || (size_t)number >= type->n_timelines ||
        course->step >= type->timelines[number].n)
        return NULL;
    return &type->timelines[number].steps[course->step];
}

/* Loud ones are woken at that time. */
static int wake(const struct ow_resource_type *type,
                struct ow_resource *resource, int64_t at_ns, struct ow_err *err)
{
    if (!type->is_loud || ow_resource_wake(resource, at_ns) == 0)
        return 0;
    return ow_err_set(err, -ENOMEM, "out of memory");
}

/*
 * Sets when the next step is due, which is not before the one behind it. If its
 * time is an expression, it is to be asked when that one is done.
 */
static int aim(const struct ow_resource_type *type,
               struct ow_resource *resource, struct ow_err *err)
{
    const struct ow_resource_step *step = next_step(type, resource);
    struct ow_resource_course *course = &resource->course;
    int64_t due = step ? course->since_ns + step->at_ns : INT64_MAX;

    course->waits = false;
    course->is_armed = !step || !step->at;
    if (course->is_armed && due > course->due_ns)
        course->due_ns = due;
    return wake(type, resource, course->due_ns, err);
}

int ow_timeline_begin(const struct ow_resource_type *type,
                      struct ow_resource *resource, int number, int64_t now_ns,
                      struct ow_err *err)
{
    bool is_there = number >= 0 && (size_t)number < type->n_timelines &&
                    type->timelines[number].n > 0;

    ow_resource_end_life(resource);
    resource->course.timeline = is_there ? number : -1;
    resource->course.step = 0;
    resource->course.since_ns = now_ns;
    resource->course.due_ns = now_ns;
    return aim(type, resource, err);
}

int64_t ow_timeline_due(const struct ow_resource_type *type,
                        const struct ow_resource *resource)
{
    return next_step(type, resource) ? resource->course.due_ns : INT64_MAX;
}

/* What a step sees: the clock as it was then, and no request. */
struct moment {
    struct ow_body body;
    struct ow_clock clock;
    struct ow_resource_run run;
    struct ow_request request;
    struct ow_fields params;
    struct ow_answer_context context;
};

static int begin_moment(struct moment *m, const struct ow_resource_type *type,
                        struct ow_resource *resource,
                        const struct ow_answer_context *context)
{
    struct ow_arena *arena = context->request->arena;

    m->clock = *context->clock;
    m->clock.speed = 0;
    m->run = (struct ow_resource_run){.type = type, .self = resource};
    m->request = (struct ow_request){
        .arena = arena, .body = &m->body, .program = &nobody};
    m->params = (struct ow_fields){0};
    m->context = *context;
    m->context.clock = &m->clock;
    m->context.request = &m->request;
    m->context.params = &m->params;
    m->context.captures = NULL;
    m->context.loop = NULL;
    m->context.resource = &m->run;
    ow_body_init(&m->body, 0);
    return ow_resource_run_params(type, resource, arena, &m->params);
}

static void end_moment(struct moment *m)
{
    ow_request_release(&m->request);
    ow_body_release(&m->body);
}

/* A time that is an expression; nothing is at once. */
static int arm(const struct ow_resource_step *step,
               struct ow_resource_course *course, struct moment *m,
               struct ow_err *err)
{
    int64_t at = 0;

    m->clock.standing_ns = course->due_ns;
    int r = ow_loop_duration(step->at, &m->context, "the \"at\" of a step", &at,
                             err);
    course->is_armed = true;
    if (r < 0)
        return r;
    at += course->since_ns;
    course->due_ns = at > course->due_ns ? at : course->due_ns;
    return 0;
}

/* 1: it is time for it; 0: it waits. */
static int ask(const struct ow_resource_step *step,
               struct ow_resource *resource, struct moment *m, int64_t now,
               struct ow_err *err)
{
    struct ow_resource_course *course = &resource->course;
    int r;

    if (!step->until)
        return 1;
    /* What it waits for has come about now, as far as anybody can tell. */
    if (course->waits)
        m->clock.standing_ns = now;
    r = ow_condition_test(step->until, resource, &m->context, err);
    if (r < 0)
        return r;
    if (r == 0) {
        course->waits = true;
        r = wake(m->run.type, resource, OW_TIMELINE_WAITS, err);
        return r;
    }
    /* What comes later is counted from here. */
    course->since_ns += m->clock.standing_ns - course->due_ns;
    course->due_ns = m->clock.standing_ns;
    return 1;
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
    /* What is sent is sent then, unless it belongs to an answer. */
    if (context->deed && context->deed->since_ns != INT64_MIN)
        context->deed->since_ns = context->clock->standing_ns;
    if (r == 0)
        r = ow_effects_apply(&step->effects, type, resource, "timeline",
                             context, err);
    if (r == 0 && step->stop)
        resource->course.timeline = -1;
    return r;
}

/* 1: a step was applied, or left out; 0: none is due. */
static int step_once(const struct ow_resource_type *type,
                     struct ow_resource *resource, struct moment *m,
                     int64_t now, struct ow_err *err)
{
    const struct ow_resource_step *step = next_step(type, resource);
    struct ow_resource_course *course = &resource->course;
    int r = 0;

    if (!step || course->due_ns > now)
        return 0;
    if (!course->is_armed)
        r = arm(step, course, m, err);
    if (r == 0 && course->due_ns > now)
        return wake(type, resource, course->due_ns, err);
    m->clock.standing_ns = course->due_ns;
    if (r == 0)
        r = ask(step, resource, m, now, err);
    if (r == 0)
        return 0;
    course->step++;
    if (r > 0)
        r = apply(type, step, resource, &m->context, err);
    int aimed = aim(type, resource, err);
    return r < 0 ? r : aimed < 0 ? aimed : 1;
}

int ow_timeline_skip(const struct ow_resource_type *type,
                     struct ow_resource *resource, struct ow_err *err)
{
    resource->course.step++;
    return aim(type, resource, err);
}

static int catch_up(const struct ow_resource_type *type,
                    struct ow_resource *resource,
                    const struct ow_answer_context *context, struct ow_err *err)
{
    int64_t now = ow_clock_now(context->clock);
    struct moment m;

    if (ow_timeline_due(type, resource) > now)
        return 0;
    int r = begin_moment(&m, type, resource, context);
    do {
        if (r >= 0)
            r = step_once(type, resource, &m, now, err);
    } while (r > 0);
    end_moment(&m);
    return r;
}

int ow_timeline_settle(const struct ow_resource_type *type,
                       struct ow_resource *resource,
                       const struct ow_answer_context *context,
                       struct ow_err *err)
{
    return type->is_loud ? 0 : catch_up(type, resource, context, err);
}

int ow_timeline_catch_up(const struct ow_resource_type *type,
                         struct ow_resource *resource,
                         const struct ow_answer_context *context,
                         struct ow_err *err)
{
    return catch_up(type, resource, context, err);
}

int ow_timeline_step(const struct ow_resource_type *type,
                     struct ow_resource *resource,
                     const struct ow_answer_context *context,
                     struct ow_err *err)
{
    int64_t now = ow_clock_now(context->clock);
    struct moment m;
    int r = begin_moment(&m, type, resource, context);

    if (r == 0)
        r = step_once(type, resource, &m, now, err);
    end_moment(&m);
    return r;
}
