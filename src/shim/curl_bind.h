/*
 * curl_bind: what the hooks of curl.c and curl_multi.c begin with.
 */
#ifndef OW_SHIM_CURL_BIND_H
#define OW_SHIM_CURL_BIND_H

#include "shim/curl_handles.h"

/*
 * The entry of a handle, made if it is new; its library is the one that the
 * call goes to. caller is the hook's return address. NULL: the call just goes
 * on to what the caller means (next.h): in a process that is not served, for
 * handles that libcurl keeps for itself, and when memory is short.
 */
struct ow_curl_handle *ow_curl_bind(const void *key, enum ow_hook hook,
                                    const void *caller);

#endif
