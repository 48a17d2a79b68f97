/*
 * h2_trace: see h2_trace.h. Called by run_h2.c and fuzz/fuzz_h2.c.
 */
#include "config.h"

#include "h2_trace.h"

#include <cjson/cJSON.h>
#include <nghttp2/nghttp2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exchange/serve.h"
#include "wire/h2.h"

#define FRAME_HEAD 9

static const char rules[] =
    "{\"offwire\": 1, \"hosts\": [\"a.test\"], \"rules\": ["
    "{\"when\": {\"path\": \"/\"}, \"then\": {\"text\": \"hello\"}},"
    "{\"when\": {\"path\": \"/t\"}, \"then\": {\"text\": \"x\", "
    "\"trailers\": {\"t\": \"1\"}}},"
    "{\"when\": {\"path\": \"/s\"}, \"then\": {\"stream\": {\"sse\": [\"a\", "
    "\"b\"], \"every\": \"1s\"}}},"
    "{\"when\": {\"path\": \"/g\"}, \"then\": {\"text\": \"0123\", \"fault\": "
    "{\"kind\": \"goaway\", \"graceful\": true}}},"
    "{\"when\": {\"path\": \"/r\"}, \"then\": {\"text\": \"0123\", \"fault\": "
    "{\"kind\": \"rst-stream\", \"after\": \"2B\"}}},"
    "{\"when\": {\"path\": \"/u\"}, \"then\": {\"text\": \"early\", "
    "\"fault\": {\"kind\": \"early-answer\", \"received\": \"2B\"}}},"
    "{\"when\": {\"upgrade\": \"websocket\"}, \"then\": {\"websocket\": "
    "[{\"on\": \"message\", \"send\": {\"echo\": true}}]}},"
    "{\"when\": {\"path\": \"/never\"}, \"then\": {\"fault\": \"stall\"}}]}";

struct dialogue {
    struct ow_states states;
    struct ow_odds odds;
    struct ow_clock clock;
    struct ow_serve_env env;
    struct ow_serve *serve;
    struct ow_buf out;
};

static void must(bool condition, const char *what)
{
    if (condition)
        return;
    fprintf(stderr, "%s\n", what);
    abort();
}

static const struct ow_table *load_once(void)
{
    static struct ow_table *table;
    struct ow_err err = {.text = ""};

    if (!table)
        ow_table_load_text("/rules.json", rules, sizeof rules - 1, &table,
                           &err);
    must(table, err.text);
    return table;
}

static int64_t drain(struct dialogue *d)
{
    struct ow_buf *out = ow_serve_out(d->serve);
    int64_t due = ow_serve_run(d->serve);

    while (out->len > 0) {
        ow_buf_append_str(&d->out, ow_buf_peek(out));
        ow_buf_consume(out, out->len);
        due = ow_serve_run(d->serve);
    }
    return due;
}

static void begin(struct dialogue *d, struct ow_h2_library *library)
{
    static const struct ow_program program = {.name = "test", .pid = 1};
    const struct ow_table *table = load_once();
    struct ow_serve_peer peer = {.host = "a.test",
                                 .port = 443,
                                 .tls = true,
                                 .protocol = OW_STR("h2"),
                                 .program = &program};
    struct ow_state_shape shape;

    *d = (struct dialogue){.env = {.table = table,
                                   .states = &d->states,
                                   .odds = &d->odds,
                                   .clock = &d->clock,
                                   .h2 = library,
                                   .body_kept = 64}};
    d->odds = (struct ow_odds){.seed = 1};
    ow_table_shape(table, &shape);
    must(ow_states_init(&d->states, &shape) == 0 &&
             ow_journal_open(NULL, &d->env.journal, NULL) == 0,
         "no memory");
    d->serve = ow_serve_new(&d->env, &peer);
    must(d->serve, "no memory");
}

/* Lets time pass until nothing is due any more. */
static int64_t wait_all(struct dialogue *d, int64_t due)
{
    for (int i = 0; due != OW_SERVE_NEVER && i < 1000; i++) {
        must(due > d->clock.standing_ns, "due in the past");
        d->clock.standing_ns = due;
        due = drain(d);
    }
    return due;
}

static void talk(struct dialogue *d, const char *bytes, size_t len, size_t step)
{
    int64_t due = OW_SERVE_NEVER;

    for (size_t at = 0; at < len; at += step) {
        ow_serve_feed(d->serve, bytes + at, len - at < step ? len - at : step);
        due = drain(d);
    }
    wait_all(d, due);
}

static const char *error_name(uint32_t error)
{
    return error <= OW_H2_HTTP_1_1_REQUIRED ? ow_h2_error_names()[error] : "?";
}

static uint32_t number(const unsigned char *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 |
           (uint32_t)at[2] << 8 | at[3];
}

/* The status, or the fields of trailers. */
static void put_head(nghttp2_hd_inflater *inflater, const unsigned char *at,
                     size_t len, struct ow_buf *out)
{
    int flags = 0;

    while (!(flags & NGHTTP2_HD_INFLATE_FINAL)) {
        nghttp2_nv nv;
        ssize_t n = nghttp2_hd_inflate_hd2(inflater, &nv, &flags, at, len, 1);
        must(n >= 0, "a head that nobody can read");
        at += n;
        len -= (size_t)n;
        bool shows = flags & NGHTTP2_HD_INFLATE_EMIT &&
                     (nv.namelen == 1 || nv.name[0] == ':');
        if (shows)
            ow_buf_printf(out, " %.*s %.*s", (int)nv.namelen, nv.name,
                          (int)nv.valuelen, nv.value);
        if (!(flags & (NGHTTP2_HD_INFLATE_EMIT | NGHTTP2_HD_INFLATE_FINAL)))
            break;
    }
    nghttp2_hd_inflate_end_headers(inflater);
}

static void put_bytes(const unsigned char *bytes, size_t len,
                      struct ow_buf *out)
{
    for (size_t i = 0; i < len; i++)
        ow_buf_printf(out, bytes[i] < ' ' || bytes[i] > '~' ? "\\x%02x" : "%c",
                      bytes[i]);
}

static void put_frame(nghttp2_hd_inflater *inflater, const unsigned char *frame,
                      size_t len, struct ow_buf *out)
{
    const unsigned char *payload = frame + FRAME_HEAD;
    uint32_t stream = number(frame + 5);
    bool ends = frame[4] & NGHTTP2_FLAG_END_STREAM;

    switch (frame[3]) {
    case NGHTTP2_DATA:
        ow_buf_printf(out, "DATA %u%s \"", stream, ends ? " end_stream" : "");
        put_bytes(payload, len, out);
        ow_buf_append(out, "\"\n", 2);
        break;
    case NGHTTP2_HEADERS:
        ow_buf_printf(out, "HEADERS %u%s", stream, ends ? " end_stream" : "");
        put_head(inflater, payload, len, out);
        ow_buf_append(out, "\n", 1);
        break;
    case NGHTTP2_RST_STREAM:
        ow_buf_printf(out, "RST_STREAM %u %s\n", stream,
                      error_name(number(payload)));
        break;
    case NGHTTP2_PING:
        ow_buf_printf(out, "PING%s\n", ends ? " ack" : "");
        break;
    case NGHTTP2_GOAWAY:
        ow_buf_printf(out, "GOAWAY %u %s\n", number(payload),
                      error_name(number(payload + 4)));
        break;
    case NGHTTP2_SETTINGS:
    case NGHTTP2_WINDOW_UPDATE:
        break;
    default:
        ow_buf_printf(out, "type %u on %u\n", frame[3], stream);
    }
}

static void put_frames(struct ow_str bytes, struct ow_buf *out)
{
    nghttp2_hd_inflater *inflater;

    must(nghttp2_hd_inflate_new(&inflater) == 0, "no memory");
    while (bytes.len >= FRAME_HEAD) {
        const unsigned char *frame = (const unsigned char *)bytes.ptr;
        size_t len = (size_t)frame[0] << 16 | (size_t)frame[1] << 8 | frame[2];
        must(FRAME_HEAD + len <= bytes.len, "half a frame");
        put_frame(inflater, frame, len, out);
        bytes.ptr += FRAME_HEAD + len;
        bytes.len -= FRAME_HEAD + len;
    }
    must(bytes.len == 0, "half a frame's head");
    nghttp2_hd_inflate_del(inflater);
}

static void put_journal(struct ow_str text, struct ow_buf *out)
{
    while (text.len > 0) {
        struct ow_str line = ow_str_cut(&text, '\n');
        cJSON *record = cJSON_ParseWithLength(line.ptr, line.len);
        must(cJSON_IsObject(record), "a record that is no JSON");
        const cJSON *event = cJSON_GetObjectItem(record, "event");
        const cJSON *what = cJSON_GetObjectItem(record, "text");
        if (what && strcmp(event->valuestring, "unmatched") != 0)
            ow_buf_printf(out, "%s: %s\n", event->valuestring,
                          what->valuestring);
        cJSON_Delete(record);
    }
}

void h2_trace(const char *bytes, size_t len, size_t step, struct ow_buf *out)
{
    static const char *const ends[] = {
        [OW_SERVE_OPEN] = "open",
        [OW_SERVE_CLOSE] = "close",
        [OW_SERVE_RESET] = "reset",
        [OW_SERVE_CUT] = "cut",
    };
    struct ow_h2_library *library = ow_h2_library_new();
    struct dialogue d;

    must(library, "no memory");
    begin(&d, library);
    talk(&d, bytes, len, step > 0 ? step : len + 1);
    put_frames(ow_buf_peek(&d.out), out);
    put_journal(ow_journal_text(d.env.journal), out);
    ow_buf_printf(out, "[%s]\n", ends[ow_serve_end(d.serve)]);
    ow_serve_eof(d.serve);
    must(wait_all(&d, drain(&d)) == OW_SERVE_NEVER,
         "something to come after the end");
    must(ow_serve_end(d.serve) != OW_SERVE_OPEN, "open after the end");
    ow_serve_free(d.serve);
    ow_journal_free(d.env.journal);
    ow_states_release(&d.states);
    ow_buf_release(&d.out);
    ow_h2_library_free(library);
}
