/*
 * body: kept prefix, count and hash of a request's body. See body.h.
 * Called by exchange/; calls xxHash, whose header has all of it.
 */
#include "config.h"

#include "http/body.h"

#include <errno.h>
#define XXH_INLINE_ALL /* no library to load at each start */
#include <xxhash.h>

#include "http/digest.h"
#include "http/tail.h"

/* Memory that a connection holds on to between two requests. */
#define KEEP_BETWEEN (16 * 1024)

void ow_body_init(struct ow_body *body, size_t keep_max)
{
    *body = (struct ow_body){.keep_max = keep_max};
    ow_buf_init(&body->kept, keep_max);
}

void ow_body_release(struct ow_body *body)
{
    if (!body)
        return;
    ow_buf_release(&body->kept);
    XXH3_freeState(body->hash);
    ow_tail_free(body->tail);
    ow_body_init(body, body->keep_max);
}

void ow_body_reset(struct ow_body *body)
{
    ow_buf_clear(&body->kept, KEEP_BETWEEN);
    XXH3_freeState(body->hash);
    body->hash = NULL;
    body->tail = ow_tail_free(body->tail);
    body->delimiter = (struct ow_str){NULL, 0};
    body->size = 0;
}

void ow_body_keep(struct ow_body *body, size_t keep_max)
{
    body->keep_max = keep_max;
    body->kept.max = keep_max;
}

void ow_body_divide(struct ow_body *body, struct ow_str delimiter)
{
    body->delimiter = delimiter;
}

/* The body is longer than what is kept: from here on every byte is hashed as
 * it comes, beginning with those that were kept. */
static int outgrow(struct ow_body *body)
{
    struct ow_str kept = ow_buf_peek(&body->kept);

    if (body->delimiter.ptr) {
        body->tail = ow_tail_new(body->delimiter, kept);
        if (!body->tail)
            return -ENOMEM;
    }
    body->hash = XXH3_createState();
    if (!body->hash)
        return -ENOMEM;
    XXH3_128bits_reset(body->hash);
    XXH3_128bits_update(body->hash, kept.ptr, kept.len);
    return 0;
}

/* Bytes behind what is kept. */
static int feed_behind(struct ow_body *body, const char *bytes, size_t len)
{
    XXH3_128bits_update(body->hash, bytes, len);
    return body->tail ? ow_tail_feed(body->tail, bytes, len) : 0;
}

int ow_body_feed(struct ow_body *body, const void *bytes, size_t len)
{
    size_t room = body->keep_max - body->kept.len;
    int r = 0;

    if (body->hash) {
        r = feed_behind(body, bytes, len);
    } else if (len <= room) {
        r = ow_buf_append(&body->kept, bytes, len);
    } else {
        r = ow_buf_append(&body->kept, bytes, room);
        if (r == 0)
            r = outgrow(body);
        if (r == 0)
            r = feed_behind(body, (const char *)bytes + room, len - room);
    }
    if (r == 0)
        body->size += len;
    return r;
}

bool ow_body_is_whole(const struct ow_body *body)
{
    return body->size == body->kept.len;
}

void ow_body_hash(const struct ow_body *body, char ret_hex[OW_BODY_HASH + 1])
{
    XXH128_canonical_t bytes;

    if (body->hash) {
        XXH128_canonicalFromHash(&bytes, XXH3_128bits_digest(body->hash));
    } else {
        struct ow_str kept = ow_buf_peek(&body->kept);
        XXH128_canonicalFromHash(&bytes, XXH3_128bits(kept.ptr, kept.len));
    }
    ow_digest_hex((struct ow_str){(char *)bytes.digest, sizeof bytes.digest},
                  ret_hex);
    ret_hex[OW_BODY_HASH] = '\0';
}
