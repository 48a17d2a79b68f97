/*
 * curl_known: known hosts. See curl_known.h. Called by curl_way.c, curl_end.c,
 * curl_watch.c and curl_resolve.c. Both tables only grow, up to a limit, and
 * take no lock.
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
#define URLENCODE          (1u << 7)
#define GUESS_SCHEME       (1u << 9)
#define ALLOW_SPACE        (1u << 11)
#define PUNYCODE           (1u << 12)

#define INFO_EFFECTIVE_URL 0x100001

/* "scheme://authority" as programs write it, and CURLOPT_PORT beside it. */
struct begin {
    struct begin *next;
    const struct ow_curl_host *host;
    long port;
    size_t len;
    char text[];
};

static struct ow_curl_host *_Atomic buckets[BUCKETS];
static _Atomic(unsigned) count;
static struct begin *_Atomic begins[BUCKETS];
static _Atomic(unsigned) begin_count;

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
static struct ow_curl_host *make(const char *host, size_t len, bool is_known)
{
    struct ow_curl_host *made = malloc(sizeof(*made) + 2 * (len + 1));
    if (!made)
        return NULL;
    size_t bracket = *host == '[';
    char *at = (char *)(made + 1);
    made->is_known = is_known;
    made->host = memcpy(at, host, len);
    at[len] = '\0';
    made->name = memcpy(at + len + 1, host + bracket, len - 2 * bracket);
    at[2 * len + 1 - 2 * bracket] = '\0';
    return made;
}

/* TAKE, PASS or BROKEN. */
static enum ow_verdict ask(const char *host, size_t len, uint16_t port)
{
    struct ow_question question;
    struct ow_control_answer answer;
    size_t bracket = *host == '[';
    if (len >= sizeof(question.name) || len <= 2 * bracket)
        return OW_VERDICT_PASS;
    ow_question_init(&question, OW_QUESTION_KNOWN);
    memcpy(question.name, host + bracket, len - 2 * bracket);
    question.port = port;
    ow_member_set_libcurl();
    return ow_member_ask(&question, &answer);
}

/* A thread that was quicker has made the same: two do no harm. */
static const struct ow_curl_host *keep(struct ow_curl_host *_Atomic *bucket,
                                       struct ow_curl_host *made)
{
    if (!made)
        return NULL;
    made->next = atomic_load(bucket);
    while (!atomic_compare_exchange_weak(bucket, &made->next, made))
        continue;
    return made;
}

const struct ow_curl_host *ow_curl_known_ask(const char *host, size_t len,
                                             uint16_t port)
{
    struct ow_curl_host *_Atomic *bucket = bucket_of(host, len, port);
    const struct ow_curl_host *found = find(
        atomic_load_explicit(bucket, memory_order_acquire), host, len, port);
    if (found && !found->is_guess)
        return found;
    enum ow_verdict verdict = ask(host, len, port);
    bool is_guess = verdict != OW_VERDICT_TAKE && verdict != OW_VERDICT_PASS;
    if (is_guess && found)
        return found;
    /* Of hosts that are ours a program has not so many. */
    if (verdict == OW_VERDICT_PASS &&
        atomic_fetch_add(&count, 1) >= OW_LIMIT_CURL_HOSTS) {
        atomic_fetch_sub(&count, 1);
        return NULL;
    }
    struct ow_curl_host *made = make(host, len, verdict != OW_VERDICT_PASS);
    if (made) {
        made->port = port;
        made->is_guess = is_guess;
    }
    return keep(bucket, made);
}

/* number: CURLOPT_PORT, or 0. */
static const struct ow_curl_host *
ask_for_url(const struct ow_curl_library *library, void *url, long number)
{
    char *host = NULL, *port = NULL;
    const struct ow_curl_host *found = NULL;
    if (library->url_get(url, PART_HOST, &host, PUNYCODE) != 0 &&
        library->url_get(url, PART_HOST, &host, 0) != 0)
        return NULL;
    if (number == 0 &&
        library->url_get(url, PART_PORT, &port, DEFAULT_PORT) == 0)
        number = strtol(port, NULL, 10);
    if (host && *host && number >= 0 && number <= UINT16_MAX)
        found = ow_curl_known_ask(host, strlen(host), (uint16_t)number);
    if (host)
        library->free(host);
    if (port)
        library->free(port);
    return found;
}

/* The length of "scheme://authority", or 0: it is written otherwise. What
 * follows it cannot change it. */
static size_t begin_len(const char *text)
{
    const char *colon = strchr(text, ':');
    if (!colon || colon[1] != '/' || colon[2] != '/' || colon[3] == '/')
        return 0;
    const char *end = strchrnul(colon + 3, '/');
    for (const char *at = colon + 3; at < end; at++)
        if (*at == '?' || *at == '#' || *at == '\\')
            return *at == '\\' ? 0 : (size_t)(at - text);
    return (size_t)(end - text);
}

/* FNV-1a over words of eight bytes, and what is left. */
static struct begin *_Atomic *begin_bucket(const char *text, size_t len)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325) ^ len, word;
    for (; len > 0; text += sizeof(word)) {
        size_t part = len < sizeof(word) ? len : sizeof(word);
        word = 0;
        memcpy(&word, text, part);
        hash = (hash ^ word) * UINT64_C(0x9e3779b97f4a7c15);
        len -= part;
    }
    return &begins[hash >> 56];
}

static const struct ow_curl_host *
find_begin(const struct begin *at, const char *text, size_t len, long port)
{
    for (; at; at = at->next)
        if (at->len == len && at->port == port &&
            memcmp(at->text, text, len) == 0)
            return at->host;
    return NULL;
}

/* Two of the same, of two threads, do no harm. */
static void keep_begin(struct begin *_Atomic *bucket, const char *text,
                       size_t len, long port, const struct ow_curl_host *host)
{
    if (!host || host->is_guess ||
        atomic_load(&begin_count) >= OW_LIMIT_CURL_HOSTS)
        return;
    struct begin *made = malloc(sizeof(*made) + len);
    if (!made)
        return;
    atomic_fetch_add(&begin_count, 1);
    *made = (struct begin){atomic_load(bucket), host, port, len};
    memcpy(made->text, text, len);
    while (!atomic_compare_exchange_weak(bucket, &made->next, made))
        continue;
}

static const struct ow_curl_host *
ask_for_text(const struct ow_curl_library *library, const char *text,
             size_t len, long port)
{
    const struct ow_curl_host *host = NULL;
    struct begin *_Atomic *bucket = begin_bucket(text, len);
    if (len > 0)
        host = find_begin(atomic_load_explicit(bucket, memory_order_acquire),
                          text, len, port);
    void *url = host ? NULL : library->url();
    if (!url)
        return host;
    if (library->url_set(url, PART_URL, text,
                         NON_SUPPORT_SCHEME | GUESS_SCHEME | ALLOW_SPACE) == 0)
        host = ask_for_url(library, url, port);
    library->url_cleanup(url);
    if (len > 0)
        keep_begin(bucket, text, len, port, host);
    return host;
}

static const struct ow_curl_host *if_known(const struct ow_curl_host *host)
{
    return host && host->is_known ? host : NULL;
}

const struct ow_curl_host *ow_curl_known_of(struct ow_curl_handle *handle)
{
    const struct ow_curl_library *library = handle->library;
    const char *text = handle->values[OW_CURL_URL].arg;
    void *parsed = handle->values[OW_CURL_CURLU].arg;
    long port = ow_curl_handle_number(handle, OW_CURL_PORT, 0);
    if (!library->url)
        return NULL;
    if (handle->host && handle->host->is_guess)
        handle->host = NULL;
    /* A CURLU may have changed since; a URL is asked for once. */
    if (parsed) {
        handle->begin_len = 0;
        handle->host = ask_for_url(library, parsed, port);
    } else if (text && !handle->host) {
        handle->begin_len = begin_len(text);
        handle->host = ask_for_text(library, text, handle->begin_len, port);
    }
    return if_known(handle->host);
}

const struct ow_curl_host *
ow_curl_known_next(const struct ow_curl_handle *handle, void *easy,
                   const char *location)
{
    const struct ow_curl_library *library = handle->library;
    const struct ow_curl_host *host = NULL;
    char *from = NULL;
    library->easy_getinfo(easy, INFO_EFFECTIVE_URL, &from);
    void *url = library->url && from ? library->url() : NULL;
    if (!url)
        return NULL;
    if (library->url_set(url, PART_URL, from,
                         NON_SUPPORT_SCHEME | GUESS_SCHEME | ALLOW_SPACE) ==
            0 &&
        (!location ||
         library->url_set(url, PART_URL, location,
                          NON_SUPPORT_SCHEME | URLENCODE | ALLOW_SPACE) == 0))
        host = ask_for_url(library, url, 0);
    library->url_cleanup(url);
    return if_known(host);
}
