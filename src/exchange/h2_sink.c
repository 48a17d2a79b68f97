/*
 * h2_sink: an answer as frames of HTTP/2. See h2_sink.h. Called by emit/
 * through the ops; calls wire/h2.
 */
#include "config.h"

#include "exchange/h2_sink.h"

#include <errno.h>
#include <stdio.h>

#include "base/limits.h"

/* What the rule's own fields already say, so that it is not said twice. */
struct given {
    bool date;
    bool length;
};

static struct ow_h2_sink *self(struct ow_sink *sink)
{
    return (struct ow_h2_sink *)sink;
}

/* Fields of a connection of HTTP/1.1: malformed here. */
static bool is_of_connection(struct ow_str name)
{
    static const char *const names[] = {"connection", "keep-alive",
                                        "proxy-connection", "transfer-encoding",
                                        "upgrade"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (ow_str_equal_case(name, ow_str_from(names[i])))
            return true;
    return false;
}

static bool asks_to_close(const struct ow_field *field)
{
    return ow_str_equal_case(field->name, OW_STR("connection")) &&
           ow_str_equal_case(field->value, OW_STR("close"));
}

/* The rule's fields without those of the connection. */
static int take_fields(struct ow_h2_sink *s, const struct ow_fields *fields,
                       struct ow_fields *all, struct given *given)
{
    int r = 0;

    for (size_t i = 0; fields && i < fields->n && r == 0; i++) {
        const struct ow_field *field = &fields->items[i];
        if (asks_to_close(field) && !s->is_refused)
            ow_h2_leave_behind(s->stream);
        if (is_of_connection(field->name))
            continue;
        if (ow_str_equal_case(field->name, OW_STR("date")))
            given->date = true;
        if (ow_str_equal_case(field->name, OW_STR("content-length")))
            given->length = true;
        r = ow_fields_add(all, s->arena, field->name, field->value);
    }
    return r;
}

static int add_own(struct ow_h2_sink *s, const struct ow_step *step,
                   struct ow_fields *all, const struct given *given)
{
    int r = 0;

    if (step->head.framing == OW_FRAMING_LENGTH && !given->length) {
        struct ow_str length = ow_arena_printf(
            s->arena, "%llu", (unsigned long long)step->head.length);
        r = length.ptr
                ? ow_fields_add(all, s->arena, OW_STR("content-length"), length)
                : -ENOMEM;
    }
    if (r == 0 && !given->date)
        r = ow_fields_add(all, s->arena, OW_STR("date"),
                          ow_date_get(s->date, s->sink.wall_ns));
    return r;
}

static int write_head(struct ow_h2_sink *s, const struct ow_step *step,
                      struct ow_str status)
{
    struct ow_fields all = {NULL, 0, 0};
    struct given given = {0};
    s->has_head = true;
    s->has_no_body = s->head_only || step->head.framing == OW_FRAMING_NONE;
    int r = take_fields(s, step->head.fields, &all, &given);
    if (r == 0)
        r = add_own(s, step, &all, &given);
    if (r == 0)
        r = ow_h2_write_head(s->stream, status, &all, s->has_no_body);
    return r;
}

static int put_head(struct ow_sink *sink, const struct ow_step *step)
{
    char status[16];

    snprintf(status, sizeof status, "%d", step->head.status);
    return write_head(self(sink), step, ow_str_from(status));
}

static int put_body(struct ow_sink *sink, const void *bytes, size_t len)
{
    struct ow_h2_sink *s = self(sink);

    return s->has_no_body ? 0 : ow_h2_write_body(s->stream, bytes, len);
}

static char *reserve(struct ow_sink *sink, size_t len)
{
    struct ow_h2_sink *s = self(sink);

    return s->has_no_body ? NULL : ow_h2_reserve(s->stream, len);
}

static int commit(struct ow_sink *sink, size_t len)
{
    ow_h2_commit(self(sink)->stream, len);
    return 0;
}

static int put_end(struct ow_sink *sink, const struct ow_fields *trailers)
{
    struct ow_h2_sink *s = self(sink);

    return s->has_no_body ? 0 : ow_h2_write_end(s->stream, trailers);
}

/* Bytes go behind the frames that are ready. */
static int put_raw(struct ow_sink *sink, const struct ow_step *step)
{
    struct ow_h2_sink *s = self(sink);
    const struct ow_broken *broken = step->raw.broken;

    if (!broken)
        return ow_h2_write_raw(s->stream, s->out, step->raw.bytes);
    if (ow_str_equal(broken->name, OW_STR(":status")))
        return write_head(s, broken->head, broken->value);
    int r = ow_h2_write_broken(s->stream, broken->name, broken->value);
    return r < 0 ? r : put_head(sink, broken->head);
}

static int put_goaway(struct ow_sink *sink, const struct ow_step *step)
{
    return ow_h2_goaway(self(sink)->stream, step->goaway.is_done,
                        step->goaway.error, step->goaway.text);
}

static void close_after(struct ow_sink *sink, const struct ow_step *step)
{
    struct ow_h2_sink *s = self(sink);

    if (step->end.of_connection)
        s->end = OW_SERVE_CUT;
    /* Without memory for the end, which writes nothing, none comes. */
    else if (!step->end.is_whole || ow_h2_write_end(s->stream, NULL) < 0)
        ow_h2_write_reset(s->stream, OW_H2_INTERNAL_ERROR);
}

static void reset_after(struct ow_sink *sink, const struct ow_step *step)
{
    struct ow_h2_sink *s = self(sink);

    if (step->end.of_connection)
        s->end = OW_SERVE_RESET;
    else
        ow_h2_write_reset(s->stream, step->end.error > 0 ? step->end.error - 1
                                                         : OW_H2_CANCEL);
}

/* The emitter stops at OUT_HIGH; a stream's own bound is a lower one. */
static size_t pending(const struct ow_sink *sink)
{
    const struct ow_h2_sink *s = (const struct ow_h2_sink *)sink;
    size_t waits = ow_h2_pending(s->stream);

    if (waits >= OW_LIMIT_H2_QUEUE_HIGH ||
        (waits > 0 && ow_h2_pending_all(s->stream) >= OW_LIMIT_H2_QUEUES))
        return OW_LIMIT_OUT_HIGH;
    return waits;
}

static const struct ow_sink_ops ow_h2_sink_ops = {
    .head = put_head,
    .body = put_body,
    .reserve = reserve,
    .commit = commit,
    .end = put_end,
    .raw = put_raw,
    .goaway = put_goaway,
    .close = close_after,
    .reset = reset_after,
    .pending = pending,
};

void ow_h2_sink_init(struct ow_h2_sink *sink, struct ow_h2_stream *stream,
                     struct ow_arena *arena, struct ow_buf *out,
                     struct ow_date *date)
{
    *sink = (struct ow_h2_sink){
        .sink.ops = &ow_h2_sink_ops,
        .stream = stream,
        .arena = arena,
        .out = out,
        .date = date,
    };
}
