/*
 * easy: one easy handle of libcurl, options set and performed again and again,
 * as a program does that asks an API. For counting instructions: the host is
 * none that a rule knows, so that all there is to see is what the hooks cost.
 *
 *     easy [--new] [--resolve HOST:PORT:ADDRESS] [--ca FILE] [-n TRANSFERS] URL
 *
 * --new makes a handle for each transfer, and so a connection. Called by
 * bench.py.
 */
#include "config.h"

#include "client.h"

#include <curl/curl.h>
#include <getopt.h>
#include <stdlib.h>

static size_t drop(char *bytes, size_t size, size_t count, void *user)
{
    (void)bytes;
    (void)user;
    return size * count;
}

struct run {
    const char *url;
    const char *ca;
    struct curl_slist *resolve;
    struct curl_slist *headers;
};

static void run_transfer(const struct run *run, CURL *easy)
{
    static char error[CURL_ERROR_SIZE];
    long status = 0;

    curl_easy_setopt(easy, CURLOPT_URL, run->url);
    if (run->ca)
        curl_easy_setopt(easy, CURLOPT_CAINFO, run->ca);
    if (run->resolve)
        curl_easy_setopt(easy, CURLOPT_RESOLVE, run->resolve);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, run->headers);
    curl_easy_setopt(easy, CURLOPT_USERAGENT, "bench/1");
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, drop);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, NULL);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, error);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 1L);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT, 60L);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT, 60L);
    CURLcode code = curl_easy_perform(easy);
    if (code != CURLE_OK)
        client_die(false, "a transfer failed: %s", curl_easy_strerror(code));
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    if (status != 200)
        client_die(false, "an answer has status %ld", status);
}

static void run_all(const struct run *run, uint64_t transfers, bool is_new)
{
    CURL *easy = curl_easy_init();

    for (uint64_t i = 0; i < transfers && easy; i++) {
        run_transfer(run, easy);
        if (!is_new)
            continue;
        curl_easy_cleanup(easy);
        easy = curl_easy_init();
    }
    if (!easy)
        client_die(false, "curl_easy_init fails");
    curl_easy_cleanup(easy);
}

int main(int argc, char **argv)
{
    enum { NEW = 1, RESOLVE, CA };
    static const struct option options[] = {
        {"new", no_argument, NULL, NEW},
        {"resolve", required_argument, NULL, RESOLVE},
        {"ca", required_argument, NULL, CA},
        {NULL, 0, NULL, 0},
    };
    struct run run = {.headers = curl_slist_append(NULL, "X-Bench: easy")};
    uint64_t transfers = 100;
    bool is_new = false;
    int option;

    while ((option = getopt_long(argc, argv, "n:", options, NULL)) != -1) {
        switch (option) {
        case NEW:
            is_new = true;
            break;
        case RESOLVE:
            run.resolve = curl_slist_append(run.resolve, optarg);
            break;
        case CA:
            run.ca = optarg;
            break;
        case 'n':
            transfers = client_number(optarg);
            break;
        default:
            return 2;
        }
    }
    if (optind != argc - 1)
        client_die(false, "one URL, please");
    run.url = argv[optind];
    curl_global_init(CURL_GLOBAL_DEFAULT);
    run_all(&run, transfers, is_new);
    curl_slist_free_all(run.resolve);
    curl_slist_free_all(run.headers);
    curl_global_cleanup();
    return 0;
}
