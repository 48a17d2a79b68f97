/*
 * ws: the WebSocket codec of a server (RFC 6455), sans-IO: fed bytes, gives
 * events; knows no socket, no clock, no script. wslay finds the frames; what
 * makes messages of them, and all of 5.4, 5.5, 7.4 and 8.1 that a client can
 * break, is here. Encoding is free functions below.
 *
 *     ow_ws_library_load(&library, &err);      // once, when rules are loaded
 *     ow_ws_new(&library, &ws);
 *     while (len > 0 || again) {
 *         ssize_t used = ow_ws_feed(ws, data, len, &event);
 *         if (used < 0) ...            // -EBADMSG: ow_ws_problem() says why
 *         data += used, len -= used;
 *         switch (event.kind) ...
 *     }
 *
 * Contract of feed: it uses at most len bytes and gives at most one event. It
 * gives OW_WS_MORE only when all bytes are used; after any other event feed
 * again, also with len 0. Memory is bounded (some 4 KiB) whatever the client
 * sends: a message comes in pieces and is never gathered here.
 *
 * libwslay is loaded (dlopen) with the first rule that has a WebSocket, and
 * stays; runs without one never meet it.
 */
#ifndef OW_WIRE_WS_H
#define OW_WIRE_WS_H

#include <sys/types.h>
#include <wslay/wslay.h>

#include "base/buf.h"
#include "base/err.h"

/* Close codes (RFC 6455, 7.4.1). */
enum ow_ws_code {
    OW_WS_NORMAL = 1000,
    OW_WS_PROTOCOL = 1002,
    OW_WS_UNSUPPORTED = 1003,
    OW_WS_NO_CODE = 1005,  /* a close frame without one; never sent */
    OW_WS_ABNORMAL = 1006, /* no close frame at all; never sent */
    OW_WS_INVALID = 1007,
    OW_WS_POLICY = 1008,
    OW_WS_TOO_BIG = 1009,
    OW_WS_INTERNAL = 1011,
};

#define OW_WS_CONTROL_MAX 125 /* bytes of a control frame: 5.5 */
#define OW_WS_REASON_MAX  123 /* of them, behind a close code */

struct ow_ws_library {
#define OW_WSLAY(result, function, arguments) result(*function) arguments;
#include "wire/ws_api.def"
#undef OW_WSLAY
};

/* 0, or -ELIBACC with a sentence that says what to install. */
int ow_ws_library_load(struct ow_ws_library *ret, struct ow_err *err);

enum ow_ws_kind {
    OW_WS_MORE,  /* all used, nothing to tell yet */
    OW_WS_DATA,  /* bytes of a message as they came; of a text characters */
    OW_WS_END,   /* the message is whole */
    OW_WS_PING,  /* bytes: its payload, whole */
    OW_WS_PONG,  /* the same */
    OW_WS_CLOSE, /* code and bytes: its reason. What follows is passed over. */
};

struct ow_ws_event {
    enum ow_ws_kind kind;
    bool is_text;        /* DATA, END */
    uint16_t code;       /* CLOSE; OW_WS_NO_CODE if it has none */
    struct ow_str bytes; /* the codec's, until the next call */
};

struct ow_ws;

/* 0 or -ENOMEM. library must outlive it. */
int ow_ws_new(const struct ow_ws_library *library, struct ow_ws **ret);
struct ow_ws *ow_ws_free(struct ow_ws *ws);

/* Bytes used, or -EBADMSG (for good). */
ssize_t ow_ws_feed(struct ow_ws *ws, const char *data, size_t len,
                   struct ow_ws_event *ret_event);
/* After -EBADMSG: the close code that fits, 1002 or 1007... */
uint16_t ow_ws_problem_code(const struct ow_ws *ws);
/* ...and a sentence: "a frame that is not masked (RFC 6455, 5.1)". */
const char *ow_ws_problem(const struct ow_ws *ws);

/* Whether a close frame may have this code (7.4). */
bool ow_ws_may_send(int64_t code);

/*
 * Encoding, unmasked, as servers do. All append to buf, wholly or not at all,
 * and return 0, -ENOMEM or -ENOBUFS.
 */
enum ow_ws_opcode {
    OW_WS_OP_MORE = 0, /* a fragment behind the first */
    OW_WS_OP_TEXT = 1,
    OW_WS_OP_BINARY = 2,
    OW_WS_OP_CLOSE = 8,
    OW_WS_OP_PING = 9,
    OW_WS_OP_PONG = 10,
};

/* What stands before len bytes of payload. */
int ow_ws_write_header(struct ow_buf *buf, enum ow_ws_opcode opcode, bool fin,
                       uint64_t len);
/* A ping or a pong; payload is cut to OW_WS_CONTROL_MAX. */
int ow_ws_write_control(struct ow_buf *buf, enum ow_ws_opcode opcode,
                        struct ow_str payload);
/* A close frame; OW_WS_NO_CODE makes it empty. The reason is cut to
 * OW_WS_REASON_MAX, between characters. */
int ow_ws_write_close(struct ow_buf *buf, uint16_t code, struct ow_str reason);

/* Frames that break the protocol: ws_bad.def. */
enum ow_ws_bad {
#define OW_WS_BAD(name, text, bytes, help) OW_WS_BAD_##name,
#include "wire/ws_bad.def"
#undef OW_WS_BAD
};

/* Their names, NULL-terminated, in the order of the enum. */
const char *const *ow_ws_bad_names(void);
struct ow_str ow_ws_bad_bytes(enum ow_ws_bad bad);

#endif
