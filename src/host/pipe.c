/*
 * pipe: the bytes of one connection, plain or TLS. See pipe.h. Called by
 * conn.c.
 */
#include "config.h"

#include "host/pipe.h"

#include <errno.h>
#include <limits.h>
#include <openssl/err.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static ssize_t read_plain(struct ow_pipe *pipe, void *buf, size_t len)
{
    ssize_t n;

    do
        n = read(pipe->fd, buf, len);
    while (n < 0 && errno == EINTR);
    return n < 0 ? -errno : n;
}

static ssize_t write_plain(struct ow_pipe *pipe, const void *bytes, size_t len)
{
    ssize_t n;

    do
        n = send(pipe->fd, bytes, len, MSG_NOSIGNAL);
    while (n < 0 && errno == EINTR);
    return n < 0 ? -errno : n;
}

static bool has_more_plain(const struct ow_pipe *pipe)
{
    (void)pipe;
    return false;
}

static void say_nothing(struct ow_pipe *pipe)
{
    (void)pipe;
}

static const struct ow_pipe_ops plain_ops = {read_plain, write_plain,
                                             has_more_plain, say_nothing};

static ssize_t tls_problem(struct ow_pipe *pipe, int result, int wants_write)
{
    int saved = errno;

    switch (SSL_get_error(pipe->ssl, result)) {
    case SSL_ERROR_WANT_READ:
        return -EAGAIN;
    case SSL_ERROR_WANT_WRITE:
        return wants_write;
    case SSL_ERROR_ZERO_RETURN:
        return 0;
    case SSL_ERROR_SYSCALL:
        return saved ? -saved : -ECONNRESET;
    default:
        return -ECONNRESET;
    }
}

static ssize_t read_tls(struct ow_pipe *pipe, void *buf, size_t len)
{
    ERR_clear_error();
    errno = 0;
    int n = SSL_read(pipe->ssl, buf, len > INT_MAX ? INT_MAX : (int)len);
    return n > 0 ? n : tls_problem(pipe, n, -EBUSY);
}

static ssize_t write_tls(struct ow_pipe *pipe, const void *bytes, size_t len)
{
    ERR_clear_error();
    errno = 0;
    int n = SSL_write(pipe->ssl, bytes, len > INT_MAX ? INT_MAX : (int)len);
    if (n > 0)
        return n;
    ssize_t r = tls_problem(pipe, n, -EAGAIN);
    return r == 0 ? -EPIPE : r;
}

static bool has_more_tls(const struct ow_pipe *pipe)
{
    return SSL_has_pending(pipe->ssl) == 1;
}

static void say_close_notify(struct ow_pipe *pipe)
{
    ERR_clear_error();
    SSL_shutdown(pipe->ssl);
}

static const struct ow_pipe_ops tls_ops = {read_tls, write_tls, has_more_tls,
                                           say_close_notify};

void ow_pipe_init(struct ow_pipe *pipe, int take_fd)
{
    *pipe = (struct ow_pipe){&plain_ops, take_fd, NULL};
}

void ow_pipe_release(struct ow_pipe *pipe)
{
    SSL_free(pipe->ssl);
    pipe->ssl = NULL;
    if (pipe->fd >= 0)
        close(pipe->fd);
    pipe->fd = -1;
}

void ow_pipe_reset(struct ow_pipe *pipe)
{
    struct linger at_once = {.l_onoff = 1, .l_linger = 0};

    setsockopt(pipe->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

int ow_pipe_start_tls(struct ow_pipe *pipe, SSL *take_ssl)
{
    if (SSL_set_fd(take_ssl, pipe->fd) != 1) {
        SSL_free(take_ssl);
        return -ENOMEM;
    }
    pipe->ssl = take_ssl;
    pipe->ops = &tls_ops;
    return 0;
}

/* Alerts by which a client tells that our certificate is a stranger's: of
 * OpenSSL and rustls the first, of Java, which has no other, the second. */
static bool is_distrust(unsigned long code)
{
    int reason = ERR_GET_REASON(code);

    return ERR_GET_LIB(code) == ERR_LIB_SSL &&
           (reason == SSL_R_TLSV1_ALERT_UNKNOWN_CA ||
            reason == SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN);
}

/* What OpenSSL says, without its own file names: "tlsv1 alert unknown ca". */
static int describe(const struct ow_pipe *pipe, int error, struct ow_err *err)
{
    unsigned long code = ERR_peek_error();
    const char *reason = code ? ERR_reason_error_string(code) : NULL;

    if (reason)
        return ow_err_set(err, is_distrust(code) ? -EKEYREJECTED : -EPROTO,
                          "%s", reason);
    /* A session there is from the client's hello on. Who leaves without reading
     * all that it was sent resets the connection. */
    bool is_left = (error == 0 || error == ECONNRESET || error == EPIPE) &&
                   SSL_get_session(pipe->ssl);
    return ow_err_set(err, is_left ? -EPIPE : -EPROTO, "%s",
                      error ? strerror(error)
                            : "the client closed the connection");
}

int ow_pipe_handshake(struct ow_pipe *pipe, struct ow_err *err)
{
    ERR_clear_error();
    errno = 0;
    int n = SSL_do_handshake(pipe->ssl);
    int saved = errno;
    if (n == 1)
        return 0;
    switch (SSL_get_error(pipe->ssl, n)) {
    case SSL_ERROR_WANT_READ:
        return -EAGAIN;
    case SSL_ERROR_WANT_WRITE:
        return -EBUSY;
    default:
        return describe(pipe, saved, err);
    }
}

struct ow_str ow_pipe_protocol(const struct ow_pipe *pipe)
{
    const unsigned char *name = NULL;
    unsigned int len = 0;

    if (pipe->ssl)
        SSL_get0_alpn_selected(pipe->ssl, &name, &len);
    return (struct ow_str){(const char *)name, len};
}

int ow_pipe_trips(const struct ow_pipe *pipe)
{
    return !SSL_in_before(pipe->ssl) &&
                   SSL_version(pipe->ssl) < TLS1_3_VERSION &&
                   !SSL_session_reused(pipe->ssl)
               ? 2
               : 1;
}

ssize_t ow_pipe_read(struct ow_pipe *pipe, void *buf, size_t len)
{
    return pipe->ops->read(pipe, buf, len);
}

ssize_t ow_pipe_write(struct ow_pipe *pipe, const void *bytes, size_t len)
{
    return pipe->ops->write(pipe, bytes, len);
}

bool ow_pipe_has_more(const struct ow_pipe *pipe)
{
    return pipe->ops->has_more(pipe);
}

bool ow_pipe_is_left(const struct ow_pipe *pipe)
{
    struct pollfd peer = {.fd = pipe->fd, .events = POLLRDHUP};

    return poll(&peer, 1, 0) > 0;
}

void ow_pipe_end(struct ow_pipe *pipe, bool cut)
{
    if (!cut)
        pipe->ops->say_goodbye(pipe);
    shutdown(pipe->fd, SHUT_WR);
}
