/*
 * act_fault: "fault": what goes wrong, as a word or as an object with "kind"
 * and more. Faults of the name, of connect() and of TLS act before there is a
 * request: they write no plan, the host asks for them (answer.h). The others
 * alter the plan of the answer beside them (harm.h).
 */
#include "config.h"

#include "plan/act_fault.h"

#include <errno.h>
#include <string.h>

#include "base/base64.h"
#include "base/json.h"
#include "plan/action.h"
#include "plan/harm.h"
#include "plan/value.h"
#include "plan/ws_fault.h"
#include "wire/h2.h"

/*
 * glibc asks a name server twice and waits 5 s each time (resolv.conf(5),
 * timeout and attempts): a program sees a dead one after 10 s.
 */
#define DNS_TIMEOUT_NS   INT64_C(10000000000)

#define GARBAGE_SIZE     256
#define GARBAGE_SIZE_MAX (1 << 20) /* made anew at each hit */
#define LENGTH_BY        10
#define CORRUPT_EVERY    64
#define DRIP_NS          100000000 /* ten bytes a second */

enum option {
    AFTER = 1 << 0,    /* a place in the body */
    WAIT = 1 << 1,     /* "after" as a duration */
    BYTES = 1 << 2,    /* "bytes", "base64", "size" */
    LINE = 1 << 3,     /* "line" */
    BY = 1 << 4,       /* "by" */
    EVERY = 1 << 5,    /* "every" as bytes */
    PACE = 1 << 6,     /* "every" as a duration, "rate" */
    BODY = 1 << 7,     /* no key: acts on a body, whatever the keys */
    HALF = 1 << 8,     /* no key: "after" is 50% if it is not given */
    RECEIVED = 1 << 9, /* "received": bytes of the request's body */
    ERROR = 1 << 10,   /* "error": of HTTP/2 */
    GOAWAY = 1 << 11,  /* "text", "processed", "graceful" */
    SHARED = 1 << 12,  /* "connection": also where it has other streams */
};

/* Kinds that are not here have no options and no harm: early ones. */
static const struct kind {
    enum ow_fault_kind kind;
    int options;
    ow_harm_fn harm;
} kinds[] = {
    {OW_FAULT_DNS_TIMEOUT, WAIT, NULL},
    {OW_FAULT_STOP_READING, RECEIVED, ow_harm_stall},
    {OW_FAULT_FLOW_STALL, RECEIVED, ow_harm_stall},
    {OW_FAULT_EARLY_ANSWER, RECEIVED, ow_harm_nothing},
    {OW_FAULT_GOAWAY, ERROR | GOAWAY | AFTER, ow_harm_goaway},
    {OW_FAULT_RST_STREAM, ERROR | AFTER | RECEIVED, ow_harm_rst_stream},
    {OW_FAULT_CLOSE, AFTER | RECEIVED | SHARED, ow_harm_close},
    {OW_FAULT_RESET, AFTER | RECEIVED | SHARED, ow_harm_reset},
    {OW_FAULT_STALL, AFTER, ow_harm_stall},
    {OW_FAULT_TRUNCATE, AFTER | BODY | HALF, ow_harm_truncate},
    {OW_FAULT_GARBAGE, BYTES, ow_harm_garbage},
    {OW_FAULT_BAD_STATUS, LINE | BODY, ow_harm_status},
    {OW_FAULT_BAD_HEADER, LINE | BODY, ow_harm_header},
    {OW_FAULT_BAD_CHUNK, AFTER | LINE | BODY | HALF, ow_harm_chunk},
    {OW_FAULT_BAD_LENGTH, BY | BODY, ow_harm_length},
    {OW_FAULT_CORRUPT, EVERY | BODY, ow_harm_corrupt},
    {OW_FAULT_DRIP, PACE | BODY, ow_harm_drip},
};

struct fault {
    struct ow_fault said;
    ow_harm_fn harm;              /* NULL: acts before there is a request */
    const struct ow_ws_fault *ws; /* instead, of a WebSocket */
    bool is_of_body;              /* a WebSocket has none */
};

static const struct kind *find_kind(enum ow_fault_kind kind)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (kinds[i].kind == kind)
            return &kinds[i];
    return NULL;
}

void ow_act_fault_keys(enum ow_fault_kind fault,
                       const char *ret_keys[OW_FAULT_KEYS_MAX])
{
    const struct kind *kind = find_kind(fault);
    int options = kind ? kind->options : 0;
    const char *const *of_ws = ow_ws_fault_keys(fault);
    size_t n = 0;

    for (; of_ws && of_ws[n]; n++)
        ret_keys[n] = of_ws[n];
    ret_keys[n] = NULL;
    if (of_ws)
        return;
    ret_keys[n++] = "kind";
    if (options & RECEIVED)
        ret_keys[n++] = "received";
    if (options & (AFTER | WAIT))
        ret_keys[n++] = "after";
    if (options & BYTES) {
        ret_keys[n++] = "bytes";
        ret_keys[n++] = "base64";
        ret_keys[n++] = "size";
    }
    if (options & LINE)
        ret_keys[n++] = "line";
    if (options & ERROR)
        ret_keys[n++] = "error";
    if (options & GOAWAY) {
        ret_keys[n++] = "text";
        ret_keys[n++] = "processed";
        ret_keys[n++] = "graceful";
    }
    if (options & SHARED)
        ret_keys[n++] = "connection";
    if (options & BY)
        ret_keys[n++] = "by";
    if (options & (EVERY | PACE))
        ret_keys[n++] = "every";
    if (options & PACE)
        ret_keys[n++] = "rate";
    ret_keys[n] = NULL;
}

static int read_kind(const struct ow_action_input *in, const cJSON *node,
                     enum ow_fault_kind *ret)
{
    int word;

    int r = ow_value_word(in, node, ow_fault_names(), &word);
    if (r == 0)
        *ret = (enum ow_fault_kind)(word + 1);
    return r;
}

/* Refuses what this kind does not take: nothing is dropped in silence. */
static int check_keys(const struct ow_action_input *in, const cJSON *spec,
                      enum ow_fault_kind kind)
{
    const char *known[OW_FAULT_KEYS_MAX];

    ow_act_fault_keys(kind, known);
    return ow_value_check_keys(in, spec, known);
}

static int read_garbage(const struct ow_action_input *in, const cJSON *spec,
                        struct ow_fault *fault)
{
    const cJSON *bytes = ow_json_member(spec, "bytes"),
                *size = ow_json_member(spec, "size");
    const cJSON *base64 = ow_json_member(spec, "base64");
    int r = 0;

    if (!!bytes + !!size + !!base64 > 1)
        return ow_jsonc_error(in->doc, spec, in->err,
                              "\"bytes\", \"base64\" and \"size\" say the same "
                              "in three ways: take one");
    if (bytes)
        return ow_value_string(in, bytes, &fault->bytes);
    if (base64 && cJSON_IsString(base64))
        r = ow_base64_decode(ow_str_from(base64->valuestring), in->arena,
                             &fault->bytes);
    if (r == -EINVAL || (base64 && !cJSON_IsString(base64)))
        return ow_jsonc_error(in->doc, base64, in->err, "this is not base64");
    if (!size || r < 0)
        return r;
    r = ow_value_size(in, size, &fault->size);
    if (r == 0 && (fault->size == 0 || fault->size > GARBAGE_SIZE_MAX))
        return ow_jsonc_error(in->doc, size, in->err,
                              "expected a size from 1 to 1MiB");
    return r;
}

static int read_every(const struct ow_action_input *in, const cJSON *node,
                      struct ow_fault *fault)
{
    int r = ow_value_size(in, node, &fault->every);

    if (r == 0 && (fault->every == 0 || fault->every > INT64_MAX / 2))
        return ow_jsonc_error(in->doc, node, in->err,
                              "expected a number of bytes over 0");
    return r;
}

static int read_pace(const struct ow_action_input *in, const cJSON *spec,
                     struct ow_fault *fault)
{
    const cJSON *every = ow_json_member(spec, "every"),
                *rate = ow_json_member(spec, "rate");
    uint64_t bytes_per_s;
    int r = 0;

    if (every && rate)
        return ow_jsonc_error(in->doc, rate, in->err,
                              "\"every\" and \"rate\" say the same in two "
                              "ways: take one");
    if (every)
        r = ow_value_duration(in, every, &fault->pace_ns);
    if (rate) {
        r = ow_value_rate(in, rate, &bytes_per_s);
        if (r == 0)
            fault->pace_ns = (int64_t)(1000000000 / bytes_per_s);
    }
    if (r == 0 && fault->pace_ns <= 0)
        return ow_jsonc_error(in->doc, every ? every : rate, in->err,
                              "a byte at a time, but not in no time: expected "
                              "\"1us\" or more");
    return r;
}

/* The fault then acts on the upload; it ends both ways. */
static int read_received(const struct ow_action_input *in, const cJSON *spec)
{
    const cJSON *received = ow_json_member(spec, "received");

    if (!received)
        return 0;
    if (ow_json_member(spec, "after"))
        return ow_jsonc_error(in->doc, received, in->err,
                              "\"received\" counts the request's body, "
                              "\"after\" the answer's: take one");
    in->answer->has_received = true;
    return ow_value_size(in, received, &in->answer->received);
}

/* An error of HTTP/2, by its name or, as new ones come, by its number. */
static int read_error(const struct ow_action_input *in, const cJSON *node,
                      struct ow_fault *fault)
{
    int64_t number;
    int word;
    int r = cJSON_IsNumber(node)
                ? ow_value_integer(in, node, 0, UINT32_MAX, &number)
                : ow_value_word(in, node, ow_h2_error_names(), &word);

    if (r == 0)
        fault->error = cJSON_IsNumber(node) ? (uint32_t)number : (uint32_t)word;
    return r;
}

static int read_flag(const struct ow_action_input *in, const cJSON *node,
                     bool *ret)
{
    if (!node)
        return 0;
    if (!cJSON_IsBool(node))
        return ow_jsonc_error(in->doc, node, in->err, "expected true or false");
    *ret = cJSON_IsTrue(node);
    return 0;
}

static int read_h2_options(const struct ow_action_input *in, const cJSON *spec,
                           int options, struct ow_fault *fault)
{
    const cJSON *error = ow_json_member(spec, "error"),
                *text = ow_json_member(spec, "text");
    int r = error ? read_error(in, error, fault) : 0;

    if (r == 0 && text && (options & GOAWAY))
        r = ow_value_string(in, text, &fault->bytes);
    if (r == 0)
        r = read_flag(in, ow_json_member(spec, "processed"), &fault->is_done);
    if (r == 0)
        r = read_flag(in, ow_json_member(spec, "graceful"),
                      &fault->is_graceful);
    if (r == 0)
        r = read_flag(in, ow_json_member(spec, "connection"),
                      &fault->of_connection);
    if (r == 0 && fault->is_graceful && ow_json_member(spec, "after"))
        return ow_jsonc_error(in->doc, ow_json_member(spec, "after"), in->err,
                              "a graceful GOAWAY comes before the answer, "
                              "which then is whole");
    return r;
}

static int read_options(const struct ow_action_input *in, const cJSON *spec,
                        int options, struct ow_fault *fault)
{
    const cJSON *after = ow_json_member(spec, "after"),
                *line = ow_json_member(spec, "line");
    const cJSON *by = ow_json_member(spec, "by"),
                *every = ow_json_member(spec, "every");
    int r = 0;

    if (after && (options & AFTER))
        r = ow_after_parse(in, after, false, &fault->after);
    if (r == 0)
        r = read_received(in, spec);
    if (r == 0 && (options & (ERROR | GOAWAY | SHARED)))
        r = read_h2_options(in, spec, options, fault);
    if (r == 0 && after && (options & WAIT))
        r = ow_value_duration(in, after, &in->answer->fault_delay);
    if (r == 0 && line)
        r = ow_value_string(in, line, &fault->bytes);
    if (r == 0 && by)
        r = ow_value_integer(in, by, -INT32_MAX, INT32_MAX, &fault->by);
    if (r == 0 && by && fault->by == 0)
        return ow_jsonc_error(in->doc, by, in->err,
                              "by 0 the length would be true");
    if (r == 0 && (options & BYTES))
        r = read_garbage(in, spec, fault);
    if (r == 0 && every && (options & EVERY))
        r = read_every(in, every, fault);
    if (r == 0 && (options & PACE))
        r = read_pace(in, spec, fault);
    return r;
}

static void set_defaults(struct ow_fault *fault, int options,
                         struct ow_answer *answer)
{
    answer->fault = fault->kind;
    if (fault->kind == OW_FAULT_DNS_TIMEOUT)
        answer->fault_delay = DNS_TIMEOUT_NS;
    if (options & HALF)
        fault->after = (struct ow_after){OW_AFTER_PERCENT, 0, 0.5};
    fault->size = GARBAGE_SIZE;
    if (fault->kind == OW_FAULT_RST_STREAM)
        fault->error = OW_H2_INTERNAL_ERROR;
    fault->by = LENGTH_BY;
    fault->every = CORRUPT_EVERY;
    fault->pace_ns = DRIP_NS;
}

/* A fault of a WebSocket, with an object or without. */
static int parse_of_ws(const struct ow_action_input *in, const cJSON *spec,
                       struct fault *fault, const void **ret_state)
{
    int r = spec ? check_keys(in, spec, fault->said.kind) : 0;

    in->answer->fault = fault->said.kind;
    *ret_state = fault;
    return r < 0 ? r
                 : ow_ws_fault_parse(in, spec, fault->said.kind, &fault->ws);
}

static int fault_parse(const struct ow_action_input *in, const void **ret_state)
{
    const cJSON *spec = ow_json_member(in->then, "fault");
    bool is_object = cJSON_IsObject(spec);
    const cJSON *word = is_object ? ow_json_member(spec, "kind") : spec;
    struct fault *fault = ow_arena_zalloc(in->arena, sizeof *fault);

    if (!fault)
        return -ENOMEM;
    if (!word)
        return ow_jsonc_error(in->doc, spec, in->err,
                              "a fault needs its \"kind\"");
    int r = read_kind(in, word, &fault->said.kind);
    if (r < 0)
        return r;
    if (ow_ws_fault_keys(fault->said.kind))
        return parse_of_ws(in, is_object ? spec : NULL, fault, ret_state);
    const struct kind *kind = find_kind(fault->said.kind);
    int options = kind ? kind->options : 0;
    fault->harm = kind ? kind->harm : NULL;
    set_defaults(&fault->said, options, in->answer);
    if (is_object) {
        r = check_keys(in, spec, fault->said.kind);
        if (r == 0)
            r = read_options(in, spec, options, &fault->said);
    }
    /* A place in a body needs a body. */
    if (options & BODY || fault->said.after.kind != OW_AFTER_NONE)
        in->answer->wants_body = fault->is_of_body = true;
    if (r == 0 && in->answer->wants_body &&
        ow_json_member(in->then, "websocket"))
        return ow_jsonc_error(
            in->doc, spec, in->err,
            "\"%s\" cannot stand beside \"websocket\", which has "
            "no body: \"ws-close\", \"ws-drop\" and "
            "\"ws-bad-frame\" act on it",
            ow_fault_name(fault->said.kind));
    *ret_state = fault;
    return r;
}

static int fault_plan(const void *state,
                      const struct ow_answer_context *context,
                      struct ow_plan *plan, struct ow_err *err)
{
    const struct fault *fault = state;
    const char *name = ow_fault_name(fault->said.kind);

    /* The answer of a rule below may be what it cannot act on. */
    if (fault->is_of_body && plan->script)
        return 0;
    if (fault->ws) {
        int r = ow_ws_fault_plan(fault->ws, context, plan, err);
        plan->fault = r == 0 && plan->script_fault ? name : plan->fault;
        return r;
    }
    plan->fault = name;
    if (!fault->harm)
        return ow_err_set(err, -EINVAL,
                          "the fault \"%s\" acts before there is a request",
                          ow_fault_name(fault->said.kind));
    return fault->harm(&fault->said, context, plan);
}

const struct ow_action_ops ow_fault_ops = {
    .name = "fault",
    .parse = fault_parse,
    .plan = fault_plan,
};
