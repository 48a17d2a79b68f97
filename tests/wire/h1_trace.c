/*
 * h1_trace: see h1_trace.h.
 */
#include "config.h"

#include "h1_trace.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "lib/must.h"
#include "wire/h1.h"

#define LONG 256

struct trace {
    struct ow_h1 *h1;
    struct ow_buf *out;
    const char *data;   /* all of the input */
    size_t at;          /* how much of it was used */
    struct ow_buf body; /* of the message under way */
    bool failed;
};

static void put(struct trace *trace, const char *text)
{
    must(ow_buf_append(trace->out, text, strlen(text)) == 0, "memory");
}

void h1_trace_escape(struct ow_buf *out, struct ow_str s)
{
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        int r = c == '\\'              ? ow_buf_append(out, "\\\\", 2)
                : c < ' ' || c >= 0x7f ? ow_buf_printf(out, "\\x%02x", c)
                                       : ow_buf_append(out, &s.ptr[i], 1);
        must(r == 0, "memory");
    }
}

void h1_trace_value(struct ow_buf *out, struct ow_str s)
{
    uint64_t sum = 0xcbf29ce484222325u;

    if (s.len <= LONG) {
        h1_trace_escape(out, s);
        return;
    }
    for (size_t i = 0; i < s.len; i++)
        sum = (sum ^ (unsigned char)s.ptr[i]) * 0x100000001b3u;
    must(ow_buf_printf(out, "(%zu bytes, sum %016llx)", s.len,
                       (unsigned long long)sum) == 0,
         "memory");
}

static void put_fields(struct trace *trace, const char *what,
                       const struct ow_fields *fields)
{
    for (size_t i = 0; i < fields->n; i++) {
        put(trace, what);
        h1_trace_escape(trace->out, fields->items[i].name);
        put(trace, ": ");
        h1_trace_value(trace->out, fields->items[i].value);
        put(trace, "\n");
    }
}

static void put_head(struct trace *trace)
{
    const struct ow_h1_head *head = ow_h1_head(trace->h1);

    must(head->raw.len <= trace->at && head->raw.len <= OW_LIMIT_HEAD &&
             memcmp(head->raw.ptr, trace->data + trace->at - head->raw.len,
                    head->raw.len) == 0,
         "the raw head is not what came");
    must(head->fields.n <= OW_LIMIT_FIELDS, "too many fields");
    put(trace, "head ");
    h1_trace_escape(trace->out, head->method);
    put(trace, " ");
    h1_trace_value(trace->out, head->target);
    put(trace, head->minor ? " 1.1" : " 1.0");
    put(trace, head->keep_alive ? " keep-alive" : " close");
    put(trace, head->chunked ? " chunked" : "");
    if (head->has_length)
        must(ow_buf_printf(trace->out, " length=%llu",
                           (unsigned long long)head->length) == 0,
             "memory");
    put(trace, head->expects_continue ? " expects-continue" : "");
    put(trace, head->upgrade ? " upgrade" : "");
    put(trace, "\n");
    put_fields(trace, "field ", &head->fields);
}

static void end_body(struct trace *trace)
{
    if (trace->body.len == 0)
        return;
    put(trace, "body ");
    h1_trace_value(trace->out, ow_buf_peek(&trace->body));
    put(trace, "\n");
    ow_buf_clear(&trace->body, SIZE_MAX);
}

static void put_event(struct trace *trace, const struct ow_h1_event *event,
                      struct ow_str piece)
{
    switch (event->kind) {
    case OW_H1_MORE:
        break;
    case OW_H1_HEAD:
        put_head(trace);
        break;
    case OW_H1_BODY:
        must(event->bytes.len > 0 && event->bytes.ptr >= piece.ptr &&
                 event->bytes.ptr + event->bytes.len <= piece.ptr + piece.len,
             "body bytes are not inside the fed data");
        must(ow_buf_append_str(&trace->body, event->bytes) == 0, "memory");
        break;
    case OW_H1_END:
        end_body(trace);
        put_fields(trace, "trailer ", ow_h1_trailers(trace->h1));
        put(trace, "end\n");
        ow_h1_next(trace->h1);
        break;
    }
}

static void feed_piece(struct trace *trace, const char *bytes, size_t len)
{
    struct ow_str rest = {bytes, len};
    struct ow_h1_event event;
    bool ended = false;

    do {
        ssize_t used = ow_h1_feed(trace->h1, rest.ptr, rest.len, &event);
        if (used < 0) {
            end_body(trace);
            must(ow_buf_printf(trace->out, "fail %d %s\n",
                               ow_h1_problem_status(trace->h1),
                               ow_h1_problem(trace->h1)) == 0,
                 "memory");
            trace->failed = true;
            return;
        }
        must((size_t)used <= rest.len, "more bytes used than fed");
        must(used > 0 || event.kind != OW_H1_MORE || rest.len == 0,
             "MORE with bytes left");
        trace->at += (size_t)used;
        put_event(trace, &event, rest);
        rest = (struct ow_str){rest.ptr + used, rest.len - (size_t)used};
        ended = event.kind == OW_H1_END && rest.len == 0;
        must(event.kind != OW_H1_MORE || rest.len == 0, "MORE is too early");
    } while (event.kind != OW_H1_MORE && !ended);
}

/* The piece lies in memory of its own, so that a sanitizer sees what is read
 * beyond it or after it. */
static void feed_copy(struct trace *trace, size_t end)
{
    size_t len = end - trace->at;
    char *copy = malloc(len ? len : 1);

    must(copy, "memory");
    memcpy(copy, trace->data + trace->at, len);
    feed_piece(trace, copy, len);
    free(copy);
}

void h1_trace(const char *data, size_t len, const size_t *cuts, size_t n,
              size_t step, struct ow_buf *out)
{
    struct trace trace = {.h1 = ow_h1_new(), .out = out, .data = data};

    must(trace.h1, "memory");
    for (size_t i = 0; step == 0 && i < n && !trace.failed; i++)
        if (cuts[i] > trace.at && cuts[i] < len)
            feed_copy(&trace, cuts[i]);
    for (size_t at = step; step > 0 && at < len && !trace.failed; at += step)
        feed_copy(&trace, at);
    if (!trace.failed)
        feed_copy(&trace, len);
    if (!trace.failed && ow_h1_is_mid_message(trace.h1)) {
        end_body(&trace);
        put(&trace, "open\n");
    }
    ow_buf_release(&trace.body);
    ow_h1_free(trace.h1);
}
