/*
 * h1_trace: what the h1 decoder makes of some bytes, as text, so that cuts,
 * cases and other parsers can be compared. Body bytes of one message are
 * joined: how they were cut must not show.
 *
 *     head POST /a 1.1 keep-alive chunked
 *     field Host: x
 *     body hello
 *     trailer T: v
 *     end
 *     fail 400 folded field line (line 3)
 *     open                      (the bytes end inside a message)
 *
 * Bytes that are not printable are written \xNN, backslashes \\; of values over
 * 256 bytes there is "(300 bytes, sum 0123456789abcdef)". Stops the
 * program when the decoder breaks its contract.
 */
#ifndef OW_TESTS_H1_TRACE_H
#define OW_TESTS_H1_TRACE_H

#include "base/buf.h"

/* Appends s with escapes. */
void h1_trace_escape(struct ow_buf *out, struct ow_str s);
/* The same, or count and sum (FNV-1a) of a long one. */
void h1_trace_value(struct ow_buf *out, struct ow_str s);

/*
 * Decodes len bytes and appends the trace. cuts are the n offsets, rising, at
 * which the bytes are cut; each piece is fed from memory of its own, which is
 * gone when the next one comes. step > 0 cuts at every step-th byte instead.
 */
void h1_trace(const char *data, size_t len, const size_t *cuts, size_t n,
              size_t step, struct ow_buf *out);

#endif
