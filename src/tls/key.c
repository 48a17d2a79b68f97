/*
 * key: EC P-256 keys (and RSA's), in the form that costs least where they are
 * used. A key that EVP_EC_gen() makes lives inside OpenSSL's provider, and each
 * X509_set_pubkey() then runs the encoder framework: 0.17 ms for a
 * certificate, 0.45 ms for the first. With an EC_KEY inside it is 0.02 ms.
 * OpenSSL 3 calls EC_KEY deprecated, so this file alone uses it.
 *
 * Called by ca and leaf.
 */
#define OPENSSL_SUPPRESS_DEPRECATED

#include "config.h"

#include "tls/key.h"

#include <openssl/ec.h>
#include <openssl/objects.h>
#include <openssl/rsa.h>

#define RSA_BITS 2048

static EC_KEY *new_ec_key(void)
{
    EC_KEY *ec = EC_KEY_new_by_curve_name(NID_X9_62_prime256v1);

    if (ec && EC_KEY_generate_key(ec))
        return ec;
    EC_KEY_free(ec);
    return NULL;
}

EVP_PKEY *ow_key_new(void)
{
    EC_KEY *ec = new_ec_key();
    EVP_PKEY *key = ec ? EVP_PKEY_new() : NULL;

    /* Assigning passes ec to key. */
    if (key && EVP_PKEY_assign_EC_KEY(key, ec))
        return key;
    EVP_PKEY_free(key);
    EC_KEY_free(ec);
    return NULL;
}

EVP_PKEY *ow_key_new_rsa(void)
{
    return EVP_RSA_gen(RSA_BITS);
}
