/*
 * answer_lab: rules to plans to text. See answer_lab.h.
 */
#include "config.h"

#include "answer_lab.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "plan/lua.h"
#include "quoted.h"

static const char *const step_names[] = {
#define OW_STEP(name, help) #name,
#include "plan/steps.def"
#undef OW_STEP
};

void answer_lab_init(struct answer_lab *lab)
{
    memset(lab, 0, sizeof *lab);
    lab->file = "lab.json";
    lab->program.name = "lab";
    lab->program.argv = "";
    ow_rand_init(&lab->rand, 1);
    ow_arena_init(&lab->arena);
    ow_plan_init(&lab->plan, &lab->arena);
    lab->lua = ow_lua_new();
    lab->clock.begin_real_ns = INT64_C(1767323045) * 1000000000;
    lab->request.method = OW_STR("GET");
    lab->request.version = 11;
    lab->request.body = &lab->body;
    lab->request.program = &lab->program;
    lab->request.arena = &lab->arena;
}

void answer_lab_release(struct answer_lab *lab)
{
    ow_plan_release(&lab->plan);
    ow_arena_release(&lab->arena);
    lab->answers = ow_answers_free(lab->answers);
    lab->doc = ow_jsonc_free(lab->doc);
    lab->lua = ow_lua_free(lab->lua);
    ow_state_release(&lab->state);
    ow_request_release(&lab->request);
}

int answer_lab_load(struct answer_lab *lab, const char *rule)
{
    size_t len = strlen(rule);
    char *text = ow_arena_alloc(&lab->arena, len + 1);

    memcpy(text, rule, len + 1);
    lab->answers = ow_answers_free(lab->answers);
    lab->doc = ow_jsonc_free(lab->doc);
    swap_quotes(text, '\'', '"');
    int r = ow_jsonc_parse(lab->file, text, len, &lab->doc, &lab->err);
    if (r == 0) {
        const cJSON *root = ow_jsonc_root(lab->doc);
        const struct ow_answer_source source = {lab->doc, lab->lua, NULL,
                                                NULL,     true,     NULL};
        r = ow_answers_parse(&source, cJSON_GetObjectItem(root, "then"),
                             cJSON_GetObjectItem(root, "repeat"), &lab->answers,
                             &lab->err);
    }
    swap_quotes(lab->err.text, '"', '\'');
    return r;
}

/* Bytes in quotes; what cannot be read as "\x..". */
static void dump_bytes(struct ow_buf *out, struct ow_str bytes)
{
    ow_buf_append(out, " '", 2);
    for (size_t i = 0; i < bytes.len; i++) {
        unsigned char c = (unsigned char)bytes.ptr[i];
        if (c == '\n')
            ow_buf_append(out, "\\n", 2);
        else if (c == '\r')
            ow_buf_append(out, "\\r", 2);
        else if (c < ' ' || c > '~')
            ow_buf_printf(out, "\\x%02x", c);
        else
            ow_buf_append(out, c == '"' ? "'" : (char *)&c, 1);
    }
    ow_buf_append(out, "'", 1);
}

static void dump_ns(struct ow_buf *out, int64_t ns)
{
    if (ns % 1000000 == 0)
        ow_buf_printf(out, " %lldms", (long long)ns / 1000000);
    else
        ow_buf_printf(out, " %lldns", (long long)ns);
}

static void dump_fields(struct ow_buf *out, const struct ow_fields *fields)
{
    for (size_t i = 0; i < fields->n; i++)
        ow_buf_printf(out, "%s%.*s: %.*s", i > 0 ? ", " : "",
                      OW_STR_ARGS(fields->items[i].name),
                      OW_STR_ARGS(fields->items[i].value));
}

static void dump_head(struct ow_buf *out, const struct ow_step *step)
{
    static const char *const framings[] = {"len", "chunked", "close", "none"};

    ow_buf_printf(out, " %d", step->head.status);
    if (step->head.reason.ptr)
        ow_buf_printf(out, " %.*s", OW_STR_ARGS(step->head.reason));
    ow_buf_printf(out, " %s", framings[step->head.framing]);
    if (step->head.framing == OW_FRAMING_LENGTH)
        ow_buf_printf(out, "=%llu", (unsigned long long)step->head.length);
}

static void dump_file(struct ow_buf *out, const struct ow_step *step)
{
    ow_buf_printf(out, " %llu+%llu", (unsigned long long)step->file.offset,
                  (unsigned long long)step->file.length);
    if (step->file.rate)
        ow_buf_printf(out, " rate=%llu", (unsigned long long)step->file.rate);
    if (step->file.corrupt_every)
        ow_buf_printf(out, " corrupt=%lld",
                      (long long)step->file.corrupt_every);
}

static void dump_step(struct ow_buf *out, const struct ow_step *step)
{
    ow_buf_append_str(out, ow_str_from(step_names[step->kind]));
    switch (step->kind) {
    case OW_STEP_HEAD:
        dump_head(out, step);
        break;
    case OW_STEP_BODY:
    case OW_STEP_PIECE:
        dump_bytes(out, step->bytes);
        break;
    case OW_STEP_RAW:
        dump_bytes(out, step->raw.bytes);
        break;
    case OW_STEP_FILE:
        dump_file(out, step);
        break;
    case OW_STEP_PACED:
        dump_bytes(out, step->paced.bytes);
        ow_buf_printf(out, " %zu each", step->paced.piece);
        dump_ns(out, step->paced.every_ns);
        break;
    case OW_STEP_END:
        if (step->trailers) {
            ow_buf_append(out, " ", 1);
            dump_fields(out, step->trailers);
        }
        break;
    case OW_STEP_WAIT:
        dump_ns(out, step->wait_ns);
        break;
    case OW_STEP_GOAWAY:
        ow_buf_printf(out, " %u%s", step->goaway.error,
                      step->goaway.is_done ? " done" : "");
        if (step->goaway.text.ptr)
            dump_bytes(out, step->goaway.text);
        break;
    case OW_STEP_CLOSE:
    case OW_STEP_RESET:
        if (step->end.error > 0)
            ow_buf_printf(out, " %u", step->end.error - 1);
        break;
    case OW_STEP_STALL:
        break;
    }
}

/* The buffer's content with a NUL, in the arena. */
static const char *finish(struct answer_lab *lab, struct ow_buf *out)
{
    const char *text = ow_arena_copy(&lab->arena, ow_buf_peek(out)).ptr;

    ow_buf_release(out);
    return text;
}

const char *answer_lab_dump(struct answer_lab *lab, uint64_t hit)
{
    struct ow_answer_context context = {.request = &lab->request,
                                        .rand = &lab->rand,
                                        .hit = hit,
                                        .params = &lab->params,
                                        .captures = &lab->captures,
                                        .clock = &lab->clock,
                                        .state = &lab->state};
    const struct ow_answer *answer = ow_answers_at(lab->answers, hit);
    struct ow_buf out;

    if (!answer)
        return "nothing";
    ow_plan_release(&lab->plan);
    ow_plan_init(&lab->plan, &lab->arena);
    int r = ow_answer_plan(answer, &context, &lab->plan, &lab->err);
    if (r < 0)
        return lab->err.text;
    ow_buf_init(&out, 0);
    for (size_t i = 0; i < lab->plan.n; i++) {
        if (i > 0)
            ow_buf_append(&out, " | ", 3);
        dump_step(&out, &lab->plan.steps[i]);
    }
    return finish(lab, &out);
}

const char *answer_lab_fields(struct answer_lab *lab)
{
    const struct ow_step *head = ow_plan_head(&lab->plan);
    struct ow_buf out;

    ow_buf_init(&out, 0);
    if (head)
        dump_fields(&out, head->head.fields);
    return finish(lab, &out);
}

static void append_file(struct ow_buf *out, const struct ow_step *step)
{
    char *at = ow_buf_reserve(out, step->file.length);
    ssize_t got =
        pread(step->file.fd, at, step->file.length, (off_t)step->file.offset);

    ow_buf_commit(out, got > 0 ? (size_t)got : 0);
}

struct ow_str answer_lab_body(struct answer_lab *lab)
{
    struct ow_buf out;

    ow_buf_init(&out, 0);
    for (size_t i = 0; i < lab->plan.n; i++) {
        const struct ow_step *step = &lab->plan.steps[i];
        if (step->kind == OW_STEP_BODY || step->kind == OW_STEP_PIECE)
            ow_buf_append_str(&out, step->bytes);
        else if (step->kind == OW_STEP_PACED)
            ow_buf_append_str(&out, step->paced.bytes);
        else if (step->kind == OW_STEP_FILE)
            append_file(&out, step);
    }
    size_t len = out.len;
    return (struct ow_str){finish(lab, &out), len};
}

int answer_lab_set_up(void **state)
{
    struct answer_lab *lab = malloc(sizeof *lab);

    if (!lab)
        return -1;
    answer_lab_init(lab);
    *state = lab;
    return 0;
}

int answer_lab_tear_down(void **state)
{
    answer_lab_release(*state);
    free(*state);
    return 0;
}
