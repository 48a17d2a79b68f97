/*
 * fetch: libcurl's multi in libevent's loop. See fetch.h. Called by deliver.c.
 *
 *   libcurl wants a socket watched --> an event each --> socket_action
 *           wants to be called     --> the timer     --> socket_action
 *           has ended a transfer   --> done, from the event that ended it
 */
#include "config.h"

#include "upstream/fetch.h"

#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <event2/event_struct.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/socket.h>

/* curl.h: plain functions, no macros around curl_easy_setopt. */
#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>

#include "base/buf.h"
#include "base/library.h"
#include "base/limits.h"
#include "plan/callback.h"

/* The names that distributions give it; both flavours will do. */
static const char *const files[] = {"libcurl.so.4", "libcurl-gnutls.so.4",
                                    NULL};

static const char *const names[] = {
#define OW_CURL(result, function, arguments) #function,
#include "upstream/curl_api.def"
#undef OW_CURL
};

static const struct ow_library libcurl = {"calling back needs", "libcurl4",
                                          files, names,
                                          sizeof names / sizeof *names};

struct fetch_api {
#define OW_CURL(result, function, arguments) result(*function) arguments;
#include "upstream/curl_api.def"
#undef OW_CURL
};

struct ow_fetch {
    LIST_ENTRY(ow_fetch) link;
    struct ow_fetcher *fetcher;
    CURL *easy;
    struct curl_slist *fields, *way;
    bool may_leave;
    bool is_added;
    uint64_t bytes;
    size_t keep; /* 0: nothing of the answer */
    struct ow_buf body, head;
    char error[CURL_ERROR_SIZE];
    char refused[128]; /* why a socket was refused; "": it was not */
    ow_fetch_done_fn done;
    void *context;
};

struct ow_fetcher {
    struct event_base *base;
    void *library;
    struct fetch_api api;
    CURLM *multi;
    struct event *timer;
    LIST_HEAD(, ow_fetch) fetches;
};

/* One socket of libcurl's that is watched. */
struct watch {
    struct event event;
    struct ow_fetcher *fetcher;
};

struct ow_fetcher *ow_fetcher_new(struct event_base *base)
{
    struct ow_fetcher *fetcher = calloc(1, sizeof *fetcher);

    if (!fetcher)
        return NULL;
    fetcher->base = base;
    LIST_INIT(&fetcher->fetches);
    return fetcher;
}

static void free_fetch(struct ow_fetch *fetch)
{
    struct ow_fetcher *fetcher = fetch->fetcher;

    LIST_REMOVE(fetch, link);
    if (fetch->is_added)
        fetcher->api.curl_multi_remove_handle(fetcher->multi, fetch->easy);
    if (fetch->easy)
        fetcher->api.curl_easy_cleanup(fetch->easy);
    fetcher->api.curl_slist_free_all(fetch->fields);
    fetcher->api.curl_slist_free_all(fetch->way);
    ow_buf_release(&fetch->body);
    ow_buf_release(&fetch->head);
    free(fetch);
}

void ow_fetch_cancel(struct ow_fetch *fetch)
{
    free_fetch(fetch);
}

struct ow_fetcher *ow_fetcher_free(struct ow_fetcher *fetcher)
{
    if (!fetcher)
        return NULL;
    while (!LIST_EMPTY(&fetcher->fetches))
        free_fetch(LIST_FIRST(&fetcher->fetches));
    if (fetcher->multi)
        fetcher->api.curl_multi_cleanup(fetcher->multi);
    if (fetcher->timer)
        event_free(fetcher->timer);
    /* The library stays: it may have threads and handlers at exit. */
    free(fetcher);
    return NULL;
}

static void finish(struct ow_fetch *fetch, CURLcode code)
{
    struct ow_fetcher *fetcher = fetch->fetcher;
    struct ow_fetch_result result = {.bytes = fetch->bytes};
    ow_fetch_done_fn done = fetch->done;
    void *context = fetch->context;
    struct ow_buf body = fetch->body, head = fetch->head;
    char error[sizeof fetch->error + sizeof fetch->refused];
    long status = 0;

    fetcher->api.curl_easy_getinfo(fetch->easy, CURLINFO_RESPONSE_CODE,
                                   &status);
    result.status = (int)status;
    if (code != CURLE_OK) {
        const char *text = fetch->refused[0] ? fetch->refused
                           : fetch->error[0]
                               ? fetch->error
                               : fetcher->api.curl_easy_strerror(code);
        snprintf(error, sizeof error, "%s", text);
        result.error = error;
        result.is_refused = code == CURLE_COULDNT_CONNECT && !fetch->refused[0];
        result.is_dropped = code == CURLE_GOT_NOTHING ||
                            code == CURLE_SEND_ERROR ||
                            code == CURLE_RECV_ERROR;
        result.status = 0;
    }
    result.body = ow_buf_peek(&body);
    result.head = ow_buf_peek(&head);
    fetch->body = fetch->head = (struct ow_buf){0};
    free_fetch(fetch);
    done(context, &result);
    ow_buf_release(&body);
    ow_buf_release(&head);
}

static void take_done(struct ow_fetcher *fetcher)
{
    CURLMsg *message;
    int left;

    while (
        (message = fetcher->api.curl_multi_info_read(fetcher->multi, &left))) {
        struct ow_fetch *fetch;
        if (message->msg != CURLMSG_DONE)
            continue;
        CURLcode code = message->data.result;
        CURL *easy = message->easy_handle;
        LIST_FOREACH(fetch, &fetcher->fetches, link)
        if (fetch->easy == easy)
            break;
        if (fetch)
            finish(fetch, code);
    }
}

static void act(struct ow_fetcher *fetcher, curl_socket_t fd, int what)
{
    int running;

    fetcher->api.curl_multi_socket_action(fetcher->multi, fd, what, &running);
    take_done(fetcher);
}

static void on_socket(evutil_socket_t fd, short what, void *context)
{
    struct watch *watch = context;
    int which = (what & EV_READ ? CURL_CSELECT_IN : 0) |
                (what & EV_WRITE ? CURL_CSELECT_OUT : 0);

    act(watch->fetcher, fd, which);
}

static void on_timer(evutil_socket_t fd, short what, void *context)
{
    (void)fd;
    (void)what;
    act(context, CURL_SOCKET_TIMEOUT, 0);
}

static int watch_socket(CURL *easy, curl_socket_t fd, int what, void *context,
                        void *data)
{
    struct ow_fetcher *fetcher = context;
    struct watch *watch = data;
    short wanted = EV_PERSIST;

    (void)easy;
    if (what == CURL_POLL_REMOVE) {
        if (watch)
            event_del(&watch->event);
        free(watch);
        fetcher->api.curl_multi_assign(fetcher->multi, fd, NULL);
        return 0;
    }
    if (!watch) {
        watch = calloc(1, sizeof *watch);
        if (!watch)
            return -1;
        watch->fetcher = fetcher;
        fetcher->api.curl_multi_assign(fetcher->multi, fd, watch);
    } else {
        event_del(&watch->event);
    }
    if (what & CURL_POLL_IN)
        wanted |= EV_READ;
    if (what & CURL_POLL_OUT)
        wanted |= EV_WRITE;
    event_assign(&watch->event, fetcher->base, fd, wanted, on_socket, watch);
    event_add(&watch->event, NULL);
    return 0;
}

static int set_timer(CURLM *multi, long wait_ms, void *context)
{
    struct ow_fetcher *fetcher = context;
    struct timeval wait = {wait_ms / 1000, wait_ms % 1000 * 1000};

    (void)multi;
    if (wait_ms < 0)
        event_del(fetcher->timer);
    else
        event_add(fetcher->timer, &wait);
    return 0;
}

static int open_multi(struct ow_fetcher *fetcher, struct ow_err *err)
{
    const struct fetch_api *api = &fetcher->api;

    if (fetcher->multi)
        return 0;
    int r = fetcher->library ? 0
                             : ow_library_load(&libcurl, &fetcher->api,
                                               &fetcher->library, err);
    if (r < 0)
        return r;
    if (api->curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return ow_err_set(err, -ELIBACC, "libcurl does not begin");
    if (!fetcher->timer)
        fetcher->timer = event_new(fetcher->base, -1, 0, on_timer, fetcher);
    fetcher->multi = fetcher->timer ? api->curl_multi_init() : NULL;
    if (!fetcher->multi)
        return ow_err_set(err, -ENOMEM, "out of memory");
    api->curl_multi_setopt(fetcher->multi, CURLMOPT_SOCKETFUNCTION,
                           watch_socket);
    api->curl_multi_setopt(fetcher->multi, CURLMOPT_SOCKETDATA, fetcher);
    api->curl_multi_setopt(fetcher->multi, CURLMOPT_TIMERFUNCTION, set_timer);
    api->curl_multi_setopt(fetcher->multi, CURLMOPT_TIMERDATA, fetcher);
    return 0;
}

/* Counted; its beginning is kept, if that is wanted. */
static size_t take_body(char *bytes, size_t size, size_t n, void *context)
{
    struct ow_fetch *fetch = context;
    size_t len = size * n, room = fetch->keep - fetch->body.len;

    fetch->bytes += len;
    if (fetch->keep > 0 &&
        ow_buf_append(&fetch->body, bytes, len < room ? len : room) < 0)
        return 0;
    return len;
}

/* A line of the head. A new status line begins another answer's: that of 100
 * Continue comes before the one that counts. */
static size_t take_line(char *bytes, size_t size, size_t n, void *context)
{
    struct ow_fetch *fetch = context;
    size_t len = size * n;

    if (fetch->keep == 0)
        return len;
    if (ow_str_starts((struct ow_str){bytes, len}, OW_STR("HTTP/")))
        ow_buf_clear(&fetch->head, 0);
    return ow_buf_append(&fetch->head, bytes, len) < 0 ? 0 : len;
}

/* Loopback, RFC 1918, RFC 6598, link-local, RFC 4193. */
static bool is_near(const struct sockaddr *address)
{
    if (address->sa_family == AF_INET) {
        struct sockaddr_in v4;
        memcpy(&v4, address, sizeof v4);
        uint32_t a = ntohl(v4.sin_addr.s_addr);
        return a >> 24 == 127 || a >> 24 == 10 || a >> 20 == 0xac1 ||
               a >> 16 == 0xc0a8 || a >> 16 == 0xa9fe || a >> 22 == 0x191;
    }
    if (address->sa_family != AF_INET6)
        return false;
    struct sockaddr_in6 v6;
    memcpy(&v6, address, sizeof v6);
    return IN6_IS_ADDR_LOOPBACK(&v6.sin6_addr) ||
           IN6_IS_ADDR_LINKLOCAL(&v6.sin6_addr) ||
           (v6.sin6_addr.s6_addr[0] & 0xfe) == 0xfc;
}

/* What is mocked must not reach the world by itself: the addresses that a name
 * has are looked at, not the name. */
static curl_socket_t open_socket(void *context, curlsocktype purpose,
                                 struct curl_sockaddr *address)
{
    struct ow_fetch *fetch = context;
    char text[INET6_ADDRSTRLEN] = "";
    const void *bytes = &address->addr.sa_data[2]; /* behind the port */

    (void)purpose;
    if (!fetch->may_leave && !is_near(&address->addr)) {
        if (address->family == AF_INET)
            inet_ntop(AF_INET, bytes, text, sizeof text);
        snprintf(fetch->refused, sizeof fetch->refused,
                 "%s%sis neither loopback nor private; \"anywhere\": true "
                 "lets a call back leave",
                 text[0] ? text : "the address", " ");
        return CURL_SOCKET_BAD;
    }
    return socket(address->family, address->socktype | SOCK_CLOEXEC,
                  address->protocol);
}

static int add_line(struct ow_fetch *fetch, struct curl_slist **list,
                    const char *name, const char *between, struct ow_str value)
{
    char line[8192];
    int n = snprintf(line, sizeof line, "%s%s%.*s", name, between,
                     OW_STR_ARGS(value));

    if (n < 0 || n >= (int)sizeof line)
        return -EINVAL;
    struct curl_slist *longer =
        fetch->fetcher->api.curl_slist_append(*list, line);
    if (!longer)
        return -ENOMEM;
    *list = longer;
    return 0;
}

/* libcurl's own ideas are left out: what is signed is what is sent. */
static int add_fields(struct ow_fetch *fetch,
                      const struct ow_fetch_request *request)
{
    const struct ow_fields *headers = request->headers;
    int r = add_line(fetch, &fetch->fields, "Expect", ":", OW_STR(""));

    if (r == 0 && !ow_fields_find(headers, OW_STR("content-type")))
        r = add_line(fetch, &fetch->fields, "Content-Type", ":", OW_STR(""));
    for (size_t i = 0; r == 0 && i < headers->n; i++) {
        const struct ow_field *field = &headers->items[i];
        /* "Name;" is how libcurl is told to send an empty field. */
        r = field->value.len > 0 ? add_line(fetch, &fetch->fields,
                                            field->name.ptr, ": ", field->value)
                                 : add_line(fetch, &fetch->fields,
                                            field->name.ptr, ";", OW_STR(""));
    }
    return r;
}

static int set_options(struct ow_fetch *fetch,
                       const struct ow_fetch_request *request)
{
    const struct fetch_api *api = &fetch->fetcher->api;
    CURL *easy = fetch->easy;
    long ms = (long)(request->timeout_ns / 1000000);
    int r = add_fields(fetch, request);

    if (r == 0 && request->connect_to)
        r = add_line(fetch, &fetch->way, "::", request->connect_to, OW_STR(""));
    api->curl_easy_setopt(easy, CURLOPT_URL, request->url);
    api->curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    if (request->body.len > 0 || strcmp(request->method, "POST") == 0) {
        api->curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE,
                              (curl_off_t)request->body.len);
        api->curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request->body.ptr);
    }
    if (strcmp(request->method, "HEAD") == 0)
        api->curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
    api->curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request->method);
    api->curl_easy_setopt(easy, CURLOPT_HTTPHEADER, fetch->fields);
    api->curl_easy_setopt(easy, CURLOPT_CONNECT_TO, fetch->way);
    api->curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, ms > 0 ? ms : 1L);
    api->curl_easy_setopt(easy, CURLOPT_USERAGENT, "offwire/" PACKAGE_VERSION);
    /* What the user's proxy is for is not this. */
    api->curl_easy_setopt(easy, CURLOPT_PROXY, "");
    api->curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    if (request->is_unverified) {
        api->curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 0L);
        api->curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 0L);
    }
    api->curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, fetch->error);
    api->curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
    api->curl_easy_setopt(easy, CURLOPT_WRITEDATA, fetch);
    api->curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_line);
    api->curl_easy_setopt(easy, CURLOPT_HEADERDATA, fetch);
    api->curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    api->curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, fetch);
    return r;
}

void ow_fetch_request_init(struct ow_fetch_request *request,
                           const struct ow_delivery *delivery)
{
    *request = (struct ow_fetch_request){
        .method = delivery->method,
        .url = delivery->url,
        .headers = &delivery->headers,
        .body = delivery->body,
        .connect_to = delivery->connect_to,
        .timeout_ns = delivery->timeout_ns,
        .is_unverified = delivery->is_unverified,
        .may_leave = delivery->may_leave,
    };
}

int ow_fetcher_start(struct ow_fetcher *fetcher,
                     const struct ow_fetch_request *request,
                     ow_fetch_done_fn done, void *context,
                     struct ow_fetch **ret, struct ow_err *err)
{
    int r = open_multi(fetcher, err);

    if (r < 0)
        return r;
    struct ow_fetch *fetch = calloc(1, sizeof *fetch);
    if (!fetch)
        return ow_err_set(err, -ENOMEM, "out of memory");
    fetch->fetcher = fetcher;
    fetch->may_leave = request->may_leave;
    fetch->keep = request->keep;
    ow_buf_init(&fetch->body, request->keep);
    ow_buf_init(&fetch->head, OW_LIMIT_HEAD);
    fetch->done = done;
    fetch->context = context;
    LIST_INSERT_HEAD(&fetcher->fetches, fetch, link);
    fetch->easy = fetcher->api.curl_easy_init();
    r = fetch->easy ? set_options(fetch, request) : -ENOMEM;
    if (r == 0 && fetcher->api.curl_multi_add_handle(fetcher->multi,
                                                     fetch->easy) != CURLM_OK)
        r = -ENOMEM;
    if (r < 0) {
        free_fetch(fetch);
        return ow_err_set(err, r,
                          r == -EINVAL ? "a field is too long to be sent"
                                       : "out of memory");
    }
    fetch->is_added = true;
    *ret = fetch;
    return 0;
}
