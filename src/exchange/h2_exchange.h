/*
 * h2_exchange: an exchange on a stream of HTTP/2: what the codec tells of the
 * stream goes into it, its answer goes into the stream's sink, and it has its
 * own time. Between face_h2.c, which has as many of them as the client has
 * streams, and exchange.h.
 *
 *     e = ow_h2_exchange_new(line);        // or one that was reset
 *     ow_h2_exchange_open(e, h2);          // its stream
 *     ow_h2_exchange_begin(e, head);       // the stream's events, from here
 *     ow_h2_exchange_feed(e, bytes);
 *     ow_h2_exchange_answer(e, trailers);
 *     ow_h2_exchange_play(e, now);         // again and again
 *     ow_h2_exchange_end(e);               // the stream is gone
 *     ow_h2_exchange_reset(e);             // for the next, or free
 *
 * What cannot even be answered ends the line (ow_line_give_up).
 */
#ifndef OW_EXCHANGE_H2_EXCHANGE_H
#define OW_EXCHANGE_H2_EXCHANGE_H

#include <sys/queue.h>

#include "exchange/exchange.h"
#include "exchange/face.h"
#include "exchange/h2_sink.h"
#include "wire/h2.h"

struct ow_h2_exchange {
    TAILQ_ENTRY(ow_h2_exchange) link; /* the face's */
    struct ow_line *line;
    struct ow_h2_stream *h2; /* from open to end */
    struct ow_h2_sink sink;
    struct ow_exchange x;
    bool is_answering;
    bool is_over; /* the request has its answer: what still comes is lost */
    bool is_lingering; /* the answer is out, the client still sends; till due */
    /* An extended CONNECT (RFC 8441): what comes on the stream is for what the
     * answer becomes, and waits in held till then. */
    bool is_tunnel;
    bool is_half;  /* the client has ended its side of it */
    bool has_news; /* it was fed, and has to be played */
    struct ow_buf held;
    enum ow_emit_state state; /* of the answer under way */
    int64_t due;              /* while it is WAITING or lingers */
};

TAILQ_HEAD(ow_h2_exchanges, ow_h2_exchange);

/* The line is borrowed. NULL: no memory. */
struct ow_h2_exchange *ow_h2_exchange_new(struct ow_line *line);
/* Forgets what was. A new one is that already. */
void ow_h2_exchange_reset(struct ow_h2_exchange *e);
/* After end, or before open. Returns NULL. */
struct ow_h2_exchange *ow_h2_exchange_free(struct ow_h2_exchange *e);

/* On this stream, whose user it becomes. */
void ow_h2_exchange_open(struct ow_h2_exchange *e, struct ow_h2_stream *h2);
/* The stream is gone: also ends what is under way, with its journal record. */
void ow_h2_exchange_end(struct ow_h2_exchange *e);

/* The events of the stream (wire/h2.h). 0 or a negative errno, which ends the
 * connection. */
int ow_h2_exchange_begin(struct ow_h2_exchange *e,
                         const struct ow_h2_head *head);
int ow_h2_exchange_feed(struct ow_h2_exchange *e, struct ow_str bytes);
int ow_h2_exchange_answer(struct ow_h2_exchange *e,
                          const struct ow_fields *trailers);
/* In place of begin, feed and answer: goes on with one that came whole in
 * HTTP/1.1. x is as after init. */
void ow_h2_exchange_take_over(struct ow_h2_exchange *e, struct ow_exchange *x,
                              const struct ow_fields *trailers);
/* The client sends no more on the whole connection. */
void ow_h2_exchange_eof(struct ow_h2_exchange *e);

/*
 * Plays what is due or has room; now is the session's time. Whether it was
 * played and waits for room now.
 */
bool ow_h2_exchange_play(struct ow_h2_exchange *e, int64_t now);
/* The next time at which to play it, or OW_SERVE_NEVER. */
int64_t ow_h2_exchange_due(const struct ow_h2_exchange *e);

#endif
