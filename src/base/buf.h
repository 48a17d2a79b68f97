/*
 * buf: a growing queue of bytes: written at the end, consumed at the front.
 *
 *      data        start             start+len          cap
 *       |  consumed  |     content       |     room      |
 *
 * A buffer has a maximum, given at init; a write past it fails with -ENOBUFS
 * and changes nothing. A failed allocation is -ENOMEM and changes nothing.
 *
 *     struct ow_buf b;
 *     ow_buf_init(&b, OW_LIMIT_HEAD);
 *     ow_buf_append(&b, "GET ", 4);
 *     write(fd, ow_buf_data(&b), b.len);
 *     ow_buf_release(&b);
 */
#ifndef OW_BASE_BUF_H
#define OW_BASE_BUF_H

#include <string.h>

#include "base/str.h"

struct ow_buf {
    char *data;
    size_t start; /* bytes before the content that were consumed */
    size_t len;   /* bytes of content */
    size_t cap;   /* bytes allocated */
    size_t max;   /* most content it may hold; 0 means no limit of its own */
};

void ow_buf_init(struct ow_buf *buf, size_t max);
/* Frees the bytes; the buffer is as after init. */
void ow_buf_release(struct ow_buf *buf);
/* Drops the content; keeps the memory unless it is over keep bytes. */
void ow_buf_clear(struct ow_buf *buf, size_t keep);

static inline char *ow_buf_data(const struct ow_buf *buf)
{
    return buf->data + buf->start;
}

static inline struct ow_str ow_buf_peek(const struct ow_buf *buf)
{
    return (struct ow_str){buf->data ? buf->data + buf->start : "", buf->len};
}

/* Room for len more bytes of content behind it, and for spare ones that are
 * none. 0, -ENOMEM, -ENOBUFS. */
int ow_buf_make_room(struct ow_buf *buf, size_t len, size_t spare);

/* Whether len more bytes fit as it is, which is nearly always so. */
static inline bool ow_buf_has_room(const struct ow_buf *buf, size_t len)
{
    return len <= buf->cap - buf->start - buf->len &&
           (buf->max == 0 || buf->len + len <= buf->max) && buf->data;
}

static inline int ow_buf_append(struct ow_buf *buf, const void *bytes,
                                size_t len)
{
    int r = ow_buf_has_room(buf, len) ? 0 : ow_buf_make_room(buf, len, 0);

    if (r == 0 && len > 0) {
        memcpy(ow_buf_data(buf) + buf->len, bytes, len);
        buf->len += len;
    }
    return r;
}

static inline int ow_buf_append_str(struct ow_buf *buf, struct ow_str s)
{
    return ow_buf_append(buf, s.ptr, s.len);
}

int ow_buf_printf(struct ow_buf *buf, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/*
 * Room for len bytes behind the content; NULL when over max or out of memory.
 * Bytes written there become content with ow_buf_commit().
 */
static inline char *ow_buf_reserve(struct ow_buf *buf, size_t len)
{
    if (!ow_buf_has_room(buf, len) && ow_buf_make_room(buf, len, 0) < 0)
        return NULL;
    return ow_buf_data(buf) + buf->len;
}

static inline void ow_buf_commit(struct ow_buf *buf, size_t len)
{
    buf->len += len;
}

/* Drops len bytes (at most the content) from the front. */
void ow_buf_consume(struct ow_buf *buf, size_t len);

#endif
