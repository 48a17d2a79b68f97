/*
 * sse: reads event streams and tells how late their events come.
 *
 *     sse [--to ADDRESS:PORT] [--ca FILE] [-c STREAMS] [-n EVENTS]
 *         [-e MICROSECONDS] [--turns N] [--skip N] [--rest N]
 *         [--websocket | --json BODY] URL
 *
 * The streams come at once, and that N times over with --turns.
 * An event has "data:" in it, once; with --websocket it is a message of one.
 * --skip events come before those that are looked at, --rest events behind; all
 * have to come. --json makes the request a POST with a key.
 * Events are due MICROSECONDS apart. When the first one is due the client
 * cannot know; but no event comes before it is due, so the one that is least
 * late gives the schedule of its stream, and every other event's lateness is
 * counted from there. Prints "p50 p99 max" of all events of all streams, in
 * nanoseconds. Called by bench.py.
 */
#include "config.h"

#include "client.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

/* Nothing is awaited longer than this: a stream that stalls is a failure. */
#define PATIENCE_NS (60 * INT64_C(1000000000))

static const char marker[] = "data:";

struct stream {
    struct client_conn conn;
    bool asked;
    size_t seen; /* bytes of the marker matched so far */
    size_t events;
    int64_t *arrival;
};

struct reader {
    struct client_target target;
    char request[2048];
    size_t streams; /* at once */
    size_t turns;
    size_t skip;
    size_t events;
    size_t rest;
    int64_t every;
    int epoll;
    size_t finished;
};

/* The request is shorter than any socket buffer: it goes in one piece. */
static void ask(struct reader *reader, struct stream *stream)
{
    size_t len = strlen(reader->request);
    ssize_t n = client_write(&stream->conn, reader->request, len);

    if (n < 0 && (errno == EAGAIN || errno == ENOTCONN))
        return;
    if (n != (ssize_t)len)
        client_die(true, "write");
    stream->asked = true;
}

static size_t all_events(const struct reader *reader)
{
    return reader->skip + reader->events + reader->rest;
}

static void count(const struct reader *reader, struct stream *stream,
                  int64_t now)
{
    size_t n = stream->events++;

    if (n >= reader->skip && n - reader->skip < reader->events)
        stream->arrival[n - reader->skip] = now;
}

static void scan(struct reader *reader, struct stream *stream,
                 const char *bytes, size_t len, int64_t now)
{
    for (size_t i = 0; i < len; i++) {
        /* The marker's first letter occurs in it but once. */
        stream->seen = bytes[i] == marker[stream->seen] ? stream->seen + 1
                       : bytes[i] == marker[0]          ? 1
                                                        : 0;
        if (stream->seen < sizeof marker - 1)
            continue;
        stream->seen = 0;
        count(reader, stream, now);
        if (stream->events == all_events(reader)) {
            reader->finished++;
            epoll_ctl(reader->epoll, EPOLL_CTL_DEL, stream->conn.fd, NULL);
            return;
        }
    }
}

static void turn(struct reader *reader, struct stream *stream)
{
    char bytes[16 * 1024];

    if (!stream->asked)
        ask(reader, stream);
    while (stream->events < all_events(reader)) {
        ssize_t n = client_read(&stream->conn, bytes, sizeof bytes);
        if (n < 0 && (errno == EAGAIN || errno == ENOTCONN))
            return;
        if (n <= 0)
            client_die(n < 0, "a stream ended after %zu events",
                       stream->events);
        scan(reader, stream, bytes, (size_t)n, client_now());
    }
}

static void read_all(struct reader *reader, struct stream *streams)
{
    struct epoll_event events[256];
    int64_t end = client_now() + PATIENCE_NS;

    reader->finished = 0;
    for (size_t i = 0; i < reader->streams; i++) {
        struct epoll_event event = {.data.ptr = &streams[i],
                                    .events = EPOLLIN | EPOLLOUT | EPOLLET};
        streams[i].arrival = calloc(reader->events, sizeof(int64_t));
        if (!streams[i].arrival)
            client_die(true, "calloc");
        client_begin(&reader->target, &streams[i].conn);
        if (epoll_ctl(reader->epoll, EPOLL_CTL_ADD, streams[i].conn.fd,
                      &event) != 0)
            client_die(true, "epoll_ctl");
    }
    while (reader->finished < reader->streams) {
        int n = epoll_wait(reader->epoll, events, 256, 1000);
        for (int i = 0; i < n; i++)
            turn(reader, events[i].data.ptr);
        if (client_now() > end)
            client_die(false, "%zu of %zu streams have not ended",
                       reader->streams - reader->finished, reader->streams);
    }
}

static void report(const struct reader *reader, const struct stream *streams)
{
    size_t count = reader->streams * reader->turns;
    size_t n = count * reader->events;
    int64_t *late = calloc(n, sizeof *late);
    size_t at = 0;

    if (!late)
        client_die(true, "calloc");
    for (size_t s = 0; s < count; s++) {
        int64_t base = INT64_MAX;
        for (size_t i = 0; i < reader->events; i++) {
            int64_t begin = streams[s].arrival[i] - (int64_t)i * reader->every;
            late[at + i] = begin;
            base = begin < base ? begin : base;
        }
        for (size_t i = 0; i < reader->events; i++)
            late[at++] -= base;
    }
    printf("%lld ", (long long)client_percentile(late, n, 500));
    printf("%lld ", (long long)client_percentile(late, n, 990));
    printf("%lld\n", (long long)late[n - 1]);
    free(late);
}

static void run(struct reader *reader)
{
    size_t count = reader->streams * reader->turns;
    struct stream *streams = calloc(count, sizeof *streams);

    reader->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (!streams || reader->epoll < 0)
        client_die(true, "no memory or no epoll");
    for (size_t at = 0; at < count; at += reader->streams) {
        read_all(reader, streams + at);
        for (size_t i = 0; i < reader->streams; i++)
            client_close(&streams[at + i].conn);
    }
    report(reader, streams);
    for (size_t i = 0; i < count; i++)
        free(streams[i].arrival);
    free(streams);
}

int main(int argc, char **argv)
{
    enum { TO = 1, CA, WEBSOCKET, JSON, TURNS, SKIP, REST };
    static const struct option options[] = {
        {"to", required_argument, NULL, TO},
        {"ca", required_argument, NULL, CA},
        {"websocket", no_argument, NULL, WEBSOCKET},
        {"json", required_argument, NULL, JSON},
        {"turns", required_argument, NULL, TURNS},
        {"skip", required_argument, NULL, SKIP},
        {"rest", required_argument, NULL, REST},
        {NULL, 0, NULL, 0},
    };
    struct reader reader = {
        .streams = 1, .turns = 1, .events = 50, .every = 20000000};
    const char *fields = "Accept: text/event-stream\r\n", *json = NULL;
    int option;

    while ((option = getopt_long(argc, argv, "c:n:e:", options, NULL)) != -1) {
        switch (option) {
        case TO:
            reader.target.to = optarg;
            break;
        case CA:
            reader.target.ca = optarg;
            break;
        case WEBSOCKET:
            fields =
                "Upgrade: websocket\r\nConnection: Upgrade\r\n"
                "Sec-WebSocket-Version: 13\r\n"
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
            break;
        case JSON:
            json = optarg;
            break;
        case TURNS:
            reader.turns = client_number(optarg);
            break;
        case SKIP:
            reader.skip = client_number(optarg);
            break;
        case REST:
            reader.rest = client_number(optarg);
            break;
        case 'c':
            reader.streams = client_number(optarg);
            break;
        case 'n':
            reader.events = client_number(optarg);
            break;
        case 'e':
            reader.every = (int64_t)client_number(optarg) * 1000;
            break;
        default:
            return 2;
        }
    }
    if (optind != argc - 1)
        client_die(false, "one URL, please");
    client_target_init(&reader.target, argv[optind]);
    client_request(&reader.target, fields, json, reader.request,
                   sizeof reader.request);
    run(&reader);
    SSL_CTX_free(reader.target.context);
    return 0;
}
