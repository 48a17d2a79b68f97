/*
 * client: see client.h. Called by latency.c, throughput.c and sse.c.
 */
#include "config.h"

#include "client.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

void client_die(bool errno_text, const char *format, ...)
{
    int error = errno;
    va_list args;

    va_start(args, format);
    fprintf(stderr, "%s: ", program_invocation_short_name);
    vfprintf(stderr, format, args);
    if (errno_text)
        fprintf(stderr, ": %s", strerror(error));
    fputc('\n', stderr);
    va_end(args);
    exit(1);
}

static void make_context(struct client_target *target)
{
    target->context = SSL_CTX_new(TLS_client_method());
    if (!target->context)
        client_die(false, "no TLS context");
    SSL_CTX_set_verify(target->context, SSL_VERIFY_PEER, NULL);
    int done = target->ca ? SSL_CTX_load_verify_locations(target->context,
                                                          target->ca, NULL)
                          : SSL_CTX_set_default_verify_paths(target->context);
    if (done != 1)
        client_die(false, "cannot read roots from %s",
                   target->ca ? target->ca : "the system");
}

void client_target_init(struct client_target *target, const char *url)
{
    char scheme[8];
    int used = 0;

    if (sscanf(url, "%7[a-z]://%255[^:/]%n", scheme, target->host, &used) != 2)
        client_die(false, "no URL: %s", url);
    url += used;
    target->tls = strcmp(scheme, "https") == 0;
    snprintf(target->port, sizeof target->port, "%s",
             target->tls ? "443" : "80");
    if (sscanf(url, ":%7[0-9]%n", target->port, &used) == 1)
        url += used;
    snprintf(target->path, sizeof target->path, "%s", *url ? url : "/");
    if (target->tls)
        make_context(target);
    client_resolve(target);
}

void client_resolve(struct client_target *target)
{
    char name[256];
    const char *port = target->port;
    struct addrinfo hints = {.ai_family = AF_INET, .ai_socktype = SOCK_STREAM};
    struct addrinfo *found;

    snprintf(name, sizeof name, "%s", target->to ? target->to : target->host);
    char *colon = strchr(name, ':');
    if (target->to && colon) {
        *colon = '\0';
        port = colon + 1;
    }
    int problem = getaddrinfo(name, port, &hints, &found);
    if (problem)
        client_die(false, "%s: %s", name, gai_strerror(problem));
    memcpy(&target->address, found->ai_addr, sizeof target->address);
    freeaddrinfo(found);
}

static void open_socket(const struct client_target *target,
                        struct client_conn *conn, int flags)
{
    const int on = 1;

    conn->ssl = NULL;
    conn->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | flags, 0);
    if (conn->fd < 0)
        client_die(true, "socket");
    setsockopt(conn->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (connect(conn->fd, (const struct sockaddr *)&target->address,
                sizeof target->address) != 0 &&
        errno != EINPROGRESS)
        client_die(true, "connect to %s", target->host);
}

static void attach_tls(const struct client_target *target,
                       struct client_conn *conn)
{
    if (!target->tls)
        return;
    conn->ssl = SSL_new(target->context);
    if (!conn->ssl || SSL_set_fd(conn->ssl, conn->fd) != 1 ||
        SSL_set_tlsext_host_name(conn->ssl, target->host) != 1 ||
        SSL_set1_host(conn->ssl, target->host) != 1)
        client_die(false, "no TLS connection");
}

void client_open(const struct client_target *target, struct client_conn *conn)
{
    open_socket(target, conn, 0);
    attach_tls(target, conn);
    if (conn->ssl && SSL_connect(conn->ssl) != 1)
        client_die(false, "handshake with %s: %s", target->host,
                   ERR_reason_error_string(ERR_peek_error()));
}

void client_begin(const struct client_target *target, struct client_conn *conn)
{
    open_socket(target, conn, SOCK_NONBLOCK);
    attach_tls(target, conn);
    if (conn->ssl)
        SSL_set_connect_state(conn->ssl);
}

void client_close(struct client_conn *conn)
{
    if (conn->ssl)
        SSL_shutdown(conn->ssl);
    SSL_free(conn->ssl);
    close(conn->fd);
    conn->ssl = NULL;
    conn->fd = -1;
}

/* Explicit, where SSL_read and SSL_write would do it by themselves: as most
 * clients do. 1: done. */
static int shake_hands(struct client_conn *conn)
{
    errno = 0;
    return SSL_is_init_finished(conn->ssl) ? 1 : SSL_do_handshake(conn->ssl);
}

static ssize_t tls_result(struct client_conn *conn, int done)
{
    if (done > 0)
        return done;
    switch (SSL_get_error(conn->ssl, done)) {
    case SSL_ERROR_ZERO_RETURN:
        return 0;
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE:
        errno = EAGAIN;
        return -1;
    default:
        errno = errno ? errno : EPROTO;
        return -1;
    }
}

ssize_t client_read(struct client_conn *conn, void *bytes, size_t len)
{
    if (!conn->ssl)
        return read(conn->fd, bytes, len);
    int done = shake_hands(conn);
    return tls_result(conn,
                      done == 1 ? SSL_read(conn->ssl, bytes, (int)len) : done);
}

ssize_t client_write(struct client_conn *conn, const void *bytes, size_t len)
{
    if (!conn->ssl)
        return write(conn->fd, bytes, len);
    int done = shake_hands(conn);
    return tls_result(conn,
                      done == 1 ? SSL_write(conn->ssl, bytes, (int)len) : done);
}

void client_write_all(struct client_conn *conn, const void *bytes, size_t len)
{
    const char *at = bytes;

    while (len > 0) {
        ssize_t done = client_write(conn, at, len);
        if (done <= 0)
            client_die(true, "write");
        at += done;
        len -= (size_t)done;
    }
}

void client_request(const struct client_target *target, const char *fields,
                    const char *body, char *ret, size_t size)
{
    char about[128] = "";

    if (body)
        snprintf(about, sizeof about,
                 "Authorization: Bearer bench\r\n"
                 "Content-Type: application/json\r\nContent-Length: %zu\r\n",
                 strlen(body));
    int len = snprintf(ret, size, "%s %s HTTP/1.1\r\nHost: %s\r\n%s%s\r\n%s",
                       body ? "POST" : "GET", target->path, target->host,
                       fields, about, body ? body : "");
    if (len < 0 || (size_t)len >= size)
        client_die(false, "the request is too long");
}

int64_t client_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

static int compare(const void *a, const void *b)
{
    const int64_t *x = a;
    const int64_t *y = b;

    return (*x > *y) - (*x < *y);
}

int64_t client_percentile(int64_t *values, size_t n, int permille)
{
    if (n == 0)
        client_die(false, "nothing was measured");
    qsort(values, n, sizeof *values, compare);
    size_t at = n * (size_t)permille / 1000;
    return values[at < n ? at : n - 1];
}

uint64_t client_number(const char *text)
{
    char *end;
    unsigned long long value = strtoull(text, &end, 10);

    if (end == text || *end)
        client_die(false, "no number: %s", text);
    return value;
}
