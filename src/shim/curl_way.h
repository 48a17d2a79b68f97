/*
 * curl_way: clears the way of one transfer to a known host, and puts
 * everything back as the program has set it (D6). What can be said for a host
 * alone (CURLOPT_NOPROXY, CONNECT_TO, RESOLVE) is said so, because a redirect
 * may lead the transfer on to a host that is not ours.
 */
#ifndef OW_SHIM_CURL_WAY_H
#define OW_SHIM_CURL_WAY_H

#include "shim/curl_handles.h"

/* If the handle's URL names a known host: clears. */
void ow_curl_way_begin(struct ow_curl_handle *handle, void *easy);
/* Puts back, if the way was cleared. */
void ow_curl_way_end(struct ow_curl_handle *handle, void *easy);
/* Puts the same back in a copy of the handle. */
void ow_curl_way_end_copy(const struct ow_curl_handle *handle, void *copy,
                          const struct ow_curl_handle *copied);
/* Whether the program's value is only remembered until the way's end. */
bool ow_curl_way_holds(struct ow_curl_handle *handle,
                       enum ow_curl_option option);
/* Forgets it: the handle was reset or is gone. NULL is allowed. */
void ow_curl_way_free(struct ow_curl_way *way);

#endif
