/*
 * client: what the programs of the bench share: where to connect, TLS with
 * verification on, blocking and non-blocking reads and writes, medians. They
 * end with a sentence when something fails: a figure from a broken run is
 * worth nothing.
 *
 * The same code talks to nginx (by address, --to) and to the Offwire host (by
 * name, through the shim), so that a ratio compares the servers alone.
 */
#ifndef OW_BENCH_CLIENT_H
#define OW_BENCH_CLIENT_H

#include <netinet/in.h>
#include <openssl/ssl.h>
#include <stdbool.h>
#include <stdint.h>

struct client_target {
    char host[256]; /* of the URL: for Host, SNI and verification */
    char port[8];
    char path[1024];
    bool tls;
    const char *to; /* "ADDRESS:PORT" to connect to instead, or NULL */
    const char *ca; /* PEM file of roots, or NULL for the system's */
    SSL_CTX *context;
    struct sockaddr_in address;
};

struct client_conn {
    int fd;
    SSL *ssl; /* NULL: plain */
};

/* "program: sentence: errno's text" if errno_text, then exit status 1. */
void client_die(bool errno_text, const char *format, ...)
    __attribute__((format(printf, 2, 3), noreturn));

/* Takes the URL apart and makes the TLS context; to and ca are set before. */
void client_target_init(struct client_target *target, const char *url);
/* Looks the name up (through the shim, if it is loaded). */
void client_resolve(struct client_target *target);

/* A blocking connection, its handshake done and verified. */
void client_open(const struct client_target *target, struct client_conn *conn);
/* A non-blocking one, connecting; the handshake is the caller's to drive. */
void client_begin(const struct client_target *target, struct client_conn *conn);
void client_close(struct client_conn *conn);

/* As read(2) and write(2); TLS's "want" is -1 with EAGAIN. */
ssize_t client_read(struct client_conn *conn, void *bytes, size_t len);
ssize_t client_write(struct client_conn *conn, const void *bytes, size_t len);
void client_write_all(struct client_conn *conn, const void *bytes, size_t len);

/*
 * A request in HTTP/1.1, NUL-terminated: a POST of JSON with a key if body is
 * not NULL, else a GET. fields end in CR LF each.
 */
void client_request(const struct client_target *target, const char *fields,
                    const char *body, char *ret, size_t size);

/* CLOCK_MONOTONIC in nanoseconds. */
int64_t client_now(void);
/* Sorts in place; the value that permille/1000 of the values do not pass. */
int64_t client_percentile(int64_t *values, size_t n, int permille);
/* A number of bytes, requests or streams from the command line. */
uint64_t client_number(const char *text);

#endif
