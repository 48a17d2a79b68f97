/*
 * act_respond: "json", "text", "file", "base64", or no body: an answer whose
 * body is there at once. Bytes are made when rules are loaded, and a hit costs
 * three steps; but for those of templates, which are made at each hit.
 */
#include "config.h"

#include <errno.h>

#include "base/base64.h"
#include "base/json.h"
#include "plan/action.h"
#include "plan/coding.h"
#include "plan/filebody.h"
#include "plan/head.h"
#include "plan/resource_run.h"
#include "plan/template.h"
#include "plan/value.h"

/* What a fault that acts on a body breaks when the rule gives none: long
 * enough to be cut in half. */
#define DEFAULT_BODY                                                           \
    "This body is here to be broken: the rule gives none of its own.\n"

/* The type of what a resource gives, unless it says. */
#define GIVEN_TYPE "application/json"

struct respond {
    struct ow_head head;
    struct ow_str body;
    struct ow_str coded;     /* the same compressed; absent: it is not */
    const char *path;        /* of "file"; else NULL */
    struct ow_template live; /* instead of body, if it has expressions */
    struct ow_coding coding;
    bool is_live_coded;
    bool is_given; /* the resource gives the body */
};

/* Whether the body is of each hit. */
static bool is_made(const struct respond *respond)
{
    return respond->live.lua || respond->is_given;
}

/* Reads a body's value; gives the Content-Type that follows from it. */
typedef int (*body_fn)(const struct ow_action_input *in, const cJSON *node,
                       struct respond *respond, struct ow_str *ret_type);

static int read_json(const struct ow_action_input *in, const cJSON *node,
                     struct respond *respond, struct ow_str *ret_type)
{
    *ret_type = OW_STR("application/json");
    if (ow_template_is_in(node))
        return ow_template_json(in, node, &respond->live);
    return ow_value_json(in, node, &respond->body);
}

static int read_text(const struct ow_action_input *in, const cJSON *node,
                     struct respond *respond, struct ow_str *ret_type)
{
    *ret_type = OW_STR("text/plain; charset=utf-8");
    if (ow_template_is_in(node))
        return ow_template_text(in, node, &respond->live);
    return ow_value_string(in, node, &respond->body);
}

static int read_file(const struct ow_action_input *in, const cJSON *node,
                     struct respond *respond, struct ow_str *ret_type)
{
    int r = ow_filebody_parse(in, node, &respond->path);

    if (r == 0)
        *ret_type = ow_filebody_type(respond->path);
    return r;
}

static int read_base64(const struct ow_action_input *in, const cJSON *node,
                       struct respond *respond, struct ow_str *ret_type)
{
    if (!cJSON_IsString(node))
        return ow_jsonc_error(in->doc, node, in->err, "expected a string");
    *ret_type = OW_STR("application/octet-stream");
    int r = ow_base64_decode(ow_str_from(node->valuestring), in->arena,
                             &respond->body);
    if (r == -EINVAL)
        return ow_jsonc_error(in->doc, node, in->err, "this is not base64");
    return r;
}

static const struct {
    const char *key;
    body_fn read;
} bodies[] = {
    {"json", read_json},
    {"text", read_text},
    {"file", read_file},
    {"base64", read_base64},
};

/* ret_node stays NULL if there is no body key: answer.c has seen to it that
 * there is one at most. */
static int read_body(const struct ow_action_input *in, struct respond *respond,
                     struct ow_str *ret_type, const cJSON **ret_node)
{
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        *ret_node = ow_json_member(in->then, bodies[i].key);
        if (*ret_node)
            return bodies[i].read(in, *ret_node, respond, ret_type);
    }
    if (in->answer->is_of_resource && ow_head_takes_body(&respond->head)) {
        respond->is_given = true;
        *ret_type = OW_STR(GIVEN_TYPE);
        return 0;
    }
    if (in->answer->wants_body && ow_head_takes_body(&respond->head)) {
        respond->body = OW_STR(DEFAULT_BODY);
        *ret_type = OW_STR("text/plain; charset=utf-8");
    }
    return 0;
}

static int encode(const struct ow_action_input *in, struct respond *respond)
{
    const struct ow_pieces plain = {&respond->body, 1, NULL};
    struct ow_pieces coded;
    int r = ow_coding_parse(in, &respond->coding);

    if (r < 0 || !respond->coding.name.ptr)
        return r;
    if (respond->path)
        return ow_jsonc_error(in->doc, ow_json_member(in->then, "encoding"),
                              in->err,
                              "a file is sent as it is: give a compressed one "
                              "and its content-encoding in \"headers\"");
    respond->is_live_coded = is_made(respond);
    if (respond->body.len == 0 && !is_made(respond))
        return 0;
    if (!is_made(respond)) {
        r = ow_coding_pieces(&respond->coding, &plain, in->arena, &coded);
        if (r < 0)
            return r;
        respond->coded = coded.items[0];
    }
    return ow_head_encode(in, &respond->head, respond->coding.name);
}

static int respond_parse(const struct ow_action_input *in,
                         const void **ret_state)
{
    struct respond *respond = ow_arena_zalloc(in->arena, sizeof *respond);
    struct ow_str type = {NULL, 0};
    const cJSON *node = NULL;

    if (!respond)
        return -ENOMEM;
    int r = ow_head_parse(in, &respond->head);
    if (r == 0)
        r = read_body(in, respond, &type, &node);
    if (r == 0 && node && !ow_head_takes_body(&respond->head))
        return ow_jsonc_error(in->doc, node, in->err,
                              "an answer of status %d has no body",
                              respond->head.status);
    if (r == 0 && type.ptr)
        r = ow_head_default(in, &respond->head, OW_STR("content-type"), type);
    if (r == 0)
        r = encode(in, respond);
    *ret_state = respond;
    return r;
}

static int plan_bytes(struct ow_str body, struct ow_plan *plan)
{
    if (body.len == 0)
        return 0;
    struct ow_step *step = ow_plan_add(plan, OW_STEP_BODY);
    if (!step)
        return -ENOMEM;
    step->bytes = body;
    return 0;
}

static struct ow_str given_body(const struct ow_answer_context *context)
{
    struct ow_str body = context->resource->body;

    return body.ptr ? body : OW_STR("");
}

/*
 * The head of what a resource gives: of an upload's content the type is known
 * only now. The fields may be the rule's, which do not change.
 */
static int give_type(const struct ow_answer_context *context,
                     struct ow_arena *arena, const struct ow_head **head)
{
    struct ow_str type = context->resource->body_type;
    struct ow_head *own;
    struct ow_field *fields;

    if (!type.ptr)
        return 0;
    own = ow_arena_alloc(arena, sizeof *own);
    fields = ow_arena_alloc(arena, (*head)->fields.n * sizeof *fields);
    if (!own || !fields)
        return -ENOMEM;
    *own = **head;
    for (size_t i = 0; i < own->fields.n; i++) {
        fields[i] = own->fields.items[i];
        if (ow_str_equal_case(fields[i].name, OW_STR("content-type")) &&
            ow_str_equal(fields[i].value, OW_STR(GIVEN_TYPE)))
            fields[i].value = type;
    }
    own->fields.items = fields;
    *head = own;
    return 0;
}

/* The bytes of this hit; *coded becomes whether they are compressed. */
static int choose_body(const struct respond *respond,
                       const struct ow_answer_context *context,
                       struct ow_arena *arena, bool *coded, struct ow_str *ret,
                       struct ow_err *err)
{
    bool is_taken =
        (respond->coded.ptr || respond->is_live_coded) &&
        ow_coding_is_taken(&respond->coding, &context->request->headers);
    struct ow_pieces plain = {ret, 1, NULL}, packed;
    int r = 0;

    *coded = is_taken;
    *ret = is_taken ? respond->coded : respond->body;
    if (respond->live.lua)
        r = ow_template_render(&respond->live, context, arena, ret, err);
    else if (respond->is_given)
        *ret = given_body(context);
    if (r < 0 || !is_taken || !is_made(respond))
        return r;
    *coded = ret->len > 0;
    if (*coded)
        r = ow_coding_pieces(&respond->coding, &plain, arena, &packed);
    if (*coded && r == 0)
        *ret = packed.items[0];
    return r;
}

static int respond_plan(const void *state,
                        const struct ow_answer_context *context,
                        struct ow_plan *plan, struct ow_err *err)
{
    const struct respond *respond = state;
    const struct ow_head *head;
    struct ow_str body = {"", 0};
    bool is_coded = false;
    int fd = -1;
    int r = ow_head_resolve(&respond->head, context, plan->arena, &head, err);

    /* A status that only now turns out to have no body. */
    bool has_body = r == 0 && ow_head_takes_body(head);
    if (has_body && respond->is_given)
        r = give_type(context, plan->arena, &head);
    if (has_body && r == 0)
        r = choose_body(respond, context, plan->arena, &is_coded, &body, err);
    uint64_t length = body.len;
    if (has_body && r == 0 && respond->path)
        r = ow_filebody_open(respond->path, plan, &fd, &length, err);
    if (r == 0)
        r = ow_head_plan(head, is_coded, OW_FRAMING_LENGTH, length, plan);
    if (r == 0)
        r = fd >= 0 ? ow_filebody_plan(fd, length, 0, plan)
                    : plan_bytes(body, plan);
    return r < 0 ? r : ow_head_plan_end(head, plan);
}

const struct ow_action_ops ow_respond_ops = {
    .name = "respond",
    .parse = respond_parse,
    .plan = respond_plan,
};
