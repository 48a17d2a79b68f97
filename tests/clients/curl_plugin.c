/* curl_plugin: a plugin that has a libcurl of its own; 60-curl.t builds it. */
#include <curl/curl.h>
#include <stdio.h>

int plugin_get(const char *url, const char *proxy, char *text, size_t size);

static size_t drop(char *data, size_t size, size_t n, void *context)
{
    (void)data;
    (void)context;
    return size * n;
}

int plugin_get(const char *url, const char *proxy, char *text, size_t size)
{
    CURL *easy = curl_easy_init();
    curl_easy_setopt(easy, CURLOPT_URL, url);
    curl_easy_setopt(easy, CURLOPT_PROXY, proxy);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, drop);
    int code = curl_easy_perform(easy);
    snprintf(text, size, "%.60s", curl_version());
    curl_easy_cleanup(easy);
    return code;
}
