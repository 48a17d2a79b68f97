/*
 * curl_known: whether a libcurl handle is about to go to a host that the
 * rules know. The host process is asked once for each name and port.
 */
#ifndef OW_SHIM_CURL_KNOWN_H
#define OW_SHIM_CURL_KNOWN_H

#include "shim/curl_handles.h"

/* Kept for the life of the process. */
struct ow_curl_host {
    struct ow_curl_host *next;
    bool is_known;
    uint16_t port;
    const char *host;  /* as in a URL: IPv6 in brackets */
    const char *name;  /* without them */
    const char *names; /* known: all names that rules know, or some */
};

/* A host as in a URL. NULL: it cannot be told now. */
const struct ow_curl_host *ow_curl_known_ask(const char *host, size_t len,
                                             uint16_t port);
/* Whether the handle's URL names a known host: then handle->host is set. */
bool ow_curl_known_is(struct ow_curl_handle *handle);

#endif
