/*
 * ws_frames: a server's messages as frames into a sink: one message at a time,
 * of any length, and no more bytes than the sink has room for. Control frames
 * go between the frames of a message, as soon as there is a gap.
 *
 *     buf = ow_ws_frames_buffer(f);            // write a message into it, or
 *     ow_ws_frames_send(f, &payload, due);     // send bytes that others hold
 *     while ((state = ow_ws_frames_run(f, now, &due)) != OW_WS_FRAMES_IDLE)
 *         ...                                  // when drained, or at due
 */
#ifndef OW_EXCHANGE_WS_FRAMES_H
#define OW_EXCHANGE_WS_FRAMES_H

#include "emit/sink.h"
#include "plan/message.h"
#include "plan/split.h"
#include "wire/ws.h"

struct ow_ws_payload {
    bool is_text;
    struct ow_str text;           /* outlives the sending, or... */
    struct ow_message *holds;     /* ...is this one's; NULL: nobody's */
    int fd;                       /* a file instead, which is closed; -1: no */
    uint64_t size;                /* of the file */
    const struct ow_split *split; /* NULL: one frame */
    int64_t every_ns;             /* from fragment to fragment */
};

/* A control frame that waits for a gap. */
struct ow_ws_control {
    bool waits;
    uint8_t len;
    char bytes[OW_WS_CONTROL_MAX];
};

struct ow_ws_frames {
    struct ow_sink *sink;
    struct ow_buf own; /* a message made for its sending */
    struct ow_ws_payload payload;
    bool is_busy;
    bool in_frame;      /* its header is out, not all of it */
    uint64_t at;        /* payload bytes that are out */
    uint64_t frame_end; /* where the frame under way ends */
    int64_t due;        /* of the next fragment */
    int error;          /* of FAILED */
    struct ow_ws_control ping, pong, close; /* the latest of each */
};

enum ow_ws_frames_state {
    OW_WS_FRAMES_IDLE,    /* all is out */
    OW_WS_FRAMES_BLOCKED, /* call again when the sink has drained */
    OW_WS_FRAMES_WAITING, /* call again at *ret_due */
    OW_WS_FRAMES_FAILED,  /* no memory, or a file that cannot be read */
};

void ow_ws_frames_init(struct ow_ws_frames *frames, struct ow_sink *sink);
void ow_ws_frames_release(struct ow_ws_frames *frames);

/* Empty; for one message, while nothing is being sent. */
struct ow_buf *ow_ws_frames_buffer(struct ow_ws_frames *frames);
/* Begins a message; takes the descriptor, and a reference to what holds. Only
 * when it is not busy. */
void ow_ws_frames_send(struct ow_ws_frames *frames,
                       const struct ow_ws_payload *payload, int64_t due);
/* Queues one; it goes out at the next run. A pong takes the place of one that
 * still waits (RFC 6455, 5.5.3). */
void ow_ws_frames_ping(struct ow_ws_frames *frames, struct ow_str payload);
void ow_ws_frames_pong(struct ow_ws_frames *frames, struct ow_str payload);
/* The same; what is left of a message is dropped, and nothing follows. */
void ow_ws_frames_close(struct ow_ws_frames *frames, uint16_t code,
                        struct ow_str reason);
enum ow_ws_frames_state ow_ws_frames_run(struct ow_ws_frames *frames,
                                         int64_t now, int64_t *ret_due);

#endif
