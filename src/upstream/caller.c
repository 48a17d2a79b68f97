/*
 * caller: see caller.h. A loop of its own, which runs as long as a call does;
 * fetch.c does the work. Called by the command.
 */
#include "config.h"

#include "upstream/caller.h"

#include <errno.h>
#include <stdlib.h>

#include "base/limits.h"
#include "state/clock.h"

#define PATIENCE_NS INT64_C(50000000) /* between looks whether one listens */
#define DOUBLINGS   16                /* then the wait stays as it is */

struct ow_caller {
    struct event_base *base;
    struct ow_fetcher *fetcher;
    struct ow_clock clock; /* real time */
};

/* Where an attempt leaves what it got. */
struct attempt {
    struct ow_caller *caller;
    struct ow_called *called;
    bool is_refused;
    int failure;
};

struct ow_caller *ow_caller_new(void)
{
    struct ow_caller *caller = calloc(1, sizeof *caller);

    if (!caller)
        return NULL;
    ow_clock_init(&caller->clock, 1.0);
    caller->base = event_base_new();
    if (caller->base)
        caller->fetcher = ow_fetcher_new(caller->base);
    return caller->fetcher ? caller : ow_caller_free(caller);
}

struct ow_caller *ow_caller_free(struct ow_caller *caller)
{
    if (!caller)
        return NULL;
    ow_fetcher_free(caller->fetcher);
    if (caller->base)
        event_base_free(caller->base);
    free(caller);
    return NULL;
}

void ow_called_release(struct ow_called *called)
{
    ow_buf_release(&called->head);
    ow_buf_release(&called->body);
}

static void on_done(void *context, const struct ow_fetch_result *result)
{
    struct attempt *attempt = context;
    struct ow_called *called = attempt->called;

    called->status = result->status;
    called->bytes = result->bytes;
    attempt->is_refused = result->is_refused;
    if (result->error)
        ow_err_set(&called->why, 0, "%s", result->error);
    attempt->failure = ow_buf_append_str(&called->head, result->head);
    if (attempt->failure == 0)
        attempt->failure = ow_buf_append_str(&called->body, result->body);
    event_base_loopbreak(attempt->caller->base);
}

/* Lets so much real time go by. */
static void rest(struct ow_caller *caller, int64_t ns)
{
    struct timeval wait = {ns / 1000000000, ns % 1000000000 / 1000};

    event_base_loopexit(caller->base, &wait);
    event_base_loop(caller->base, EVLOOP_NO_EXIT_ON_EMPTY);
}

static int try(struct ow_caller *caller, const struct ow_call *call,
               struct ow_called *called, bool *ret_refused, struct ow_err *err)
{
    struct attempt attempt = {caller, called, false, 0};
    int64_t began = ow_clock_now(&caller->clock);
    struct ow_fetch *fetch;

    ow_buf_clear(&called->head, 0);
    ow_buf_clear(&called->body, 0);
    called->attempts++;
    int r = ow_fetcher_start(caller->fetcher, &call->request, on_done, &attempt,
                             &fetch, err);
    if (r < 0)
        return r;
    event_base_loop(caller->base, EVLOOP_NO_EXIT_ON_EMPTY);
    called->took_ns = ow_clock_now(&caller->clock) - began;
    *ret_refused = attempt.is_refused;
    return attempt.failure;
}

static int64_t backoff(const struct ow_call *call, int retry)
{
    return call->backoff_ns *
           (INT64_C(1) << (retry < DOUBLINGS ? retry : DOUBLINGS));
}

static int call_until(struct ow_caller *caller, const struct ow_call *call,
                      struct ow_called *called, struct ow_err *err)
{
    int64_t patient = ow_clock_now(&caller->clock) + call->wait_ns;
    int retry = 0;

    while (true) {
        bool is_refused = false;
        int r = try(caller, call, called, &is_refused, err);
        if (r < 0 || (called->status >= 200 && called->status < 300))
            return r;
        if (is_refused && ow_clock_now(&caller->clock) < patient) {
            called->attempts--;
            rest(caller, PATIENCE_NS);
            continue;
        }
        if (retry >= call->retries)
            return 0;
        rest(caller, backoff(call, retry++));
    }
}

int ow_caller_call(struct ow_caller *caller, const struct ow_call *call,
                   struct ow_called *ret, struct ow_err *err)
{
    struct ow_called called = {0};

    ow_buf_init(&called.head, OW_LIMIT_HEAD);
    ow_buf_init(&called.body, call->request.keep);
    int r = call_until(caller, call, &called, err);
    if (r < 0)
        ow_called_release(&called);
    else
        *ret = called;
    return r;
}
