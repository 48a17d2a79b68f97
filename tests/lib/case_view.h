/*
 * case_view: what a client received, as a case shows it: decoded, byte by
 * byte, or in time.
 */
#ifndef OW_TESTS_CASE_VIEW_H
#define OW_TESTS_CASE_VIEW_H

#include "base/buf.h"

/* An answer at the front of what was received, decoded as far as it came. */
struct case_answer {
    bool has_head;
    bool is_whole; /* the end was seen; never for one that ends by closing */
    struct ow_str head; /* status line and fields, without the empty line */
    struct ow_buf body; /* transfer coding taken off */
    struct ow_str trailers;
    size_t used; /* bytes of it */
};

/* to_head: the request was HEAD, so there is no body. */
void case_answer_decode(struct ow_str received, bool to_head,
                        struct case_answer *ret);
void case_answer_release(struct case_answer *answer);

/* The answer as text: Date left out, gzip taken off, a big body counted. */
void case_answer_show(const struct case_answer *answer, struct ow_buf *out);

/* Bytes as text on one line: \n, \r, \\, \x00. */
void case_show_escaped(struct ow_str bytes, struct ow_buf *out);
/* Bytes as text: CRLF is a line end, a bare LF is \n and a line end, and a
 * last line without any ends in \c. */
void case_show_wire(struct ow_str bytes, struct ow_buf *out);

#endif
