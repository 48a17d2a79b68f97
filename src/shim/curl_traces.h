/*
 * curl_traces: libcurl writes what hosts have told it to do in later runs into
 * files: CURLOPT_HSTS and CURLOPT_ALTSVC, when a handle ends. What a rule has
 * told it must not stay there: it would steer runs that go to the real host.
 * Entries for known hosts become again what they were before; all others stay.
 */
#ifndef OW_SHIM_CURL_TRACES_H
#define OW_SHIM_CURL_TRACES_H

#include "shim/curl_handles.h"

struct ow_curl_traces;

/* Before the handle ends; it may be NULL. NULL: there is nothing to do. */
struct ow_curl_traces *
ow_curl_traces_begin(const struct ow_curl_handle *handle);
/* After that. Frees traces. */
void ow_curl_traces_end(struct ow_curl_traces *traces);

#endif
