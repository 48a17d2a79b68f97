/*
 * fetch: requests that the host itself sends, by libcurl's multi interface in
 * the host's own loop: nothing here blocks. libcurl is loaded (dlopen) with
 * the first request; it is no dependency of a run that sends none.
 *
 *     struct ow_fetcher *fetcher = ow_fetcher_new(base);
 *     r = ow_fetcher_start(fetcher, &request, on_done, context, &fetch, &err);
 *     ...                    // on_done(context, &result) once, from the loop
 *     ow_fetch_cancel(fetch) // or this: on_done is not called any more
 */
#ifndef OW_UPSTREAM_FETCH_H
#define OW_UPSTREAM_FETCH_H

#include <event2/event.h>
#include <stdbool.h>

#include "base/err.h"
#include "http/fields.h"

struct ow_delivery;
struct ow_fetcher;
struct ow_fetch;

/* Borrowed until the fetch is done. */
struct ow_fetch_request {
    const char *method;
    const char *url;
    const struct ow_fields *headers;
    struct ow_str body;
    const char *connect_to; /* "host:port" to go to instead; or NULL */
    int64_t timeout_ns;     /* real time, of all of it */
    bool is_unverified;     /* certificates are not looked at */
    bool may_leave;         /* else loopback and private addresses alone */
    size_t keep;            /* how much of the answer's body is kept */
};

/* What a call back or a webhook sends; it stands in the delivery. */
void ow_fetch_request_init(struct ow_fetch_request *request,
                           const struct ow_delivery *delivery);

struct ow_fetch_result {
    int status;        /* 0: no answer came */
    const char *error; /* a sentence; NULL: an answer came */
    bool is_refused;   /* nobody listens there */
    bool is_dropped;   /* who took it went away without an answer */
    uint64_t bytes;    /* of the answer's body */
    /* Valid during the call: what is kept of the body, and the lines of the
     * head, each with its line break; both empty if nothing is to be kept. */
    struct ow_str body;
    struct ow_str head;
};

typedef void (*ow_fetch_done_fn)(void *context,
                                 const struct ow_fetch_result *result);

struct ow_fetcher *ow_fetcher_new(struct event_base *base); /* NULL: memory */
/* Fetches that are under way are cancelled. */
struct ow_fetcher *ow_fetcher_free(struct ow_fetcher *fetcher);

/* 0; -ELIBACC with a sentence: there is no libcurl; -ENOMEM; -EINVAL. */
int ow_fetcher_start(struct ow_fetcher *fetcher,
                     const struct ow_fetch_request *request,
                     ow_fetch_done_fn done, void *context,
                     struct ow_fetch **ret, struct ow_err *err);
void ow_fetch_cancel(struct ow_fetch *fetch);

#endif
