/*
 * latency: one request after the other, blocking, each timed; or one large
 * transfer.
 *
 *     latency [--to ADDRESS:PORT] [--ca FILE] [-n COUNT] [--new [--look-up]]
 *             [--upload BYTES | --once | --json BODY] URL
 *
 * Prints "p50 p99" in nanoseconds; with --upload (a POST of that many bytes)
 * and --once (a GET) the nanoseconds of one request on an open connection.
 * --json makes it a POST with a key. --new makes a connection for each request,
 * its handshake in the time;
 * --look-up counts the look-up of the name as well. Called by bench.py.
 */
#include "config.h"

#include "response.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct run {
    struct client_target target;
    uint64_t count;
    bool fresh;
    bool look_up;
    bool once;
    uint64_t upload;
    const char *json;
    char request[4096];
};

static void ask(const struct run *run, struct client_conn *conn)
{
    client_write_all(conn, run->request, strlen(run->request));
    response_read(conn);
}

static int64_t time_one(struct run *run, struct client_conn *conn)
{
    int64_t begin = client_now();

    if (run->fresh) {
        if (run->look_up)
            client_resolve(&run->target);
        client_open(&run->target, conn);
    }
    ask(run, conn);
    int64_t took = client_now() - begin;
    if (run->fresh)
        client_close(conn);
    return took;
}

static void time_many(struct run *run)
{
    struct client_conn conn;
    int64_t *took = calloc(run->count, sizeof *took);

    if (!took)
        client_die(true, "calloc");
    if (!run->fresh)
        client_open(&run->target, &conn);
    /* A tenth first, for caches, slow start and the server's pools. */
    for (uint64_t i = 0; i < run->count / 10 + 1; i++)
        time_one(run, &conn);
    for (uint64_t i = 0; i < run->count; i++)
        took[i] = time_one(run, &conn);
    printf("%lld ", (long long)client_percentile(took, run->count, 500));
    printf("%lld\n", (long long)client_percentile(took, run->count, 990));
    free(took);
}

static void send_body(const struct run *run, struct client_conn *conn)
{
    static char bytes[256 * 1024];
    uint64_t left = run->upload;

    memset(bytes, 'x', sizeof bytes);
    while (left > 0) {
        size_t now = left < sizeof bytes ? left : sizeof bytes;
        client_write_all(conn, bytes, now);
        left -= now;
    }
}

static void time_transfer(struct run *run)
{
    struct client_conn conn;

    client_open(&run->target, &conn);
    int64_t begin = client_now();
    client_write_all(&conn, run->request, strlen(run->request));
    send_body(run, &conn);
    response_read(&conn);
    printf("%lld\n", (long long)(client_now() - begin));
    client_close(&conn);
}

static void write_request(struct run *run)
{
    const char *fields = "User-Agent: bench\r\nAccept: */*\r\n";

    if (!run->upload) {
        client_request(&run->target, fields, run->json, run->request,
                       sizeof run->request);
        return;
    }
    snprintf(run->request, sizeof run->request,
             "POST %s HTTP/1.1\r\nHost: %s\r\n%sContent-Length: %llu\r\n\r\n",
             run->target.path, run->target.host, fields,
             (unsigned long long)run->upload);
}

int main(int argc, char **argv)
{
    enum { TO = 1, CA, NEW, LOOK_UP, UPLOAD, ONCE, JSON };
    static const struct option options[] = {
        {"to", required_argument, NULL, TO},
        {"ca", required_argument, NULL, CA},
        {"new", no_argument, NULL, NEW},
        {"look-up", no_argument, NULL, LOOK_UP},
        {"upload", required_argument, NULL, UPLOAD},
        {"once", no_argument, NULL, ONCE},
        {"json", required_argument, NULL, JSON},
        {NULL, 0, NULL, 0},
    };
    struct run run = {.count = 1000};
    int option;

    while ((option = getopt_long(argc, argv, "n:", options, NULL)) != -1) {
        switch (option) {
        case TO:
            run.target.to = optarg;
            break;
        case CA:
            run.target.ca = optarg;
            break;
        case NEW:
            run.fresh = true;
            break;
        case LOOK_UP:
            run.look_up = true;
            break;
        case UPLOAD:
            run.upload = client_number(optarg);
            break;
        case ONCE:
            run.once = true;
            break;
        case JSON:
            run.json = optarg;
            break;
        case 'n':
            run.count = client_number(optarg);
            break;
        default:
            return 2;
        }
    }
    if (optind != argc - 1)
        client_die(false, "one URL, please");
    client_target_init(&run.target, argv[optind]);
    write_request(&run);
    if (run.upload || run.once)
        time_transfer(&run);
    else
        time_many(&run);
    SSL_CTX_free(run.target.context);
    return 0;
}
