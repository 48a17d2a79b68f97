/*
 * pipe: the bytes of one accepted connection, plain or through TLS, whatever
 * it is: the exchange above sees neither. Never blocks.
 *
 *     struct ow_pipe pipe;
 *     ow_pipe_init(&pipe, fd);              // plain
 *     ow_pipe_start_tls(&pipe, ssl);        // from here on through TLS
 *     n = ow_pipe_read(&pipe, buf, len);
 *
 * read gives bytes, 0 at the end of the client's sending, or a negative errno:
 * -EAGAIN when the socket has nothing now, -EBUSY when it must be writable
 * first. write gives bytes or a negative errno, -EAGAIN when it must be
 * writable first. Any other errno ends the connection.
 */
#ifndef OW_HOST_PIPE_H
#define OW_HOST_PIPE_H

#include <openssl/ssl.h>
#include <stdbool.h>
#include <sys/types.h>

#include "base/err.h"
#include "base/str.h"

struct ow_pipe;

struct ow_pipe_ops {
    ssize_t (*read)(struct ow_pipe *pipe, void *buf, size_t len);
    ssize_t (*write)(struct ow_pipe *pipe, const void *bytes, size_t len);
    /* Whether read has bytes although the socket may have none. */
    bool (*has_more)(const struct ow_pipe *pipe);
    /* Tells the client in TLS that this is the whole of it. */
    void (*say_goodbye)(struct ow_pipe *pipe);
};

struct ow_pipe {
    const struct ow_pipe_ops *ops;
    int fd;
    SSL *ssl; /* NULL: plain */
};

void ow_pipe_init(struct ow_pipe *pipe, int take_fd);
/* FIN if all was sent; the descriptor is closed. */
void ow_pipe_release(struct ow_pipe *pipe);
/* RST: the next release drops the connection at once. */
void ow_pipe_reset(struct ow_pipe *pipe);

/* 0 or -ENOMEM. The handshake is the caller's to turn until it is done. */
int ow_pipe_start_tls(struct ow_pipe *pipe, SSL *take_ssl);
/*
 * 0 when done, -EAGAIN, -EBUSY (as read), or with what is wrong: -EKEYREJECTED
 * if the client says that it does not trust the certificate, -EPIPE if it has
 * closed or reset the connection when it had been sent it, else -EPROTO.
 */
int ow_pipe_handshake(struct ow_pipe *pipe, struct ow_err *err);

/* What ALPN has agreed on, valid with the pipe; absent: nothing. */
struct ow_str ow_pipe_protocol(const struct ow_pipe *pipe);

/*
 * How many flights of the client's the server has to answer before the client
 * goes on: one with TLS 1.3 or a session that goes on, else two (RFC 8446, 2).
 * Before the first one the client's wishes are not known: one.
 */
int ow_pipe_trips(const struct ow_pipe *pipe);

ssize_t ow_pipe_read(struct ow_pipe *pipe, void *buf, size_t len);
ssize_t ow_pipe_write(struct ow_pipe *pipe, const void *bytes, size_t len);
bool ow_pipe_has_more(const struct ow_pipe *pipe);
/* Whether the client has gone; for a pipe that is read no more. */
bool ow_pipe_is_left(const struct ow_pipe *pipe);
/* Ends our sending in order: close_notify (unless cut), then FIN. */
void ow_pipe_end(struct ow_pipe *pipe, bool cut);

#endif
