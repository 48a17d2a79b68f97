/*
 * proxies: a proxy in a program's environment is asked for the hosts of the
 * rules, and reaches the real ones. `offwire run` and `offwire env` keep it
 * away from them (cli/no_proxy.h); a bare preload cannot change what a program
 * began with, so it is told.
 */
#ifndef OW_HOST_PROXIES_H
#define OW_HOST_PROXIES_H

#include "host/session.h"

/* Whether an item of an environment, "NAME=VALUE", sets a proxy: any
 * "..._proxy" in any case that is not empty, but for "no_proxy". */
bool ow_proxies_is_one(struct ow_str item);
/*
 * Says so, once for a session, if the program's environment has a proxy, and a
 * no_proxy that leaves it a host of the rules. Not for libcurl's callers: what
 * they have set is put aside by the shim.
 */
void ow_proxies_tell(struct ow_session *session,
                     const struct ow_program *program);

#endif
