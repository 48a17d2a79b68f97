/*
 * join: the variables that put a program into a session: the preload, the
 * rules, the session's folder, the CA's bundles, hosts without a proxy. For
 * run and env.
 */
#ifndef OW_CLI_JOIN_H
#define OW_CLI_JOIN_H

#include "base/err.h"
#include "cli/environ.h"
#include "host/host.h"

/* 0 or a negative errno with a sentence. */
int ow_join_environ(struct ow_environ *env,
                    const struct ow_host_options *options, struct ow_host *host,
                    struct ow_err *err);
/* For a program that reaches the real hosts: no shim, and OFFWIRE_MODE, so that
 * a session within it is live as well. 0 or -ENOMEM. */
int ow_join_leave(struct ow_environ *env);
/*
 * The trust variables and their files in the session's folder. When the files
 * cannot be written (a full disk) that is said on stderr and the rest goes on:
 * the shim makes OpenSSL and GnuTLS trust the session without them.
 */
void ow_join_trust_or_say(struct ow_environ *env, struct ow_host *host);

#endif
