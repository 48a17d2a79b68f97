/*
 * exchange: one request and its answer. See exchange.h. Called by faces;
 * calls rule/ to find the answer, exchange_answer.c to plan and record it,
 * emit/ to play it. To read the whole way of a request, start at
 * ow_exchange_answer.
 */
#include "config.h"

#include "exchange/exchange.h"

#include <arpa/inet.h>
#include <errno.h>

#include "base/limits.h"
#include "exchange/callbacks.h"
#include "exchange/exchange_answer.h"
#include "exchange/exchange_record.h"
#include "exchange/refusal.h"
#include "exchange/ws_session.h"
#include "http/url.h"

static const struct ow_program nobody = {.name = ""};

static bool is_address(const char *host)
{
    struct in6_addr address;

    return inet_pton(AF_INET, host, &address) == 1 ||
           inet_pton(AF_INET6, host, &address) == 1;
}

void ow_exchange_init(struct ow_exchange *x, struct ow_serve_env *env,
                      const struct ow_serve_peer *peer, struct ow_sink *sink)
{
    *x = (struct ow_exchange){.env = env, .peer = *peer, .sink = sink};
    x->host = ow_str_from(peer->host);
    x->is_literal = is_address(peer->host);
    x->is_control =
        env->control && ow_str_equal(x->host, OW_STR(OW_SERVE_CONTROL_HOST));
    if (!x->peer.program)
        x->peer.program = &nobody;
    ow_arena_init(&x->arena);
    ow_body_init(&x->body, env->body_kept);
    ow_plan_init(&x->plan, &x->arena);
}

static void let_go(struct ow_exchange *x)
{
    ow_state_let_go(x->context.state);
    x->context.state = NULL;
}

void ow_exchange_release(struct ow_exchange *x)
{
    ow_callbacks_drop(x);
    x->ws = ow_ws_session_free(x->ws);
    let_go(x);
    ow_plan_release(&x->plan);
    ow_request_release(&x->request);
    ow_body_release(&x->body);
    ow_arena_release(&x->arena);
    ow_table_unref(x->table);
}

void ow_exchange_move(struct ow_exchange *to, struct ow_exchange *from,
                      struct ow_sink *sink)
{
    struct ow_serve_env *env = from->env;
    struct ow_serve_peer peer = from->peer;
    struct ow_sink *old_sink = from->sink;

    *to = *from;
    to->sink = sink;
    to->plan.arena = to->request.arena = &to->arena;
    to->request.body = &to->body;
    ow_exchange_init(from, env, &peer, old_sink);
}

/*
 * The host that rules are asked for is the name that the program looked up. A
 * program that connects to a bare address may name a virtual host: where the
 * rules know that name, it is the one meant.
 */
static int choose_host(struct ow_exchange *x, const struct ow_url *url)
{
    struct ow_request *request = &x->request;
    const struct ow_field *field;
    struct ow_str said = url->host, name;
    uint16_t port;

    request->host = x->host;
    if (!x->is_literal)
        return 0;
    if (!said.ptr) {
        field = ow_fields_find(&request->headers, OW_STR("host"));
        if (!field || ow_url_split_authority(field->value, &said, &port) < 0)
            return 0;
    }
    int r = ow_url_normal_host(&x->arena, said, &name);
    if (r < 0)
        return r == -ENOMEM ? r : 0;
    if (!is_address(name.ptr) &&
        ow_table_knows(x->table, name.ptr, x->peer.port))
        request->host = name;
    return 0;
}

/* The authority form of CONNECT has no path: rules see it as "/". */
static int choose_path(struct ow_exchange *x, const struct ow_url *url)
{
    struct ow_request *request = &x->request;

    request->raw_path = url->form == OW_URL_AUTHORITY  ? OW_STR("/")
                        : url->form == OW_URL_ASTERISK ? OW_STR("*")
                                                       : url->path;
    request->query = url->query;
    request->path = ow_url_decode(&x->arena, request->raw_path, false);
    return request->path.ptr ? 0 : -ENOMEM;
}

/* The table of now, until the exchange is over. */
static void hold_table(struct ow_exchange *x)
{
    if (x->table == x->env->table)
        return;
    ow_table_unref(x->table);
    x->table = ow_table_ref(x->env->table);
}

int ow_exchange_begin(struct ow_exchange *x, const struct ow_request *head)
{
    struct ow_url url;

    hold_table(x);
    x->request = *head;
    x->request.scheme = x->peer.tls ? OW_STR("https") : OW_STR("http");
    x->request.host = x->host;
    x->request.port = x->peer.port;
    x->request.body = &x->body;
    x->request.program = x->peer.program;
    x->request.arena = &x->arena;
    x->head_only = ow_str_equal(head->method, OW_STR("HEAD"));
    if (ow_url_split(head->target, &url) < 0)
        return -EBADMSG;
    int r = choose_path(x, &url);
    if (r == 0)
        r = choose_host(x, &url);
    size_t keeps = r == 0 ? ow_table_keeps(x->table, &x->request) : 0;
    if (x->is_control)
        keeps = OW_LIMIT_CONTROL_BODY;
    else if (r == 0)
        r = ow_request_divide(&x->request);
    /* JSON is looked at whole or not at all. */
    if (keeps == 0 && x->env->body_kept >= OW_LIMIT_BODY_KEPT &&
        ow_request_says_json(&x->request))
        keeps = OW_LIMIT_UPLOAD_KEPT;
    if (keeps > x->env->body_kept)
        ow_body_keep(&x->body, keeps);
    return r;
}

int ow_exchange_feed(struct ow_exchange *x, struct ow_str bytes)
{
    if (x->ws)
        return ow_ws_session_feed(x->ws, bytes);
    return ow_body_feed(&x->body, bytes.ptr, bytes.len);
}

int ow_exchange_expect(struct ow_exchange *x)
{
    if (x->is_control || !ow_table_has_stage(x->table, OW_STAGE_UPLOAD))
        return 0;
    return ow_table_find_upload(x->table, &x->request, x->env->states,
                                x->env->odds, &x->upload);
}

bool ow_exchange_is_due_early(const struct ow_exchange *x)
{
    return x->upload.rule &&
           x->body.size >= ow_answer_received(x->upload.answer);
}

bool ow_exchange_is_duplex(const struct ow_exchange *x)
{
    return x->ws;
}

bool ow_exchange_wants_read(const struct ow_exchange *x)
{
    return ow_ws_session_wants_read(x->ws);
}

bool ow_exchange_is_blocked(const struct ow_exchange *x)
{
    return x->ws && ow_ws_session_is_blocked(x->ws);
}

void ow_exchange_eof(struct ow_exchange *x)
{
    ow_ws_session_eof(x->ws);
}

void ow_exchange_say(struct ow_exchange *x, struct ow_str sentence)
{
    ow_serve_say(x->env, x->peer.program, sentence);
}

/* From here on the answer can be played; its clock began with the request. */
static void start_answer(struct ow_exchange *x)
{
    x->is_slow = false;
    ow_emit_init(&x->emit, &x->plan, x->sink, x->whole);
}

/* Rules may have come or gone while the request came; what is counted goes by
 * the numbers that rules have now. */
static void keep_up(struct ow_exchange *x)
{
    if (x->table == x->env->table)
        return;
    x->upload = (struct ow_match){0};
    hold_table(x);
}

/* The rule that acts on the upload, if it has come so far; else the one that
 * answers the whole request. */
static int find_answer(struct ow_exchange *x)
{
    if (!ow_exchange_is_due_early(x)) {
        keep_up(x);
        return ow_table_find(x->table, &x->request, x->env->states,
                             x->env->odds, &x->match);
    }
    x->match = x->upload;
    enum ow_fault_kind fault = ow_answer_fault(x->match.answer);
    x->is_deaf = fault == OW_FAULT_STOP_READING || fault == OW_FAULT_FLOW_STALL;
    return 0;
}

/* A rule for what is unmatched has no say where that is to be an error. */
static bool has_rule(struct ow_exchange *x)
{
    if (x->match.rule && x->env->unmatched_is_error &&
        ow_rule_takes_unmatched(x->match.rule))
        x->match = (struct ow_match){0};
    return x->match.rule;
}

/*
 * The pipeline: the request is whole; match, plan, journal, emit. Each function
 * of exchange_answer.h leaves a plan and its record; the emitter plays it from
 * run.
 */
int ow_exchange_answer(struct ow_exchange *x, const struct ow_fields *trailers)
{
    x->whole = ow_clock_now(x->env->clock);
    if (trailers)
        x->request.trailers = *trailers;
    int r = x->is_control ? 0 : find_answer(x);
    if (r < 0)
        return r;
    if (x->is_control)
        r = ow_exchange_answer_control(x);
    else
        r = has_rule(x) ? ow_exchange_answer_by_rule(x)
                        : ow_exchange_answer_unmatched(x);
    if (r < 0)
        return r;
    start_answer(x);
    return 0;
}

int ow_exchange_refuse(struct ow_exchange *x, int status, const char *problem)
{
    struct ow_str sentence =
        ow_arena_printf(&x->arena, "this is no HTTP request: %s", problem);

    x->whole = ow_clock_now(x->env->clock);
    x->match = (struct ow_match){0};
    int r = sentence.ptr ? ow_refusal_bad_request(&x->plan, status, sentence)
                         : -ENOMEM;
    if (r < 0)
        return r;
    ow_exchange_record(x, OW_EVENT_BAD_REQUEST, sentence);
    start_answer(x);
    return 0;
}

/* The head is out, and no body: what follows is the script. */
static enum ow_emit_state begin_websocket(struct ow_exchange *x, int64_t now,
                                          int64_t *ret_due)
{
    x->is_slow = true;
    if (ow_ws_session_new(x, &x->ws) < 0)
        return OW_EMIT_FAILED;
    return ow_ws_session_run(x->ws, now, ret_due);
}

enum ow_emit_state ow_exchange_run(struct ow_exchange *x, int64_t *ret_due)
{
    int64_t now = ow_clock_now(x->env->clock);

    x->sink->wall_ns = ow_clock_wall(x->env->clock, now);
    if (x->ws)
        return ow_ws_session_run(x->ws, now, ret_due);
    enum ow_emit_state state = ow_emit_run(&x->emit, now, ret_due);
    if (state == OW_EMIT_DONE && x->plan.script)
        return begin_websocket(x, now, ret_due);
    /* Whatever did not go out in one turn gets an end record. */
    if (state != OW_EMIT_DONE)
        x->is_slow = true;
    return state;
}

void ow_exchange_end(struct ow_exchange *x, enum ow_emit_state state)
{
    if (x->id > 0 && (x->is_slow || state != OW_EMIT_DONE))
        ow_exchange_record_end(x, state);
    x->ws = ow_ws_session_free(x->ws);
    if (x->deliveries)
        ow_callbacks_hand_over(x);
    let_go(x);
    x->id = 0;
    x->match = x->upload = (struct ow_match){0};
    x->head_only = x->is_deaf = false;
    x->n_layers = 0;
    x->pace_over = NULL;
    ow_exchange_plan_again(x);
    ow_request_release(&x->request);
    x->request = (struct ow_request){0};
    ow_body_reset(&x->body);
    ow_body_keep(&x->body, x->env->body_kept);
    ow_arena_reset(&x->arena);
}
