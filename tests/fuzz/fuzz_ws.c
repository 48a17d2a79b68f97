/*
 * fuzz_ws: any bytes of a client behind a WebSocket's opening: the codec by
 * itself, and a session with a script that looks at everything. However they
 * are cut, the same comes out. A script with times is played, too.
 */
#include "config.h"

#include <string.h>

#include "fuzz.h"
#include "fuzz_session.h"
#include "lib/dialogue.h"
#include "lib/must.h"
#include "wire/ws.h"

static const char rules[] =
    "{\"offwire\": 1, \"hosts\": [\"a.test\"], \"rules\": ["
    "{\"when\": {\"path\": \"/plain\"}, \"then\": {\"websocket\": {\"script\": "
    "["
    " {\"expect\": {\"json\": {\"a\": \"~b(?<x>.*)\"}}, \"else\": \"ignore\","
    "  \"send\": \"{{ m.x }}\"},"
    " {\"on\": {\"text\": \"~^echo\"}, \"send\": {\"echo\": true}},"
    " {\"on\": \"binary\", \"times\": 3, \"send\": [{\"echo\": true},"
    "  {\"text\": \"one two\", \"split\": \"word\"}]},"
    " {\"on\": {\"size\": 0}, \"each\": 2, \"do\": {\"ping\": \"p\"}},"
    " {\"on\": \"ping\", \"send\": {\"json\": {\"n\": \"{{ msg.n }}\"}}},"
    " {\"on\": {\"close\": {\"gt\": 3000}}, \"send\": \"bye\", \"close\": "
    "4000},"
    " {\"on\": {\"text\": \"stop\"}, \"close\": {\"reason\": \"{{ msg.text "
    "}}\"}}],"
    " \"else\": {\"send\": \"{{ msg.size }}\"}, \"max\": 600}}},"
    "{\"when\": {\"path\": \"/timed\"}, \"then\": {\"websocket\": ["
    " {\"every\": \"1s\", \"send\": \"tick\", \"repeat\": 3},"
    " {\"expect\": \"text\", \"within\": \"2s\", \"wait\": \"1s\", \"send\": ["
    "  \"a\", \"b\"], \"every\": \"10ms\", \"else\": {\"send\": \"late\"}},"
    " {\"on\": \"binary\", \"wait\": \"1s\", \"send\": {\"text\": \"x y z\","
    "  \"split\": \"word\", \"every\": \"1s\"}},"
    " {\"on\": \"text\", \"stop\": true},"
    " {\"ping\": true, \"within\": \"1s\", \"else\": {\"bad-frame\": "
    "\"masked\"}},"
    " {\"expect\": \"binary\", \"drop\": true}]}}]}";

#define OPENING(path)                                                          \
    "GET " path                                                                \
    " HTTP/1.1\r\nHost: a.test\r\nUpgrade: websocket\r\n"                      \
    "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"                     \
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"

/* Bytes of a message that is not whole count for nothing: how many are given
 * before the one that breaks it is a matter of the cut. */
static void tell(const struct ow_ws_event *event, struct ow_buf *message,
                 struct ow_buf *story)
{
    if (event->kind == OW_WS_DATA)
        ow_buf_append_str(message, event->bytes);
    if (event->kind == OW_WS_END) {
        ow_buf_append_str(story, ow_buf_peek(message));
        ow_buf_clear(message, 0);
    }
    if (event->kind != OW_WS_DATA && event->kind != OW_WS_MORE)
        ow_buf_printf(story, "|%d %d %d %.*s\n", (int)event->kind,
                      event->is_text, event->code, OW_STR_ARGS(event->bytes));
}

/* What the codec tells when so many bytes come at a time; an error last. */
static void decode(const struct ow_ws_library *library, struct ow_str bytes,
                   size_t step, struct ow_buf *story)
{
    struct ow_ws_event event;
    struct ow_buf message = {0};
    struct ow_ws *ws;
    ssize_t used = 0;

    must(ow_ws_new(library, &ws) == 0, "no memory");
    while (used >= 0 && bytes.len > 0) {
        size_t n = step < bytes.len ? step : bytes.len;
        do {
            used = ow_ws_feed(ws, bytes.ptr, n, &event);
            if (used < 0)
                break;
            must((size_t)used <= n, "more used than was fed");
            must(event.kind != OW_WS_MORE || (size_t)used == n,
                 "MORE, and bytes are left");
            tell(&event, &message, story);
            bytes = (struct ow_str){bytes.ptr + used, bytes.len - (size_t)used};
            n -= (size_t)used;
        } while (event.kind != OW_WS_MORE);
    }
    if (used < 0)
        ow_buf_printf(story, "!%d %s\n", ow_ws_problem_code(ws),
                      ow_ws_problem(ws));
    ow_ws_free(ws);
    ow_buf_release(&message);
}

static void play(const struct ow_table *table, const char *opening,
                 struct ow_str frames, size_t step, bool time_passes,
                 struct ow_buf *out)
{
    struct ow_buf all = {0};

    ow_buf_append_str(&all, ow_str_from(opening));
    ow_buf_append_str(&all, frames);
    fuzz_session_play(table, ow_buf_peek(&all), step, time_passes, out);
    ow_buf_release(&all);
}

static void must_equal(struct ow_buf *a, struct ow_buf *b)
{
    must(ow_str_equal(ow_buf_peek(a), ow_buf_peek(b)), "two cuts, two stories");
    ow_buf_release(a);
    ow_buf_release(b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct ow_table *table = dialogue_table(rules);
    struct ow_str frames = {(const char *)data, size};
    size_t step = size > 0 ? data[size - 1] % 7 + 1 : 1;
    struct ow_buf whole = {0}, cut = {0};
    struct ow_ws_library library;

    must(ow_ws_library_load(&library, NULL) == 0, "no wslay");
    decode(&library, frames, size > 0 ? size : 1, &whole);
    decode(&library, frames, step, &cut);
    must_equal(&whole, &cut);
    play(table, OPENING("/plain"), frames, 0, false, &whole);
    play(table, OPENING("/plain"), frames, step, false, &cut);
    must_equal(&whole, &cut);
    play(table, OPENING("/timed"), frames, step, true, &whole);
    ow_buf_release(&whole);
    return 0;
}
