/*
 * caller: one request and its answer, waited for: what a command sends, where
 * deliver.h is for a session that goes on meanwhile.
 *
 *     struct ow_caller *caller = ow_caller_new();
 *     r = ow_caller_call(caller, &call, &called, &err);
 *     ... called.status, ow_buf_peek(&called.body) ...
 *     ow_called_release(&called);
 *     ow_caller_free(caller);
 */
#ifndef OW_UPSTREAM_CALLER_H
#define OW_UPSTREAM_CALLER_H

#include "base/buf.h"
#include "upstream/fetch.h"

struct ow_caller;

struct ow_call {
    struct ow_fetch_request request;
    int retries;        /* after no answer, or one whose status is not 2xx */
    int64_t backoff_ns; /* before the first of them; then twice that, ... */
    int64_t wait_ns;    /* how long it is tried while nobody listens */
};

/* What became of the last attempt. */
struct ow_called {
    int status;         /* 0: no answer came */
    struct ow_err why;  /* no answer came: a sentence */
    struct ow_buf head; /* lines, each with its line break */
    struct ow_buf body; /* as much as request.keep says */
    uint64_t bytes;     /* of the body, kept or not */
    int attempts;
    int64_t took_ns;
};

struct ow_caller *ow_caller_new(void); /* NULL when memory is out */
struct ow_caller *ow_caller_free(struct ow_caller *caller);
/*
 * Sends it and waits, real time. 0, be there an answer or not: *ret tells, and
 * is released by ow_called_release. -ELIBACC with a sentence: there is no
 * libcurl; -EINVAL with a sentence; -ENOMEM.
 */
int ow_caller_call(struct ow_caller *caller, const struct ow_call *call,
                   struct ow_called *ret, struct ow_err *err);
void ow_called_release(struct ow_called *called);

#endif
