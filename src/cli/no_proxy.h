/*
 * no_proxy: a proxy in the environment would be asked for the hosts of the
 * rules, and would reach the real ones. So no_proxy and NO_PROXY, which most
 * clients read, get these hosts in addition; a libcurl that the shim sees needs
 * neither. Where the rules are for all hosts the proxies themselves are taken
 * away. Where no proxy is set nothing is changed.
 */
#ifndef OW_CLI_NO_PROXY_H
#define OW_CLI_NO_PROXY_H

#include "cli/environ.h"
#include "rule/table.h"

/*
 * live: hosts that are not mocked, with commas, or NULL; they go by the proxy
 * as ever. 0, -ENOMEM, or -E2BIG: the list is longer than a variable should be,
 * and nothing was changed.
 */
int ow_no_proxy_set(struct ow_environ *env, const struct ow_table *table,
                    const char *live);

/* After it: a host of the rules for which a proxy is asked all the same, an
 * address of IPv6; absent where there is none, or no proxy. */
struct ow_str ow_no_proxy_left_out(const struct ow_environ *env,
                                   const struct ow_table *table);

#endif
