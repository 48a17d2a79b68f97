/*
 * trust: the files and environment variables by which runtimes with TLS of
 * their own trust the session's CA (D5; interposition.md, 4). Most variables
 * replace the system's roots, so each gets a bundle of what the user had set,
 * else the system's roots, plus the session CA. One row per variable in
 * tls/trust.def.
 *
 * Called by the host once per session, and only for `offwire run` and
 * `offwire env`: a bare preload needs no file. Writes at most one file per
 * base, whatever the number of variables that name it.
 */
#ifndef OW_TLS_TRUST_H
#define OW_TLS_TRUST_H

#include "base/err.h"

/* What the environment has under name, or NULL; borrowed till the next add,
 * which may well change that environment. */
typedef const char *(*ow_trust_look_up_fn)(void *context, const char *name);
/* Takes note of a variable to set; 0 or a negative errno, which ends it. */
typedef int (*ow_trust_add_fn)(void *context, const char *name,
                               const char *value);

/*
 * Calls add for each variable to set. look_up reads the environment that the
 * program will get (getenv is for host/ and cli/ alone). Files are made in
 * dir, an absolute path, which holds ca.pem already. 0 or a negative errno
 * with a sentence; then some variables may have been added already.
 */
int ow_trust_prepare(const char *dir, ow_trust_look_up_fn look_up,
                     ow_trust_add_fn add, void *context, struct ow_err *err);

#endif
