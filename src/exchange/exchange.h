/*
 * exchange: one request and its answer. Made once per connection or stream and
 * used for one exchange after the other, so that a kept-alive connection
 * reuses its memory. A face (face.h) puts the codec's events in; the answer
 * comes out through the face's sink. No protocol is known here.
 *
 *     ow_exchange_begin(x, &request);      // the head is whole
 *     ow_exchange_feed(x, bytes);          // body bytes, as they come
 *     ow_exchange_answer(x, trailers);     // the pipeline
 *     state = ow_exchange_run(x, &due);    // plays it, again and again
 *     ow_exchange_end(x, state);           // journal; ready for the next
 *
 * Strings of the head are borrowed until ow_exchange_end.
 */
#ifndef OW_EXCHANGE_EXCHANGE_H
#define OW_EXCHANGE_EXCHANGE_H

#include "emit/emit.h"
#include "exchange/serve.h"
#include "plan/extra_view.h"

struct ow_layer;
struct ow_ws_session;

struct ow_exchange {
    struct ow_serve_env *env;
    struct ow_serve_peer peer;
    const struct ow_table *table; /* from the request's end to the answer's,
                                     whatever is put in its place meanwhile */
    struct ow_str host;           /* peer.host */
    bool is_control; /* the host is OW_SERVE_CONTROL_HOST: no rule answers */
    bool is_literal; /* peer.host is an address, not a name */

    struct ow_arena arena; /* everything below lies in it */
    struct ow_body body;
    struct ow_request request;
    struct ow_match match;
    struct ow_plan plan;
    struct ow_emit emit;
    struct ow_sink *sink;             /* the face's */
    struct ow_answer_context context; /* of the answer */
    struct ow_rand rand;              /* the answer's own */
    struct ow_ws_session *ws;         /* NULL: it is no WebSocket, or not yet */

    /* A rule that acts while the body comes; match.rule NULL: none. */
    struct ow_match upload;
    struct ow_delivery *deliveries; /* a list: what is sent later */
    struct ow_layer *layers; /* rules laid over the answer, outermost first */
    size_t n_layers;
    struct ow_pace_over *pace_over; /* what they say of streams; or NULL */
    bool is_deaf;                   /* no more of the request is to be read */

    uint64_t id;    /* in the journal; 0 before the request was recorded */
    int64_t whole;  /* session time at which the request was whole */
    bool head_only; /* the request was HEAD: the body is left out */
    bool is_slow;   /* the answer did not go out at once */
};

void ow_exchange_init(struct ow_exchange *x, struct ow_serve_env *env,
                      const struct ow_serve_peer *peer, struct ow_sink *sink);
void ow_exchange_release(struct ow_exchange *x);
/* Before its answer: to (no exchange yet) goes on with what from has, into
 * another sink; from is as after init. */
void ow_exchange_move(struct ow_exchange *to, struct ow_exchange *from,
                      struct ow_sink *sink);

/*
 * head is what a codec knows of the request: method, target, version, headers,
 * raw_head; the rest is found here. 0, -ENOMEM, or -EBADMSG for a target that
 * is none.
 */
int ow_exchange_begin(struct ow_exchange *x, const struct ow_request *head);
int ow_exchange_feed(struct ow_exchange *x, struct ow_str bytes);
/*
 * For a request whose head says that a body comes, right after begin: finds the
 * rule that acts while it comes. 0 or -ENOMEM.
 */
int ow_exchange_expect(struct ow_exchange *x);
/*
 * After expect and after each feed: whether that rule acts now. If so, call
 * answer at once; what still comes of the request is thrown away or, if
 * is_deaf, not even read, and the connection or stream ends with the answer.
 */
bool ow_exchange_is_due_early(const struct ow_exchange *x);
/*
 * Whether the answer has become a WebSocket: bytes go both ways from then on.
 * What the client sends is fed, without its framing, as long as it wants_read,
 * and run after that; eof tells that the client sends no more.
 */
bool ow_exchange_is_duplex(const struct ow_exchange *x);
bool ow_exchange_wants_read(const struct ow_exchange *x);
void ow_exchange_eof(struct ow_exchange *x);
/* Of one that waits: whether it goes on, too, when the sink has room. */
bool ow_exchange_is_blocked(const struct ow_exchange *x);
/* A line for stderr about this exchange. */
void ow_exchange_say(struct ow_exchange *x, struct ow_str sentence);
/* Finds the answer, records it, and makes it ready to play. 0 or -ENOMEM. */
int ow_exchange_answer(struct ow_exchange *x, const struct ow_fields *trailers);
/* Instead of the above, at any time before it: bytes that are no request. */
int ow_exchange_refuse(struct ow_exchange *x, int status, const char *problem);
enum ow_emit_state ow_exchange_run(struct ow_exchange *x, int64_t *ret_due);
/*
 * Records how the answer ended if that is not plain already, and forgets the
 * exchange. state is what run gave last; WAITING, BLOCKED and STALLED mean that
 * the client has left.
 */
void ow_exchange_end(struct ow_exchange *x, enum ow_emit_state state);

#endif
