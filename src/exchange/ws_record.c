/*
 * ws_record: what the journal tells of a WebSocket while it is open. See
 * ws_world.h. Called by ws_session.c and ws_play.c.
 */
#include "config.h"

#include "base/utf8.h"
#include "exchange/ws_world.h"

/* The journal is for people: of the first messages each, of the rest sums. */
static bool is_wanted(struct ow_ws_session *ws)
{
    return ws->records++ < OW_LIMIT_SCRIPT_RECORDS;
}

static void init(const struct ow_ws_session *ws, struct ow_record *record,
                 enum ow_event event)
{
    ow_record_init(record, event);
    record->id = ws->x->id;
    record->wall_ns = ow_clock_wall(ws->x->env->clock, ws->now);
    record->program = ws->x->peer.program;
}

static void add(struct ow_ws_session *ws, const char *place, struct ow_str text,
                const struct ow_websocket_record *tells)
{
    struct ow_record record;

    init(ws, &record, OW_EVENT_MESSAGE);
    record.place = ow_str_from(place);
    record.text = text;
    record.websocket = tells;
    ow_journal_add(ws->x->env->journal, &record);
}

/* How a text begins, to the end of a character. */
static struct ow_str begin_of(struct ow_str text)
{
    if (text.len <= OW_LIMIT_SCRIPT_EXCERPT)
        return text;
    text.len = OW_LIMIT_SCRIPT_EXCERPT;
    while (text.len > 0 && ow_utf8_is_inside(text.ptr[text.len]))
        text.len--;
    return text;
}

void ow_ws_record_in(struct ow_ws_session *ws, struct ow_message *message,
                     const char *place, const char *why)
{
    struct ow_websocket_record tells;
    char hash[OW_BODY_HASH + 1];

    if (!is_wanted(ws))
        return;
    ow_websocket_record_init(&tells);
    tells.direction = "in";
    tells.kind = ow_message_kind_name(message->kind);
    tells.bytes = (int64_t)message->body.size;
    if (message->kind == OW_MESSAGE_TEXT || message->kind == OW_MESSAGE_CLOSE) {
        tells.data = begin_of(ow_message_text(message));
    } else if (message->body.size > 0) {
        ow_body_hash(&message->body, hash);
        tells.hash = hash;
    }
    if (message->kind == OW_MESSAGE_CLOSE)
        tells.code = message->code;
    add(ws, place, ow_str_from(why), &tells);
}

void ow_ws_record_out(struct ow_ws_session *ws,
                      const struct ow_ws_payload *payload)
{
    struct ow_websocket_record tells;

    if (!is_wanted(ws))
        return;
    ow_websocket_record_init(&tells);
    tells.direction = "out";
    tells.kind = payload->is_text ? "text" : "binary";
    tells.bytes =
        (int64_t)(payload->fd < 0 ? payload->text.len : payload->size);
    if (payload->is_text && payload->fd < 0)
        tells.data = begin_of(payload->text);
    add(ws, NULL, (struct ow_str){NULL, 0}, &tells);
}

void ow_ws_record_control(struct ow_ws_session *ws, enum ow_message_kind kind,
                          uint16_t code, struct ow_str data)
{
    struct ow_websocket_record tells;

    if (!is_wanted(ws))
        return;
    ow_websocket_record_init(&tells);
    tells.direction = "out";
    tells.kind = ow_message_kind_name(kind);
    tells.bytes = (int64_t)data.len;
    if (kind == OW_MESSAGE_CLOSE)
        tells.code = code;
    if (data.len > 0)
        tells.data = data;
    add(ws, NULL, (struct ow_str){NULL, 0}, &tells);
}

void ow_ws_record_bad(struct ow_ws_session *ws, const char *name)
{
    struct ow_websocket_record tells;

    if (!is_wanted(ws))
        return;
    ow_websocket_record_init(&tells);
    tells.direction = "out";
    tells.kind = "bad-frame";
    tells.data = ow_str_from(name);
    add(ws, NULL, (struct ow_str){NULL, 0}, &tells);
}

void ow_ws_record_error(struct ow_ws_session *ws, struct ow_str sentence)
{
    struct ow_record record;

    init(ws, &record, OW_EVENT_ERROR);
    record.rule = ow_str_from(ow_rule_name(ws->x->match.rule));
    record.pack = ow_str_from(ow_rule_pack(ws->x->match.rule));
    record.place = ow_str_from(ow_rule_place(ws->x->match.rule));
    record.text = sentence;
    ow_journal_add(ws->x->env->journal, &record);
    ow_exchange_say(ws->x, sentence);
}
