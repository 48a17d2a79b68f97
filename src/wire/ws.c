/*
 * ws: the decoder of a WebSocket's frames. See ws.h. Called by exchange/; the
 * frames themselves are found by wslay.
 *
 *   feed -> wslay (header, mask) -> take_piece -> DATA, END
 *                                             \-> control -> PING, PONG, CLOSE
 */
#include "config.h"

#include "wire/ws.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/library.h"
#include "base/utf8.h"

/* A character cut by the end of a piece: at most three of its bytes. */
#define CHARACTER 4

/* The names that distributions give the library. */
static const char *const files[] = {
    "libwslay.so.1", /* Debian and its kin */
    "libwslay.so.0", /* older ones */
    "libwslay.so",
    NULL,
};

static const char *const names[] = {
#define OW_WSLAY(result, function, arguments) #function,
#include "wire/ws_api.def"
#undef OW_WSLAY
};

static const struct ow_library wslay = {"WebSockets need", "libwslay1", files,
                                        names, sizeof names / sizeof *names};

struct ow_ws {
    const struct ow_ws_library *library;
    wslay_frame_context_ptr frames;
    struct ow_str in; /* fed, not yet taken by wslay */

    /* The frame under way. */
    bool in_frame;
    uint64_t left; /* payload bytes of it to come */
    uint8_t opcode;
    bool fin;

    /* The message under way, over its frames. */
    bool in_message;
    bool is_text;
    bool is_ending;            /* END is to be told */
    bool is_invalid;           /* that it is no text is to be told */
    char character[CHARACTER]; /* one that is cut: told when it is whole */
    size_t character_len;
    struct ow_str rest; /* behind that one, in wslay's buffer: told next */

    char control[OW_WS_CONTROL_MAX];
    size_t control_len;

    bool is_closed; /* a close frame came: what follows does not count */
    uint16_t problem_code;
    const char *problem; /* NULL: none */
};

int ow_ws_library_load(struct ow_ws_library *ret, struct ow_err *err)
{
    return ow_library_load(&wslay, ret, NULL, err);
}

/* wslay asks for bytes: those that were fed. */
static ssize_t give_bytes(uint8_t *out, size_t len, int flags, void *context)
{
    struct ow_ws *ws = context;
    size_t n = len < ws->in.len ? len : ws->in.len;

    (void)flags;
    if (n == 0)
        return -1;
    memcpy(out, ws->in.ptr, n);
    ws->in = (struct ow_str){ws->in.ptr + n, ws->in.len - n};
    return (ssize_t)n;
}

int ow_ws_new(const struct ow_ws_library *library, struct ow_ws **ret)
{
    static const struct wslay_frame_callbacks callbacks = {.recv_callback =
                                                               give_bytes};
    struct ow_ws *ws = calloc(1, sizeof *ws);

    if (!ws)
        return -ENOMEM;
    ws->library = library;
    if (library->wslay_frame_context_init(&ws->frames, &callbacks, ws) != 0) {
        free(ws);
        return -ENOMEM;
    }
    *ret = ws;
    return 0;
}

struct ow_ws *ow_ws_free(struct ow_ws *ws)
{
    if (!ws)
        return NULL;
    ws->library->wslay_frame_context_free(ws->frames);
    free(ws);
    return NULL;
}

static int fail(struct ow_ws *ws, uint16_t code, const char *problem)
{
    ws->problem_code = code;
    ws->problem = problem;
    return -EBADMSG;
}

static bool is_control(uint8_t opcode)
{
    return opcode & 8;
}

/* What a frame's header may not say. */
static int begin_frame(struct ow_ws *ws, const struct wslay_frame_iocb *frame)
{
    if (frame->rsv != WSLAY_RSV_NONE)
        return fail(ws, OW_WS_PROTOCOL,
                    "a frame with reserved bits (RFC 6455, 5.2)");
    if (!frame->mask)
        return fail(ws, OW_WS_PROTOCOL,
                    "a frame that is not masked (RFC 6455, 5.1)");
    ws->opcode = frame->opcode;
    ws->fin = frame->fin;
    ws->left = frame->payload_length;
    ws->in_frame = true;
    ws->control_len = 0;
    switch (frame->opcode) {
    case OW_WS_OP_MORE:
        if (ws->in_message)
            return 0;
        return fail(ws, OW_WS_PROTOCOL,
                    "a continuation of no message (RFC 6455, 5.4)");
    case OW_WS_OP_TEXT:
    case OW_WS_OP_BINARY:
        if (ws->in_message)
            return fail(ws, OW_WS_PROTOCOL,
                        "a message inside another one (RFC 6455, 5.4)");
        ws->in_message = true;
        ws->is_text = frame->opcode == OW_WS_OP_TEXT;
        ws->character_len = 0;
        return 0;
    case OW_WS_OP_CLOSE:
    case OW_WS_OP_PING:
    case OW_WS_OP_PONG:
        return 0;
    }
    return fail(ws, OW_WS_PROTOCOL, "an unknown opcode (RFC 6455, 5.2)");
}

/* Takes bytes of s to the character that the piece before has cut, and what
 * that is then: absent if it is still not whole, or none. */
static struct ow_str end_character(struct ow_ws *ws, struct ow_str *s)
{
    struct ow_str whole = {NULL, 0};

    while (!whole.ptr && !ws->is_invalid && s->len > 0) {
        ws->character[ws->character_len++] = *s->ptr;
        *s = (struct ow_str){s->ptr + 1, s->len - 1};
        if (ow_utf8_length(ws->character, ws->character_len) > 0)
            whole = (struct ow_str){ws->character, ws->character_len};
        else
            ws->is_invalid = ws->character_len == CHARACTER;
    }
    if (whole.ptr)
        ws->character_len = 0;
    return whole;
}

/* Plain ASCII, eight bytes at a time: what most texts are. */
static size_t skip_ascii(struct ow_str s)
{
    size_t at = 0;
    uint64_t word;

    for (; at + sizeof word <= s.len; at += sizeof word) {
        memcpy(&word, s.ptr + at, sizeof word);
        if (word & UINT64_C(0x8080808080808080))
            break;
    }
    return at;
}

/* The characters that are whole. One that the end of s cuts is kept; what is
 * none makes the text invalid. */
static struct ow_str whole_characters(struct ow_ws *ws, struct ow_str s)
{
    size_t at = skip_ascii(s), len = 1;

    for (; at < s.len && len > 0; at += len)
        len = ow_utf8_length(s.ptr + at, s.len - at);
    ws->is_invalid = s.len - at >= CHARACTER;
    if (!ws->is_invalid) {
        ws->character_len = s.len - at;
        memcpy(ws->character, s.ptr + at, ws->character_len);
    }
    return (struct ow_str){s.ptr, at};
}

static int fail_text(struct ow_ws *ws)
{
    return fail(ws, OW_WS_INVALID, "a text that is no UTF-8 (RFC 6455, 8.1)");
}

bool ow_ws_may_send(int64_t code)
{
    if (code >= 3000 && code <= 4999)
        return true;
    return code >= 1000 && code <= 1014 && code != 1004 &&
           code != OW_WS_NO_CODE && code != OW_WS_ABNORMAL;
}

static bool is_utf8(struct ow_str s)
{
    size_t at = 0, len = 1;

    for (; at < s.len && len > 0; at += len)
        len = ow_utf8_length(s.ptr + at, s.len - at);
    return len > 0;
}

static int end_close(struct ow_ws *ws, struct ow_ws_event *event)
{
    const unsigned char *bytes = (const unsigned char *)ws->control;
    struct ow_str reason = {ws->control, 0};
    uint16_t code = OW_WS_NO_CODE;

    if (ws->control_len == 1)
        return fail(ws, OW_WS_PROTOCOL,
                    "a close code of one byte (RFC 6455, 5.5.1)");
    if (ws->control_len >= 2) {
        code = (uint16_t)(bytes[0] << 8 | bytes[1]);
        reason = (struct ow_str){ws->control + 2, ws->control_len - 2};
        if (!ow_ws_may_send(code))
            return fail(ws, OW_WS_PROTOCOL,
                        "a close code that must not be sent (RFC 6455, 7.4)");
    }
    if (!is_utf8(reason))
        return fail(ws, OW_WS_INVALID,
                    "a close reason that is no UTF-8 (RFC 6455, 5.5.1)");
    ws->is_closed = true;
    *event = (struct ow_ws_event){
        .kind = OW_WS_CLOSE, .code = code, .bytes = reason};
    return 0;
}

static int end_frame(struct ow_ws *ws, struct ow_ws_event *event)
{
    struct ow_str payload = {ws->control, ws->control_len};

    ws->in_frame = false;
    if (ws->opcode == OW_WS_OP_CLOSE)
        return end_close(ws, event);
    if (is_control(ws->opcode)) {
        *event = (struct ow_ws_event){
            .kind = ws->opcode == OW_WS_OP_PING ? OW_WS_PING : OW_WS_PONG,
            .bytes = payload};
        return 0;
    }
    if (!ws->fin)
        return 0;
    ws->is_invalid = ws->is_text && ws->character_len > 0;
    ws->in_message = false;
    ws->is_ending = !ws->is_invalid;
    return 0;
}

/* What of a text is one is given before it is told to be none: who has had
 * enough of it by then says so, however the bytes come. */
static struct ow_str take_text(struct ow_ws *ws, struct ow_str piece)
{
    if (ws->character_len == 0)
        return whole_characters(ws, piece);
    struct ow_str character = end_character(ws, &piece);
    ws->rest = piece;
    return character;
}

static void take_control(struct ow_ws *ws, struct ow_str piece)
{
    /* wslay lets no control frame be longer. */
    if (piece.len > 0)
        memcpy(ws->control + ws->control_len, piece.ptr, piece.len);
    ws->control_len += piece.len;
}

/* Bytes of the frame under way. */
static int take_piece(struct ow_ws *ws, struct ow_str piece,
                      struct ow_ws_event *event)
{
    if (is_control(ws->opcode))
        take_control(ws, piece);
    else if (ws->is_text && piece.len > 0)
        piece = take_text(ws, piece);
    if (!is_control(ws->opcode) && piece.len > 0)
        *event = (struct ow_ws_event){
            .kind = OW_WS_DATA, .is_text = ws->is_text, .bytes = piece};
    bool is_whole = ws->left == 0 && ws->rest.len == 0 && !ws->is_invalid;
    return is_whole ? end_frame(ws, event) : 0;
}

/* The next piece of a frame, if there is one: 1, 0, or -EBADMSG. */
static int next_piece(struct ow_ws *ws, struct ow_ws_event *event)
{
    struct wslay_frame_iocb frame = {0};
    struct ow_str rest = ws->rest;
    int r = 0;

    if (rest.len > 0) {
        ws->rest.len = 0;
        r = take_piece(ws, rest, event);
        return r < 0 ? r : 1;
    }
    ssize_t n = ws->library->wslay_frame_recv(ws->frames, &frame);
    if (n == WSLAY_ERR_WANT_READ)
        return 0;
    if (n < 0)
        return fail(ws, OW_WS_PROTOCOL,
                    "a length that is not in its shortest form, or a control "
                    "frame that is long or in fragments (RFC 6455, 5.2, 5.5)");
    if (!ws->in_frame)
        r = begin_frame(ws, &frame);
    if (r == 0) {
        ws->left -= frame.data_length;
        r = take_piece(
            ws, (struct ow_str){(const char *)frame.data, frame.data_length},
            event);
    }
    return r < 0 ? r : 1;
}

ssize_t ow_ws_feed(struct ow_ws *ws, const char *data, size_t len,
                   struct ow_ws_event *ret_event)
{
    struct ow_ws_event event = {.kind = OW_WS_MORE};
    int r = 1;

    if (ws->problem)
        return -EBADMSG;
    if (ws->is_invalid)
        return fail_text(ws);
    if (ws->is_ending) {
        ws->is_ending = false;
        *ret_event =
            (struct ow_ws_event){.kind = OW_WS_END, .is_text = ws->is_text};
        return 0;
    }
    ws->in = (struct ow_str){data, ws->is_closed ? 0 : len};
    while (r == 1 && event.kind == OW_WS_MORE && !ws->is_closed &&
           !ws->is_ending && !ws->is_invalid)
        r = next_piece(ws, &event);
    if (r < 0)
        return r;
    if (event.kind == OW_WS_MORE && ws->is_invalid)
        return fail_text(ws);
    if (event.kind == OW_WS_MORE && ws->is_ending) {
        ws->is_ending = false;
        event = (struct ow_ws_event){.kind = OW_WS_END, .is_text = ws->is_text};
    }
    *ret_event = event;
    return (ssize_t)(len - ws->in.len);
}

uint16_t ow_ws_problem_code(const struct ow_ws *ws)
{
    return ws->problem_code;
}

const char *ow_ws_problem(const struct ow_ws *ws)
{
    return ws->problem;
}

int ow_ws_write_header(struct ow_buf *buf, enum ow_ws_opcode opcode, bool fin,
                       uint64_t len)
{
    unsigned char header[10] = {(unsigned char)((fin ? 0x80 : 0) | opcode)};
    size_t n = 2;
    int bytes = len > UINT16_MAX ? 8 : len > 125 ? 2 : 0;

    header[1] = (unsigned char)(bytes == 8 ? 127 : bytes == 2 ? 126 : len);
    for (int i = bytes - 1; i >= 0; i--)
        header[n++] = (unsigned char)(len >> (8 * i));
    return ow_buf_append(buf, header, n);
}

int ow_ws_write_control(struct ow_buf *buf, enum ow_ws_opcode opcode,
                        struct ow_str payload)
{
    char frame[2 + OW_WS_CONTROL_MAX];
    size_t len =
        payload.len < OW_WS_CONTROL_MAX ? payload.len : OW_WS_CONTROL_MAX;

    frame[0] = (char)(0x80 | opcode);
    frame[1] = (char)len;
    if (len > 0)
        memcpy(frame + 2, payload.ptr, len);
    return ow_buf_append(buf, frame, 2 + len);
}

int ow_ws_write_close(struct ow_buf *buf, uint16_t code, struct ow_str reason)
{
    char payload[OW_WS_CONTROL_MAX] = {(char)(code >> 8), (char)code};
    size_t len = reason.len < OW_WS_REASON_MAX ? reason.len : OW_WS_REASON_MAX;

    if (code == OW_WS_NO_CODE)
        return ow_ws_write_control(buf, OW_WS_OP_CLOSE, OW_STR(""));
    while (len > 0 && len < reason.len && ow_utf8_is_inside(reason.ptr[len]))
        len--;
    if (len > 0)
        memcpy(payload + 2, reason.ptr, len);
    return ow_ws_write_control(buf, OW_WS_OP_CLOSE,
                               (struct ow_str){payload, 2 + len});
}

static const char *const bad_names[] = {
#define OW_WS_BAD(name, text, bytes, help) text,
#include "wire/ws_bad.def"
#undef OW_WS_BAD
    NULL,
};

static const struct ow_str bad_bytes[] = {
#define OW_WS_BAD(name, text, bytes, help) {bytes, sizeof(bytes) - 1},
#include "wire/ws_bad.def"
#undef OW_WS_BAD
};

const char *const *ow_ws_bad_names(void)
{
    return bad_names;
}

struct ow_str ow_ws_bad_bytes(enum ow_ws_bad bad)
{
    return bad_bytes[bad];
}
