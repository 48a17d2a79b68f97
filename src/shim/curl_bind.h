/*
 * curl_bind: what the hooks of curl.c and curl_multi.c begin with.
 */
#ifndef OW_SHIM_CURL_BIND_H
#define OW_SHIM_CURL_BIND_H

#include "shim/curl_handles.h"

/*
 * The entry of a handle, made if it is new, and its library. caller is the
 * hook's return address. The entry is NULL for handles that libcurl keeps for
 * itself, and when memory is short; the library is NULL if there is none.
 */
struct ow_curl_handle *ow_curl_bind(const void *key, enum ow_hook hook,
                                    const void *caller,
                                    const struct ow_curl_library **ret);

#endif
