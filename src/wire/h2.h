/*
 * h2: the HTTP/2 codec (RFC 9113), sans-IO, on libnghttp2: fed bytes, it calls
 * back with requests; given answers, it makes bytes. Knows no socket, no clock,
 * no rule. One struct is the server's side of one connection.
 *
 *     h2 = ow_h2_new(library, &events, context);
 *     ow_h2_feed(h2, data, len);             // calls the events
 *     ow_h2_write_head(stream, ...);         // in an event or later
 *     ow_h2_write_body(stream, bytes, len);
 *     ow_h2_write_end(stream, NULL);
 *     ow_h2_take(h2, &out);                  // after feed and after writes
 *
 * A stream belongs to the codec and is valid from its head event until its
 * gone event, which comes at the end of a feed or take and never amid them.
 *
 * What is written to a stream waits in a queue of its own until the client's
 * windows have room: look at ow_h2_pending before writing more. One write is
 * one DATA frame, or more where the frame size or a window is smaller.
 *
 *   write_body -> stream's queue --(windows)--> frames -> out
 *
 * A client gets its window back as the body event returns, unless it is
 * withheld (ow_h2_withhold).
 */
#ifndef OW_WIRE_H2_H
#define OW_WIRE_H2_H

#include "base/buf.h"
#include "http/fields.h"
#include "wire/h2_library.h"

/* What a connection begins with when the client has prior knowledge. */
#define OW_H2_PREFACE "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"

/* RFC 9113, 7. */
enum ow_h2_error {
#define OW_H2_ERROR(name, number) OW_H2_##name = number,
#include "wire/h2_errors.def"
#undef OW_H2_ERROR
};

struct ow_h2;
struct ow_h2_stream;

/* Borrowed from the stream until it is gone; names are lower-case. */
struct ow_h2_head {
    struct ow_str method;
    struct ow_str scheme;
    struct ow_str authority; /* absent if the client sends Host alone */
    struct ow_str path;      /* absent for a plain CONNECT */
    struct ow_str protocol;  /* of an extended CONNECT (RFC 8441), or absent */
    struct ow_fields fields; /* Host first, by :authority; Cookie in one */
    bool ends;               /* no body follows */
    bool expects_continue;   /* Expect: 100-continue and a body to come */
    /* Over OW_LIMIT_HEAD or OW_LIMIT_FIELDS: the rest was left out. */
    bool is_too_big;
};

/* An event that returns a negative errno ends the feed with it. */
struct ow_h2_events {
    int (*head)(void *context, struct ow_h2_stream *stream,
                const struct ow_h2_head *head);
    int (*body)(void *context, struct ow_h2_stream *stream,
                struct ow_str bytes);
    int (*end)(void *context, struct ow_h2_stream *stream,
               const struct ow_fields *trailers);
    /* The stream is over, whoever ended it. No event of it comes after. */
    void (*gone)(void *context, struct ow_h2_stream *stream);
    /* The client broke the protocol: a sentence. nghttp2 has told it. */
    void (*problem)(void *context, const char *text);
};

/* The library is loaded and outlives the connection. NULL: no memory. */
struct ow_h2 *ow_h2_new(const struct ow_h2_library *library,
                        const struct ow_h2_events *events, void *context);
/* Streams that are left get no event. */
struct ow_h2 *ow_h2_free(struct ow_h2 *h2);
/*
 * A connection that began as HTTP/1.1 (RFC 7540, 3.2): settings are the octets
 * of HTTP2-Settings, the request becomes stream 1, half closed, without head
 * event. 0, -ENOMEM, or -EBADMSG for settings that are none: then h2 is only
 * good for free.
 */
int ow_h2_upgrade(struct ow_h2 *h2, struct ow_str settings, bool is_head,
                  struct ow_h2_stream **ret_stream);

/* All bytes are used. 0; -ENOMEM; -EBADMSG for bytes that are no HTTP/2. */
int ow_h2_feed(struct ow_h2 *h2, const char *data, size_t len);
/* Appends what may be sent now, until out has OW_LIMIT_OUT_HIGH. 0, -ENOMEM,
 * -ENOBUFS. */
int ow_h2_take(struct ow_h2 *h2, struct ow_buf *out);
/* Whether both sides have said that nothing more is to come. */
bool ow_h2_is_over(const struct ow_h2 *h2);

/* For the owner's use; NULL at first. */
void ow_h2_set_user(struct ow_h2_stream *stream, void *user);
void *ow_h2_user(const struct ow_h2_stream *stream);
/* Whether the client has ended its side. */
bool ow_h2_is_whole(const struct ow_h2_stream *stream);

/*
 * Writing. All do nothing on a stream that is gone for the client. Strings are
 * copied. 0 or -ENOMEM; -ENOBUFS when the queue is full.
 */

/* ":status: 100" and the like, before the head. */
int ow_h2_write_interim(struct ow_h2_stream *stream, struct ow_str status);
/* Names become lower-case; CR, LF and NUL in values become spaces. ends: no
 * body follows. */
int ow_h2_write_head(struct ow_h2_stream *stream, struct ow_str status,
                     const struct ow_fields *fields, bool ends);
/* One more field of the head that follows, sent as it is, however broken. */
int ow_h2_write_broken(struct ow_h2_stream *stream, struct ow_str name,
                       struct ow_str value);
int ow_h2_write_body(struct ow_h2_stream *stream, const void *bytes,
                     size_t len);
/* Room for len body bytes in place, and how many of them were written. NULL:
 * no memory. */
char *ow_h2_reserve(struct ow_h2_stream *stream, size_t len);
void ow_h2_commit(struct ow_h2_stream *stream, size_t len);
/* The body's end; trailers may be NULL. */
int ow_h2_write_end(struct ow_h2_stream *stream,
                    const struct ow_fields *trailers);
/* RST_STREAM behind what was written. */
void ow_h2_write_reset(struct ow_h2_stream *stream, uint32_t error);
/* Bytes that are no frame, on the connection, behind the frames that may be
 * sent now; out is that of ow_h2_take. 0, -ENOMEM, -ENOBUFS. */
int ow_h2_write_raw(struct ow_h2_stream *stream, struct ow_buf *out,
                    struct ow_str bytes);
/*
 * GOAWAY, ahead of what waits in queues. Streams the client has opened go on;
 * later ones are refused. is_done: this stream and all before it were taken in,
 * else it and later ones may be tried again elsewhere.
 */
int ow_h2_goaway(struct ow_h2_stream *stream, bool is_done, uint32_t error,
                 struct ow_str text);

/* GOAWAY with NO_ERROR: the server ends. */
void ow_h2_leave(struct ow_h2 *h2);
/* The same, behind the end of this stream: some clients, as Python's h2, take
 * no answer after it. */
void ow_h2_leave_behind(struct ow_h2_stream *stream);

/* Bytes of the stream's queue, and body bytes in those of all streams. */
size_t ow_h2_pending(const struct ow_h2_stream *stream);
size_t ow_h2_pending_all(const struct ow_h2_stream *stream);
/* While it is on, the client gets no window back for what it sends here. */
void ow_h2_withhold(struct ow_h2_stream *stream, bool on);

/* "CANCEL" and the like; the number, or -1. */
int ow_h2_error_find(struct ow_str name);
/* All names, NULL-terminated, in the order of their numbers from 0. */
const char *const *ow_h2_error_names(void);

#endif
