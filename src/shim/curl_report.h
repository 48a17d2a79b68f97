/*
 * curl_report: tells the host of a transfer to a known host that has ended: how
 * the program has set its handle, and how libcurl went about it. A process
 * tells the same of the same host once.
 */
#ifndef OW_SHIM_CURL_REPORT_H
#define OW_SHIM_CURL_REPORT_H

#include "shim/curl_handles.h"

struct ow_curl_host;

/* code is what the program gets. */
void ow_curl_report(struct ow_curl_handle *handle,
                    const struct ow_curl_host *host, void *easy, int code);

#endif
