/*
 * curl_watch: follows a transfer from redirect to redirect, by a header
 * callback in front of the program's own. libcurl takes most options anew for
 * each host that it goes on to, and a head is over before that.
 */
#ifndef OW_SHIM_CURL_WATCH_H
#define OW_SHIM_CURL_WATCH_H

#include <stddef.h>

#include "shim/curl_handles.h"

struct ow_curl_watch;

/* NULL: no memory. The handle keeps it until the transfer ends. */
struct ow_curl_watch *ow_curl_watch_new(struct ow_curl_handle *handle);
void ow_curl_watch_free(struct ow_curl_watch *watch);

/* The CURLOPT_HEADERFUNCTION; its CURLOPT_HEADERDATA is the watch. */
size_t ow_curl_watch_header(char *line, size_t size, size_t count, void *watch);

#endif
