/*
 * deliver: see deliver.h. Fed by exchange/ through the host; calls fetch.c.
 */
#include "config.h"

#include "upstream/deliver.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "base/limits.h"
#include "http/url.h"
#include "upstream/fetch.h"
#include "upstream/heard.h"

#define BACKOFF_DOUBLINGS 16 /* from then on the wait stays as it is */
/* Real seconds in which a program that has closed its port may end. */
#define ENDS_WITHIN 10

struct entry {
    TAILQ_ENTRY(entry) link;
    struct ow_deliverer *deliverer;
    struct ow_delivery *delivery;
    struct event *timer;
    struct ow_fetch *fetch; /* NULL: it waits */
    int64_t due;            /* session time */
    int64_t began;          /* of the attempt */
    int attempt;            /* from 1; 0: none was made */
    bool is_lost;           /* nobody took the last one: for why, in took_ns */
    int64_t took_ns;
    char why[320];
};

TAILQ_HEAD(entry_list, entry);

struct ow_deliverer {
    struct ow_deliverer_env env;
    struct ow_fetcher *fetcher;
    struct entry_list entries;
    size_t n;
    uint64_t failed;
    struct ow_heard heard;
};

struct ow_deliverer *ow_deliverer_new(const struct ow_deliverer_env *env)
{
    struct ow_deliverer *deliverer = calloc(1, sizeof *deliverer);

    if (!deliverer)
        return NULL;
    deliverer->env = *env;
    TAILQ_INIT(&deliverer->entries);
    deliverer->fetcher = ow_fetcher_new(env->base);
    return deliverer->fetcher ? deliverer : ow_deliverer_free(deliverer);
}

static void free_entry(struct entry *entry)
{
    TAILQ_REMOVE(&entry->deliverer->entries, entry, link);
    entry->deliverer->n--;
    if (entry->fetch)
        ow_fetch_cancel(entry->fetch);
    if (entry->timer)
        event_free(entry->timer);
    ow_delivery_free(entry->delivery);
    free(entry);
}

struct ow_deliverer *ow_deliverer_free(struct ow_deliverer *deliverer)
{
    if (!deliverer)
        return NULL;
    while (!TAILQ_EMPTY(&deliverer->entries))
        free_entry(TAILQ_FIRST(&deliverer->entries));
    ow_fetcher_free(deliverer->fetcher);
    free(deliverer);
    return NULL;
}

void ow_deliverer_use(struct ow_deliverer *deliverer,
                      const struct ow_table *table)
{
    deliverer->env.table = table;
}

uint64_t ow_deliverer_failed(const struct ow_deliverer *deliverer)
{
    return deliverer->failed;
}

static void record(struct ow_deliverer *deliverer,
                   const struct ow_delivery *delivery, struct ow_record *more)
{
    int64_t now = ow_clock_now(deliverer->env.clock);

    more->id = delivery->id;
    more->wall_ns = ow_clock_wall(deliverer->env.clock, now);
    more->rule = ow_str_from(delivery->rule);
    more->place = ow_str_from(delivery->place);
    more->method = ow_str_from(delivery->method);
    more->url = ow_str_from(delivery->url);
    more->request_bytes = (int64_t)delivery->body.len;
    ow_journal_add(deliverer->env.journal, more);
}

/* For good: one sentence, and it counts. */
static void give_up(struct ow_deliverer *deliverer,
                    const struct ow_delivery *delivery, int attempts,
                    const char *why)
{
    char line[1024];

    deliverer->failed++;
    if (!deliverer->env.say)
        return;
    snprintf(line, sizeof line,
             "the call back %s %.400s of the rule \"%.100s\" (%.100s) was not "
             "delivered: %s (%d attempt%s)",
             delivery->method, delivery->url, delivery->rule, delivery->place,
             why, attempts, attempts == 1 ? "" : "s");
    deliverer->env.say(deliverer->env.say_context, line);
}

static void wait_until_due(struct entry *entry);

static int64_t backoff(const struct entry *entry)
{
    int doublings = entry->attempt - 1;

    if (doublings > BACKOFF_DOUBLINGS)
        doublings = BACKOFF_DOUBLINGS;
    return entry->delivery->backoff_ns * (INT64_C(1) << doublings);
}

/* The URL's parts, and the port that it means, 0 if it has none. */
static uint16_t split_url(const struct ow_delivery *delivery,
                          struct ow_url *ret)
{
    if (ow_url_split(ow_str_from(delivery->url), ret) < 0 || !ret->host.ptr)
        return 0;
    return ret->port ? ret->port : ow_url_default_port(ret->scheme);
}

/* Where the connection goes. */
static uint16_t port_of(const struct ow_delivery *delivery)
{
    const char *colon =
        delivery->connect_to ? strrchr(delivery->connect_to, ':') : NULL;
    uint64_t port = 0;
    struct ow_url url;

    if (colon)
        ow_str_parse_u64(ow_str_from(colon + 1), &port);
    else
        port = split_url(delivery, &url);
    return port <= UINT16_MAX ? (uint16_t)port : 0;
}

static void record_attempt(struct entry *entry, const char *ended,
                           const struct ow_fetch_result *result)
{
    struct ow_record rec;

    ow_record_init(&rec, OW_EVENT_CALLBACK);
    rec.status = result->status;
    rec.attempt = entry->attempt;
    rec.response_bytes = (int64_t)result->bytes;
    rec.total_ns = entry->took_ns;
    rec.ended = ended;
    rec.text = ow_str_from(result->error);
    record(entry->deliverer, entry->delivery, &rec);
}

static void end_for_good(struct entry *entry,
                         const struct ow_fetch_result *result)
{
    char why[sizeof entry->why];

    record_attempt(entry, "given up", result);
    snprintf(why, sizeof why, "%s", result->error ? result->error : "");
    if (!result->error)
        snprintf(why, sizeof why, "the answer was %d", result->status);
    give_up(entry->deliverer, entry->delivery, entry->attempt, why);
    free_entry(entry);
}

/* Whoever listened there may be about to end. */
static bool may_be_ending(const struct entry *entry,
                          const struct ow_fetch_result *result)
{
    return (result->is_refused || result->is_dropped) &&
           ow_heard_has(&entry->deliverer->heard, port_of(entry->delivery));
}

static void hold(struct entry *entry, const struct ow_fetch_result *result)
{
    const struct timeval real = {ENDS_WITHIN, 0};

    entry->is_lost = true;
    snprintf(entry->why, sizeof entry->why, "%s", result->error);
    event_add(entry->timer, &real);
}

/* What became of one attempt: status, or a sentence without an answer. */
static void end_attempt(struct entry *entry,
                        const struct ow_fetch_result *result, bool is_last)
{
    int64_t now = ow_clock_now(entry->deliverer->env.clock);

    entry->took_ns = now - entry->began;
    if (result->status >= 200 && result->status < 300) {
        record_attempt(entry, "delivered", result);
        free_entry(entry);
    } else if (!is_last) {
        record_attempt(entry, "tried again", result);
        entry->due = now + backoff(entry);
        wait_until_due(entry);
    } else if (may_be_ending(entry, result)) {
        hold(entry, result);
    } else {
        end_for_good(entry, result);
    }
}

static void on_done(void *context, const struct ow_fetch_result *result)
{
    struct entry *entry = context;

    entry->fetch = NULL;
    end_attempt(entry, result, entry->attempt > entry->delivery->retries);
}

/* A host of the rules, that is nobody but ourselves. */
static bool is_ours(const struct entry *entry, char *text, size_t size)
{
    struct ow_url url;
    char name[OW_LIMIT_NAME];
    uint16_t port =
        entry->delivery->connect_to ? 0 : split_url(entry->delivery, &url);

    if (port == 0 || url.host.len >= sizeof name)
        return false;
    memcpy(name, url.host.ptr, url.host.len);
    name[url.host.len] = '\0';
    if (!ow_table_knows(entry->deliverer->env.table, name, port))
        return false;
    snprintf(text, size,
             "the rules name %.200s: a call back goes to the program, and "
             "\"connect_to\" says where that is",
             name);
    return true;
}

static void attempt(struct entry *entry)
{
    struct ow_fetch_request request;
    struct ow_fetch_result failed = {0};
    struct ow_err err = {""};
    char text[320];

    ow_fetch_request_init(&request, entry->delivery);
    entry->attempt++;
    entry->began = ow_clock_now(entry->deliverer->env.clock);
    if (is_ours(entry, text, sizeof text)) {
        failed.error = text;
    } else if (ow_fetcher_start(entry->deliverer->fetcher, &request, on_done,
                                entry, &entry->fetch, &err) < 0) {
        failed.error = err.text;
    } else {
        return;
    }
    /* Another time it would be the same. */
    end_attempt(entry, &failed, true);
}

static void on_timer(evutil_socket_t fd, short what, void *context)
{
    struct entry *entry = context;

    (void)fd;
    (void)what;
    if (entry->is_lost)
        end_for_good(entry, &(struct ow_fetch_result){.error = entry->why});
    else if (ow_clock_now(entry->deliverer->env.clock) < entry->due)
        wait_until_due(entry);
    else
        attempt(entry);
}

/* A clock that stands still is waited for without a timer (wake). */
static void wait_until_due(struct entry *entry)
{
    int64_t wait = ow_clock_until(entry->deliverer->env.clock, entry->due);
    struct timeval real = {wait / 1000000000, wait % 1000000000 / 1000};

    if (wait != INT64_MAX)
        event_add(entry->timer, &real);
}

void ow_deliverer_wake(struct ow_deliverer *deliverer)
{
    struct entry *entry;

    TAILQ_FOREACH(entry, &deliverer->entries, link)
    if (!entry->fetch && !entry->is_lost)
        wait_until_due(entry);
}

static struct entry *add(struct ow_deliverer *deliverer,
                         struct ow_delivery *delivery)
{
    struct entry *entry = calloc(1, sizeof *entry);

    if (!entry)
        return NULL;
    entry->timer = event_new(deliverer->env.base, -1, 0, on_timer, entry);
    if (!entry->timer) {
        free(entry);
        return NULL;
    }
    entry->deliverer = deliverer;
    entry->delivery = delivery;
    TAILQ_INSERT_TAIL(&deliverer->entries, entry, link);
    deliverer->n++;
    return entry;
}

void ow_deliverer_take(struct ow_deliverer *deliverer,
                       struct ow_delivery *take_delivery)
{
    struct entry *entry = deliverer->n < OW_LIMIT_DELIVERIES
                              ? add(deliverer, take_delivery)
                              : NULL;

    if (!entry) {
        give_up(deliverer, take_delivery, 0, "too many are waiting");
        ow_delivery_free(take_delivery);
        return;
    }
    int64_t since = take_delivery->since_ns != INT64_MIN
                        ? take_delivery->since_ns
                        : ow_clock_now(deliverer->env.clock);
    entry->due = since + take_delivery->delay_ns;
    ow_heard_look(&deliverer->heard, port_of(take_delivery));
    wait_until_due(entry);
}

static void cancel(struct entry *entry, struct ow_str why)
{
    struct ow_record rec;

    ow_record_init(&rec, OW_EVENT_CALLBACK);
    rec.attempt = entry->attempt;
    rec.ended = "cancelled";
    rec.text = why;
    rec.total_ns = entry->is_lost ? entry->took_ns : -1;
    record(entry->deliverer, entry->delivery, &rec);
    free_entry(entry);
}

void ow_deliverer_cancel(struct ow_deliverer *deliverer, uint64_t life)
{
    struct entry *entry = TAILQ_FIRST(&deliverer->entries), *next;

    for (; entry; entry = next) {
        uint64_t of = entry->delivery->life;
        next = TAILQ_NEXT(entry, link);
        if (of != 0 && (of == life || life == 0) && entry->attempt == 0)
            cancel(entry, OW_STR("what it tells of was stopped or deleted"));
    }
}

/* What was tried comes before what waits. */
static const struct entry *find_first(const struct ow_deliverer *deliverer)
{
    const struct entry *entry, *first = NULL;

    TAILQ_FOREACH(entry, &deliverer->entries, link)
    if (!first || entry->due < first->due)
        first = entry;
    return first;
}

static void tell_first(const struct entry *entry, struct ow_err *ret)
{
    const struct ow_delivery *delivery = entry->delivery;
    int64_t left = entry->due - ow_clock_now(entry->deliverer->env.clock);
    char when[400];

    if (entry->is_lost)
        snprintf(when, sizeof when, "which nobody took any more: %s",
                 entry->why);
    else if (left > 0)
        snprintf(when, sizeof when, "which was due %.1f s later",
                 (double)left / 1e9);
    else
        snprintf(when, sizeof when, "which was under way");
    ow_err_set(ret, 0, "%s %.400s of the rule \"%.100s\" (%.100s), %s",
               delivery->method, delivery->url, delivery->rule, delivery->place,
               when);
}

size_t ow_deliverer_stop(struct ow_deliverer *deliverer,
                         struct ow_err *ret_first)
{
    size_t n = deliverer->n;
    struct entry *entry;

    if (n > 0 && ret_first)
        tell_first(find_first(deliverer), ret_first);
    while ((entry = TAILQ_FIRST(&deliverer->entries))) {
        char text[sizeof entry->why + 40];
        snprintf(text, sizeof text, "%s%sthe programs had ended", entry->why,
                 entry->is_lost ? "; " : "");
        cancel(entry, ow_str_from(text));
    }
    return n;
}
