/*
 * curl_end: what is done when a transfer has ended: its result from the rules,
 * the word to the host about it, and everything put back.
 */
#ifndef OW_SHIM_CURL_END_H
#define OW_SHIM_CURL_END_H

#include "shim/curl_handles.h"

/* code is libcurl's own; what the program is to get comes back. */
int ow_curl_end(struct ow_curl_handle *handle, void *easy, int code);

#endif
