/*
 * harm: broken answers. See harm.h. Called by act_fault.c; calls wire/h1 for
 * the parts of a head that are not the broken one.
 */
#include "config.h"

#include "plan/harm.h"

#include <errno.h>
#include <string.h>

#include "wire/h1.h"

/* What is sent when the rule does not say. Many clients take a field without
 * colon; fewer take one with a NUL as well (Python's http.client does). */
#define BAD_STATUS OW_STR("HTTP/1.1 2x0 Broken")
#define BAD_HEADER OW_STR("Broken\0Field without a colon")
#define BAD_CHUNK  OW_STR("xyz")

static int end_with(struct ow_plan *plan, enum ow_step_kind kind)
{
    return ow_plan_add(plan, kind) ? 0 : -ENOMEM;
}

/* The end of a connection that this fault has spoilt for all. */
static int end_connection(struct ow_plan *plan)
{
    struct ow_step *step = ow_plan_add(plan, OW_STEP_CLOSE);

    if (!step)
        return -ENOMEM;
    step->end.of_connection = true;
    return 0;
}

/* Drops the answer; the delay before it stays. */
static void drop_answer(struct ow_plan *plan)
{
    size_t n = 0;

    while (n < plan->n && plan->steps[n].kind == OW_STEP_WAIT)
        n++;
    plan->n = n;
}

static void drop_end(struct ow_plan *plan)
{
    if (plan->n > 0 && plan->steps[plan->n - 1].kind == OW_STEP_END)
        plan->n--;
}

static int stop(const struct ow_fault *fault, struct ow_plan *plan,
                enum ow_step_kind how)
{
    if (fault->after.kind == OW_AFTER_NONE)
        drop_answer(plan);
    else
        ow_after_cut(&fault->after, plan);
    struct ow_step *step = ow_plan_add(plan, how);
    if (!step)
        return -ENOMEM;
    if (how == OW_STEP_CLOSE || how == OW_STEP_RESET)
        step->end.of_connection = fault->of_connection;
    return 0;
}

int ow_harm_close(const struct ow_fault *fault,
                  const struct ow_answer_context *context, struct ow_plan *plan)
{
    (void)context;
    return stop(fault, plan, OW_STEP_CLOSE);
}

int ow_harm_reset(const struct ow_fault *fault,
                  const struct ow_answer_context *context, struct ow_plan *plan)
{
    (void)context;
    return stop(fault, plan, OW_STEP_RESET);
}

int ow_harm_stall(const struct ow_fault *fault,
                  const struct ow_answer_context *context, struct ow_plan *plan)
{
    (void)context;
    return stop(fault, plan, OW_STEP_STALL);
}

int ow_harm_rst_stream(const struct ow_fault *fault,
                       const struct ow_answer_context *context,
                       struct ow_plan *plan)
{
    (void)context;
    int r = stop(fault, plan, OW_STEP_RESET);
    if (r == 0)
        plan->steps[plan->n - 1].end.error = fault->error + 1;
    return r;
}

/* A graceful one comes before the answer and changes nothing of it; else it
 * comes in its place, or behind a part of it. */
int ow_harm_goaway(const struct ow_fault *fault,
                   const struct ow_answer_context *context,
                   struct ow_plan *plan)
{
    struct ow_step goaway = {.kind = OW_STEP_GOAWAY,
                             .goaway = {fault->error,
                                        fault->is_done || fault->is_graceful,
                                        fault->bytes}};

    (void)context;
    if (!fault->is_graceful) {
        int r = stop(fault, plan, OW_STEP_GOAWAY);
        if (r < 0)
            return r;
        plan->steps[plan->n - 1] = goaway;
        return end_connection(plan);
    }
    if (!ow_plan_add(plan, OW_STEP_GOAWAY))
        return -ENOMEM;
    memmove(plan->steps + 1, plan->steps, (plan->n - 1) * sizeof *plan->steps);
    plan->steps[0] = goaway;
    return 0;
}

int ow_harm_nothing(const struct ow_fault *fault,
                    const struct ow_answer_context *context,
                    struct ow_plan *plan)
{
    (void)fault;
    (void)context;
    (void)plan;
    return 0;
}

int ow_harm_truncate(const struct ow_fault *fault,
                     const struct ow_answer_context *context,
                     struct ow_plan *plan)
{
    uint64_t size = ow_plan_body_size(plan);

    (void)context;
    ow_after_cut(&fault->after, plan);
    /* "after" behind the end would truncate nothing. */
    if (size > 0 && ow_plan_body_size(plan) == size)
        ow_plan_cut(plan, size - 1);
    return end_with(plan, OW_STEP_CLOSE);
}

static int random_bytes(struct ow_plan *plan, struct ow_rand *rand, size_t size,
                        struct ow_str *ret)
{
    char *bytes = ow_arena_alloc(plan->arena, size);

    if (!bytes)
        return -ENOMEM;
    for (size_t i = 0; i < size; i++)
        bytes[i] = (char)ow_rand_u64(rand);
    *ret = (struct ow_str){bytes, size};
    return 0;
}

int ow_harm_garbage(const struct ow_fault *fault,
                    const struct ow_answer_context *context,
                    struct ow_plan *plan)
{
    struct ow_str bytes = fault->bytes;
    int r = 0;

    drop_answer(plan);
    if (!bytes.ptr)
        r = random_bytes(plan, context->rand, (size_t)fault->size, &bytes);
    struct ow_step *step = r < 0 ? NULL : ow_plan_add(plan, OW_STEP_RAW);
    if (!step)
        return -ENOMEM;
    step->raw.bytes = bytes;
    return end_connection(plan);
}

static int write_line(struct ow_buf *out, struct ow_str line)
{
    int r = ow_buf_append_str(out, line);

    return r < 0 ? r : ow_buf_append(out, "\r\n", 2);
}

/* The head as bytes; line instead of the status line, or as one more field. */
static int write_head(struct ow_buf *out, const struct ow_step *head,
                      struct ow_str line, bool is_status)
{
    const struct ow_fields *fields = head->head.fields;
    int r = is_status
                ? write_line(out, line)
                : ow_h1_write_status(out, head->head.status, head->head.reason);

    for (size_t i = 0; fields && i < fields->n && r == 0; i++)
        r = ow_h1_write_field(out, fields->items[i].name,
                              fields->items[i].value);
    if (r == 0 && !is_status)
        r = write_line(out, line);
    if (r == 0 && head->head.framing == OW_FRAMING_LENGTH)
        r = ow_buf_printf(out, "Content-Length: %llu\r\n",
                          (unsigned long long)head->head.length);
    if (r == 0)
        r = write_line(out, OW_STR("Connection: close"));
    return r < 0 ? r : ow_h1_write_head_end(out);
}

/* What HTTP/2 breaks instead: the status, or a field of that name. */
static const struct ow_broken *break_in_h2(struct ow_plan *plan,
                                           const struct ow_step *head,
                                           struct ow_str line, bool is_status)
{
    struct ow_broken *broken = ow_arena_zalloc(plan->arena, sizeof *broken);
    struct ow_step *copy = ow_arena_alloc(plan->arena, sizeof *copy);

    if (!broken || !copy)
        return NULL;
    *copy = *head;
    broken->head = copy;
    broken->name = is_status ? OW_STR(":status") : ow_str_cut(&line, ':');
    if (is_status)
        ow_str_cut(&line, ' ');
    broken->value = line.ptr ? line : OW_STR("");
    if (is_status)
        broken->value = ow_str_cut(&line, ' ');
    return broken;
}

/* Puts a head of our own in the place of the HEAD step. */
static int break_head(struct ow_plan *plan, struct ow_str line, bool is_status)
{
    struct ow_step *head = ow_plan_head(plan);
    struct ow_buf out;

    if (!head) /* "cut" or a fault before the head */
        return 0;
    ow_buf_init(&out, 0);
    int r = write_head(&out, head, line, is_status);
    struct ow_str bytes = ow_arena_copy(plan->arena, ow_buf_peek(&out));
    ow_buf_release(&out);
    const struct ow_broken *broken = break_in_h2(plan, head, line, is_status);
    if (r < 0 || !bytes.ptr || !broken)
        return -ENOMEM;
    *head = (struct ow_step){.kind = OW_STEP_RAW, .raw = {bytes, broken}};
    drop_end(plan);
    return end_with(plan, OW_STEP_CLOSE);
}

int ow_harm_status(const struct ow_fault *fault,
                   const struct ow_answer_context *context,
                   struct ow_plan *plan)
{
    (void)context;
    return break_head(plan, fault->bytes.ptr ? fault->bytes : BAD_STATUS, true);
}

int ow_harm_header(const struct ow_fault *fault,
                   const struct ow_answer_context *context,
                   struct ow_plan *plan)
{
    (void)context;
    return break_head(plan, fault->bytes.ptr ? fault->bytes : BAD_HEADER,
                      false);
}

int ow_harm_chunk(const struct ow_fault *fault,
                  const struct ow_answer_context *context, struct ow_plan *plan)
{
    struct ow_str line = fault->bytes.ptr ? fault->bytes : BAD_CHUNK;
    struct ow_step *head = ow_plan_head(plan);

    (void)context;
    if (head)
        head->head.framing = OW_FRAMING_CHUNKED;
    ow_after_cut(&fault->after, plan);
    drop_end(plan);
    struct ow_str bytes =
        ow_arena_printf(plan->arena, "%.*s\r\n", OW_STR_ARGS(line));
    struct ow_step *step = bytes.ptr ? ow_plan_add(plan, OW_STEP_RAW) : NULL;
    if (!step)
        return -ENOMEM;
    step->raw.bytes = bytes;
    return end_connection(plan);
}

int ow_harm_length(const struct ow_fault *fault,
                   const struct ow_answer_context *context,
                   struct ow_plan *plan)
{
    struct ow_step *head = ow_plan_head(plan);
    uint64_t size = ow_plan_body_size(plan);

    (void)context;
    if (head) {
        uint64_t under = fault->by < 0 ? (uint64_t)-fault->by : 0;
        head->head.framing = OW_FRAMING_LENGTH;
        head->head.length = fault->by >= 0 ? size + (uint64_t)fault->by
                            : under < size ? size - under
                                           : 0;
    }
    drop_end(plan);
    struct ow_step *step = ow_plan_add(plan, OW_STEP_CLOSE);
    if (!step)
        return -ENOMEM;
    step->end.is_whole = true;
    return 0;
}

/* The bytes of a step that holds them itself, or NULL. */
static struct ow_str *bytes_of(struct ow_step *step)
{
    if (step->kind == OW_STEP_BODY || step->kind == OW_STEP_PIECE)
        return &step->bytes;
    return step->kind == OW_STEP_PACED ? &step->paced.bytes : NULL;
}

/* Flips bits in a copy: the step's bytes belong to the rule. next is the
 * offset of the next byte to flip, counted from the step's first. */
static int flip(struct ow_plan *plan, struct ow_rand *rand,
                struct ow_str *bytes, uint64_t every, uint64_t *next)
{
    if (*next >= bytes->len) {
        *next -= bytes->len;
        return 0;
    }
    char *copy = ow_arena_alloc(plan->arena, bytes->len);
    if (!copy)
        return -ENOMEM;
    memcpy(copy, bytes->ptr, bytes->len);
    for (; *next < bytes->len; *next += every)
        copy[*next] ^= (char)(1 << ow_rand_range(rand, 0, 7));
    *next -= bytes->len;
    bytes->ptr = copy;
    return 0;
}

int ow_harm_corrupt(const struct ow_fault *fault,
                    const struct ow_answer_context *context,
                    struct ow_plan *plan)
{
    uint64_t size = ow_plan_body_size(plan);
    uint64_t first = fault->every < size ? fault->every : size;
    int r = 0;

    if (size == 0)
        return 0;
    uint64_t next =
        (uint64_t)ow_rand_range(context->rand, 0, (int64_t)first - 1);
    for (size_t i = 0; i < plan->n && r == 0; i++) {
        struct ow_step *step = &plan->steps[i];
        struct ow_str *bytes = bytes_of(step);
        if (bytes)
            r = flip(plan, context->rand, bytes, fault->every, &next);
        else if (step->kind == OW_STEP_FILE)
            step->file.corrupt_every = (int64_t)fault->every;
    }
    return r;
}

int ow_harm_drip(const struct ow_fault *fault,
                 const struct ow_answer_context *context, struct ow_plan *plan)
{
    (void)context;
    for (size_t i = 0; i < plan->n; i++) {
        struct ow_step *step = &plan->steps[i];
        struct ow_str *bytes = bytes_of(step);
        if (step->kind == OW_STEP_FILE) {
            uint64_t rate = 1000000000 / (uint64_t)fault->pace_ns;
            step->file.rate = rate > 0 ? rate : 1;
        } else if (bytes) {
            struct ow_str all = *bytes;
            step->kind = OW_STEP_PACED;
            step->paced.bytes = all;
            step->paced.piece = 1;
            step->paced.every_ns = fault->pace_ns;
        }
    }
    return 0;
}
