/*
 * h2_trace: a client's bytes into a connection that has agreed on HTTP/2, and
 * what comes back as text: a line for each frame of the server's, but for
 * SETTINGS and WINDOW_UPDATE, whose place depends on how the bytes are cut;
 * then what the journal has, and how the connection stands.
 *
 *     HEADERS 1 end_headers :status 200
 *     DATA 1 end_stream "hello"
 *     GOAWAY 1 PROTOCOL_ERROR
 *     bad-request: this is no HTTP/2: ...
 *     [close]
 *
 * "/" is answered with "hello", "/never" not at all, "/t" has trailers; all
 * else has no rule.
 */
#ifndef OW_TESTS_H2_TRACE_H
#define OW_TESTS_H2_TRACE_H

#include "base/buf.h"

/* Fed step bytes at a time; 0: all at once. Stops the program when something
 * breaks a contract. */
void h2_trace(const char *bytes, size_t len, size_t step, struct ow_buf *out);

#endif
