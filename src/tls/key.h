/*
 * key: private keys of the session. They live in memory alone.
 */
#ifndef OW_TLS_KEY_H
#define OW_TLS_KEY_H

#include <openssl/evp.h>

/* A new EC P-256 key for EVP_PKEY_free(); NULL when OpenSSL has failed. */
EVP_PKEY *ow_key_new(void);
/* The same of RSA, 2048 bits, which takes some 0.1 s. */
EVP_PKEY *ow_key_new_rsa(void);

#endif
