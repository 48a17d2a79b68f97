/*
 * h1_sink: an answer as HTTP/1.x. See h1_sink.h. Called by emit/ through the
 * ops; calls wire/h1 to encode.
 */
#include "config.h"

#include "exchange/h1_sink.h"

#include "wire/h1.h"

/* What the rule's own fields already say, so that it is not said twice. */
struct given {
    bool date;
    bool connection;
    bool framing; /* Content-Length or Transfer-Encoding */
};

static struct ow_h1_sink *self(struct ow_sink *sink)
{
    return (struct ow_h1_sink *)sink;
}

static bool is_transfer_encoding(struct ow_str name)
{
    return ow_str_equal_case(name, OW_STR("transfer-encoding"));
}

static void note(struct ow_h1_sink *s, const struct ow_field *field,
                 struct given *given)
{
    if (ow_str_equal_case(field->name, OW_STR("date")))
        given->date = true;
    else if (ow_str_equal_case(field->name, OW_STR("content-length")) ||
             is_transfer_encoding(field->name))
        given->framing = true;
    else if (ow_str_equal_case(field->name, OW_STR("connection"))) {
        given->connection = true;
        if (ow_str_equal_case(field->value, OW_STR("close")))
            s->keep_alive = false;
    }
}

static int put_fields(struct ow_h1_sink *s, const struct ow_fields *fields,
                      struct given *given)
{
    int r = 0;

    for (size_t i = 0; fields && i < fields->n && r == 0; i++) {
        const struct ow_field *field = &fields->items[i];
        /* HTTP/1.0 knows no transfer codings (RFC 9112, 6.1), and with them go
         * the trailers. */
        if (s->minor == 0 &&
            (is_transfer_encoding(field->name) ||
             ow_str_equal_case(field->name, OW_STR("trailer"))))
            continue;
        note(s, field, given);
        r = ow_h1_write_field(s->out, field->name, field->value);
    }
    return r;
}

static int put_length(struct ow_h1_sink *s, uint64_t length)
{
    char digits[OW_STR_U64];

    return ow_h1_write_field(s->out, OW_STR("Content-Length"),
                             ow_str_u64(length, digits));
}

static int put_framing(struct ow_h1_sink *s)
{
    switch (s->framing) {
    case OW_FRAMING_LENGTH:
        return put_length(s, s->promised);
    case OW_FRAMING_CHUNKED:
        return ow_h1_write_field(s->out, OW_STR("Transfer-Encoding"),
                                 OW_STR("chunked"));
    case OW_FRAMING_CLOSE:
    case OW_FRAMING_NONE:
        return 0;
    }
    return 0;
}

static int put_connection(struct ow_h1_sink *s)
{
    if (!s->keep_alive)
        return ow_h1_write_field(s->out, OW_STR("Connection"), OW_STR("close"));
    if (s->minor == 0)
        return ow_h1_write_field(s->out, OW_STR("Connection"),
                                 OW_STR("keep-alive"));
    return 0;
}

static void choose_framing(struct ow_h1_sink *s, const struct ow_step *step)
{
    s->framing = step->head.framing;
    if (s->framing == OW_FRAMING_CHUNKED && s->minor == 0)
        s->framing = OW_FRAMING_CLOSE;
    if (s->framing == OW_FRAMING_CLOSE)
        s->keep_alive = false;
    s->promised = step->head.length;
    s->has_head = true;
}

static int put_head(struct ow_sink *sink, const struct ow_step *step)
{
    struct ow_h1_sink *s = self(sink);
    struct given given = {0};

    choose_framing(s, step);
    int r = ow_h1_write_status(s->out, step->head.status, step->head.reason);
    if (r == 0)
        r = put_fields(s, step->head.fields, &given);
    if (r == 0 && !given.framing)
        r = put_framing(s);
    if (r == 0 && !given.date)
        r = ow_h1_write_field(s->out, OW_STR("Date"),
                              ow_date_get(s->date, sink->wall_ns));
    if (r == 0 && !given.connection)
        r = put_connection(s);
    return r < 0 ? r : ow_h1_write_head_end(s->out);
}

static bool has_no_body(const struct ow_h1_sink *s)
{
    return s->head_only || (s->has_head && s->framing == OW_FRAMING_NONE);
}

static bool is_chunked(const struct ow_h1_sink *s)
{
    return s->has_head && s->framing == OW_FRAMING_CHUNKED;
}

static int put_body(struct ow_sink *sink, const void *bytes, size_t len)
{
    struct ow_h1_sink *s = self(sink);

    if (has_no_body(s))
        return 0;
    s->written += len;
    return is_chunked(s) ? ow_h1_write_chunk(s->out, bytes, len)
                         : ow_buf_append(s->out, bytes, len);
}

static char *reserve(struct ow_sink *sink, size_t len)
{
    struct ow_h1_sink *s = self(sink);

    if (has_no_body(s) || is_chunked(s))
        return NULL;
    return ow_buf_reserve(s->out, len);
}

static int commit(struct ow_sink *sink, size_t len)
{
    struct ow_h1_sink *s = self(sink);

    s->written += len;
    ow_buf_commit(s->out, len);
    return 0;
}

static int put_end(struct ow_sink *sink, const struct ow_fields *trailers)
{
    struct ow_h1_sink *s = self(sink);

    s->is_whole = true;
    if (has_no_body(s) || !is_chunked(s))
        return 0;
    return ow_h1_write_last_chunk(s->out, trailers);
}

static int put_raw(struct ow_sink *sink, const struct ow_step *step)
{
    struct ow_h1_sink *s = self(sink);

    s->is_raw = true;
    return ow_buf_append_str(s->out, step->raw.bytes);
}

static int put_goaway(struct ow_sink *sink, const struct ow_step *step)
{
    (void)step;
    self(sink)->keep_alive = false;
    return 0;
}

static void close_after(struct ow_sink *sink, const struct ow_step *step)
{
    (void)step;
    self(sink)->end = OW_SERVE_CUT;
}

static void reset_after(struct ow_sink *sink, const struct ow_step *step)
{
    (void)step;
    self(sink)->end = OW_SERVE_RESET;
}

static size_t pending(const struct ow_sink *sink)
{
    return ((const struct ow_h1_sink *)sink)->out->len;
}

static const struct ow_sink_ops ow_h1_sink_ops = {
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

void ow_h1_sink_init(struct ow_h1_sink *sink, struct ow_buf *out,
                     struct ow_date *date)
{
    *sink = (struct ow_h1_sink){
        .sink.ops = &ow_h1_sink_ops,
        .out = out,
        .date = date,
        .minor = 1,
    };
}

bool ow_h1_sink_can_go_on(const struct ow_h1_sink *sink)
{
    if (!sink->keep_alive || !sink->has_head || !sink->is_whole || sink->is_raw)
        return false;
    return has_no_body(sink) || sink->framing != OW_FRAMING_LENGTH ||
           sink->written == sink->promised;
}
