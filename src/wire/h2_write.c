/*
 * h2_write: what is sent on a stream: heads, bodies, ends. See h2.h. Called by
 * exchange/; nghttp2 calls back from within take for the DATA that the windows
 * allow.
 */
#include "config.h"

#include <errno.h>
#include <string.h>

#include "base/limits.h"
#include "wire/h2_inner.h"

/* Length, type, flags and stream of a frame (RFC 9113, 4.1). */
#define FRAME_HEAD 9

void ow_h2_set_user(struct ow_h2_stream *stream, void *user)
{
    stream->user = user;
}

void *ow_h2_user(const struct ow_h2_stream *stream)
{
    return stream->user;
}

bool ow_h2_is_whole(const struct ow_h2_stream *stream)
{
    return stream->is_whole;
}

size_t ow_h2_pending(const struct ow_h2_stream *stream)
{
    return stream->queue.len;
}

size_t ow_h2_pending_all(const struct ow_h2_stream *stream)
{
    return stream->h2->queued;
}

void ow_h2_withhold(struct ow_h2_stream *stream, bool on)
{
    struct ow_h2 *h2 = stream->h2;

    stream->is_withheld = on;
    if (on || stream->owed == 0 || stream->is_closed)
        return;
    h2->api->nghttp2_session_consume_stream(h2->session, stream->id,
                                            stream->owed);
    stream->owed = 0;
}

static nghttp2_nv make_field(struct ow_str name, struct ow_str value)
{
    return (nghttp2_nv){
        .name = (uint8_t *)name.ptr,
        .namelen = name.len,
        .value = (uint8_t *)value.ptr,
        .valuelen = value.len,
        .flags = NGHTTP2_NV_FLAG_NO_COPY_NAME | NGHTTP2_NV_FLAG_NO_COPY_VALUE,
    };
}

/* A copy in lower case: a field with capitals is malformed (RFC 9113, 8.2). */
static struct ow_str copy_name(struct ow_arena *arena, struct ow_str name)
{
    struct ow_str copy = ow_arena_copy(arena, name);
    char *at = (char *)copy.ptr;

    for (size_t i = 0; at && i < copy.len; i++)
        if (at[i] >= 'A' && at[i] <= 'Z')
            at[i] = (char)(at[i] - 'A' + 'a');
    return copy;
}

static struct ow_str copy_value(struct ow_arena *arena, struct ow_str value)
{
    struct ow_str copy = ow_arena_copy(arena, value);
    char *at = (char *)copy.ptr;

    for (size_t i = 0; at && i < copy.len; i++)
        if (at[i] == '\r' || at[i] == '\n' || at[i] == '\0')
            at[i] = ' ';
    return copy;
}

/* The fields behind at, which has room for them. NULL: no memory. */
static nghttp2_nv *put_fields(struct ow_arena *arena, nghttp2_nv *at,
                              const struct ow_fields *fields)
{
    for (size_t i = 0; fields && i < fields->n; i++) {
        struct ow_str name = copy_name(arena, fields->items[i].name);
        struct ow_str value = copy_value(arena, fields->items[i].value);
        if (!name.ptr || !value.ptr)
            return NULL;
        *at++ = make_field(name, value);
    }
    return at;
}

static int to_errno(int error)
{
    /* Of a stream that is closed or half closed: nothing to be done. */
    return error == NGHTTP2_ERR_NOMEM ? -ENOMEM : 0;
}

int ow_h2_write_interim(struct ow_h2_stream *stream, struct ow_str status)
{
    struct ow_h2 *h2 = stream->h2;
    struct ow_str copy = ow_arena_copy(&stream->arena, status);

    if (!copy.ptr)
        return -ENOMEM;
    if (stream->is_closed || stream->has_answer)
        return 0;
    nghttp2_nv field = make_field(OW_STR(":status"), copy);
    return to_errno(h2->api->nghttp2_submit_headers(
        h2->session, NGHTTP2_FLAG_NONE, stream->id, NULL, &field, 1, NULL));
}

int ow_h2_write_broken(struct ow_h2_stream *stream, struct ow_str name,
                       struct ow_str value)
{
    stream->broken.name = ow_arena_copy(&stream->arena, name);
    stream->broken.value = ow_arena_copy(&stream->arena, value);
    return stream->broken.name.ptr && stream->broken.value.ptr ? 0 : -ENOMEM;
}

/* The length of the next write, if none is under way. */
static void begin_write(struct ow_h2_stream *stream)
{
    uint32_t len;

    if (stream->left > 0 || stream->queue.len == 0)
        return;
    memcpy(&len, ow_buf_data(&stream->queue), sizeof len);
    ow_buf_consume(&stream->queue, sizeof len);
    stream->left = len;
}

static int end_stream(struct ow_h2_stream *stream, uint32_t *flags)
{
    struct ow_h2 *h2 = stream->h2;

    *flags |= NGHTTP2_DATA_FLAG_EOF;
    if (stream->n_trailers == 0)
        return 0;
    *flags |= NGHTTP2_DATA_FLAG_NO_END_STREAM;
    return h2->api->nghttp2_submit_trailer(
        h2->session, stream->id, stream->trailer_fields, stream->n_trailers);
}

/* nghttp2 asks for the next DATA frame: as much of one write as fits. */
/* NOLINTNEXTLINE(readability-function-size): nghttp2's parameters */
static ssize_t read_queue(nghttp2_session *session, int32_t id, uint8_t *buf,
                          size_t len, uint32_t *flags,
                          nghttp2_data_source *source, void *context)
{
    struct ow_h2_stream *stream = source->ptr;

    (void)session;
    (void)id;
    (void)buf;
    (void)context;
    begin_write(stream);
    if (stream->left == 0 && !stream->is_ended) {
        stream->is_deferred = true;
        return NGHTTP2_ERR_DEFERRED;
    }
    size_t n = stream->left < len ? stream->left : len;
    if (n > 0)
        *flags |= NGHTTP2_DATA_FLAG_NO_COPY;
    if (n == stream->queued && stream->is_ended &&
        end_stream(stream, flags) != 0)
        return NGHTTP2_ERR_CALLBACK_FAILURE;
    return (ssize_t)n;
}

int ow_h2_send_data(nghttp2_session *session, nghttp2_frame *frame,
                    const uint8_t *head, size_t len,
                    nghttp2_data_source *source, void *context)
{
    struct ow_h2_stream *stream = source->ptr;
    struct ow_h2 *h2 = context;

    (void)session;
    (void)frame;
    if (h2->out->len >= OW_LIMIT_OUT_HIGH)
        return NGHTTP2_ERR_WOULDBLOCK;
    char *at = ow_buf_reserve(h2->out, FRAME_HEAD + len);
    if (!at) {
        h2->failure = -ENOMEM;
        return NGHTTP2_ERR_CALLBACK_FAILURE;
    }
    memcpy(at, head, FRAME_HEAD);
    memcpy(at + FRAME_HEAD, ow_buf_data(&stream->queue), len);
    ow_buf_commit(h2->out, FRAME_HEAD + len);
    ow_buf_consume(&stream->queue, len);
    stream->left -= len;
    stream->queued -= len;
    h2->queued -= len;
    return 0;
}

int ow_h2_write_head(struct ow_h2_stream *stream, struct ow_str status,
                     const struct ow_fields *fields, bool ends)
{
    const nghttp2_data_provider provider = {{.ptr = stream}, read_queue};
    struct ow_h2 *h2 = stream->h2;
    size_t most = 2 + (fields ? fields->n : 0);

    if (stream->is_closed || stream->has_answer)
        return 0;
    nghttp2_nv *all = ow_arena_alloc(&stream->arena, most * sizeof *all);
    struct ow_str copy = ow_arena_copy(&stream->arena, status);
    if (!all || !copy.ptr)
        return -ENOMEM;
    all[0] = make_field(OW_STR(":status"), copy);
    nghttp2_nv *end = put_fields(&stream->arena, all + 1, fields);
    if (!end)
        return -ENOMEM;
    if (stream->broken.name.ptr)
        *end++ = make_field(stream->broken.name, stream->broken.value);
    stream->has_answer = true;
    stream->is_ended = ends;
    return to_errno(h2->api->nghttp2_submit_response(h2->session, stream->id,
                                                     all, (size_t)(end - all),
                                                     ends ? NULL : &provider));
}

/* There is more, or the end: nghttp2 may ask again. */
static void resume(struct ow_h2_stream *stream)
{
    struct ow_h2 *h2 = stream->h2;

    if (!stream->is_deferred)
        return;
    stream->is_deferred = false;
    h2->api->nghttp2_session_resume_data(h2->session, stream->id);
}

char *ow_h2_reserve(struct ow_h2_stream *stream, size_t len)
{
    uint32_t size = (uint32_t)len;
    char *at = ow_buf_reserve(&stream->queue, sizeof size + len);

    return at ? at + sizeof size : NULL;
}

void ow_h2_commit(struct ow_h2_stream *stream, size_t len)
{
    uint32_t size = (uint32_t)len;

    if (len == 0 || stream->is_closed || stream->is_ended)
        return;
    memcpy(ow_buf_data(&stream->queue) + stream->queue.len, &size, sizeof size);
    ow_buf_commit(&stream->queue, sizeof size + len);
    stream->queued += len;
    stream->h2->queued += len;
    resume(stream);
}

int ow_h2_write_body(struct ow_h2_stream *stream, const void *bytes, size_t len)
{
    if (stream->is_closed)
        return 0;
    char *at = ow_h2_reserve(stream, len);
    if (!at)
        return stream->queued > 0 ? -ENOBUFS : -ENOMEM;
    memcpy(at, bytes, len);
    ow_h2_commit(stream, len);
    return 0;
}

int ow_h2_write_end(struct ow_h2_stream *stream,
                    const struct ow_fields *trailers)
{
    if (stream->is_closed || stream->is_ended)
        return 0;
    if (trailers && trailers->n > 0) {
        nghttp2_nv *all =
            ow_arena_alloc(&stream->arena, trailers->n * sizeof *all);
        if (!all || !put_fields(&stream->arena, all, trailers))
            return -ENOMEM;
        stream->trailer_fields = all;
        stream->n_trailers = trailers->n;
    }
    stream->is_ended = true;
    resume(stream);
    return 0;
}

void ow_h2_write_reset(struct ow_h2_stream *stream, uint32_t error)
{
    if (stream->is_closed || stream->has_reset)
        return;
    stream->has_reset = stream->is_reset_by_us = true;
    stream->reset = error;
    stream->h2->resets++;
}

int ow_h2_goaway(struct ow_h2_stream *stream, bool is_done, uint32_t error,
                 struct ow_str text)
{
    struct ow_h2 *h2 = stream->h2;
    int32_t last =
        h2->api->nghttp2_session_get_last_proc_stream_id(h2->session);

    if (!is_done)
        last = stream->id > 1 ? stream->id - 2 : 0;
    h2->is_told = error != OW_H2_NO_ERROR;
    return to_errno(h2->api->nghttp2_submit_goaway(
        h2->session, NGHTTP2_FLAG_NONE, last, error, (const uint8_t *)text.ptr,
        text.len));
}

void ow_h2_leave(struct ow_h2 *h2)
{
    h2->api->nghttp2_submit_goaway(
        h2->session, NGHTTP2_FLAG_NONE,
        h2->api->nghttp2_session_get_last_proc_stream_id(h2->session),
        OW_H2_NO_ERROR, NULL, 0);
}

void ow_h2_leave_behind(struct ow_h2_stream *stream)
{
    stream->is_last = true;
}

static const char *const error_names[] = {
#define OW_H2_ERROR(name, number) #name,
#include "wire/h2_errors.def"
#undef OW_H2_ERROR
    NULL,
};

const char *const *ow_h2_error_names(void)
{
    return error_names;
}

int ow_h2_error_find(struct ow_str name)
{
    for (int i = 0; error_names[i]; i++)
        if (ow_str_equal(name, ow_str_from(error_names[i])))
            return i;
    return -1;
}
