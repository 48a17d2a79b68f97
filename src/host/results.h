/*
 * results: how transfers end that only libcurl can end so: the CURLcode or the
 * sentence of the last answer of a connection, kept under the client's end of
 * it until the shim asks. Most connections have none.
 */
#ifndef OW_HOST_RESULTS_H
#define OW_HOST_RESULTS_H

#include <netinet/in.h>

#include "base/str.h"

struct ow_results;

struct ow_results *ow_results_new(void); /* NULL: no memory */
struct ow_results *ow_results_free(struct ow_results *results);

/* code -1: the transfer's own stays. Takes the place of an older one; when
 * there are OW_LIMIT_RESULTS the oldest is dropped. */
void ow_results_put(struct ow_results *results, struct in_addr address,
                    uint16_t port, int code, struct ow_str text);
void ow_results_drop(struct ow_results *results, struct in_addr address,
                     uint16_t port);
/* The code, with the text in ret_text; false if there is none. Stays there:
 * libcurl can have several transfers that end with one connection. */
bool ow_results_find(const struct ow_results *results, struct in_addr address,
                     uint16_t port, int *ret_code, struct ow_str *ret_text);

#endif
