/*
 * h2_inner: what h2.c (receiving), h2_stream.c (streams) and h2_write.c
 * (sending) share. For them alone; h2.h is the manual.
 */
#ifndef OW_WIRE_H2_INNER_H
#define OW_WIRE_H2_INNER_H

#include <sys/queue.h>

#include "base/arena.h"
#include "wire/h2.h"

struct ow_h2_stream {
    TAILQ_ENTRY(ow_h2_stream) link; /* of streams, gone or pool */
    struct ow_h2 *h2;
    int32_t id;
    void *user;
    struct ow_arena arena; /* of the fields, both ways */

    struct ow_h2_head head;
    struct ow_fields trailers;
    size_t head_size; /* bytes of all fields, as RFC 9113, 6.5.2 counts */
    bool has_head;    /* the head event was given */
    bool is_whole;    /* the client has ended its side */
    bool is_withheld; /* its window does not come back */
    size_t owed;      /* bytes of it that came meanwhile */
    bool is_closed;   /* nghttp2 knows it no more */

    /*
     * Body bytes to send: each write is a length (uint32_t) and its bytes.
     * left is what is not sent yet of the write whose length was read.
     */
    struct ow_buf queue;
    size_t left;
    size_t queued;    /* body bytes in queue */
    bool has_answer;  /* the answer's head was submitted */
    bool is_ended;    /* nothing more will be written */
    bool is_deferred; /* nghttp2 waits to be told of more */
    bool has_reset;   /* RST_STREAM follows when the queue is empty */
    bool is_reset_by_us;
    bool is_last; /* GOAWAY follows when it is closed */
    uint32_t reset;
    struct ow_field broken; /* of the head to come; name absent: none */
    nghttp2_nv *trailer_fields;
    size_t n_trailers;
};

TAILQ_HEAD(ow_h2_streams, ow_h2_stream);

struct ow_h2 {
    const struct ow_nghttp2 *api;
    nghttp2_session *session;
    const struct ow_h2_events *events;
    void *context;
    struct ow_h2_streams streams;
    struct ow_h2_streams gone; /* their event is still to come */
    struct ow_h2_streams pool; /* for reuse */
    size_t pooled;
    size_t queued;      /* body bytes in all queues */
    size_t resets;      /* streams that wait for their RST_STREAM */
    unsigned cancelled; /* by the client, less those that went well */
    size_t head_fed;    /* bytes since an unfinished head began */
    bool in_head;
    struct ow_buf *out; /* during take */
    int failure;        /* of an event, or 0 */
    bool is_told;       /* of the error that the next such frame is for */
    char problem[256];  /* what nghttp2 said last */
};

/* NULL: no memory. */
struct ow_h2_stream *ow_h2_stream_new(struct ow_h2 *h2, int32_t id);
/* Into the pool, or freed. */
void ow_h2_stream_drop(struct ow_h2_stream *stream);
/* Frees all of a list. */
void ow_h2_stream_free_all(struct ow_h2_streams *streams);
/* A field of the head or, behind it, the trailers. 0 or -ENOMEM. */
int ow_h2_stream_add(struct ow_h2_stream *stream, struct ow_str name,
                     struct ow_str value);
/* The head is whole: Host, Cookie, Expect. 0 or -ENOMEM. */
int ow_h2_stream_finish_head(struct ow_h2_stream *stream, bool ends);

/* The callback of DATA frames (nghttp2_send_data_callback). */
int ow_h2_send_data(nghttp2_session *session, nghttp2_frame *frame,
                    const uint8_t *head, size_t len,
                    nghttp2_data_source *source, void *context);

#endif
