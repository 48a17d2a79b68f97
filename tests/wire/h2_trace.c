/*
 * h2_trace: see h2_trace.h. Called by run_h2.c and fuzz/fuzz_h2.c.
 */
#include "config.h"

#include "h2_trace.h"

#include <cjson/cJSON.h>
#include <nghttp2/nghttp2.h>
#include <string.h>

#include "lib/dialogue.h"
#include "lib/must.h"
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
    "{\"when\": {\"path\": \"/c\"}, \"then\": {\"text\": \"0123\", "
    "\"headers\": {\"connection\": \"close\"}}},"
    "{\"when\": {\"path\": \"/r\"}, \"then\": {\"text\": \"0123\", \"fault\": "
    "{\"kind\": \"rst-stream\", \"after\": \"2B\"}}},"
    "{\"when\": {\"path\": \"/u\"}, \"then\": {\"text\": \"early\", "
    "\"fault\": {\"kind\": \"early-answer\", \"received\": \"2B\"}}},"
    "{\"when\": {\"upgrade\": \"websocket\"}, \"then\": {\"websocket\": "
    "[{\"on\": \"message\", \"send\": {\"echo\": true}}]}},"
    "{\"when\": {\"path\": \"/never\"}, \"then\": {\"fault\": \"stall\"}}]}";

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
    static const struct ow_program program = {.name = "test", .pid = 1};
    static const struct ow_serve_peer peer = {.host = "a.test",
                                              .port = 443,
                                              .tls = true,
                                              .protocol = OW_STR("h2"),
                                              .program = &program};
    struct ow_h2_library *library = ow_h2_library_new();
    struct dialogue d;

    must(library, "no memory");
    dialogue_begin(&d, dialogue_table(rules), &peer, library, 64);
    dialogue_talk(&d, (struct ow_str){bytes, len}, step > 0 ? step : len + 1);
    put_frames(ow_buf_peek(&d.out), out);
    put_journal(ow_journal_text(d.env.journal), out);
    ow_buf_printf(out, "[%s]\n", dialogue_end(&d));
    dialogue_finish(&d);
    dialogue_release(&d);
    ow_h2_library_free(library);
}
