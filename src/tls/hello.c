/*
 * hello: looks at a ClientHello. See hello.h. Called by server.
 */
#include "config.h"

#include "tls/hello.h"

#include <stdint.h>

/* RFC 8446, 4.2.3 and 4.2.7. */
#define ECDSA_SECP256R1_SHA256 0x0403
#define SECP256R1              0x0017

/* Of numbers of two bytes each. */
static bool has_number(const unsigned char *list, size_t len, uint16_t wanted)
{
    for (size_t i = 0; i + 1 < len; i += 2)
        if ((list[i] << 8 | list[i + 1]) == wanted)
            return true;
    return false;
}

/* Whether an extension has the number; its list stands behind so many bytes,
 * which tell its length. */
static bool has_in(SSL *ssl, unsigned type, size_t behind, uint16_t wanted,
                   bool if_absent)
{
    const unsigned char *data;
    size_t len;

    if (!SSL_client_hello_get0_ext(ssl, type, &data, &len))
        return if_absent;
    return len > behind && has_number(data + behind, len - behind, wanted);
}

/* Who takes no signature of RSA's either is not helped by one. */
static bool signs_by_rsa(SSL *ssl)
{
    /* rsa_pkcs1 and rsa_pss_rsae, each with SHA-256, 384 and 512. */
    static const uint16_t schemes[] = {0x0401, 0x0501, 0x0601,
                                       0x0804, 0x0805, 0x0806};

    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++)
        if (has_in(ssl, TLSEXT_TYPE_signature_algorithms, 2, schemes[i], true))
            return true;
    return false;
}

/* Before TLS 1.3 a cipher says how the server proves itself. */
static bool has_ec_cipher(SSL *ssl)
{
    const unsigned char *list;
    size_t len = SSL_client_hello_get0_ciphers(ssl, &list);

    for (size_t i = 0; i + 1 < len; i += 2) {
        const SSL_CIPHER *cipher = SSL_CIPHER_find(ssl, list + i);
        if (cipher && SSL_CIPHER_get_auth_nid(cipher) == NID_auth_ecdsa)
            return true;
    }
    return false;
}

bool ow_hello_takes_ec(SSL *ssl)
{
    if (!has_in(ssl, TLSEXT_TYPE_signature_algorithms, 2,
                ECDSA_SECP256R1_SHA256, true))
        return !signs_by_rsa(ssl);
    if (has_in(ssl, TLSEXT_TYPE_supported_versions, 1, TLS1_3_VERSION, false))
        return true;
    return has_in(ssl, TLSEXT_TYPE_supported_groups, 2, SECP256R1, true) &&
           has_ec_cipher(ssl);
}
