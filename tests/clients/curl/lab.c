/*
 * curl_lab --https PORT --http PORT --breaker PORT --ca FILE [--direct]
 *     [--http2] CASE...
 * runs cases and prints their transcripts, each behind a line "== CASE". "all"
 * is all of them. With --http2 libcurl may choose HTTP/2, and the line is
 * "== http2 CASE". Run by tests/system/62-libcurl.t.
 */
#include "config.h"

#include "lab.h"

#include <getopt.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

static const struct lab_case *const all_cases[] = {
    lab_plain_cases, lab_flow_cases,  lab_failure_cases,
    lab_multi_cases, lab_event_cases, lab_thread_cases,
};

void lab_set_up(const struct lab *lab, CURL *easy)
{
    if (lab->resolve)
        curl_easy_setopt(easy, CURLOPT_RESOLVE, lab->resolve);
    curl_easy_setopt(easy, CURLOPT_CAINFO, lab->ca);
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION,
                     lab->http2 ? CURL_HTTP_VERSION_2TLS
                                : CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, 50000L);
}

void lab_url(const struct lab *lab, CURL *easy, enum lab_server server,
             const char *path)
{
    char url[512];
    bool tls = server == LAB_HTTPS || server == LAB_OTHER;

    snprintf(url, sizeof url, "%s://%s.test:%d%s", tls ? "https" : "http",
             server == LAB_OTHER ? "other" : "api", lab->port[server], path);
    curl_easy_setopt(easy, CURLOPT_URL, url);
}

CURL *lab_handle(const struct lab *lab, struct transcript *t)
{
    CURL *easy = curl_easy_init();

    if (!easy)
        exit(3);
    transcript_begin(t, easy, lab->out);
    lab_set_up(lab, easy);
    return easy;
}

void lab_finish(struct transcript *t)
{
    transcript_end(t, curl_easy_perform(t->easy));
    curl_easy_cleanup(t->easy);
}

void lab_get(const struct lab *lab, enum lab_server server, const char *path)
{
    struct transcript t;
    CURL *easy = lab_handle(lab, &t);

    lab_url(lab, easy, server, path);
    lab_finish(&t);
}

static void set_names(struct lab *lab)
{
    static const char *const names[] = {"api", "api", "api", "other"};
    char entry[64];

    for (int i = 0; i < LAB_SERVERS; i++) {
        /* other.test is real on both sides. */
        if (!lab->direct && i != LAB_OTHER)
            continue;
        snprintf(entry, sizeof entry, "%s.test:%d:127.0.0.1", names[i],
                 lab->port[i]);
        lab->resolve = curl_slist_append(lab->resolve, entry);
    }
}

static int run_case(const struct lab *lab, const char *name)
{
    int found = 0;

    for (size_t i = 0; i < sizeof all_cases / sizeof all_cases[0]; i++)
        for (const struct lab_case *c = all_cases[i]; c->name; c++) {
            if (strcmp(name, "all") != 0 && strcmp(name, c->name) != 0)
                continue;
            found = 1;
            fprintf(lab->out, "== %s%s\n", lab->http2 ? "http2 " : "", c->name);
            c->run(lab);
            fflush(lab->out);
        }
    if (!found)
        fprintf(stderr, "curl_lab: no case \"%s\"\n", name);
    return found;
}

int main(int argc, char **argv)
{
    static const struct option options[] = {
        {"https", required_argument, NULL, 's'},
        {"http", required_argument, NULL, 'h'},
        {"breaker", required_argument, NULL, 'b'},
        {"ca", required_argument, NULL, 'c'},
        {"direct", no_argument, NULL, 'd'},
        {"http2", no_argument, NULL, '2'},
        {NULL, 0, NULL, 0},
    };
    struct lab lab = {.out = stdout};
    int option, status = 0;

    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        int port = optarg ? (int)strtol(optarg, NULL, 10) : 0;
        switch (option) {
        case 's':
            lab.port[LAB_HTTPS] = lab.port[LAB_OTHER] = port;
            break;
        case 'h':
            lab.port[LAB_HTTP] = port;
            break;
        case 'b':
            lab.port[LAB_BREAKER] = port;
            break;
        case 'c':
            lab.ca = optarg;
            break;
        case 'd':
            lab.direct = true;
            break;
        case '2':
            lab.http2 = true;
            break;
        default:
            return 2;
        }
    }
    signal(SIGPIPE, SIG_IGN);
    curl_global_init(CURL_GLOBAL_DEFAULT);
    set_names(&lab);
    for (int i = optind; i < argc; i++)
        if (!run_case(&lab, argv[i]))
            status = 2;
    curl_slist_free_all(lab.resolve);
    curl_global_cleanup();
    return status;
}
