/*
 * case_frames: see case_frames.h. Called by case_player.c and case_expect.c.
 */
#include "config.h"

#include "case_frames.h"

#include <errno.h>

#include "case_file.h"
#include "case_view.h"

/* Longer ones are counted. */
#define SHOWN 1000

static const char *const opcodes[16] = {
    [0] = "more",  [1] = "text", [2] = "binary",
    [8] = "close", [9] = "ping", [10] = "pong"};

static struct ow_str from(struct ow_str s, size_t at)
{
    return (struct ow_str){s.ptr + at, s.len - at};
}

static int find_opcode(struct ow_str name)
{
    for (int i = 0; i < 16; i++)
        if (opcodes[i] && ow_str_equal(name, ow_str_from(opcodes[i])))
            return i;
    return -1;
}

static void put_frame(struct ow_buf *out, unsigned first, struct ow_str payload)
{
    static const unsigned char mask[4] = {0x37, 0xfa, 0x21, 0x3d};
    unsigned char head[14] = {(unsigned char)first};
    size_t n = 2;
    int bytes = payload.len > 65535 ? 8 : payload.len > 125 ? 2 : 0;

    head[1] = (unsigned char)(0x80 | (bytes == 8   ? 127
                                      : bytes == 2 ? 126
                                                   : payload.len));
    for (int i = bytes - 1; i >= 0; i--)
        head[n++] = (unsigned char)((uint64_t)payload.len >> (8 * i));
    for (int i = 0; i < 4; i++)
        head[n++] = mask[i];
    ow_buf_append(out, head, n);
    for (size_t i = 0; i < payload.len; i++) {
        unsigned char c = (unsigned char)payload.ptr[i] ^ mask[i % 4];
        ow_buf_append(out, &c, 1);
    }
}

/* "1000 bye" as two bytes and the reason; nothing as nothing. */
static int read_close(struct ow_str rest, struct ow_buf *payload,
                      struct ow_err *err)
{
    struct ow_str number = ow_str_cut(&rest, ' ');
    uint64_t code;

    if (number.len == 0)
        return 0;
    if (ow_str_parse_u64(number, &code) < 0 || code > 65535)
        return -EINVAL;
    unsigned char bytes[2] = {(unsigned char)(code >> 8), (unsigned char)code};
    ow_buf_append(payload, bytes, 2);
    return rest.ptr ? case_send_bytes(rest, payload, err) : 0;
}

static int encode_line(struct ow_str line, struct ow_buf *ret,
                       struct ow_err *err)
{
    struct ow_str rest = line, word = ow_str_cut(&rest, ' ');
    struct ow_buf payload = {0};
    unsigned fin = 0x80;
    int opcode, r = 0;

    if (ow_str_equal(word, OW_STR("part"))) {
        fin = 0;
        word = ow_str_cut(&rest, ' ');
    } else if (ow_str_equal(word, OW_STR("more"))) {
        fin = 0;
    }
    opcode = ow_str_equal(word, OW_STR("end")) ? 0 : find_opcode(word);
    if (opcode < 0)
        return ow_err_set(err, -EINVAL, "no such frame: \"%.*s\"",
                          OW_STR_ARGS(line));
    if (!rest.ptr)
        rest = OW_STR("");
    r = opcode == 8 ? read_close(rest, &payload, err)
                    : case_send_bytes(rest, &payload, err);
    if (r == 0)
        put_frame(ret, fin | (unsigned)opcode, ow_buf_peek(&payload));
    ow_buf_release(&payload);
    return r;
}

int case_frames_encode(struct ow_str text, struct ow_buf *ret,
                       struct ow_err *err)
{
    int r = 0;

    while (text.len > 0 && r == 0)
        r = encode_line(case_cut_line(&text), ret, err);
    return r;
}

/* The frame at the front: its header's length, 0 if it is not all there. */
static size_t read_header(struct ow_str bytes, uint64_t *ret_len)
{
    const unsigned char *p = (const unsigned char *)bytes.ptr;
    size_t n = 2, more;

    if (bytes.len < 2)
        return 0;
    uint64_t len = p[1] & 0x7f;
    more = len == 127 ? 8 : len == 126 ? 2 : 0;
    if (bytes.len < n + more)
        return 0;
    for (len = more ? 0 : len; more > 0; more--)
        len = len << 8 | p[n++];
    *ret_len = len;
    return n;
}

static bool is_good(const unsigned char *p)
{
    return !(p[0] & 0x70) && !(p[1] & 0x80) && opcodes[p[0] & 15];
}

static void show_payload(int opcode, struct ow_str payload, struct ow_buf *out)
{
    const unsigned char *p = (const unsigned char *)payload.ptr;

    if (opcode == 8 && payload.len >= 2) {
        ow_buf_printf(out, " %d", p[0] << 8 | p[1]);
        payload = from(payload, 2);
    }
    if (payload.len > SHOWN)
        ow_buf_printf(out, " (%zu bytes)", payload.len);
    else if (payload.len > 0) {
        ow_buf_append(out, " ", 1);
        case_show_escaped(payload, out);
    }
}

static void show_frame(const unsigned char *head, struct ow_str payload,
                       struct ow_buf *out)
{
    int opcode = head[0] & 15;
    bool fin = head[0] & 0x80;

    if (opcode == 0)
        ow_buf_append_str(out, fin ? OW_STR("end") : OW_STR("more"));
    else
        ow_buf_printf(out, "%s%s", fin ? "" : "part ", opcodes[opcode]);
    show_payload(opcode, payload, out);
    ow_buf_append(out, "\n", 1);
}

size_t case_frames_show(struct ow_str bytes, const char *prefix,
                        struct ow_buf *out)
{
    size_t used = 0;
    uint64_t len = 0;

    while (used < bytes.len) {
        struct ow_str rest = from(bytes, used);
        size_t head = read_header(rest, &len);
        if (head == 0 || !is_good((const unsigned char *)rest.ptr) ||
            len > rest.len - head) {
            bool waits = head == 0 || is_good((const unsigned char *)rest.ptr);
            if (waits && len < (UINT64_C(1) << 40))
                break;
            ow_buf_printf(out, "%sbytes ", prefix);
            case_show_escaped(rest, out);
            ow_buf_append(out, "\n", 1);
            return bytes.len;
        }
        ow_buf_append_str(out, ow_str_from(prefix));
        show_frame((const unsigned char *)rest.ptr,
                   (struct ow_str){rest.ptr + head, (size_t)len}, out);
        used += head + (size_t)len;
    }
    return used;
}
