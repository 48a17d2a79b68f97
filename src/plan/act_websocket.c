/*
 * act_websocket: "websocket": the request becomes a WebSocket, on which a
 * script is played: a list of steps, or an object that says more:
 *
 *     "websocket": [ STEP, ... ]
 *     "websocket": { "script": [ STEP, ... ], "protocol": "realtime",
 *                    "else": STEP, "max": "1MB", "pong": false }
 */
#include "config.h"

#include <errno.h>
#include <string.h>

#include "base/json.h"
#include "plan/action.h"
#include "plan/grammar.h"
#include "plan/handshake.h"
#include "plan/script.h"
#include "plan/value.h"

struct websocket {
    struct ow_handshake handshake;
    struct ow_script script;
};

/* Keys of "then" that an opened WebSocket has no place for. */
static int check_company(const struct ow_action_input *in)
{
    static const char *const refused[] = {"status",   "reason", "trailers",
                                          "encoding", "cut",    NULL};

    for (int i = 0; refused[i]; i++) {
        const cJSON *node = ow_json_member(in->then, refused[i]);
        if (node)
            return ow_jsonc_error(in->doc, node, in->err,
                                  "\"%s\" cannot stand beside \"websocket\": "
                                  "the answer is 101, and then comes the "
                                  "script",
                                  refused[i]);
    }
    return 0;
}

/* A name, a list of them in the order of liking, or null: none. */
static int read_protocols(const struct ow_action_input *in, const cJSON *node,
                          struct ow_handshake *handshake)
{
    const cJSON *item = cJSON_IsArray(node) ? node->child : node;
    size_t n = cJSON_IsArray(node)  ? (size_t)cJSON_GetArraySize(node)
               : cJSON_IsNull(node) ? 0
                                    : 1;
    struct ow_str *names = ow_arena_zalloc(in->arena, (n + 1) * sizeof *names);

    if (!names)
        return -ENOMEM;
    handshake->says_protocols = true;
    handshake->protocols = names;
    for (; handshake->n < n; item = item->next) {
        int r = ow_value_string(in, item, &names[handshake->n++]);
        if (r < 0)
            return r;
    }
    return 0;
}

static int read_options(const struct ow_action_input *in, const cJSON *spec,
                        struct websocket *ws)
{
    const cJSON *protocol = ow_json_member(spec, "protocol"),
                *max = ow_json_member(spec, "max");
    const cJSON *pong = ow_json_member(spec, "pong");
    const cJSON *timeout = ow_json_member(spec, "close_timeout");
    int r =
        ow_value_check_keys(in, spec, ow_grammar_keys(OW_OBJECT_websocket_of));

    if (r == 0 && protocol)
        r = read_protocols(in, protocol, &ws->handshake);
    if (r == 0 && max)
        r = ow_value_size(in, max, &ws->script.most);
    if (r == 0 && pong && !cJSON_IsBool(pong))
        return ow_jsonc_error(in->doc, pong, in->err,
                              "expected true or false: whether pings are "
                              "answered");
    ws->script.is_mute = pong && cJSON_IsFalse(pong);
    if (r == 0 && timeout)
        r = ow_value_duration(in, timeout, &ws->script.close_ns);
    return r;
}

static int websocket_parse(const struct ow_action_input *in,
                           const void **ret_state)
{
    const cJSON *spec = ow_json_member(in->then, "websocket");
    struct websocket *ws = ow_arena_zalloc(in->arena, sizeof *ws);
    bool is_list = cJSON_IsArray(spec);

    if (!ws)
        return -ENOMEM;
    int r = check_company(in);
    if (r == 0 && !is_list && !cJSON_IsObject(spec))
        return ow_jsonc_error(in->doc, spec, in->err,
                              "expected a script: a list of steps");
    if (r == 0 && !is_list)
        r = read_options(in, spec, ws);
    if (r == 0)
        r = ow_head_parse(in, &ws->handshake.head);
    if (r == 0)
        r = ow_script_parse(in, is_list ? spec : ow_json_member(spec, "script"),
                            is_list ? NULL : ow_json_member(spec, "else"),
                            &ws->script);
    *ret_state = ws;
    return r;
}

static int websocket_plan(const void *state,
                          const struct ow_answer_context *context,
                          struct ow_plan *plan, struct ow_err *err)
{
    const struct websocket *ws = state;

    return ow_handshake_plan(&ws->handshake, &ws->script, context, plan, err);
}

const struct ow_action_ops ow_websocket_ops = {
    .name = "websocket",
    .parse = websocket_parse,
    .plan = websocket_plan,
};
