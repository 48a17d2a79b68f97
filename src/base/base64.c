/*
 * base64: text to bytes. See base64.h.
 */
#include "config.h"

#include "base/base64.h"

#include <errno.h>
#include <string.h>

/* The six bits of a digit, or -1. */
static int digit(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    if (c == '+' || c == '-')
        return 62;
    return c == '/' || c == '_' ? 63 : -1;
}

int ow_base64_decode(struct ow_str text, struct ow_arena *arena,
                     struct ow_str *ret)
{
    char *out = ow_arena_alloc(arena, text.len / 4 * 3 + 3);
    size_t n = 0, digits = 0, padding = 0;
    uint32_t bits = 0;

    if (!out)
        return -ENOMEM;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        int value = digit(c);
        if (strchr(" \t\r\n", c))
            continue;
        padding += c == '=';
        if (c == '=')
            continue;
        if (value < 0 || padding > 0)
            return -EINVAL;
        bits = bits << 6 | (uint32_t)value;
        if (digits++ % 4 > 0)
            out[n++] = (char)(bits >> (6 - 2 * ((digits - 1) % 4)) & 0xff);
    }
    /* One digit of a group of four says nothing; padding fills it or is not
     * there at all. */
    if (digits % 4 == 1 || (padding > 0 && (digits + padding) % 4 != 0) ||
        padding > 2)
        return -EINVAL;
    *ret = (struct ow_str){out, n};
    return 0;
}

int ow_base64_encode(struct ow_str bytes, struct ow_buf *out)
{
    static const char digits[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
        "abcdefghijklmnopqrstuvwxyz0123456789+/";
    const unsigned char *in = (const unsigned char *)bytes.ptr;
    int r = 0;

    for (size_t at = 0; at < bytes.len && r == 0; at += 3) {
        size_t n = bytes.len - at < 3 ? bytes.len - at : 3;
        uint32_t bits = (uint32_t)in[at] << 16;
        bits |= n > 1 ? (uint32_t)in[at + 1] << 8 : 0;
        bits |= n > 2 ? in[at + 2] : 0;
        char text[4] = {digits[bits >> 18], digits[bits >> 12 & 63],
                        n > 1 ? digits[bits >> 6 & 63] : '=',
                        n > 2 ? digits[bits & 63] : '='};
        r = ow_buf_append(out, text, sizeof text);
    }
    return r;
}
