/*
 * curl_known: known hosts. See curl_known.h. Called by curl_way.c; URLs are
 * taken apart by the handle's own libcurl, so that both mean the same host.
 */
#include "config.h"

#include "shim/curl_known.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/limits.h"
#include "shim/member.h"

#define BUCKETS 256

/* Numbers of <curl/urlapi.h>. */
#define PART_URL           0
#define PART_HOST          5
#define PART_PORT          6
#define DEFAULT_PORT       (1u << 0)
#define NON_SUPPORT_SCHEME (1u << 3)
#define GUESS_SCHEME       (1u << 9)
#define ALLOW_SPACE        (1u << 11)
#define PUNYCODE           (1u << 12)

static struct ow_curl_host *_Atomic buckets[BUCKETS];
static _Atomic(unsigned) count;

/* FNV-1a over the lower-case name, and the port. */
static struct ow_curl_host *_Atomic *bucket_of(const char *host, size_t len,
                                               uint16_t port)
{
    uint32_t hash = UINT32_C(2166136261) ^ port;
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)host[i];
        hash = (hash ^ (c >= 'A' && c <= 'Z' ? c | 0x20u : c)) *
               UINT32_C(16777619);
    }
    return &buckets[hash % BUCKETS];
}

static const struct ow_curl_host *
find(const struct ow_curl_host *at, const char *host, size_t len, uint16_t port)
{
    for (; at; at = at->next)
        if (at->port == port && strncasecmp(at->host, host, len) == 0 &&
            at->host[len] == '\0')
            return at;
    return NULL;
}

/* One block: the struct, and its strings behind it. */
static struct ow_curl_host *make(const char *host, size_t len,
                                 const struct ow_control_answer *answer,
                                 bool is_known)
{
    const char *names = is_known ? answer->text : "";
    size_t names_len = strlen(names);
    struct ow_curl_host *made =
        malloc(sizeof(*made) + 2 * (len + 1) + names_len + 1);
    if (!made)
        return NULL;
    size_t bracket = *host == '[';
    char *at = (char *)(made + 1);
    made->is_known = is_known;
    made->host = memcpy(at, host, len);
    at[len] = '\0';
    made->name = memcpy(at + len + 1, host + bracket, len - 2 * bracket);
    at[2 * len + 1 - 2 * bracket] = '\0';
    made->names = memcpy(at + 2 * (len + 1), names, names_len + 1);
    return made;
}

static struct ow_curl_host *ask(const char *host, size_t len, uint16_t port)
{
    struct ow_question question;
    struct ow_control_answer answer;
    size_t bracket = *host == '[';
    if (len >= sizeof(question.name) || len <= 2 * bracket)
        return NULL;
    ow_question_init(&question, OW_QUESTION_KNOWN);
    memcpy(question.name, host + bracket, len - 2 * bracket);
    question.port = port;
    ow_member_set_libcurl();
    enum ow_verdict verdict = ow_member_ask(&question, &answer);
    if (verdict != OW_VERDICT_TAKE && verdict != OW_VERDICT_PASS)
        return NULL;
    return make(host, len, &answer, verdict == OW_VERDICT_TAKE);
}

const struct ow_curl_host *ow_curl_known_ask(const char *host, size_t len,
                                             uint16_t port)
{
    struct ow_curl_host *_Atomic *bucket = bucket_of(host, len, port);
    struct ow_curl_host *head =
        atomic_load_explicit(bucket, memory_order_acquire);
    const struct ow_curl_host *found = find(head, host, len, port);
    if (found)
        return found;
    if (atomic_fetch_add(&count, 1) >= OW_LIMIT_CURL_HOSTS) {
        atomic_fetch_sub(&count, 1);
        return NULL;
    }
    struct ow_curl_host *made = ask(host, len, port);
    if (!made)
        return NULL;
    made->port = port;
    made->next = head;
    /* A thread that was quicker has made the same: two do no harm. */
    while (!atomic_compare_exchange_weak(bucket, &made->next, made))
        continue;
    return made;
}

static const struct ow_curl_host *
ask_for_url(const struct ow_curl_handle *handle, void *url)
{
    const struct ow_curl_library *library = handle->library;
    char *host = NULL, *port = NULL;
    unsigned long number =
        (unsigned long)(uintptr_t)handle->values[OW_CURL_PORT].arg;
    const struct ow_curl_host *found = NULL;
    if (library->url_get(url, PART_HOST, &host, PUNYCODE) != 0 &&
        library->url_get(url, PART_HOST, &host, 0) != 0)
        return NULL;
    if (number == 0 &&
        library->url_get(url, PART_PORT, &port, DEFAULT_PORT) == 0)
        number = strtoul(port, NULL, 10);
    if (host && *host && number <= UINT16_MAX)
        found = ow_curl_known_ask(host, strlen(host), (uint16_t)number);
    if (host)
        library->free(host);
    if (port)
        library->free(port);
    return found;
}

bool ow_curl_known_is(struct ow_curl_handle *handle)
{
    const struct ow_curl_library *library = handle->library;
    const char *text = handle->values[OW_CURL_URL].arg;
    void *parsed = handle->values[OW_CURL_CURLU].arg;
    if (!library->url || (!text && !parsed))
        return false;
    /* A CURLU may have changed since; a URL is asked for once. */
    if (handle->host && !parsed)
        return handle->host->is_known;
    void *url = parsed ? parsed : library->url();
    if (!url)
        return false;
    if (parsed ||
        library->url_set(url, PART_URL, text,
                         NON_SUPPORT_SCHEME | GUESS_SCHEME | ALLOW_SPACE) == 0)
        handle->host = ask_for_url(handle, url);
    if (!parsed)
        library->url_cleanup(url);
    return handle->host && handle->host->is_known;
}
