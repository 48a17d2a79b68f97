/*
 * head: status, fields and delay of an answer. See head.h. Called by
 * act_respond.c and act_stream.c.
 */
#include "config.h"

#include "plan/head.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#include "plan/template.h"
#include "plan/value.h"

#define DEFAULTS 4 /* content-type, cache-control, vary, trailer */

/* Where a template's text goes. */
enum live_place {
    LIVE_STATUS,
    LIVE_FIELD,
    LIVE_TRAILER,
};

struct ow_head_live {
    const struct ow_head_live *next;
    enum live_place place;
    size_t index; /* of the field */
    struct ow_template text;
};

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
static bool has_control(struct ow_str s)
{
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        if ((c < ' ' && c != '\t') || c == 0x7f)
            return true;
    }
    return false;
}

static bool is_framing(const char *name)
{
    return strcasecmp(name, "content-length") == 0 ||
           strcasecmp(name, "transfer-encoding") == 0;
}

bool ow_head_is_field(const char *name, struct ow_str value)
{
    return is_token(name) && !is_framing(name) && !has_control(value);
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
    if (has_control(ow_str_from(node->valuestring)))
        return ow_jsonc_error(in->doc, node, in->err,
                              "the value of a header has no line breaks and no "
                              "control characters; the fault \"bad-header\" "
                              "sends a broken one");
    return ow_value_string(in, node, ret);
}

/* Notes that node, which goes there, is a template. */
static int add_live(const struct ow_action_input *in, struct ow_head *head,
                    const cJSON *node, enum live_place place, size_t index)
{
    struct ow_head_live *live = ow_arena_zalloc(in->arena, sizeof *live);

    if (!live)
        return -ENOMEM;
    live->next = head->live;
    live->place = place;
    live->index = index;
    head->live = live;
    return ow_template_text(in, node, &live->text);
}

static struct ow_fields *list_of(struct ow_head *head, enum live_place place)
{
    return place == LIVE_TRAILER ? &head->trailers : &head->fields;
}

static int add_field(const struct ow_action_input *in, struct ow_head *head,
                     enum live_place place, const char *name, const cJSON *node)
{
    struct ow_fields *fields = list_of(head, place);
    struct ow_str key = ow_arena_copy(in->arena, ow_str_from(name));
    struct ow_str value = {NULL, 0};
    int r = read_value(in, node, &value);

    if (r == 0 && ow_template_is_in(node))
        r = add_live(in, head, node, place, fields->n);
    if (r < 0)
        return r;
    if (!key.ptr)
        return -ENOMEM;
    return ow_fields_add(fields, in->arena, key, ow_str_trim(value));
}

/* One key of "headers": a value, a list of values, or null for none. */
static int add_entry(const struct ow_action_input *in, struct ow_head *head,
                     enum live_place place, const cJSON *node)
{
    const cJSON *item;
    int r = check_name(in, node);

    if (r < 0 || cJSON_IsNull(node))
        return r;
    if (!cJSON_IsArray(node))
        return add_field(in, head, place, node->string, node);
    cJSON_ArrayForEach(item, node)
    {
        r = add_field(in, head, place, node->string, item);
        if (r < 0)
            return r;
    }
    return 0;
}

static int parse_fields(const struct ow_action_input *in, const cJSON *object,
                        struct ow_head *head, enum live_place place)
{
    struct ow_fields *fields = list_of(head, place);
    const cJSON *child;

    if (object && !cJSON_IsObject(object))
        return ow_jsonc_error(in->doc, object, in->err,
                              "expected an object: {\"name\": \"value\"}");
    /* As many as there will be: the list's own first size is for requests. */
    fields->cap = DEFAULTS;
    cJSON_ArrayForEach(child, object) fields->cap +=
        cJSON_IsArray(child) ? (size_t)cJSON_GetArraySize(child) : 1;
    fields->items =
        ow_arena_alloc(in->arena, fields->cap * sizeof *fields->items);
    if (!fields->items)
        return -ENOMEM;
    cJSON_ArrayForEach(child, object)
    {
        int r = add_entry(in, head, place, child);
        if (r < 0)
            return r;
    }
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
    int r = 0;

    if (status && ow_template_is_in(status))
        r = cJSON_IsString(status)
                ? add_live(in, head, status, LIVE_STATUS, 0)
                : ow_template_check(in->doc, status, in->err);
    else if (status)
        r = ow_value_integer(in, status, 200, 999, &number);
    if (r < 0)
        return r;
    head->status = (int)number;
    if (!reason)
        return 0;
    r = ow_value_string(in, reason, &head->reason);
    if (r == 0 && has_control(ow_str_from(reason->valuestring)))
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
        r = parse_fields(in, headers, &head, LIVE_FIELD);
    if (r == 0 && trailers)
        r = parse_fields(in, trailers, &head, LIVE_TRAILER);
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

static int copy_items(struct ow_fields *fields, struct ow_arena *arena)
{
    struct ow_field *items =
        ow_arena_alloc(arena, (fields->n > 0 ? fields->n : 1) * sizeof *items);

    if (!items)
        return -ENOMEM;
    if (fields->n > 0)
        memcpy(items, fields->items, fields->n * sizeof *items);
    fields->items = items;
    fields->cap = fields->n > 0 ? fields->n : 1;
    return 0;
}

/* Puts a template's text where it belongs. */
static int place_text(struct ow_head *head, const struct ow_head_live *live,
                      struct ow_str text, struct ow_err *err)
{
    uint64_t status;

    text = ow_str_trim(text);
    if (live->place == LIVE_STATUS) {
        if (ow_str_parse_u64(text, &status) < 0 || status < 200 || status > 999)
            return ow_err_set(err, -EINVAL,
                              "the template of \"status\" gives \"%.*s\", not "
                              "a number from 200 to 999",
                              text.len > 60 ? 60 : (int)text.len, text.ptr);
        head->status = (int)status;
        return 0;
    }
    struct ow_field *field = &list_of(head, live->place)->items[live->index];
    if (has_control(text))
        return ow_err_set(err, -EINVAL,
                          "the template of the field \"%.*s\" gives control "
                          "characters or line breaks",
                          OW_STR_ARGS(field->name));
    field->value = text;
    /* What says nothing is not sent, drop_fields takes it away; but a trailer
     * was announced. */
    if (text.len == 0 && live->place == LIVE_FIELD)
        field->name = (struct ow_str){NULL, 0};
    /* A compressed body's fields begin with the same ones. */
    if (live->place == LIVE_FIELD && head->coded.n > 0)
        head->coded.items[live->index] = *field;
    return 0;
}

/* Those without a name; only then, so that live indexes stay true. */
static void drop_fields(struct ow_fields *fields)
{
    size_t n = 0;

    for (size_t i = 0; i < fields->n; i++)
        if (fields->items[i].name.ptr)
            fields->items[n++] = fields->items[i];
    fields->n = n;
}

int ow_head_resolve(const struct ow_head *head,
                    const struct ow_answer_context *context,
                    struct ow_arena *arena, const struct ow_head **ret,
                    struct ow_err *err)
{
    if (!head->live) {
        *ret = head;
        return 0;
    }
    struct ow_head *copy = ow_arena_alloc(arena, sizeof *copy);
    if (!copy)
        return -ENOMEM;
    *copy = *head;
    int r = copy_items(&copy->fields, arena);
    if (r == 0)
        r = copy_items(&copy->coded, arena);
    if (r == 0)
        r = copy_items(&copy->trailers, arena);
    for (const struct ow_head_live *live = head->live; live && r == 0;
         live = live->next) {
        struct ow_str text;
        r = ow_template_render(&live->text, context, arena, &text, err);
        if (r == 0)
            r = place_text(copy, live, text, err);
    }
    if (r < 0)
        return r;
    drop_fields(&copy->fields);
    drop_fields(&copy->coded);
    *ret = copy;
    return 0;
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
