/*
 * h2_sink: a sink (emit/sink.h) that writes an answer to a stream of HTTP/2.
 * One per exchange. Fields that belong to a connection of HTTP/1.1 are left out
 * (RFC 9113, 8.2.2); a rule's "connection: close" becomes a GOAWAY behind the
 * answer.
 *
 * What goes wrong with an answer ends its stream alone, by RST_STREAM; a step
 * may ask for the connection's end. Both wait until the client has taken what
 * was written before on this stream.
 */
#ifndef OW_EXCHANGE_H2_SINK_H
#define OW_EXCHANGE_H2_SINK_H

#include "emit/sink.h"
#include "exchange/serve.h"
#include "wire/h2.h"

struct ow_h2_sink {
    struct ow_sink sink; /* first: the ops find the rest by it */
    struct ow_h2_stream *stream;
    struct ow_buf *out;     /* of the connection, for bytes past the codec */
    struct ow_arena *arena; /* of the exchange */
    struct ow_date *date;
    bool head_only;  /* the request was HEAD: the body is left out */
    bool is_refused; /* by us: its connection goes on, unlike HTTP/1.1's */
    enum ow_serve_end end;

    /* What was written. */
    bool has_head;
    bool has_no_body; /* the head has ended the stream */
};

void ow_h2_sink_init(struct ow_h2_sink *sink, struct ow_h2_stream *stream,
                     struct ow_arena *arena, struct ow_buf *out,
                     struct ow_date *date);

#endif
