/*
 * body: kept prefix, count and SHA-256 of a request's body. See body.h.
 * Called by exchange/; calls OpenSSL, which hashes with the CPU's own
 * instructions where it has them.
 */
#include "config.h"

#include "http/body.h"

#include <errno.h>
#include <openssl/evp.h>

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
    EVP_MD_CTX_free(body->hash);
    ow_body_init(body, body->keep_max);
}

void ow_body_reset(struct ow_body *body)
{
    ow_buf_clear(&body->kept, KEEP_BETWEEN);
    EVP_MD_CTX_free(body->hash);
    body->hash = NULL;
    body->size = 0;
}

static int hash(struct ow_body *body, const void *bytes, size_t len)
{
    return EVP_DigestUpdate(body->hash, bytes, len) == 1 ? 0 : -ENOMEM;
}

/* The body is longer than what is kept: from here on every byte is hashed as
 * it comes, beginning with those that were kept. */
static int begin_hash(struct ow_body *body)
{
    struct ow_str kept = ow_buf_peek(&body->kept);

    body->hash = EVP_MD_CTX_new();
    if (!body->hash || EVP_DigestInit_ex(body->hash, EVP_sha256(), NULL) != 1)
        goto fail;
    if (hash(body, kept.ptr, kept.len) == 0)
        return 0;
fail:
    EVP_MD_CTX_free(body->hash);
    body->hash = NULL;
    return -ENOMEM;
}

int ow_body_feed(struct ow_body *body, const void *bytes, size_t len)
{
    size_t room = body->keep_max - body->kept.len;
    int r = 0;

    if (body->hash) {
        r = hash(body, bytes, len);
    } else if (len <= room) {
        r = ow_buf_append(&body->kept, bytes, len);
    } else {
        r = ow_buf_append(&body->kept, bytes, room);
        if (r == 0)
            r = begin_hash(body);
        if (r == 0)
            r = hash(body, (const char *)bytes + room, len - room);
    }
    if (r == 0)
        body->size += len;
    return r;
}

bool ow_body_is_whole(const struct ow_body *body)
{
    return body->size == body->kept.len;
}

/* The digest of what a running context has seen; it can be fed on. */
static int digest_so_far(const EVP_MD_CTX *running, unsigned char *ret)
{
    EVP_MD_CTX *copy = EVP_MD_CTX_new();
    int ok = copy && EVP_MD_CTX_copy_ex(copy, running) == 1 &&
             EVP_DigestFinal_ex(copy, ret, NULL) == 1;

    EVP_MD_CTX_free(copy);
    return ok ? 0 : -ENOMEM;
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
    int r = body->hash ? digest_so_far(body->hash, digest)
                       : digest_kept(body, digest);

    if (r < 0)
        return r;
    for (int i = 0; i < 32; i++) {
        ret_hex[2 * i] = "0123456789abcdef"[digest[i] >> 4];
        ret_hex[2 * i + 1] = "0123456789abcdef"[digest[i] & 15];
    }
    ret_hex[64] = '\0';
    return 0;
}
