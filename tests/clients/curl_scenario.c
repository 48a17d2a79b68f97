/*
 * curl_scenario: handles, transfers and checks. See curl_scenario.h.
 */
#include "config.h"

#include "curl_scenario.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *real;
struct body body;
char errors[CURL_ERROR_SIZE];

void check(bool is_so, const char *what, long seen)
{
    if (is_so)
        return;
    fprintf(stderr, "not so: %s (%ld; \"%s\")\n", what, seen, errors);
    exit(1);
}

size_t take(char *data, size_t size, size_t n, void *context)
{
    struct body *to = context;
    size_t len = size * n;
    if (to->len + len < sizeof to->text) {
        memcpy(to->text + to->len, data, len);
        to->len += len;
        to->text[to->len] = '\0';
    }
    return len;
}

CURL *make(const char *url, const char *path)
{
    char whole[512];
    CURL *easy = curl_easy_init();
    snprintf(whole, sizeof whole, "%s%s", url, path);
    curl_easy_setopt(easy, CURLOPT_URL, whole);
    curl_easy_setopt(easy, CURLOPT_CAINFO, getenv("OFFWIRE_TEST_CA"));
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, &body);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, errors);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT, 20L);
    return easy;
}

CURLcode go(CURL *easy, const char *url, const char *path)
{
    char whole[512];
    snprintf(whole, sizeof whole, "%s%s", url, path);
    curl_easy_setopt(easy, CURLOPT_URL, whole);
    body = (struct body){0};
    errors[0] = '\0';
    return curl_easy_perform(easy);
}

void expect(CURL *easy, const char *url, const char *path, CURLcode code,
            const char *text)
{
    CURLcode got = go(easy, url, path);
    check(got == code, path, got);
    check(!text || strcmp(body.text, text) == 0, body.text, (long)body.len);
}
