/*
 * calls: what was called lately. See calls.h. Fed by journal.c, read by
 * host/api_calls.c and host/api_verify.c.
 *
 * One block for each call: the struct, the arrays of its fields, and behind
 * them all strings. A ring of pointers keeps their order.
 */
#include "config.h"

#include "journal/calls.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"

/* A power of two: places are numbers modulo it. */
#define RING 8192

_Static_assert(RING >= OW_LIMIT_CALLS, "the ring has room for all calls");

struct call {
    struct ow_call_kept kept;
    uint64_t id;            /* of the exchange, for its end; 0: none */
    size_t size;            /* of this block and of end */
    struct ow_request head; /* strings and fields alone */
    int pid;
    const char *program;
    struct ow_field fields[];
};

struct ow_calls {
    struct call *ring[RING];
    size_t first; /* counted up; modulo RING is the oldest's place */
    size_t n;
    size_t bytes;
    uint64_t last;
    uint64_t dropped;
};

struct ow_calls *ow_calls_new(void)
{
    return calloc(1, sizeof(struct ow_calls));
}

static struct call *at(const struct ow_calls *calls, size_t i)
{
    return calls->ring[(calls->first + i) % RING];
}

static void drop_first(struct ow_calls *calls)
{
    struct call *call = at(calls, 0);

    calls->bytes -= call->size;
    calls->first++;
    calls->n--;
    free((char *)call->kept.end.ptr);
    free(call);
}

void ow_calls_clear(struct ow_calls *calls)
{
    while (calls->n > 0)
        drop_first(calls);
    calls->dropped = 0;
}

struct ow_calls *ow_calls_free(struct ow_calls *calls)
{
    if (calls)
        ow_calls_clear(calls);
    free(calls);
    return NULL;
}

bool ow_calls_take(enum ow_event event)
{
    static const enum ow_event calls[] = {
        OW_EVENT_REQUEST, OW_EVENT_UNMATCHED, OW_EVENT_BAD_REQUEST,
        OW_EVENT_ERROR,   OW_EVENT_NAME,      OW_EVENT_CONNECT,
        OW_EVENT_TLS,     OW_EVENT_REFUSED};

    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
        if (calls[i] == event)
            return true;
    return false;
}

/* The strings of a request, in a fixed order. */
static struct ow_str *string_of(struct ow_request *request, size_t i)
{
    static const size_t offsets[] = {offsetof(struct ow_request, method),
                                     offsetof(struct ow_request, scheme),
                                     offsetof(struct ow_request, host),
                                     offsetof(struct ow_request, target),
                                     offsetof(struct ow_request, path),
                                     offsetof(struct ow_request, raw_path),
                                     offsetof(struct ow_request, query),
                                     offsetof(struct ow_request, upgrade)};

    return i < sizeof offsets / sizeof *offsets
               ? (struct ow_str *)((char *)request + offsets[i])
               : NULL;
}

static size_t kept_of(const struct ow_body *body)
{
    size_t len = body ? body->kept.len : 0;

    return len < OW_LIMIT_CALL_BODY ? len : OW_LIMIT_CALL_BODY;
}

/* How many bytes all strings take, with a NUL each. */
static size_t measure(const struct ow_record *record, struct ow_str line,
                      const char *program)
{
    const struct ow_request *request = record->request;
    size_t size = line.len + record->rule.len + record->pack.len +
                  record->place.len + strlen(program) + 5;

    for (size_t i = 0; i < record->n_over; i++)
        size += record->over[i].len + 1 +
                (record->over_packs ? record->over_packs[i].len + 1 : 0);
    if (!request)
        return size;
    struct ow_request copy = *request;
    for (size_t i = 0; string_of(&copy, i); i++)
        size += string_of(&copy, i)->len + 1;
    for (size_t i = 0; i < request->headers.n; i++)
        size += request->headers.items[i].name.len +
                request->headers.items[i].value.len + 2;
    return size + kept_of(request->body) + 1;
}

/* Copies s to where *at is, which moves behind it; absent stays absent. */
static struct ow_str put(char **at, struct ow_str s)
{
    struct ow_str copy = {*at, s.len};

    if (!s.ptr)
        return s;
    memcpy(*at, s.ptr, s.len);
    (*at)[s.len] = '\0';
    *at += s.len + 1;
    return copy;
}

/* Names, each behind its pack's and as by itself. */
static struct ow_str put_over(char **at, const struct ow_record *record)
{
    struct ow_str all = {*at, 0};

    for (size_t i = 0; i < record->n_over; i++) {
        if (record->over_packs) {
            put(at, record->over_packs[i]);
            (*at)[-1] = '/';
        }
        put(at, record->over[i]);
    }
    all.len = (size_t)(*at - all.ptr);
    return all;
}

static void fill_request(struct call *call, const struct ow_request *request,
                         char **place)
{
    struct ow_body *body = request->body;

    call->head = (struct ow_request){
        .method = request->method,
        .scheme = request->scheme,
        .host = request->host,
        .port = request->port,
        .target = request->target,
        .path = request->path,
        .raw_path = request->raw_path,
        .query = request->query,
        .version = request->version,
        .upgrade = request->upgrade,
    };
    for (size_t i = 0; string_of(&call->head, i); i++)
        *string_of(&call->head, i) = put(place, *string_of(&call->head, i));
    for (size_t i = 0; i < request->headers.n; i++)
        call->fields[i] =
            (struct ow_field){put(place, request->headers.items[i].name),
                              put(place, request->headers.items[i].value)};
    call->head.headers.items = call->fields;
    call->head.headers.n = call->head.headers.cap = request->headers.n;
    call->kept.body =
        put(place, (struct ow_str){body ? ow_buf_data(&body->kept) : "",
                                   kept_of(body)});
    call->kept.body_size = body ? body->size : 0;
    call->kept.has_request = true;
}

static struct call *make(const struct ow_record *record, struct ow_str line)
{
    const struct ow_request *request = record->request;
    const char *program =
        record->program && record->program->name ? record->program->name : "";
    size_t fields = request ? request->headers.n : 0;
    size_t head = sizeof(struct call) + fields * sizeof(struct ow_field);
    size_t size = head + measure(record, line, program);
    struct call *call = malloc(size);

    if (!call)
        return NULL;
    char *place = (char *)call + head;
    *call = (struct call){
        .kept = {.event = record->event,
                 .wall_ns = record->wall_ns,
                 .status = record->status,
                 .line = put(&place, line),
                 .rule = put(&place, record->rule),
                 .pack = put(&place, record->pack),
                 .place = put(&place, record->place),
                 .over = put_over(&place, record)},
        .id = record->id,
        .size = size,
        .pid = record->program ? record->program->pid : 0,
        .program = put(&place, ow_str_from(program)).ptr,
    };
    if (request)
        fill_request(call, request, &place);
    return call;
}

/* The end of an answer that took time goes to its call. */
static void add_end(struct ow_calls *calls, uint64_t id, struct ow_str line)
{
    for (size_t i = calls->n; i > 0; i--) {
        struct call *call = at(calls, i - 1);
        if (call->id != id)
            continue;
        char *copy = call->kept.end.ptr ? NULL : strndup(line.ptr, line.len);
        if (copy) {
            call->kept.end = (struct ow_str){copy, line.len};
            call->size += line.len;
            calls->bytes += line.len;
        }
        return;
    }
}

void ow_calls_add(struct ow_calls *calls, const struct ow_record *record,
                  struct ow_str line)
{
    if (record->event == OW_EVENT_END) {
        add_end(calls, record->id, line);
        return;
    }
    if (!ow_calls_take(record->event))
        return;
    struct call *call = make(record, line);
    calls->last++;
    if (!call) {
        calls->dropped++;
        return;
    }
    call->kept.number = calls->last;
    calls->ring[(calls->first + calls->n) % RING] = call;
    calls->n++;
    calls->bytes += call->size;
    /* The newest stays, however large it is. */
    while (calls->n > OW_LIMIT_CALLS ||
           (calls->n > 1 && calls->bytes > OW_LIMIT_CALLS_BYTES)) {
        drop_first(calls);
        calls->dropped++;
    }
}

size_t ow_calls_count(const struct ow_calls *calls)
{
    return calls->n;
}

/* Whether a rule's name is asked for, or its pack's and its name. */
static bool is_called(struct ow_str asked, struct ow_str pack,
                      struct ow_str name)
{
    return ow_str_equal(asked, name) ||
           ow_str_is_joined(asked, pack, '/', name);
}

bool ow_call_kept_is_of(const struct ow_call_kept *call, struct ow_str rule)
{
    struct ow_str rest = call->over;

    if (is_called(rule, call->pack, call->rule) ||
        ow_str_equal(rule, call->place))
        return true;
    while (rest.len > 0) {
        struct ow_str name = {rest.ptr, strlen(rest.ptr)}, own = name;
        struct ow_str pack = ow_str_cut(&own, '/');
        if (ow_str_equal(rule, name) || (own.ptr && is_called(rule, pack, own)))
            return true;
        rest =
            (struct ow_str){rest.ptr + name.len + 1, rest.len - name.len - 1};
    }
    return false;
}

uint64_t ow_calls_dropped(const struct ow_calls *calls)
{
    return calls->dropped;
}

uint64_t ow_calls_last(const struct ow_calls *calls)
{
    return calls->last;
}

const struct ow_call_kept *ow_calls_at(const struct ow_calls *calls, size_t i)
{
    return &at(calls, i)->kept;
}

const struct ow_call_kept *ow_calls_find(const struct ow_calls *calls,
                                         uint64_t number)
{
    /* Numbers rise, but those without memory left gaps. */
    for (size_t i = 0; i < calls->n; i++)
        if (at(calls, i)->kept.number == number)
            return &at(calls, i)->kept;
    return NULL;
}

int ow_call_kept_request(const struct ow_call_kept *kept,
                         struct ow_arena *arena, struct ow_program *program,
                         struct ow_body *body, struct ow_request *ret)
{
    /* kept is the first member of its call. */
    const struct call *call = (const struct call *)kept;

    ow_body_init(body, OW_LIMIT_CALL_BODY);
    *ret = call->head;
    *program = (struct ow_program){.pid = call->pid, .name = call->program};
    ret->program = program;
    ret->arena = arena;
    ret->body = body;
    int r = ow_body_feed(body, kept->body.ptr, kept->body.len);
    /* What is not wholly kept is not taken for whole. */
    body->size = kept->body_size;
    return r;
}
