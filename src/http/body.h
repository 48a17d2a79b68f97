/*
 * body: what is known of a request's body. The first OW_LIMIT_BODY_KEPT bytes
 * (or the limit given) are kept for matching; all of it is counted and hashed.
 * A body that is wholly kept is hashed only when its hash is asked for, so
 * that small requests pay nothing for it. Of a long multipart body the parts
 * behind the first bytes are known, too (tail.h).
 *
 * The hash is XXH128 (https://xxhash.com), as `xxhsum -H128` prints it of a
 * file. It tells whether two bodies are the same; it is no proof against who
 * means to deceive. SHA-256 took more of a big upload than all else together.
 */
#ifndef OW_HTTP_BODY_H
#define OW_HTTP_BODY_H

#include "base/buf.h"

struct ow_tail;

#define OW_BODY_HASH 32 /* hex digits */

struct ow_body {
    struct ow_buf kept;
    size_t keep_max;
    uint64_t size;           /* bytes seen */
    void *hash;              /* of xxHash; made when a body outgrows kept */
    struct ow_str delimiter; /* of a multipart body; else NULL */
    struct ow_tail *tail;    /* of one that outgrows kept, what is behind */
};

void ow_body_init(struct ow_body *body, size_t keep_max);
void ow_body_release(struct ow_body *body);
/* For the next message on a connection: as after init, memory kept if small. */
void ow_body_reset(struct ow_body *body);

/* Keeps so much of this message instead; nothing of it was fed yet. */
void ow_body_keep(struct ow_body *body, size_t keep_max);
/* This message is multipart, its parts divided by this (ow_form_delimiter),
 * which must outlive it; nothing of it was fed yet. */
void ow_body_divide(struct ow_body *body, struct ow_str delimiter);
/* 0 or -ENOMEM. */
int ow_body_feed(struct ow_body *body, const void *bytes, size_t len);
/* Whether kept is the whole body. */
bool ow_body_is_whole(const struct ow_body *body);
/* The hash of all of it so far, in lower-case hex, and a NUL. */
void ow_body_hash(const struct ow_body *body, char ret_hex[OW_BODY_HASH + 1]);

#endif
