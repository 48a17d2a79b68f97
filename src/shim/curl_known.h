/*
 * curl_known: whether a libcurl handle is about to go to a host that the
 * rules know. The host process is asked once for each name and port; URLs are
 * taken apart by the handle's own libcurl, so that both mean the same host,
 * once for each "scheme://authority".
 */
#ifndef OW_SHIM_CURL_KNOWN_H
#define OW_SHIM_CURL_KNOWN_H

#include "shim/curl_handles.h"

/* Kept for the life of the process. */
struct ow_curl_host {
    struct ow_curl_host *next;
    bool is_known;
    bool is_guess; /* the host process could not be asked: ask again */
    uint16_t port;
    const char *host; /* as in a URL: IPv6 in brackets */
    const char *name; /* without them */
};

/* A host as in a URL. Where the host process cannot be asked it counts as
 * known: what is mocked must not get out by a proxy. NULL: one of very many
 * that are unknown, or no memory. */
const struct ow_curl_host *ow_curl_known_ask(const char *host, size_t len,
                                             uint16_t port);
/* The known host that the handle's URL names, or NULL; sets handle->host. */
const struct ow_curl_host *ow_curl_known_of(struct ow_curl_handle *handle);
/* The known host that a redirect leads to, from where the handle is; or NULL.
 * location NULL: the one where it is. */
const struct ow_curl_host *
ow_curl_known_next(const struct ow_curl_handle *handle, void *easy,
                   const char *location);

#endif
