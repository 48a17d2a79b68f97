/*
 * curl_environ: whether the environment names a proxy. libcurl asks for it at
 * each connection; programs set it while they run.
 */
#ifndef OW_SHIM_CURL_ENVIRON_H
#define OW_SHIM_CURL_ENVIRON_H

#include <stdbool.h>

/* Also true for one that is set and empty. */
bool ow_curl_environ_has_proxy(void);

#endif
