/*
 * trust: the session's CA in the program's own OpenSSL, for who is told of a
 * verification by other means than the hooks of trust.c.
 */
#ifndef OW_SHIM_TRUST_H
#define OW_SHIM_TRUST_H

/*
 * Adds the CA to the store that context (X509_STORE_CTX, set up) is to verify
 * with, if the session has signed what is verified. function is one of its
 * libcrypto, by which the others are found.
 */
void ow_trust_chain(void *context, const void *function);

#endif
