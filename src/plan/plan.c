/*
 * plan: the list of steps. See plan.h. Written by answers (answer.c and the
 * actions), played by emit/.
 */
#include "config.h"

#include "plan/plan.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define FIRST 4 /* WAIT, HEAD, BODY, END: nearly all answers */

void ow_plan_init(struct ow_plan *plan, struct ow_arena *arena)
{
    *plan = (struct ow_plan){.arena = arena};
}

void ow_plan_release(struct ow_plan *plan)
{
    while (plan->nfds > 0)
        close(plan->fds[--plan->nfds]);
    plan->steps = NULL;
    plan->n = plan->cap = 0;
}

int ow_plan_reserve(struct ow_plan *plan, size_t more)
{
    if (more <= plan->cap - plan->n)
        return 0;
    if (more > SIZE_MAX / sizeof *plan->steps - plan->n)
        return -ENOMEM;
    size_t cap = plan->n + more;
    struct ow_step *steps = ow_arena_alloc(plan->arena, cap * sizeof *steps);
    if (!steps)
        return -ENOMEM;
    if (plan->n > 0)
        memcpy(steps, plan->steps, plan->n * sizeof *steps);
    plan->steps = steps;
    plan->cap = cap;
    return 0;
}

struct ow_step *ow_plan_add(struct ow_plan *plan, enum ow_step_kind kind)
{
    if (plan->n == plan->cap &&
        ow_plan_reserve(plan, plan->cap ? plan->cap : FIRST) < 0)
        return NULL;
    struct ow_step *step = &plan->steps[plan->n++];
    *step = (struct ow_step){.kind = kind};
    return step;
}

int ow_plan_whole(struct ow_plan *plan, int status,
                  const struct ow_fields *fields, struct ow_str body)
{
    struct ow_step *head = ow_plan_add(plan, OW_STEP_HEAD);
    if (!head)
        return -ENOMEM;
    head->head.status = status;
    head->head.fields = fields;
    head->head.framing = OW_FRAMING_LENGTH;
    head->head.length = body.len;
    struct ow_step *step = ow_plan_add(plan, OW_STEP_BODY);
    if (!step)
        return -ENOMEM;
    step->bytes = body;
    return ow_plan_add(plan, OW_STEP_END) ? 0 : -ENOMEM;
}

int ow_plan_take_fd(struct ow_plan *plan, int fd)
{
    if (plan->nfds == sizeof plan->fds / sizeof *plan->fds) {
        close(fd);
        return -EMFILE;
    }
    plan->fds[plan->nfds++] = fd;
    return 0;
}

bool ow_plan_has_pieces(const struct ow_plan *plan)
{
    for (size_t i = 0; i < plan->n; i++)
        if (plan->steps[i].kind == OW_STEP_PIECE ||
            plan->steps[i].kind == OW_STEP_PACED)
            return true;
    return false;
}

int ow_plan_delay(struct ow_plan *plan, int64_t ns)
{
    if (ns <= 0)
        return 0;
    if (!ow_plan_add(plan, OW_STEP_WAIT))
        return -ENOMEM;
    memmove(plan->steps + 1, plan->steps, (plan->n - 1) * sizeof *plan->steps);
    plan->steps[0] = (struct ow_step){.kind = OW_STEP_WAIT, .wait_ns = ns};
    return 0;
}

struct ow_step *ow_plan_head(const struct ow_plan *plan)
{
    for (size_t i = 0; i < plan->n; i++)
        if (plan->steps[i].kind == OW_STEP_HEAD)
            return &plan->steps[i];
    return NULL;
}

uint64_t ow_step_body_size(const struct ow_step *step)
{
    switch (step->kind) {
    case OW_STEP_BODY:
    case OW_STEP_PIECE:
        return step->bytes.len;
    case OW_STEP_FILE:
        return step->file.length;
    case OW_STEP_PACED:
        return step->paced.bytes.len;
    case OW_STEP_HEAD:
    case OW_STEP_END:
    case OW_STEP_WAIT:
    case OW_STEP_RAW:
    case OW_STEP_STALL:
    case OW_STEP_GOAWAY:
    case OW_STEP_CLOSE:
    case OW_STEP_RESET:
        break;
    }
    return 0;
}

uint64_t ow_plan_body_size(const struct ow_plan *plan)
{
    uint64_t size = 0;

    for (size_t i = 0; i < plan->n; i++)
        size += ow_step_body_size(&plan->steps[i]);
    return size;
}

/* Steps up to and with the one that begins the answer. */
static size_t behind_head(const struct ow_plan *plan)
{
    for (size_t i = 0; i < plan->n; i++)
        if (plan->steps[i].kind == OW_STEP_HEAD ||
            plan->steps[i].kind == OW_STEP_RAW)
            return i + 1;
    return 0;
}

static void shorten(struct ow_step *step, uint64_t len)
{
    if (step->kind == OW_STEP_FILE)
        step->file.length = len;
    else if (step->kind == OW_STEP_PACED)
        step->paced.bytes.len = (size_t)len;
    else
        step->bytes.len = (size_t)len;
}

void ow_plan_cut(struct ow_plan *plan, uint64_t bytes)
{
    size_t i = behind_head(plan);

    for (; i < plan->n && bytes > 0; i++) {
        struct ow_step *step = &plan->steps[i];
        uint64_t size = ow_step_body_size(step);
        if (step->kind == OW_STEP_END)
            break;
        if (size > bytes)
            shorten(step, size = bytes);
        bytes -= size;
    }
    plan->n = i;
}

void ow_plan_cut_pieces(struct ow_plan *plan, uint64_t n)
{
    size_t i = behind_head(plan);

    for (; i < plan->n && n > 0; i++) {
        if (plan->steps[i].kind == OW_STEP_END)
            break;
        if (plan->steps[i].kind == OW_STEP_PIECE ||
            plan->steps[i].kind == OW_STEP_PACED)
            n--;
    }
    plan->n = i;
}
