/*
 * buf: a growing queue of bytes. See buf.h.
 */
#include "config.h"

#include "base/buf.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SMALLEST 512

void ow_buf_init(struct ow_buf *buf, size_t max)
{
    *buf = (struct ow_buf){.max = max};
}

void ow_buf_release(struct ow_buf *buf)
{
    free(buf->data);
    ow_buf_init(buf, buf->max);
}

void ow_buf_clear(struct ow_buf *buf, size_t keep)
{
    if (buf->cap > keep)
        ow_buf_release(buf);
    buf->start = 0;
    buf->len = 0;
}

static void move_to_front(struct ow_buf *buf)
{
    if (buf->data && buf->start > 0)
        memmove(buf->data, buf->data + buf->start, buf->len);
    buf->start = 0;
}

/* Room for need bytes of content in all, content at the front. */
static int grow(struct ow_buf *buf, size_t need)
{
    size_t cap = buf->cap ? buf->cap : SMALLEST;

    while (cap < need)
        if (__builtin_mul_overflow(cap, 2, &cap))
            return -ENOMEM;
    char *data = realloc(buf->data, cap);
    if (!data)
        return -ENOMEM;
    buf->data = data;
    buf->cap = cap;
    return 0;
}

int ow_buf_make_room(struct ow_buf *buf, size_t len, size_t spare)
{
    size_t need;

    if (__builtin_add_overflow(buf->len, len, &need))
        return -ENOBUFS;
    if (buf->max > 0 && need > buf->max)
        return -ENOBUFS;
    if (__builtin_add_overflow(need, spare, &need))
        return -ENOBUFS;
    if (buf->cap - buf->start >= need && buf->data)
        return 0;
    move_to_front(buf);
    return buf->data && buf->cap >= need ? 0 : grow(buf, need);
}

int ow_buf_printf(struct ow_buf *buf, const char *format, ...)
{
    va_list args, again;

    va_start(args, format);
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    int r =
        len < 0 ? -EINVAL : ow_buf_make_room(buf, (size_t)len, 1); /* the NUL */
    if (r == 0) {
        vsnprintf(buf->data + buf->start + buf->len, (size_t)len + 1, format,
                  again);
        buf->len += (size_t)len;
    }
    va_end(again);
    return r;
}

void ow_buf_consume(struct ow_buf *buf, size_t len)
{
    if (len >= buf->len) {
        buf->start = 0;
        buf->len = 0;
        return;
    }
    buf->start += len;
    buf->len -= len;
}
