/*
 * h1_write: the encoder of h1: status line, fields, chunks. See h1.h. Broken
 * messages are not its business: a plan writes those as raw bytes. Called by
 * emit/ and exchange/.
 */
#include "config.h"

#include <errno.h>
#include <string.h>

#include "http/status.h"
#include "wire/h1.h"

/* Copies s to at; what would end the line early becomes a space (RFC 9110,
 * 5.5), so that a value made by a template cannot add fields of its own. */
static char *put_text(char *at, struct ow_str s)
{
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        *at++ = c == '\r' || c == '\n' || c == '\0' ? ' ' : c;
    }
    return at;
}

static char *put_line_end(char *at)
{
    *at++ = '\r';
    *at++ = '\n';
    return at;
}

/* Room for len bytes in *ret_at, or why there is none. */
static int reserve(struct ow_buf *buf, size_t len, char **ret_at)
{
    *ret_at = ow_buf_reserve(buf, len);
    if (*ret_at)
        return 0;
    return buf->max > 0 && len > buf->max - buf->len ? -ENOBUFS : -ENOMEM;
}

int ow_h1_write_status(struct ow_buf *buf, int status, struct ow_str reason)
{
    const struct ow_str version = OW_STR("HTTP/1.1 ");
    char *at;

    if (!reason.ptr)
        reason = ow_status_reason(status);
    if (status < 100 || status > 999)
        return -EINVAL;
    size_t len = version.len + 3 + 1 + reason.len + 2;
    int r = reserve(buf, len, &at);
    if (r < 0)
        return r;
    memcpy(at, version.ptr, version.len);
    at += version.len;
    *at++ = (char)('0' + status / 100);
    *at++ = (char)('0' + status / 10 % 10);
    *at++ = (char)('0' + status % 10);
    *at++ = ' ';
    put_line_end(put_text(at, reason));
    ow_buf_commit(buf, len);
    return 0;
}

int ow_h1_write_field(struct ow_buf *buf, struct ow_str name,
                      struct ow_str value)
{
    size_t len = name.len + 2 + value.len + 2;
    char *at;

    int r = reserve(buf, len, &at);
    if (r < 0)
        return r;
    at = put_text(at, name);
    *at++ = ':';
    *at++ = ' ';
    put_line_end(put_text(at, value));
    ow_buf_commit(buf, len);
    return 0;
}

int ow_h1_write_head_end(struct ow_buf *buf)
{
    return ow_buf_append(buf, "\r\n", 2);
}

int ow_h1_write_chunk(struct ow_buf *buf, const void *bytes, size_t len)
{
    size_t digits = 1;
    char *at;

    if (len == 0)
        return 0;
    while (digits < 2 * sizeof len && len >> (4 * digits) > 0)
        digits++;
    size_t all = digits + 2 + len + 2;
    if (all < len)
        return -ENOBUFS;
    int r = reserve(buf, all, &at);
    if (r < 0)
        return r;
    for (size_t i = digits; i-- > 0;)
        *at++ = "0123456789abcdef"[len >> (4 * i) & 15];
    at = put_line_end(at);
    memcpy(at, bytes, len);
    put_line_end(at + len);
    ow_buf_commit(buf, all);
    return 0;
}

int ow_h1_write_last_chunk(struct ow_buf *buf, const struct ow_fields *trailers)
{
    size_t before = buf->len;

    int r = ow_buf_append(buf, "0\r\n", 3);
    for (size_t i = 0; r == 0 && trailers && i < trailers->n; i++)
        r = ow_h1_write_field(buf, trailers->items[i].name,
                              trailers->items[i].value);
    if (r == 0)
        r = ow_h1_write_head_end(buf);
    if (r < 0)
        buf->len = before; /* all of it or nothing */
    return r;
}
