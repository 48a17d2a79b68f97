/*
 * results: how transfers end that only libcurl can end so: the CURLcode or the
 * sentence of an answer, kept under the client's end of the connection and the
 * request's target until the shim asks. A program may read the ends of several
 * transfers of one connection late, and HTTP/2 has several at once. Most
 * connections have none.
 */
#ifndef OW_HOST_RESULTS_H
#define OW_HOST_RESULTS_H

#include <netinet/in.h>

#include "base/str.h"

struct ow_results;

struct ow_results *ow_results_new(void); /* NULL: no memory */
struct ow_results *ow_results_free(struct ow_results *results);

/* code -1: the transfer's own stays. Takes the place of an older one of the
 * same target; a connection has the last OW_LIMIT_RESULTS_EACH, and when there
 * are OW_LIMIT_RESULTS connections the oldest is forgotten. */
void ow_results_put(struct ow_results *results, struct in_addr address,
                    uint16_t port, struct ow_str target, int code,
                    struct ow_str text);
/* A request of this target was answered in another way. */
void ow_results_drop(struct ow_results *results, struct in_addr address,
                     uint16_t port, struct ow_str target);
/* The connection is another one. */
void ow_results_forget(struct ow_results *results, struct in_addr address,
                       uint16_t port);
/*
 * The code, with the text in ret_text; false if there is none. Where no target
 * is this one (a program can send another than its URL says), what the
 * connection's last answer told. Stays there: libcurl can have several
 * transfers that end with one connection.
 */
bool ow_results_find(const struct ow_results *results, struct in_addr address,
                     uint16_t port, struct ow_str target, int *ret_code,
                     struct ow_str *ret_text);

#endif
