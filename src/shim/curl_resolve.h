/*
 * curl_resolve: CURLOPT_RESOLVE as libcurl gets it. libcurl reads the list once
 * at a transfer's begin, into a cache that outlives the transfer and may be
 * shared, so an entry for a known host must never come there: it would lead
 * any later transfer elsewhere, also one that a redirect brings.
 */
#ifndef OW_SHIM_CURL_RESOLVE_H
#define OW_SHIM_CURL_RESOLVE_H

#include <stdbool.h>

#include "shim/curl_list.h"

/*
 * A copy of the program's list in one block, for free(): each entry for a known
 * host says "-HOST:PORT" instead, which takes it out of the cache. With
 * without_all also "*:PORT", for every host without one of its own. NULL: no
 * memory, or list is NULL.
 */
struct ow_curl_node *ow_curl_resolve_copy(const struct ow_curl_node *list,
                                          bool without_all);
/* Whether an entry is for a known host, or for every host. */
bool ow_curl_resolve_concerns(const struct ow_curl_node *list);
/* Whether there is an entry for every host. */
bool ow_curl_resolve_has_all(const struct ow_curl_node *list);

#endif
