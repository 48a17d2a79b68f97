/*
 * cert: makes one X.509 certificate, of a CA or of a host, such as the
 * strictest verifiers take (Python's VERIFY_X509_STRICT, Go, GnuTLS, Java):
 * version 3, random positive serial, critical basic constraints and key usage,
 * subject and authority key identifiers, names of hosts in the SAN.
 *
 * Called by ca and leaf.
 */
#ifndef OW_TLS_CERT_H
#define OW_TLS_CERT_H

#include <openssl/x509.h>

struct ow_cert {
    const char *common_name; /* NULL: no subject; at most 64 bytes */
    const char *host;        /* name or IP literal; NULL: it is a CA's */
    EVP_PKEY *key;           /* whose it is */
    X509 *issuer;            /* NULL: signs itself */
    EVP_PKEY *issuer_key;    /* used when issuer is set */
    long begins;             /* seconds from now, may be negative */
    long ends;
};

/* For X509_free(). 0, or -ENOMEM when OpenSSL has failed. */
int ow_cert_new(const struct ow_cert *cert, X509 **ret);
/*
 * The same certificate, read from its own bytes. Such a one keeps them, where
 * OpenSSL encodes one that was made each time it is shown; but the first that
 * is read loads decoders, which costs what showing forty costs. For
 * X509_free(); NULL when there is no memory.
 */
X509 *ow_cert_read_back(const X509 *x509);

#endif
