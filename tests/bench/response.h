/*
 * response: reads one response with a Content-Length off a blocking
 * connection; just enough HTTP for the bench, and strict about it.
 */
#ifndef OW_BENCH_RESPONSE_H
#define OW_BENCH_RESPONSE_H

#include "client.h"

/* Length of the head that bytes begin with, its blank line included, 0 while
 * it is not whole; then the body's length is in ret_body. */
size_t response_head(const char *bytes, size_t len, uint64_t *ret_body);
/* Reads a whole response and forgets it; returns the body's length. */
uint64_t response_read(struct client_conn *conn);

#endif
