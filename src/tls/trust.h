/*
 * trust: the files and environment variables by which runtimes with TLS of
 * their own trust the session's CA (D5; interposition.md, 4). Most variables
 * replace the system's roots, so each gets a bundle of what the user had set,
 * else the system's roots, plus the session CA. One row per variable in
 * tls/trust.def.
 */
#ifndef OW_TLS_TRUST_H
#define OW_TLS_TRUST_H

#include "base/err.h"

/* Calls add(context, "NAME", "value") for each variable to set. Files are made
 * in dir, which holds ca.pem already. 0 or a negative errno with a sentence. */
int ow_trust_prepare(const char *dir,
                     int (*add)(void *context, const char *name,
                                const char *value),
                     void *context, struct ow_err *err);

#endif
