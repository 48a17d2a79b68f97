/*
 * digest: the hashes that APIs have in headers, ids and signatures.
 */
#ifndef OW_HTTP_DIGEST_H
#define OW_HTTP_DIGEST_H

#include "base/str.h"

#define OW_DIGEST_SHA256 32 /* bytes */
#define OW_DIGEST_SHA1   20

/* Two lower-case digits for each byte; no NUL. */
void ow_digest_hex(struct ow_str bytes, char *ret_digits);
/* 0 or -ENOMEM. */
int ow_digest_sha256(struct ow_str text,
                     unsigned char ret_digest[OW_DIGEST_SHA256]);
int ow_digest_sha1(struct ow_str text,
                   unsigned char ret_digest[OW_DIGEST_SHA1]);
int ow_digest_hmac_sha1(struct ow_str key, struct ow_str text,
                        unsigned char ret_digest[OW_DIGEST_SHA1]);
int ow_digest_hmac_sha256(struct ow_str key, struct ow_str text,
                          unsigned char ret_digest[OW_DIGEST_SHA256]);

#endif
