/*
 * curl_scenario: what the scenarios of client_curl share. Known is
 * api.example.com, whose paths are the rules of 60-curl.t; real is a server
 * that no rule knows. A check that fails ends the program with status 1.
 */
#ifndef OW_CLIENTS_CURL_SCENARIO_H
#define OW_CLIENTS_CURL_SCENARIO_H

#include <curl/curl.h>
#include <stdbool.h>
#include <stddef.h>

#define KNOWN "https://api.example.com"
#define DEAD  "http://127.0.0.1:1"

struct scenario {
    const char *name;
    void (*run)(void);
};

/*
 * How long curl_multi_poll() may wait. Some libcurls do not wake for a transfer
 * that waited for another's connection.
 */
#define MULTI_POLL_MS 50

struct body {
    size_t len;
    char text[256];
};

/* Each ends with a row without a name. */
extern const struct scenario redirect_scenarios[];

extern const char *real; /* "https://127.0.0.1:PORT" */
extern struct body body; /* of the last transfer */
extern char errors[CURL_ERROR_SIZE];

void check(bool is_so, const char *what, long seen);
/* A handle with the real server's CA, whose body goes to body. */
CURL *make(const char *url, const char *path);
CURLcode go(CURL *easy, const char *url, const char *path);
void expect(CURL *easy, const char *url, const char *path, CURLcode code,
            const char *text);
/* A CURLOPT_WRITEFUNCTION; context is a struct body. */
size_t take(char *data, size_t size, size_t n, void *context);

#endif
