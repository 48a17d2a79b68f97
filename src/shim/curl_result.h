/*
 * curl_result: how a transfer to a known host ends, if a rule says so: its
 * CURLcode, and the sentence in the error buffer.
 */
#ifndef OW_SHIM_CURL_RESULT_H
#define OW_SHIM_CURL_RESULT_H

#include "shim/curl_handles.h"

/* code is libcurl's own; what the program is to get comes back. */
int ow_curl_result(struct ow_curl_handle *handle, void *easy, int code);

#endif
