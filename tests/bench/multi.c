/*
 * multi: a hundred transfers at once in one multi handle of libcurl.
 *
 *     multi [--resolve HOST:PORT:ADDRESS] [--ca FILE] [-c TRANSFERS]
 *           [-n ROUNDS] URL
 *
 * Each round has a multi handle of its own: the transfers are added and driven
 * to their ends, then the same handles once more over the connections that
 * were kept. Prints "FIRST AGAIN", nanoseconds, each the median of the rounds.
 * Called by bench.py.
 */
#include "config.h"

#include "client.h"

#include <curl/curl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct run {
    const char *url;
    const char *ca;
    struct curl_slist *resolve;
    uint64_t transfers;
    uint64_t rounds;
};

static size_t drop(char *bytes, size_t size, size_t count, void *user)
{
    (void)bytes;
    (void)user;
    return size * count;
}

static CURL *new_transfer(const struct run *run)
{
    CURL *easy = curl_easy_init();

    if (!easy)
        client_die(false, "curl_easy_init fails");
    curl_easy_setopt(easy, CURLOPT_URL, run->url);
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, drop);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_FAILONERROR, 1L);
    if (run->ca)
        curl_easy_setopt(easy, CURLOPT_CAINFO, run->ca);
    if (run->resolve)
        curl_easy_setopt(easy, CURLOPT_RESOLVE, run->resolve);
    return easy;
}

/* Each must be good: a figure from a broken run is worth nothing. */
static void take_messages(CURLM *multi)
{
    CURLMsg *message;
    int left;

    while ((message = curl_multi_info_read(multi, &left)))
        if (message->data.result != CURLE_OK)
            client_die(false, "a transfer failed: %s",
                       curl_easy_strerror(message->data.result));
}

static int64_t time_batch(const struct run *run, CURLM *multi, CURL **transfers)
{
    int64_t begin = client_now();
    int running = 1;

    for (uint64_t i = 0; i < run->transfers; i++)
        curl_multi_add_handle(multi, transfers[i]);
    while (running) {
        curl_multi_perform(multi, &running);
        take_messages(multi);
        if (running)
            curl_multi_poll(multi, NULL, 0, 1000, NULL);
    }
    int64_t took = client_now() - begin;
    for (uint64_t i = 0; i < run->transfers; i++)
        curl_multi_remove_handle(multi, transfers[i]);
    return took;
}

static void time_rounds(const struct run *run)
{
    int64_t *first = calloc(run->rounds, sizeof *first);
    int64_t *again = calloc(run->rounds, sizeof *again);
    CURL **transfers = calloc(run->transfers, sizeof *transfers);

    if (!first || !again || !transfers)
        client_die(true, "calloc");
    for (uint64_t i = 0; i < run->rounds; i++) {
        CURLM *multi = curl_multi_init();
        for (uint64_t t = 0; t < run->transfers; t++)
            transfers[t] = new_transfer(run);
        first[i] = time_batch(run, multi, transfers);
        again[i] = time_batch(run, multi, transfers);
        for (uint64_t t = 0; t < run->transfers; t++)
            curl_easy_cleanup(transfers[t]);
        curl_multi_cleanup(multi);
    }
    printf("%lld ", (long long)client_percentile(first, run->rounds, 500));
    printf("%lld\n", (long long)client_percentile(again, run->rounds, 500));
    free(first);
    free(again);
    free(transfers);
}

int main(int argc, char **argv)
{
    enum { RESOLVE = 1, CA };
    static const struct option options[] = {
        {"resolve", required_argument, NULL, RESOLVE},
        {"ca", required_argument, NULL, CA},
        {NULL, 0, NULL, 0},
    };
    struct run run = {.transfers = 100, .rounds = 5};
    int option;

    while ((option = getopt_long(argc, argv, "c:n:", options, NULL)) != -1) {
        switch (option) {
        case RESOLVE:
            run.resolve = curl_slist_append(run.resolve, optarg);
            break;
        case CA:
            run.ca = optarg;
            break;
        case 'c':
            run.transfers = client_number(optarg);
            break;
        case 'n':
            run.rounds = client_number(optarg);
            break;
        default:
            return 2;
        }
    }
    if (optind != argc - 1)
        client_die(false, "one URL, please");
    run.url = argv[optind];
    curl_global_init(CURL_GLOBAL_DEFAULT);
    time_rounds(&run);
    curl_slist_free_all(run.resolve);
    curl_global_cleanup();
    return 0;
}
