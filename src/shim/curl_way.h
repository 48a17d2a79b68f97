/*
 * curl_way: clears the way of a transfer while it goes to a known host, and
 * puts everything back as the program has set it (D6). A transfer that may be
 * redirected, and that some option leads elsewhere, is watched (curl_watch.h):
 * the way is cleared and put back from host to host. What no option leads
 * elsewhere is left alone.
 */
#ifndef OW_SHIM_CURL_WAY_H
#define OW_SHIM_CURL_WAY_H

#include "shim/curl_handles.h"

/* A transfer begins: clears if the handle's URL names a known host. */
void ow_curl_way_begin(struct ow_curl_handle *handle, void *easy);
/* The known host that it began with, or NULL. */
const struct ow_curl_host *
ow_curl_way_host(const struct ow_curl_handle *handle);
/* A redirect leads it on to a host; NULL: to one that is not known. */
void ow_curl_way_turn(struct ow_curl_handle *handle, void *easy,
                      const struct ow_curl_host *host);
/* Puts everything back. */
void ow_curl_way_end(struct ow_curl_handle *handle, void *easy);
/* Puts the same back in a copy of the handle. */
void ow_curl_way_end_copy(const struct ow_curl_handle *handle, void *copy,
                          struct ow_curl_handle *copied);
/* Whether the program's value is only remembered until the way's end. */
bool ow_curl_way_holds(const struct ow_curl_handle *handle,
                       enum ow_curl_option option);
/* Sets CURLOPT_RESOLVE without known hosts. 0 or libcurl's code. */
int ow_curl_way_set_resolve(struct ow_curl_handle *handle, void *easy,
                            void *list);
/* Forgets it: the handle was reset or is gone. NULL is allowed. */
void ow_curl_way_free(struct ow_curl_way *way);

#endif
