/*
 * h1_sink: a sink (emit/sink.h) that writes an answer as HTTP/1.x into a
 * buffer. One per exchange. Here the plan's framing meets the client: HEAD,
 * HTTP/1.0, 204 and 304, and whether the connection can be kept.
 */
#ifndef OW_EXCHANGE_H1_SINK_H
#define OW_EXCHANGE_H1_SINK_H

#include "base/buf.h"
#include "emit/sink.h"
#include "exchange/serve.h"
#include "http/date.h"

struct ow_h1_sink {
    struct ow_sink sink; /* first: the ops find the rest by it */
    struct ow_buf *out;
    struct ow_date *date;
    int minor;       /* of the client's HTTP/1.minor */
    bool head_only;  /* the request was HEAD: the body is left out */
    bool keep_alive; /* in: the client's wish; out: what it was told */
    enum ow_serve_end end;

    /* What was written. */
    bool has_head;
    bool is_whole; /* the body's end was written */
    bool is_raw;   /* bytes past the codec: where they end, nobody knows */
    enum ow_framing framing;
    uint64_t promised; /* Content-Length */
    uint64_t written;  /* body bytes */
};

void ow_h1_sink_init(struct ow_h1_sink *sink, struct ow_buf *out,
                     struct ow_date *date);
/* Whether another request may follow on the connection: the answer is whole
 * and the client knows where it ends. */
bool ow_h1_sink_can_go_on(const struct ow_h1_sink *sink);

#endif
