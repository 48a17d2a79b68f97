/*
 * resources: creates resources and reads each, one request after the other on
 * one connection; every hundredth time also the page of a list that begins
 * behind the one made fifty before.
 *
 *     resources -n COUNT --first N --prefix ID URL
 *
 * URL is the collection; its resources are called ID and a number from 1 on.
 * Prints medians in nanoseconds: of a request, over all; over those of the
 * first N resources; over those of the last N. Called by bench.py.
 */
#include "config.h"

#include "response.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* So many pairs before the time is taken: caches, and what is made once. */
#define WARM 50

struct run {
    struct client_target target;
    uint64_t count;
    uint64_t first;
    const char *prefix;
    int64_t *took; /* of each request */
    size_t n;
};

static void ask(struct run *run, struct client_conn *conn, const char *text)
{
    int64_t begin = client_now();

    client_write_all(conn, text, strlen(text));
    response_read(conn);
    run->took[run->n++] = client_now() - begin;
}

static void make_and_read(struct run *run, struct client_conn *conn, uint64_t n)
{
    static const char body[] = "{\"model\":\"m\",\"file\":\"file-1\"}";
    const struct client_target *to = &run->target;
    char text[2048];

    snprintf(text, sizeof text,
             "POST %s HTTP/1.1\r\nHost: %s\r\nContent-Type: "
             "application/json\r\nContent-Length: %zu\r\n\r\n%s",
             to->path, to->host, sizeof body - 1, body);
    ask(run, conn, text);
    snprintf(text, sizeof text, "GET %s/%s%llu HTTP/1.1\r\nHost: %s\r\n\r\n",
             to->path, run->prefix, (unsigned long long)n, to->host);
    ask(run, conn, text);
    if (n % 100 != 0)
        return;
    snprintf(text, sizeof text,
             "GET %s?limit=10&after=%s%llu HTTP/1.1\r\nHost: %s\r\n\r\n",
             to->path, run->prefix, (unsigned long long)n - 50, to->host);
    ask(run, conn, text);
}

static void time_all(struct run *run)
{
    struct client_conn conn;
    uint64_t n = 0;

    run->took = calloc(run->count, 3 * sizeof *run->took);
    if (!run->took)
        client_die(true, "calloc");
    client_open(&run->target, &conn);
    while (n < WARM)
        make_and_read(run, &conn, ++n);
    run->n = 0;
    while (n < run->first + WARM)
        make_and_read(run, &conn, ++n);
    size_t few = run->n;
    while (n < run->count)
        make_and_read(run, &conn, ++n);
    client_close(&conn);
    /* Of copies: the median sorts. */
    int64_t *parts = calloc(few, 2 * sizeof *parts);
    if (!parts)
        client_die(true, "calloc");
    memcpy(parts, run->took, few * sizeof *parts);
    memcpy(parts + few, run->took + run->n - few, few * sizeof *parts);
    printf("%lld ", (long long)client_percentile(run->took, run->n, 500));
    printf("%lld ", (long long)client_percentile(parts, few, 500));
    printf("%lld\n", (long long)client_percentile(parts + few, few, 500));
    free(parts);
    free(run->took);
}

int main(int argc, char **argv)
{
    enum { FIRST = 1, PREFIX };
    static const struct option options[] = {
        {"first", required_argument, NULL, FIRST},
        {"prefix", required_argument, NULL, PREFIX},
        {NULL, 0, NULL, 0},
    };
    struct run run = {.count = 100000, .first = 1000, .prefix = ""};
    int option;

    while ((option = getopt_long(argc, argv, "n:", options, NULL)) != -1) {
        if (option == FIRST)
            run.first = client_number(optarg);
        else if (option == PREFIX)
            run.prefix = optarg;
        else if (option == 'n')
            run.count = client_number(optarg);
        else
            return 2;
    }
    if (optind != argc - 1)
        client_die(false, "one URL, please");
    client_target_init(&run.target, argv[optind]);
    time_all(&run);
    SSL_CTX_free(run.target.context);
    return 0;
}
