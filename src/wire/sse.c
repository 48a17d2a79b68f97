/*
 * sse: event streams and newline-delimited JSON. See sse.h. Called by plan/.
 */
#include "config.h"

#include "wire/sse.h"

#include <errno.h>

/* Cuts the next line off *s: it ends in CR LF, LF or CR, as in the stream. */
static struct ow_str cut_line(struct ow_str *s)
{
    struct ow_str all = *s;
    size_t n = 0;

    while (n < all.len && all.ptr[n] != '\r' && all.ptr[n] != '\n')
        n++;
    struct ow_str line = {all.ptr, n};
    if (n == all.len) {
        *s = (struct ow_str){NULL, 0};
        return line;
    }
    n +=
        all.ptr[n] == '\r' && n + 1 < all.len && all.ptr[n + 1] == '\n' ? 2 : 1;
    *s = (struct ow_str){all.ptr + n, all.len - n};
    return line;
}

/* "name: line" for each line of the value. The one space behind the colon is
 * not part of it; an empty line needs none. */
static int put_lines(struct ow_buf *buf, struct ow_str name,
                     struct ow_str value)
{
    int r = 0;

    while (r == 0 && value.ptr) {
        struct ow_str line = cut_line(&value);
        r = ow_buf_append_str(buf, name);
        if (r == 0)
            r = ow_buf_append(buf, ": ", line.len > 0 ? 2 : 1);
        if (r == 0)
            r = ow_buf_append_str(buf, line);
        if (r == 0)
            r = ow_buf_append(buf, "\n", 1);
    }
    return r;
}

/* s with its line ends and NULs made spaces. */
static int put_flat(struct ow_buf *buf, struct ow_str s)
{
    size_t at = buf->len;

    int r = ow_buf_append_str(buf, s);
    for (; r == 0 && at < buf->len; at++) {
        char *c = ow_buf_data(buf) + at;
        *c = *c == '\r' || *c == '\n' || *c == '\0' ? ' ' : *c;
    }
    return r;
}

static int put_line(struct ow_buf *buf, struct ow_str name, struct ow_str value)
{
    if (!value.ptr)
        return 0;
    int r = ow_buf_append_str(buf, name);
    if (r == 0)
        r = ow_buf_append(buf, ": ", value.len > 0 ? 2 : 1);
    if (r == 0)
        r = put_flat(buf, value);
    return r < 0 ? r : ow_buf_append(buf, "\n", 1);
}

int ow_sse_format(struct ow_buf *buf, const struct ow_sse_event *event)
{
    size_t before = buf->len;

    int r = put_lines(buf, OW_STR(""), event->comment);
    if (r == 0)
        r = put_line(buf, OW_STR("event"), event->event);
    if (r == 0)
        r = put_line(buf, OW_STR("id"), event->id);
    if (r == 0 && event->retry_ms >= 0)
        r = ow_buf_printf(buf, "retry: %lld\n", (long long)event->retry_ms);
    if (r == 0)
        r = put_lines(buf, OW_STR("data"), event->data);
    if (r == 0)
        r = ow_buf_append(buf, "\n", 1);
    if (r < 0)
        buf->len = before;
    return r;
}

int ow_sse_format_ndjson(struct ow_buf *buf, struct ow_str json)
{
    size_t before = buf->len;

    int r = put_flat(buf, json);
    if (r == 0)
        r = ow_buf_append(buf, "\n", 1);
    if (r < 0)
        buf->len = before;
    return r;
}
