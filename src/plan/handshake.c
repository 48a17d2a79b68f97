/*
 * handshake: a WebSocket's opening. See handshake.h. Called by
 * act_websocket.c and harm.c.
 */
#include "config.h"

#include "plan/handshake.h"

#include <errno.h>

#include "base/base64.h"
#include "http/digest.h"

/* RFC 6455, 1.3: what is hashed with the client's key. */
#define GUID "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
#define KEY  16 /* bytes of one */

/* What is wrong with a request, and what the answer says of it. */
struct refusal {
    int status;
    const char *sentence; /* NULL: nothing is wrong */
    struct ow_str name;   /* of a field that tells what is wanted */
    struct ow_str value;
};

static struct ow_str field(const struct ow_request *request, struct ow_str name)
{
    const struct ow_field *found = ow_fields_find(&request->headers, name);

    return found ? found->value : (struct ow_str){NULL, 0};
}

static bool is_key(const struct ow_request *request, struct ow_str text)
{
    struct ow_str key;

    return text.ptr && ow_base64_decode(text, request->arena, &key) == 0 &&
           key.len == KEY;
}

static struct refusal check_request(const struct ow_request *request)
{
    bool is_h2 = request->version >= 20;
    struct ow_str version = field(request, OW_STR("Sec-WebSocket-Version"));

    if (!request->upgrade.ptr ||
        !ow_str_equal_case(request->upgrade, OW_STR("websocket")))
        return (struct refusal){426, "a WebSocket answers here: ask for one",
                                OW_STR("Upgrade"), OW_STR("websocket")};
    if (!ow_str_equal(version, OW_STR("13")))
        return (struct refusal){426, "Sec-WebSocket-Version: 13 is spoken here",
                                OW_STR("Sec-WebSocket-Version"), OW_STR("13")};
    if (!is_h2 && !ow_str_equal(request->method, OW_STR("GET")))
        return (struct refusal){
            400, "a WebSocket is asked for by GET", {NULL, 0}, {NULL, 0}};
    if (!is_h2 && !is_key(request, field(request, OW_STR("Sec-WebSocket-Key"))))
        return (struct refusal){400,
                                "Sec-WebSocket-Key must be 16 bytes in base64",
                                {NULL, 0},
                                {NULL, 0}};
    return (struct refusal){0};
}

static int refuse(const struct refusal *refusal, struct ow_plan *plan)
{
    struct ow_fields *fields = ow_arena_zalloc(plan->arena, sizeof *fields);
    struct ow_str body =
        ow_arena_printf(plan->arena, "%s\n", refusal->sentence);
    struct ow_step *step;
    int r = 0;

    if (!fields || !body.ptr)
        return -ENOMEM;
    r = ow_fields_add(fields, plan->arena, OW_STR("content-type"),
                      OW_STR("text/plain; charset=utf-8"));
    if (r == 0 && refusal->name.ptr)
        r = ow_fields_add(fields, plan->arena, refusal->name, refusal->value);
    if (r < 0 || !(step = ow_plan_add(plan, OW_STEP_HEAD)))
        return -ENOMEM;
    step->head.status = refusal->status;
    step->head.fields = fields;
    step->head.framing = OW_FRAMING_LENGTH;
    step->head.length = body.len;
    if (!(step = ow_plan_add(plan, OW_STEP_BODY)))
        return -ENOMEM;
    step->bytes = body;
    return ow_plan_add(plan, OW_STEP_END) ? 0 : -ENOMEM;
}

/* Sec-WebSocket-Accept: that we have understood the key. */
static int accept_key(struct ow_str key, struct ow_arena *arena,
                      struct ow_str *ret)
{
    struct ow_str text = ow_arena_printf(arena, "%.*s" GUID, OW_STR_ARGS(key));
    unsigned char digest[OW_DIGEST_SHA1];
    struct ow_buf out;
    int r = text.ptr ? ow_digest_sha1(text, digest) : -ENOMEM;

    ow_buf_init(&out, 64);
    if (r == 0)
        r = ow_base64_encode(
            (struct ow_str){(const char *)digest, sizeof digest}, &out);
    if (r == 0)
        *ret = ow_arena_copy(arena, ow_buf_peek(&out));
    ow_buf_release(&out);
    return r < 0 || !ret->ptr ? -ENOMEM : 0;
}

/* The next of a list field's elements; absent behind the last one. */
static struct ow_str next_element(struct ow_str *list)
{
    struct ow_str element = {NULL, 0};

    while (list->ptr && element.len == 0)
        element = ow_str_trim(ow_str_cut(list, ','));
    return element.len > 0 ? element : (struct ow_str){NULL, 0};
}

static bool is_offered(const struct ow_request *request, struct ow_str wanted)
{
    static const struct ow_str name = {"Sec-WebSocket-Protocol", 22};
    const struct ow_field *line = ow_fields_find(&request->headers, name);

    for (; line; line = ow_fields_next(&request->headers, line)) {
        struct ow_str list = line->value, element;
        while ((element = next_element(&list)).ptr)
            if (ow_str_equal(element, wanted))
                return true;
    }
    return false;
}

/* The subprotocol to agree on; absent: none. */
static struct ow_str choose_protocol(const struct ow_handshake *handshake,
                                     const struct ow_request *request)
{
    struct ow_str offered = field(request, OW_STR("Sec-WebSocket-Protocol"));

    if (!handshake->says_protocols)
        return next_element(&offered);
    for (size_t i = 0; i < handshake->n; i++)
        if (is_offered(request, handshake->protocols[i]))
            return handshake->protocols[i];
    return (struct ow_str){NULL, 0};
}

/* The fields of RFC 6455, 4.2.2, before those of the rule. */
static int add_fields(const struct ow_handshake *handshake,
                      const struct ow_request *request,
                      const struct ow_head *head, struct ow_arena *arena,
                      struct ow_fields *fields)
{
    static const struct ow_str name = {"Sec-WebSocket-Protocol", 22};
    struct ow_str protocol = choose_protocol(handshake, request), accept;
    int r = 0;

    if (request->version < 20) {
        r = accept_key(field(request, OW_STR("Sec-WebSocket-Key")), arena,
                       &accept);
        if (r == 0)
            r = ow_fields_add(fields, arena, OW_STR("Upgrade"),
                              OW_STR("websocket"));
        if (r == 0)
            r = ow_fields_add(fields, arena, OW_STR("Connection"),
                              OW_STR("Upgrade"));
        if (r == 0)
            r = ow_fields_add(fields, arena, OW_STR("Sec-WebSocket-Accept"),
                              accept);
    }
    if (r == 0 && protocol.ptr && !ow_fields_find(&head->fields, name))
        r = ow_fields_add(fields, arena, name, protocol);
    for (size_t i = 0; i < head->fields.n && r == 0; i++)
        r = ow_fields_add(fields, arena, head->fields.items[i].name,
                          head->fields.items[i].value);
    return r;
}

int ow_handshake_plan(const struct ow_handshake *handshake,
                      const struct ow_script *script,
                      const struct ow_answer_context *context,
                      struct ow_plan *plan, struct ow_err *err)
{
    const struct ow_request *request = context->request;
    struct refusal refusal = check_request(request);
    const struct ow_head *head;

    if (refusal.sentence)
        return refuse(&refusal, plan);
    int r = ow_head_resolve(&handshake->head, context, plan->arena, &head, err);
    if (r < 0)
        return r;
    struct ow_head *own = ow_arena_alloc(plan->arena, sizeof *own);
    if (!own)
        return -ENOMEM;
    *own = *head;
    own->fields = (struct ow_fields){0};
    r = add_fields(handshake, request, head, plan->arena, &own->fields);
    own->status = request->version < 20 ? 101 : 200;
    if (r == 0)
        r = ow_head_plan(own, false, OW_FRAMING_CLOSE, 0, plan);
    if (r == 0)
        plan->script = script;
    return r;
}
