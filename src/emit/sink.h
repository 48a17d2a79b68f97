/*
 * sink: where the emitter puts an answer: one stream of one codec. All calls
 * append to a buffer and return 0, -ENOMEM or -ENOBUFS; the owner of the sink
 * (exchange/) brings the bytes to the connection.
 */
#ifndef OW_EMIT_SINK_H
#define OW_EMIT_SINK_H

#include "plan/plan.h"

struct ow_sink;

struct ow_sink_ops {
    int (*head)(struct ow_sink *sink, const struct ow_step *head);
    /* One call is one chunk, frame or event on the wire. */
    int (*body)(struct ow_sink *sink, const void *bytes, size_t len);
    /*
     * Room for len body bytes to be written in place, and how many of them
     * were; for files. reserve gives NULL when body() has to be used.
     */
    char *(*reserve)(struct ow_sink *sink, size_t len);
    int (*commit)(struct ow_sink *sink, size_t len);
    int (*end)(struct ow_sink *sink, const struct ow_fields *trailers);
    int (*raw)(struct ow_sink *sink, const struct ow_step *raw);
    /* The client is told to go on elsewhere; the answer itself goes on. */
    int (*goaway)(struct ow_sink *sink, const struct ow_step *goaway);
    /* After what was put in so far has gone out: FIN, RST, or their likes. */
    void (*close)(struct ow_sink *sink, const struct ow_step *close);
    void (*reset)(struct ow_sink *sink, const struct ow_step *reset);
    /* Bytes put in that the kernel has not taken. */
    size_t (*pending)(const struct ow_sink *sink);
};

struct ow_sink {
    const struct ow_sink_ops *ops;
    int64_t wall_ns; /* now, for Date; who plays into it keeps it up to date */
};

#endif
