/*
 * hello: what a ClientHello says about the certificate that its client can
 * take. For SSL_CTX_set_client_hello_cb, while OpenSSL has not looked at it.
 */
#ifndef OW_TLS_HELLO_H
#define OW_TLS_HELLO_H

#include <stdbool.h>

#include <openssl/ssl.h>

/*
 * Whether a certificate with a key of EC P-256 will do. It does for nearly all;
 * programs that name their ciphers or signatures may name RSA's alone, which a
 * real server has as well.
 */
bool ow_hello_takes_ec(SSL *ssl);

#endif
