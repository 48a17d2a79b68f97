/*
 * curl_report: gathers and tells. See curl_report.h. Called by curl_end.c.
 */
#include "config.h"

#include "shim/curl_report.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/hash.h"
#include "shim/curl_known.h"
#include "shim/member.h"

/* Numbers of <curl/curl.h>. */
#define INFO_RESPONSE_CODE  0x200002
#define INFO_REDIRECT_COUNT 0x200014
#define INFO_NUM_CONNECTS   0x20001a
#define INFO_HTTP_VERSION   0x20002e
#define PART_USER           2
#define PROTO_HTTP          1L
#define PROTO_HTTPS         2L
/* Ways that are remembered as told; a program has a handful. */
#define WAYS 64
/* From here on libcurl follows 30 redirects and no more. */
#define LIMITED_SINCE 0x080300u
#define LIMIT         30

_Static_assert(sizeof(struct ow_transfer) <=
                   sizeof(((struct ow_question *)0)->address),
               "a transfer fits into a question");

/* Hashes of what was told; a way whose place another one takes is told anew. */
static _Atomic(uint64_t) told[WAYS];

/*
 * Whether this process has told the host just this. A question costs as much
 * as a request on a kept connection; a thousand of the same tell no more.
 */
static bool is_told(const struct ow_transfer *transfer,
                    const struct ow_curl_host *host)
{
    pid_t pid = getpid();
    uint64_t hash = ow_hash_bytes(OW_HASH_BEGIN, &pid, sizeof(pid));
    hash = ow_hash_bytes(hash, &host, sizeof(const void *));
    hash = ow_hash_bytes(hash, transfer, sizeof(*transfer));
    /* 0 is an empty place. */
    return atomic_exchange(&told[(hash >> 32) % WAYS], hash | 1) == (hash | 1);
}

static int16_t narrow(long value)
{
    return value < -1 ? -1 : value > INT16_MAX ? INT16_MAX : (int16_t)value;
}

static int16_t get_info(const struct ow_curl_handle *handle, void *easy,
                        int info)
{
    long value = 0;
    handle->library->easy_getinfo(easy, info, &value);
    return narrow(value);
}

static unsigned protocols_of_mask(long mask)
{
    return (mask & PROTO_HTTP ? OW_TRANSFER_REDIRECT_HTTP : 0u) |
           (mask & PROTO_HTTPS ? OW_TRANSFER_REDIRECT_HTTPS : 0u) |
           (mask & ~(PROTO_HTTP | PROTO_HTTPS) ? OW_TRANSFER_REDIRECT_OTHER
                                               : 0u);
}

/* "https,http"; any other name, "all" too, is others as well. */
static unsigned protocols_of_list(const char *list)
{
    unsigned protocols = 0;
    while (*list) {
        size_t len = strcspn(list, ",");
        if (len == 4 && strncasecmp(list, "http", len) == 0)
            protocols |= OW_TRANSFER_REDIRECT_HTTP;
        else if (len == 5 && strncasecmp(list, "https", len) == 0)
            protocols |= OW_TRANSFER_REDIRECT_HTTPS;
        else if (len == 3 && strncasecmp(list, "all", len) == 0)
            protocols |= protocols_of_mask(-1L);
        else
            protocols |= OW_TRANSFER_REDIRECT_OTHER;
        list += len + (list[len] == ',');
    }
    return protocols;
}

static unsigned protocols(const struct ow_curl_handle *handle,
                          enum ow_curl_option list, enum ow_curl_option mask)
{
    const char *text = handle->values[list].arg;
    return text ? protocols_of_list(text)
                : protocols_of_mask(ow_curl_handle_number(handle, mask, -1L));
}

static bool has_credentials(const struct ow_curl_handle *handle)
{
    const char *url = handle->values[OW_CURL_URL].arg;
    void *parsed = handle->values[OW_CURL_CURLU].arg;
    char *user = NULL;
    if (parsed) {
        bool has = handle->library->url_get(parsed, PART_USER, &user, 0) == 0;
        if (user)
            handle->library->free(user);
        return has;
    }
    const char *authority = url ? strstr(url, "://") : NULL;
    authority = authority ? authority + 3 : url;
    return authority &&
           memchr(authority, '@', strcspn(authority, "/?#")) != NULL;
}

static unsigned flags_of(const struct ow_curl_handle *handle)
{
    unsigned allowed =
        protocols(handle, OW_CURL_PROTOCOLS_STR, OW_CURL_PROTOCOLS);
    unsigned flags =
        allowed * (OW_TRANSFER_ALLOW_HTTP / OW_TRANSFER_REDIRECT_HTTP) |
        (allowed & protocols(handle, OW_CURL_REDIR_PROTOCOLS_STR,
                             OW_CURL_REDIR_PROTOCOLS));
    const struct {
        bool is_so;
        unsigned flag;
    } facts[] = {
        {ow_curl_handle_number(handle, OW_CURL_SSL_VERIFYPEER, 1),
         OW_TRANSFER_VERIFY_PEER},
        {ow_curl_handle_number(handle, OW_CURL_SSL_VERIFYHOST, 2),
         OW_TRANSFER_VERIFY_HOST},
        {ow_curl_handle_number(handle, OW_CURL_TIMEOUT, 0) ||
             ow_curl_handle_number(handle, OW_CURL_TIMEOUT_MS, 0),
         OW_TRANSFER_TIMEOUT},
        {ow_curl_handle_number(handle, OW_CURL_CONNECTTIMEOUT, 0) ||
             ow_curl_handle_number(handle, OW_CURL_CONNECTTIMEOUT_MS, 0),
         OW_TRANSFER_CONNECT_TIMEOUT},
        {ow_curl_handle_number(handle, OW_CURL_LOW_SPEED_LIMIT, 0) &&
             ow_curl_handle_number(handle, OW_CURL_LOW_SPEED_TIME, 0),
         OW_TRANSFER_LOW_SPEED},
        {ow_curl_handle_number(handle, OW_CURL_FOLLOWLOCATION, 0),
         OW_TRANSFER_FOLLOWS},
        {ow_curl_handle_number(handle, OW_CURL_VERBOSE, 0),
         OW_TRANSFER_VERBOSE},
        {has_credentials(handle), OW_TRANSFER_CREDENTIALS},
    };
    for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++)
        if (facts[i].is_so)
            flags |= facts[i].flag;
    return flags;
}

static long default_limit(const struct ow_curl_handle *handle)
{
    const struct ow_curl_version *version = handle->library->version_info(0);
    return version && version->number >= LIMITED_SINCE ? LIMIT : -1;
}

/* What a client tries again. */
static bool has_failed(const struct ow_curl_handle *handle, void *easy,
                       int code)
{
    int16_t status = get_info(handle, easy, INFO_RESPONSE_CODE);
    return code != 0 || status == 429 || status >= 500;
}

void ow_curl_report(struct ow_curl_handle *handle,
                    const struct ow_curl_host *host, void *easy, int code)
{
    struct ow_question question;
    struct ow_control_answer answer;
    struct ow_transfer transfer = {
        .code = narrow(code),
        .redirect_limit = narrow(ow_curl_handle_number(
            handle, OW_CURL_MAXREDIRS, default_limit(handle))),
        .redirects = get_info(handle, easy, INFO_REDIRECT_COUNT),
        .http_asked =
            narrow(ow_curl_handle_number(handle, OW_CURL_HTTP_VERSION, 0)),
        .http_got = get_info(handle, easy, INFO_HTTP_VERSION),
        .connects = get_info(handle, easy, INFO_NUM_CONNECTS),
        .retries = handle->retries,
    };
    transfer.flags = (uint16_t)flags_of(handle);
    if (transfer.connects == 0 && transfer.http_got > 0)
        transfer.flags |= OW_TRANSFER_REUSED;
    if (!has_failed(handle, easy, code))
        handle->retries = 0;
    else if (handle->retries < INT16_MAX)
        handle->retries++;
    if (is_told(&transfer, host))
        return;
    ow_question_init(&question, OW_QUESTION_TRANSFER);
    memcpy(question.address, &transfer, sizeof(transfer));
    question.port = host->port;
    snprintf(question.name, sizeof(question.name), "%s", host->name);
    ow_member_ask(&question, &answer);
}
