/*
 * ws_frames: messages into frames. See ws_frames.h. Called by ws_play.c and
 * ws_session.c; calls wire/ws to encode, and the face's sink.
 */
#include "config.h"

#include "exchange/ws_frames.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/limits.h"

/* A header, or a control frame. */
#define HEADER (2 + OW_WS_CONTROL_MAX)
/* Payloads up to this go out in one piece with their header. */
#define SMALL 2048
/* Of a file, at a time. */
#define READ (16 * 1024)

void ow_ws_frames_init(struct ow_ws_frames *frames, struct ow_sink *sink)
{
    *frames = (struct ow_ws_frames){.sink = sink, .payload.fd = -1};
    ow_buf_init(&frames->own, OW_LIMIT_TEMPLATE_OUT);
}

static void drop_payload(struct ow_ws_frames *f)
{
    if (f->payload.fd >= 0)
        close(f->payload.fd);
    ow_message_unref(f->payload.holds);
    f->payload = (struct ow_ws_payload){.fd = -1};
    f->is_busy = f->in_frame = false;
    ow_buf_clear(&f->own, OW_LIMIT_OUT_HIGH);
}

void ow_ws_frames_release(struct ow_ws_frames *frames)
{
    drop_payload(frames);
    ow_buf_release(&frames->own);
}

struct ow_buf *ow_ws_frames_buffer(struct ow_ws_frames *frames)
{
    ow_buf_clear(&frames->own, OW_LIMIT_OUT_HIGH);
    return &frames->own;
}

void ow_ws_frames_send(struct ow_ws_frames *frames,
                       const struct ow_ws_payload *payload, int64_t due)
{
    frames->payload = *payload;
    if (payload->holds)
        ow_message_ref(payload->holds);
    if (payload->fd < 0)
        frames->payload.size = payload->text.len;
    frames->is_busy = true;
    frames->at = frames->frame_end = 0;
    frames->due = due;
}

static void set_control(struct ow_ws_control *control, struct ow_str payload)
{
    size_t len =
        payload.len < OW_WS_CONTROL_MAX ? payload.len : OW_WS_CONTROL_MAX;

    control->waits = true;
    control->len = (uint8_t)len;
    if (len > 0)
        memcpy(control->bytes, payload.ptr, len);
}

void ow_ws_frames_ping(struct ow_ws_frames *frames, struct ow_str payload)
{
    set_control(&frames->ping, payload);
}

void ow_ws_frames_pong(struct ow_ws_frames *frames, struct ow_str payload)
{
    set_control(&frames->pong, payload);
}

void ow_ws_frames_close(struct ow_ws_frames *frames, uint16_t code,
                        struct ow_str reason)
{
    struct ow_buf frame;

    ow_buf_init(&frame, HEADER);
    if (ow_ws_write_close(&frame, code, reason) == 0)
        set_control(&frames->close,
                    (struct ow_str){ow_buf_data(&frame) + 2, frame.len - 2});
    else
        set_control(&frames->close, OW_STR(""));
    ow_buf_release(&frame);
}

static int put_control(struct ow_ws_frames *f, enum ow_ws_opcode opcode,
                       struct ow_ws_control *control)
{
    struct ow_buf frame;

    if (!control->waits)
        return 0;
    control->waits = false;
    ow_buf_init(&frame, HEADER);
    int r = ow_ws_write_control(&frame, opcode,
                                (struct ow_str){control->bytes, control->len});
    if (r == 0)
        r = f->sink->ops->body(f->sink, ow_buf_data(&frame), frame.len);
    ow_buf_release(&frame);
    return r;
}

/* In a gap: what waits for one. */
static int put_controls(struct ow_ws_frames *f)
{
    int r = put_control(f, OW_WS_OP_PONG, &f->pong);

    if (r == 0)
        r = put_control(f, OW_WS_OP_PING, &f->ping);
    if (r == 0 && f->close.waits) {
        drop_payload(f);
        r = put_control(f, OW_WS_OP_CLOSE, &f->close);
    }
    return r;
}

static bool is_full(const struct ow_ws_frames *f)
{
    return f->sink->ops->pending(f->sink) >= OW_LIMIT_OUT_HIGH;
}

/* The header of the next frame, and all of the frame if it is a small one. */
static int begin_frame(struct ow_ws_frames *f)
{
    const struct ow_ws_payload *p = &f->payload;
    enum ow_ws_opcode opcode = f->at > 0    ? OW_WS_OP_MORE
                               : p->is_text ? OW_WS_OP_TEXT
                                            : OW_WS_OP_BINARY;
    char bytes[HEADER + SMALL];
    struct ow_buf frame;

    f->frame_end = p->split && f->at < p->size
                       ? ow_split_next(p->split, p->text, (size_t)f->at)
                       : p->size;
    uint64_t len = f->frame_end - f->at;
    ow_buf_init(&frame, HEADER);
    int r = ow_ws_write_header(&frame, opcode, f->frame_end == p->size, len);
    size_t n = frame.len;
    if (r == 0)
        memcpy(bytes, ow_buf_data(&frame), n);
    ow_buf_release(&frame);
    if (p->fd < 0 && len > 0 && len <= SMALL) {
        memcpy(bytes + n, p->text.ptr + f->at, (size_t)len);
        n += (size_t)len;
        f->at += len;
    }
    f->in_frame = true;
    return r < 0 ? r : f->sink->ops->body(f->sink, bytes, n);
}

static int put_piece(struct ow_ws_frames *f)
{
    const struct ow_ws_payload *p = &f->payload;
    uint64_t left = f->frame_end - f->at;
    size_t n = left < OW_LIMIT_IO ? (size_t)left : OW_LIMIT_IO;
    char bytes[READ];
    int r;

    if (p->fd < 0) {
        r = f->sink->ops->body(f->sink, p->text.ptr + f->at, n);
    } else {
        n = n < sizeof bytes ? n : sizeof bytes;
        ssize_t got = pread(p->fd, bytes, n, (off_t)f->at);
        if (got <= 0)
            return got < 0 ? -errno : -ENODATA; /* it has become shorter */
        n = (size_t)got;
        r = f->sink->ops->body(f->sink, bytes, n);
    }
    f->at += n;
    return r;
}

/* One frame, or as much of it as there is room for. */
static int put_frame(struct ow_ws_frames *f)
{
    int r = f->in_frame ? 0 : begin_frame(f);

    while (r == 0 && f->at < f->frame_end && !is_full(f))
        r = put_piece(f);
    if (r < 0 || f->at < f->frame_end)
        return r;
    f->in_frame = false;
    f->due += f->payload.every_ns;
    if (f->at == f->payload.size)
        drop_payload(f);
    return 0;
}

enum ow_ws_frames_state ow_ws_frames_run(struct ow_ws_frames *f, int64_t now,
                                         int64_t *ret_due)
{
    int r = 0;

    while (r == 0) {
        /* A client that sends and does not read gets nothing more queued. */
        if (is_full(f) &&
            (f->is_busy || f->pong.waits || f->ping.waits || f->close.waits))
            return OW_WS_FRAMES_BLOCKED;
        if (!f->in_frame)
            r = put_controls(f);
        if (r < 0)
            break;
        if (!f->is_busy)
            return OW_WS_FRAMES_IDLE;
        if (!f->in_frame && f->due > now) {
            *ret_due = f->due;
            return OW_WS_FRAMES_WAITING;
        }
        r = put_frame(f);
    }
    f->error = r;
    return OW_WS_FRAMES_FAILED;
}
