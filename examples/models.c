/*
 * models: a small program under test, on libcurl; see examples/README.md. It
 * asks an API for its models and ends with 0 if there is the one it wants.
 * There is nothing of Offwire in it.
 *
 *     models NAME
 */
#include <curl/curl.h>
#include <stdio.h>
#include <string.h>

struct answer {
    char text[4096];
    size_t len;
};

static size_t keep(char *bytes, size_t size, size_t n, void *context)
{
    struct answer *answer = context;
    size_t len = size * n;

    if (len >= sizeof answer->text - answer->len)
        return 0;
    memcpy(answer->text + answer->len, bytes, len);
    answer->len += len;
    return len;
}

static CURLcode fetch(const char *url, struct answer *ret_answer, long *status)
{
    CURL *curl = curl_easy_init();

    if (!curl)
        return CURLE_OUT_OF_MEMORY;
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, keep);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, ret_answer);
    CURLcode code = curl_easy_perform(curl);
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, status);
    curl_easy_cleanup(curl);
    return code;
}

int main(int argc, char **argv)
{
    struct answer answer = {"", 0};
    long status = 0;

    if (argc != 2)
        return 2;
    CURLcode code = fetch("https://api.openai.com/v1/models", &answer, &status);
    if (code != CURLE_OK) {
        fprintf(stderr, "models: %s\n", curl_easy_strerror(code));
        return 1;
    }
    printf("status %ld: %s\n", status, answer.text);
    return status == 200 && strstr(answer.text, argv[1]) ? 0 : 1;
}
