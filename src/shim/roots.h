/*
 * roots: a bundle of trusted roots that is parsed when it is first needed.
 *
 * Parsing the system's 145 certificates is most of what a short program with
 * TLS does, and for a stand-in not one of them matters. So the bundle's text
 * is kept beside OpenSSL's store, as one of the store's own look-ups: OpenSSL
 * asks it when an issuer is not among the certificates that the store has
 * (the session's CA is, trust.c sees to it), and then all of the bundle goes
 * in. Whoever the peer is, the store says of its chain what it would have said
 * with the bundle loaded at once; nobody here has to know the peer.
 */
#ifndef OW_SHIM_ROOTS_H
#define OW_SHIM_ROOTS_H

#include <stdbool.h>

/*
 * Whether a file may wait: one of the system's usual bundles, or a file of
 * roots that the session has made. Others are loaded as the program says.
 */
bool ow_roots_can_wait(const char *path);
/*
 * Leaves the bundle beside an X509_STORE. function is one of its libcrypto,
 * by which the others are found. False: load it now (an OpenSSL too old, a
 * file that is no bundle, a store that has one waiting, no memory).
 */
bool ow_roots_defer(void *store, const char *path, const void *function);
/* Puts what waits beside the store into it: somebody wants to see it all. */
void ow_roots_load(void *store, const void *function);
/* The same, unless caller (a return address) lies in that libcrypto itself. */
void ow_roots_load_for(void *store, const void *function, const void *caller);

#endif
