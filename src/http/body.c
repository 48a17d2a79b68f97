/*
 * body: kept prefix, count and SHA-256 of a request's body. See body.h.
 * Called by exchange/; calls hasher.c for what is not kept.
 */
#include "config.h"

#include "http/body.h"

#include <errno.h>
#include <openssl/evp.h>

#include "http/digest.h"
#include "http/hasher.h"
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
    ow_hasher_free(body->hasher);
    ow_tail_free(body->tail);
    ow_body_init(body, body->keep_max);
}

void ow_body_reset(struct ow_body *body)
{
    ow_buf_clear(&body->kept, KEEP_BETWEEN);
    body->hasher = ow_hasher_free(body->hasher);
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
    body->hasher = ow_hasher_new();
    if (!body->hasher)
        return -ENOMEM;
    int r = ow_hasher_feed(body->hasher, kept.ptr, kept.len);
    if (r < 0)
        body->hasher = ow_hasher_free(body->hasher);
    return r;
}

/* Bytes behind what is kept. */
static int feed_behind(struct ow_body *body, const char *bytes, size_t len)
{
    int r = ow_hasher_feed(body->hasher, bytes, len);

    if (r == 0 && body->tail)
        r = ow_tail_feed(body->tail, bytes, len);
    return r;
}

int ow_body_feed(struct ow_body *body, const void *bytes, size_t len)
{
    size_t room = body->keep_max - body->kept.len;
    int r = 0;

    if (body->hasher) {
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

static int digest_kept(const struct ow_body *body, unsigned char *ret)
{
    struct ow_str kept = ow_buf_peek(&body->kept);
    int ok = EVP_Digest(kept.ptr, kept.len, ret, NULL, EVP_sha256(), NULL);

    return ok == 1 ? 0 : -ENOMEM;
}

int ow_body_digest(struct ow_body *body, char ret_hex[65])
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    int r = body->hasher ? ow_hasher_digest(body->hasher, digest)
                         : digest_kept(body, digest);

    if (r < 0)
        return r;
    ow_digest_hex((struct ow_str){(char *)digest, OW_DIGEST_SHA256}, ret_hex);
    ret_hex[64] = '\0';
    return 0;
}
