/*
 * head: status, fields and delay of an answer. See head.h. Called by
 * act_respond.c and act_stream.c.
 */
#include "config.h"

#include "plan/head.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#include "plan/value.h"

#define DEFAULTS 4 /* content-type, cache-control, vary, trailer */

/* RFC 9110, 5.6.2: what a field name is made of. */
static bool is_token(const char *s)
{
    size_t len = strlen(s);

    return len > 0 &&
           strspn(s,
                  "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz"
                  "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == len;
}

/* What RFC 9110, 5.5 keeps out of values: controls but for the tab. */
static bool has_control(const char *s)
{
    for (; *s; s++) {
        unsigned char c = (unsigned char)*s;
        if ((c < ' ' && c != '\t') || c == 0x7f)
            return true;
    }
    return false;
}

/* Fields that frame the message: a rule says them by other means. */
static int refuse_framing(const struct ow_action_input *in, const cJSON *node)
{
    if (strcasecmp(node->string, "content-length") == 0)
        return ow_jsonc_error(in->doc, node, in->err,
                              "the length follows from the body; the fault "
                              "\"bad-length\" tells a false one");
    if (strcasecmp(node->string, "transfer-encoding") == 0)
        return ow_jsonc_error(in->doc, node, in->err,
                              "the coding follows from the body; \"stream\" "
                              "and \"trailers\" make it chunked");
    return 0;
}

static int check_name(const struct ow_action_input *in, const cJSON *node)
{
    if (!is_token(node->string))
        return ow_jsonc_error(in->doc, node, in->err,
                              "\"%.60s\" is no name of a header; the fault "
                              "\"bad-header\" sends a broken one",
                              node->string);
    return refuse_framing(in, node);
}

/* A value as text: strings as they are, numbers and booleans as in JSON. */
static int read_value(const struct ow_action_input *in, const cJSON *node,
                      struct ow_str *ret)
{
    if (cJSON_IsNumber(node) || cJSON_IsBool(node))
        return ow_value_json(in, node, ret);
    if (!cJSON_IsString(node))
        return ow_jsonc_error(in->doc, node, in->err,
                              "expected a string, a number, or a list of them");
    if (has_control(node->valuestring))
        return ow_jsonc_error(in->doc, node, in->err,
                              "the value of a header has no line breaks and no "
                              "control characters; the fault \"bad-header\" "
                              "sends a broken one");
    return ow_value_string(in, node, ret);
}

static int add_field(const struct ow_action_input *in, struct ow_fields *fields,
                     const char *name, const cJSON *node)
{
    struct ow_str key = ow_arena_copy(in->arena, ow_str_from(name));
    struct ow_str value = {NULL, 0};
    int r = read_value(in, node, &value);

    if (r < 0)
        return r;
    if (!key.ptr)
        return -ENOMEM;
    return ow_fields_add(fields, in->arena, key, ow_str_trim(value));
}

/* One key of "headers": a value, a list of values, or null for none. */
static int add_entry(const struct ow_action_input *in, struct ow_fields *fields,
                     const cJSON *node)
{
    const cJSON *item;
    int r = check_name(in, node);

    if (r < 0 || cJSON_IsNull(node))
        return r;
    if (!cJSON_IsArray(node))
        return add_field(in, fields, node->string, node);
    cJSON_ArrayForEach(item, node)
    {
        r = add_field(in, fields, node->string, item);
        if (r < 0)
            return r;
    }
    return 0;
}

static int parse_fields(const struct ow_action_input *in, const cJSON *object,
                        struct ow_fields *ret)
{
    struct ow_fields fields = {0};
    const cJSON *child;

    if (object && !cJSON_IsObject(object))
        return ow_jsonc_error(in->doc, object, in->err,
                              "expected an object: {\"name\": \"value\"}");
    /* As many as there will be: the list's own first size is for requests. */
    fields.cap = DEFAULTS;
    cJSON_ArrayForEach(child, object) fields.cap +=
        cJSON_IsArray(child) ? (size_t)cJSON_GetArraySize(child) : 1;
    fields.items = ow_arena_alloc(in->arena, fields.cap * sizeof *fields.items);
    if (!fields.items)
        return -ENOMEM;
    cJSON_ArrayForEach(child, object)
    {
        int r = add_entry(in, &fields, child);
        if (r < 0)
            return r;
    }
    *ret = fields;
    return 0;
}

/* Trailer: tells the client their names beforehand (RFC 9110, 6.6.2). */
static int announce_trailers(const struct ow_action_input *in,
                             struct ow_head *head)
{
    struct ow_str names = {"", 0};

    for (size_t i = 0; i < head->trailers.n; i++) {
        struct ow_str name = head->trailers.items[i].name;
        names = ow_arena_printf(in->arena, "%.*s%s%.*s", OW_STR_ARGS(names),
                                i > 0 ? ", " : "", OW_STR_ARGS(name));
        if (!names.ptr)
            return -ENOMEM;
    }
    return ow_head_default(in, head, OW_STR("trailer"), names);
}

static int parse_status(const struct ow_action_input *in, struct ow_head *head)
{
    const cJSON *status = cJSON_GetObjectItemCaseSensitive(in->then, "status");
    const cJSON *reason = cJSON_GetObjectItemCaseSensitive(in->then, "reason");
    int64_t number = 200;
    int r = status ? ow_value_integer(in, status, 200, 999, &number) : 0;

    if (r < 0)
        return r;
    head->status = (int)number;
    if (!reason)
        return 0;
    r = ow_value_string(in, reason, &head->reason);
    if (r == 0 && has_control(reason->valuestring))
        return ow_jsonc_error(in->doc, reason, in->err,
                              "a reason has no line breaks and no control "
                              "characters; the fault \"bad-status\" sends a "
                              "broken status line");
    return r;
}

int ow_head_parse(const struct ow_action_input *in, struct ow_head *ret)
{
    struct ow_head head = {0};
    const cJSON *then = in->then;
    const cJSON *headers = cJSON_GetObjectItemCaseSensitive(then, "headers");
    const cJSON *trailers = cJSON_GetObjectItemCaseSensitive(then, "trailers");
    const cJSON *delay = cJSON_GetObjectItemCaseSensitive(then, "delay");
    int r = parse_status(in, &head);

    if (r == 0)
        r = parse_fields(in, headers, &head.fields);
    if (r == 0 && trailers)
        r = parse_fields(in, trailers, &head.trailers);
    if (r == 0 && head.trailers.n > 0)
        r = announce_trailers(in, &head);
    if (r == 0 && delay)
        r = ow_value_duration(in, delay, &head.delay_ns);
    if (r == 0)
        *ret = head;
    return r;
}

int ow_head_default(const struct ow_action_input *in, struct ow_head *head,
                    struct ow_str name, struct ow_str value)
{
    const cJSON *headers =
        cJSON_GetObjectItemCaseSensitive(in->then, "headers");

    /* Without case, as header names are; null counts as said, too. */
    if (cJSON_GetObjectItem(headers, name.ptr))
        return 0;
    return ow_fields_add(&head->fields, in->arena, name, value);
}

int ow_head_encode(const struct ow_action_input *in, struct ow_head *head,
                   struct ow_str coding)
{
    int r =
        ow_head_default(in, head, OW_STR("vary"), OW_STR("accept-encoding"));

    for (size_t i = 0; i < head->fields.n && r == 0; i++)
        r = ow_fields_add(&head->coded, in->arena, head->fields.items[i].name,
                          head->fields.items[i].value);
    if (r == 0)
        r = ow_fields_add(&head->coded, in->arena, OW_STR("content-encoding"),
                          coding);
    return r;
}

bool ow_head_takes_body(const struct ow_head *head)
{
    return head->status != 204 && head->status != 304;
}

int ow_head_plan(const struct ow_head *head, bool is_coded,
                 enum ow_framing framing, uint64_t length, struct ow_plan *plan)
{
    struct ow_step *step;

    if (head->delay_ns > 0) {
        step = ow_plan_add(plan, OW_STEP_WAIT);
        if (!step)
            return -ENOMEM;
        step->wait_ns = head->delay_ns;
    }
    step = ow_plan_add(plan, OW_STEP_HEAD);
    if (!step)
        return -ENOMEM;
    if (!ow_head_takes_body(head))
        framing = OW_FRAMING_NONE;
    else if (head->trailers.n > 0)
        framing = OW_FRAMING_CHUNKED;
    step->head.status = head->status;
    step->head.reason = head->reason;
    step->head.fields = is_coded ? &head->coded : &head->fields;
    step->head.framing = framing;
    step->head.length = length;
    return 0;
}

int ow_head_plan_end(const struct ow_head *head, struct ow_plan *plan)
{
    struct ow_step *step = ow_plan_add(plan, OW_STEP_END);

    if (!step)
        return -ENOMEM;
    step->trailers = head->trailers.n > 0 ? &head->trailers : NULL;
    return 0;
}
