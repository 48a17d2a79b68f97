/*
 * h1: the HTTP/1.x codec (RFC 9112), sans-IO: fed bytes, gives events; knows
 * no socket, no clock, no rule. One struct decodes the requests of one
 * connection, one after the other; encoding is free functions below.
 *
 *     while (len > 0 || again) {
 *         ssize_t used = ow_h1_feed(h1, data, len, &event);
 *         if (used < 0) ...            // -EBADMSG: ow_h1_problem() says why
 *         data += used, len -= used;
 *         switch (event.kind) ...
 *     }
 *
 * Contract of feed: it uses at most len bytes and gives at most one event. It
 * gives OW_H1_MORE only when all bytes are used. After OW_H1_END it uses
 * nothing more until ow_h1_next(): what stays unused is the pipelined next
 * request. Memory is bounded by OW_LIMIT_HEAD however the bytes are cut. HEAD
 * and BODY may be followed by an END that needs no bytes: feed again, also with
 * len 0, until it gives MORE or END.
 */
#ifndef OW_WIRE_H1_H
#define OW_WIRE_H1_H

#include <sys/types.h>

#include "base/buf.h"
#include "http/fields.h"

enum ow_h1_kind {
    OW_H1_MORE, /* all used, nothing to tell yet */
    OW_H1_HEAD, /* the head is whole: see ow_h1_head */
    OW_H1_BODY, /* bytes of the body: event.bytes, inside the fed data */
    OW_H1_END,  /* the message is whole; trailers are in ow_h1_trailers */
};

struct ow_h1_event {
    enum ow_h1_kind kind;
    struct ow_str bytes;
};

/* Borrowed from the codec until ow_h1_next(). */
struct ow_h1_head {
    struct ow_str method;
    struct ow_str target;
    int minor; /* HTTP/1.minor, 0 or 1 */
    struct ow_fields fields;
    struct ow_str raw;     /* all of it, as it came, with its blank line */
    bool keep_alive;       /* what the client asks for, by version and field */
    bool expects_continue; /* Expect: 100-continue and a body to come */
    bool upgrade;          /* Connection: upgrade with an Upgrade field */
    bool chunked;
    bool has_length;
    uint64_t length; /* Content-Length; 0 if there is none */
};

struct ow_h1;

struct ow_h1 *ow_h1_new(void); /* NULL: no memory */
struct ow_h1 *ow_h1_free(struct ow_h1 *h1);

/* Bytes used, or -EBADMSG (for good), -ENOMEM. */
ssize_t ow_h1_feed(struct ow_h1 *h1, const char *data, size_t len,
                   struct ow_h1_event *ret_event);
/* Forgets the message and begins with the next one. */
void ow_h1_next(struct ow_h1 *h1);

const struct ow_h1_head *ow_h1_head(const struct ow_h1 *h1);
const struct ow_fields *ow_h1_trailers(const struct ow_h1 *h1);
/* After -EBADMSG: the status that fits (400, 413, 414, 431, 501, 505)... */
int ow_h1_problem_status(const struct ow_h1 *h1);
/* ...and a sentence with the place: "field name with a space (line 3)". */
const char *ow_h1_problem(const struct ow_h1 *h1);
/* Whether bytes of an unfinished message are held: EOF now is an error. */
bool ow_h1_is_mid_message(const struct ow_h1 *h1);

/*
 * Encoding. All append to buf, wholly or not at all, and return 0, -ENOMEM or
 * -ENOBUFS. CR, LF and NUL in what they are given become spaces.
 */

/* "HTTP/1.1 200 OK"; reason absent gives the standard one. -EINVAL if status
 * has not three digits. */
int ow_h1_write_status(struct ow_buf *buf, int status, struct ow_str reason);
int ow_h1_write_field(struct ow_buf *buf, struct ow_str name,
                      struct ow_str value);
/* The blank line behind the fields. */
int ow_h1_write_head_end(struct ow_buf *buf);
/* One chunk with these bytes; nothing for len 0 (that would end the body). */
int ow_h1_write_chunk(struct ow_buf *buf, const void *bytes, size_t len);
/* "0", the trailers (may be NULL) and the blank line. */
int ow_h1_write_last_chunk(struct ow_buf *buf,
                           const struct ow_fields *trailers);

#endif
