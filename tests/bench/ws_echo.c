/*
 * ws_echo: one WebSocket, one text after the other, each timed until its echo
 * is there.
 *
 *     ws_echo [--to ADDRESS:PORT] [-n COUNT] [-s SIZE] URL
 *
 * URL is http://, as the opening is. Prints "p50 p99" in nanoseconds. Called by
 * bench.py, for Offwire and for ws_server.
 */
#include "config.h"

#include "client.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SIZE_MAX_HERE 100 /* one byte of length is enough */

struct run {
    struct client_target target;
    struct client_conn conn;
    uint64_t count;
    size_t size;
    unsigned char frame[6 + SIZE_MAX_HERE];
};

static void upgrade(struct run *run)
{
    char bytes[4096];
    size_t len = 0;

    snprintf(bytes, sizeof bytes,
             "GET %s HTTP/1.1\r\nHost: %s\r\nUpgrade: websocket\r\n"
             "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
             "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
             run->target.path, run->target.host);
    client_write_all(&run->conn, bytes, strlen(bytes));
    while (len < 4 || memcmp(bytes + len - 4, "\r\n\r\n", 4) != 0) {
        if (len == sizeof bytes || client_read(&run->conn, bytes + len, 1) != 1)
            client_die(false, "no answer to the opening");
        len++;
    }
    if (memcmp(bytes, "HTTP/1.1 101", 12) != 0)
        client_die(false, "it is no WebSocket: %.12s", bytes);
}

/* A masked text: RFC 6455, 5.2. */
static void make_frame(struct run *run)
{
    static const unsigned char mask[4] = {0x12, 0x34, 0x56, 0x78};

    run->frame[0] = 0x81;
    run->frame[1] = (unsigned char)(0x80 | run->size);
    memcpy(run->frame + 2, mask, 4);
    for (size_t i = 0; i < run->size; i++)
        run->frame[6 + i] = 'x' ^ mask[i % 4];
}

static int64_t time_one(struct run *run)
{
    unsigned char bytes[256];
    size_t len = 0;
    int64_t begin = client_now();

    client_write_all(&run->conn, run->frame, 6 + run->size);
    while (len < 2 + run->size) {
        ssize_t n = client_read(&run->conn, bytes + len, sizeof bytes - len);
        if (n <= 0)
            client_die(n < 0, "the connection ended");
        len += (size_t)n;
    }
    int64_t took = client_now() - begin;
    if (bytes[0] != 0x81 || bytes[1] != run->size || bytes[2] != 'x')
        client_die(false, "this is no echo");
    return took;
}

static void time_many(struct run *run)
{
    int64_t *took = calloc(run->count, sizeof *took);

    if (!took)
        client_die(true, "calloc");
    /* Some first, for caches and the server's pools. */
    for (uint64_t i = 0; i < run->count / 5 + 1; i++)
        time_one(run);
    for (uint64_t i = 0; i < run->count; i++)
        took[i] = time_one(run);
    printf("%lld ", (long long)client_percentile(took, run->count, 500));
    printf("%lld\n", (long long)client_percentile(took, run->count, 990));
    free(took);
}

int main(int argc, char **argv)
{
    enum { TO = 1 };
    static const struct option options[] = {
        {"to", required_argument, NULL, TO},
        {NULL, 0, NULL, 0},
    };
    struct run run = {.count = 10000, .size = 64};
    int option;

    while ((option = getopt_long(argc, argv, "n:s:", options, NULL)) != -1) {
        if (option == TO)
            run.target.to = optarg;
        else if (option == 'n')
            run.count = client_number(optarg);
        else if (option == 's')
            run.size = client_number(optarg);
        else
            return 2;
    }
    if (optind != argc - 1 || run.size == 0 || run.size > SIZE_MAX_HERE)
        client_die(false, "one URL, and a size from 1 to %d", SIZE_MAX_HERE);
    client_target_init(&run.target, argv[optind]);
    client_open(&run.target, &run.conn);
    upgrade(&run);
    make_frame(&run);
    time_many(&run);
    client_close(&run.conn);
    SSL_CTX_free(run.target.context);
    return 0;
}
