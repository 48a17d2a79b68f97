/*
 * sse: server-sent events as text/event-stream bytes (WHATWG HTML, 9.2), and
 * JSON values as lines of newline-delimited JSON.
 *
 *     struct ow_sse_event event = {.event = OW_STR("token"),
 *                                  .data = text, .retry_ms = -1};
 *     r = ow_sse_format(&buf, &event);   // "event: token\ndata: ...\n\n"
 */
#ifndef OW_WIRE_SSE_H
#define OW_WIRE_SSE_H

#include "base/buf.h"

/* Absent strings give no line. */
struct ow_sse_event {
    struct ow_str comment;
    struct ow_str event;
    struct ow_str id;
    struct ow_str data; /* each of its lines becomes a data line */
    int64_t retry_ms;   /* negative: none */
};

/*
 * Appends one event with the blank line that ends it, wholly or not at all.
 * Line ends in event and id, which cannot have them, become spaces, as does
 * NUL in id. 0, -ENOMEM, -ENOBUFS.
 */
int ow_sse_format(struct ow_buf *buf, const struct ow_sse_event *event);
/* Appends a JSON text as one line: line ends in it, which can only be white
 * space between its tokens, become spaces. 0, -ENOMEM, -ENOBUFS. */
int ow_sse_format_ndjson(struct ow_buf *buf, struct ow_str json);

#endif
