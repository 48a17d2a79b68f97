/*
 * digest: hashes, by OpenSSL. See digest.h.
 */
#include "config.h"

#include "http/digest.h"

#include <errno.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

void ow_digest_hex(struct ow_str bytes, char *ret_digits)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < bytes.len; i++) {
        unsigned char c = (unsigned char)bytes.ptr[i];
        *ret_digits++ = digits[c >> 4];
        *ret_digits++ = digits[c & 15];
    }
}

int ow_digest_sha256(struct ow_str text,
                     unsigned char ret_digest[OW_DIGEST_SHA256])
{
    int ok =
        EVP_Digest(text.ptr, text.len, ret_digest, NULL, EVP_sha256(), NULL);

    return ok == 1 ? 0 : -ENOMEM;
}

int ow_digest_sha1(struct ow_str text, unsigned char ret_digest[OW_DIGEST_SHA1])
{
    int ok = EVP_Digest(text.ptr, text.len, ret_digest, NULL, EVP_sha1(), NULL);

    return ok == 1 ? 0 : -ENOMEM;
}

static int hmac(const EVP_MD *hash, struct ow_str key, struct ow_str text,
                unsigned char *ret_digest)
{
    const unsigned char *bytes = (const unsigned char *)text.ptr;

    return HMAC(hash, key.ptr, (int)key.len, bytes, text.len, ret_digest, NULL)
               ? 0
               : -ENOMEM;
}

int ow_digest_hmac_sha1(struct ow_str key, struct ow_str text,
                        unsigned char ret_digest[OW_DIGEST_SHA1])
{
    return hmac(EVP_sha1(), key, text, ret_digest);
}

int ow_digest_hmac_sha256(struct ow_str key, struct ow_str text,
                          unsigned char ret_digest[OW_DIGEST_SHA256])
{
    return hmac(EVP_sha256(), key, text, ret_digest);
}
