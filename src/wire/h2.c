/*
 * h2: the server's side of an HTTP/2 connection: sessions and what is
 * received. See h2.h. Called by exchange/; nghttp2 calls back from within feed
 * and take.
 *
 * What nghttp2 answers by itself (SETTINGS, PING, errors of the protocol) is
 * left to it; what it would keep without bound is bounded here: streams that
 * come and are cancelled (CVE-2023-44487), heads that do not end
 * (CVE-2024-27316), fields over OW_LIMIT_HEAD. Acknowledgements that a client
 * does not read are bounded by nghttp2 itself.
 */
#include "config.h"

#include "wire/h2.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "wire/h2_inner.h"

static int note_failure(struct ow_h2 *h2, int r)
{
    if (r >= 0)
        return 0;
    h2->failure = r;
    return NGHTTP2_ERR_CALLBACK_FAILURE;
}

static struct ow_h2_stream *find_stream(const struct ow_h2 *h2, int32_t id)
{
    return h2->api->nghttp2_session_get_stream_user_data(h2->session, id);
}

static int on_begin_headers(nghttp2_session *session,
                            const nghttp2_frame *frame, void *context)
{
    struct ow_h2 *h2 = context;
    int32_t id = frame->hd.stream_id;

    h2->in_head = true;
    if (frame->headers.cat != NGHTTP2_HCAT_REQUEST)
        return 0;
    struct ow_h2_stream *stream = ow_h2_stream_new(h2, id);
    if (!stream)
        return note_failure(h2, -ENOMEM);
    h2->api->nghttp2_session_set_stream_user_data(session, id, stream);
    return 0;
}

/* NOLINTNEXTLINE(readability-function-size): nghttp2's parameters */
static int on_header(nghttp2_session *session, const nghttp2_frame *frame,
                     const uint8_t *name, size_t name_len, const uint8_t *value,
                     size_t value_len, uint8_t flags, void *context)
{
    struct ow_h2 *h2 = context;
    struct ow_h2_stream *stream = find_stream(h2, frame->hd.stream_id);

    (void)session;
    (void)flags;
    if (!stream)
        return 0;
    return note_failure(
        h2,
        ow_h2_stream_add(stream, (struct ow_str){(const char *)name, name_len},
                         (struct ow_str){(const char *)value, value_len}));
}

static int take_head(struct ow_h2_stream *stream, bool ends)
{
    struct ow_h2 *h2 = stream->h2;
    int r = ow_h2_stream_finish_head(stream, ends);

    stream->has_head = true;
    return r < 0 ? r : h2->events->head(h2->context, stream, &stream->head);
}

static int take_end(struct ow_h2_stream *stream)
{
    struct ow_h2 *h2 = stream->h2;

    stream->is_whole = true;
    return h2->events->end(h2->context, stream, &stream->trailers);
}

/* Requests that are cancelled cost more than they do the client: some are
 * life, many are an attack. */
static void count_cancelled(struct ow_h2 *h2)
{
    if (++h2->cancelled <= OW_LIMIT_H2_CANCELLED)
        return;
    h2->cancelled = 0;
    h2->api->nghttp2_session_terminate_session(h2->session,
                                               OW_H2_ENHANCE_YOUR_CALM);
    h2->is_told = true;
    h2->events->problem(h2->context, "too many streams were cancelled");
}

static int on_frame(nghttp2_session *session, const nghttp2_frame *frame,
                    void *context)
{
    struct ow_h2 *h2 = context;
    bool ends = frame->hd.flags & NGHTTP2_FLAG_END_STREAM;
    struct ow_h2_stream *stream = NULL;
    int r = 0;

    (void)session;
    if (frame->hd.type == NGHTTP2_HEADERS)
        h2->in_head = false;
    if (frame->hd.stream_id > 0)
        stream = find_stream(h2, frame->hd.stream_id);
    if (!stream)
        return 0;
    if (frame->hd.type == NGHTTP2_RST_STREAM)
        count_cancelled(h2);
    if (frame->hd.type == NGHTTP2_HEADERS && !stream->has_head)
        r = take_head(stream, ends);
    if (r == 0 && ends && !stream->is_whole &&
        (frame->hd.type == NGHTTP2_HEADERS || frame->hd.type == NGHTTP2_DATA))
        r = take_end(stream);
    return note_failure(h2, r);
}

static int on_data(nghttp2_session *session, uint8_t flags, int32_t id,
                   const uint8_t *data, size_t len, void *context)
{
    struct ow_h2 *h2 = context;
    struct ow_h2_stream *stream = find_stream(h2, id);
    int r = 0;

    (void)flags;
    if (stream)
        r = h2->events->body(h2->context, stream,
                             (struct ow_str){(const char *)data, len});
    /* One stream without a window must not take it from the others. */
    h2->api->nghttp2_session_consume_connection(session, len);
    if (stream && stream->is_withheld)
        stream->owed += len;
    else
        h2->api->nghttp2_session_consume_stream(session, id, len);
    return note_failure(h2, r);
}

static int on_closed(nghttp2_session *session, int32_t id, uint32_t error,
                     void *context)
{
    struct ow_h2 *h2 = context;
    struct ow_h2_stream *stream = find_stream(h2, id);

    (void)session;
    if (!stream)
        return 0;
    if (error == OW_H2_NO_ERROR && h2->cancelled > 0)
        h2->cancelled--;
    stream->is_closed = true;
    h2->queued -= stream->queued;
    stream->queued = 0;
    if (stream->has_reset)
        h2->resets--;
    if (stream->is_last)
        ow_h2_leave(h2);
    TAILQ_REMOVE(&h2->streams, stream, link);
    TAILQ_INSERT_TAIL(&h2->gone, stream, link);
    return 0;
}

static int on_error(nghttp2_session *session, int error, const char *text,
                    size_t len, void *context)
{
    struct ow_h2 *h2 = context;

    (void)session;
    (void)error;
    snprintf(h2->problem, sizeof h2->problem, "%.*s", (int)len, text);
    return 0;
}

static int on_invalid_frame(nghttp2_session *session,
                            const nghttp2_frame *frame, int error,
                            void *context)
{
    struct ow_h2 *h2 = context;

    (void)session;
    (void)frame;
    h2->events->problem(h2->context, *h2->problem
                                         ? h2->problem
                                         : h2->api->nghttp2_strerror(error));
    *h2->problem = '\0';
    h2->is_told = true;
    return 0;
}

/*
 * Errors that nghttp2 found without a word of on_invalid_frame: frames of a
 * wrong size, bad HPACK, a content-length that is not true. What rules make is
 * no error of the client's.
 */
static int on_sent(nghttp2_session *session, const nghttp2_frame *frame,
                   void *context)
{
    struct ow_h2 *h2 = context;
    struct ow_h2_stream *stream;
    uint32_t error = OW_H2_NO_ERROR;

    (void)session;
    if (frame->hd.type == NGHTTP2_GOAWAY)
        error = frame->goaway.error_code;
    else if (frame->hd.type == NGHTTP2_RST_STREAM &&
             (stream = find_stream(h2, frame->hd.stream_id)) &&
             !stream->is_reset_by_us)
        error = frame->rst_stream.error_code;
    if (error == OW_H2_NO_ERROR)
        return 0;
    if (!h2->is_told && error <= OW_H2_HTTP_1_1_REQUIRED)
        h2->events->problem(h2->context, *h2->problem
                                             ? h2->problem
                                             : ow_h2_error_names()[error]);
    h2->is_told = false;
    *h2->problem = '\0';
    return 0;
}

static int make_session(struct ow_h2 *h2, const struct ow_h2_library *library)
{
    const struct ow_nghttp2 *api = h2->api;
    nghttp2_session_callbacks *callbacks = NULL;
    nghttp2_option *option = NULL;
    int r = -ENOMEM;

    if (api->nghttp2_option_new(&option) == 0 &&
        api->nghttp2_session_callbacks_new(&callbacks) == 0) {
        /* The window comes back when the bytes were looked at. */
        api->nghttp2_option_set_no_auto_window_update(option, 1);
        api->nghttp2_option_set_no_closed_streams(option, 1);
        /* It counts reads, not frames: a slow sender has many. Ours counts
         * bytes (watch_head). */
        if (library->set_max_continuations)
            library->set_max_continuations(option, OW_LIMIT_H2_HEAD_FED);
        api->nghttp2_session_callbacks_set_on_begin_headers_callback(
            callbacks, on_begin_headers);
        api->nghttp2_session_callbacks_set_on_header_callback(callbacks,
                                                              on_header);
        api->nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks,
                                                                  on_frame);
        api->nghttp2_session_callbacks_set_on_invalid_frame_recv_callback(
            callbacks, on_invalid_frame);
        api->nghttp2_session_callbacks_set_on_frame_send_callback(callbacks,
                                                                  on_sent);
        api->nghttp2_session_callbacks_set_on_data_chunk_recv_callback(
            callbacks, on_data);
        api->nghttp2_session_callbacks_set_on_stream_close_callback(callbacks,
                                                                    on_closed);
        api->nghttp2_session_callbacks_set_send_data_callback(callbacks,
                                                              ow_h2_send_data);
        api->nghttp2_session_callbacks_set_error_callback2(callbacks, on_error);
        if (api->nghttp2_session_server_new2(&h2->session, callbacks, h2,
                                             option) == 0)
            r = 0;
    }
    api->nghttp2_session_callbacks_del(callbacks);
    api->nghttp2_option_del(option);
    return r;
}

static int greet(struct ow_h2 *h2)
{
    static const nghttp2_settings_entry settings[] = {
        {NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, OW_LIMIT_H2_STREAMS},
        {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, OW_LIMIT_H2_STREAM_WINDOW},
        {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, OW_LIMIT_HEAD},
        {NGHTTP2_SETTINGS_ENABLE_CONNECT_PROTOCOL, 1},
    };
    int r = h2->api->nghttp2_submit_settings(
        h2->session, NGHTTP2_FLAG_NONE, settings,
        sizeof settings / sizeof *settings);

    if (r == 0)
        r = h2->api->nghttp2_session_set_local_window_size(
            h2->session, NGHTTP2_FLAG_NONE, 0, OW_LIMIT_H2_WINDOW);
    return r == 0 ? 0 : -ENOMEM;
}

struct ow_h2 *ow_h2_new(const struct ow_h2_library *library,
                        const struct ow_h2_events *events, void *context)
{
    struct ow_h2 *h2 = calloc(1, sizeof *h2);

    if (!h2)
        return NULL;
    h2->api = &library->api;
    h2->events = events;
    h2->context = context;
    TAILQ_INIT(&h2->streams);
    TAILQ_INIT(&h2->gone);
    TAILQ_INIT(&h2->pool);
    if (make_session(h2, library) < 0 || greet(h2) < 0)
        return ow_h2_free(h2);
    return h2;
}

struct ow_h2 *ow_h2_free(struct ow_h2 *h2)
{
    if (!h2)
        return NULL;
    h2->api->nghttp2_session_del(h2->session);
    ow_h2_stream_free_all(&h2->streams);
    ow_h2_stream_free_all(&h2->gone);
    ow_h2_stream_free_all(&h2->pool);
    free(h2);
    return NULL;
}

int ow_h2_upgrade(struct ow_h2 *h2, struct ow_str settings, bool is_head,
                  struct ow_h2_stream **ret_stream)
{
    struct ow_h2_stream *stream = ow_h2_stream_new(h2, 1);

    if (!stream)
        return -ENOMEM;
    int r = h2->api->nghttp2_session_upgrade2(h2->session,
                                              (const uint8_t *)settings.ptr,
                                              settings.len, is_head, stream);
    if (r != 0)
        return r == NGHTTP2_ERR_NOMEM ? -ENOMEM : -EBADMSG;
    stream->has_head = stream->is_whole = true;
    *ret_stream = stream;
    return 0;
}

static void tell_gone(struct ow_h2 *h2)
{
    while (!TAILQ_EMPTY(&h2->gone)) {
        struct ow_h2_stream *stream = TAILQ_FIRST(&h2->gone);
        TAILQ_REMOVE(&h2->gone, stream, link);
        if (stream->has_head)
            h2->events->gone(h2->context, stream);
        ow_h2_stream_drop(stream);
    }
}

/* nghttp2's number as an errno; what it means is told. */
static int explain(struct ow_h2 *h2, int error)
{
    int failure = h2->failure;

    h2->failure = 0;
    if (failure < 0)
        return failure;
    if (error == NGHTTP2_ERR_NOMEM)
        return -ENOMEM;
    h2->events->problem(h2->context, h2->api->nghttp2_strerror(error));
    return -EBADMSG;
}

/* CONTINUATION frames without end; how many of them is the client's choice. */
static void watch_head(struct ow_h2 *h2, size_t len)
{
    h2->head_fed = h2->in_head ? h2->head_fed + len : 0;
    if (h2->head_fed <= OW_LIMIT_H2_HEAD_FED)
        return;
    h2->head_fed = 0;
    h2->in_head = false;
    h2->api->nghttp2_session_terminate_session(h2->session,
                                               OW_H2_ENHANCE_YOUR_CALM);
    h2->is_told = true;
    h2->events->problem(h2->context, "a head that does not end");
}

int ow_h2_feed(struct ow_h2 *h2, const char *data, size_t len)
{
    ssize_t n = h2->api->nghttp2_session_mem_recv(h2->session,
                                                  (const uint8_t *)data, len);
    int r = n < 0 ? explain(h2, (int)n) : 0;

    watch_head(h2, len);
    tell_gone(h2);
    return r;
}

/* RST_STREAM where a queue has run empty. Whether there was one. */
static bool reset_drained(struct ow_h2 *h2)
{
    struct ow_h2_stream *stream;
    bool any = false;

    if (h2->resets == 0)
        return false;
    TAILQ_FOREACH(stream, &h2->streams, link)
    {
        if (!stream->has_reset || stream->queued > 0)
            continue;
        stream->has_reset = false;
        h2->resets--;
        h2->api->nghttp2_submit_rst_stream(h2->session, NGHTTP2_FLAG_NONE,
                                           stream->id, stream->reset);
        any = true;
    }
    return any;
}

static int take_all(struct ow_h2 *h2, struct ow_buf *out)
{
    const uint8_t *bytes;
    ssize_t n;

    h2->out = out;
    do {
        if (out->len >= OW_LIMIT_OUT_HIGH)
            return 0;
        n = h2->api->nghttp2_session_mem_send(h2->session, &bytes);
        if (n < 0)
            return explain(h2, (int)n);
        int r = ow_buf_append(out, bytes, (size_t)n);
        if (r < 0)
            return r;
    } while (n > 0 || reset_drained(h2));
    return 0;
}

int ow_h2_take(struct ow_h2 *h2, struct ow_buf *out)
{
    int r = take_all(h2, out);

    tell_gone(h2);
    return r;
}

int ow_h2_write_raw(struct ow_h2_stream *stream, struct ow_buf *out,
                    struct ow_str bytes)
{
    int r = take_all(stream->h2, out);

    return r < 0 ? r : ow_buf_append_str(out, bytes);
}

bool ow_h2_is_over(const struct ow_h2 *h2)
{
    return !h2->api->nghttp2_session_want_read(h2->session) &&
           !h2->api->nghttp2_session_want_write(h2->session);
}
