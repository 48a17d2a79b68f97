/*
 * h2_lab: see h2_lab.h. The client is nghttp2's own.
 */
#include "config.h"

#include "h2_lab.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/limits.h"
#include "quoted.h"

struct h2_lab_stream *h2_lab_stream(struct h2_lab *lab, int id)
{
    assert_in_range(id, 1, 2 * H2_LAB_STREAMS - 1);
    return &lab->streams[id / 2];
}

static int on_header(nghttp2_session *session, const nghttp2_frame *frame,
                     const uint8_t *name, size_t name_len, const uint8_t *value,
                     size_t value_len, uint8_t flags, void *context)
{
    struct h2_lab_stream *stream = h2_lab_stream(context, frame->hd.stream_id);
    struct ow_buf *out = &stream->trailers;

    (void)session;
    (void)flags;
    if (name_len == 7 && memcmp(name, ":status", 7) == 0)
        stream->status = atoi((const char *)value);
    if (frame->headers.cat == NGHTTP2_HCAT_RESPONSE)
        out = stream->status < 200 ? &stream->interim : &stream->head;
    else if (stream->head.len == 0)
        out = &stream->head;
    ow_buf_printf(out, "%.*s: %.*s\n", (int)name_len, (const char *)name,
                  (int)value_len, (const char *)value);
    return 0;
}

static int on_data(nghttp2_session *session, uint8_t flags, int32_t id,
                   const uint8_t *data, size_t len, void *context)
{
    struct h2_lab *lab = context;

    (void)flags;
    ow_buf_append(&h2_lab_stream(lab, id)->body, data, len);
    if (!lab->holds_windows)
        nghttp2_session_consume(session, id, len);
    return 0;
}

static int on_frame(nghttp2_session *session, const nghttp2_frame *frame,
                    void *context)
{
    struct h2_lab *lab = context;

    (void)session;
    if (frame->hd.type == NGHTTP2_DATA)
        ow_buf_printf(&h2_lab_stream(lab, frame->hd.stream_id)->frames, "%zu ",
                      frame->hd.length);
    if (frame->hd.type != NGHTTP2_GOAWAY)
        return 0;
    lab->has_goaway = true;
    lab->goaway_error = frame->goaway.error_code;
    lab->goaway_last = frame->goaway.last_stream_id;
    snprintf(lab->goaway_text, sizeof lab->goaway_text, "%.*s",
             (int)frame->goaway.opaque_data_len,
             (const char *)frame->goaway.opaque_data);
    return 0;
}

static int on_close(nghttp2_session *session, int32_t id, uint32_t error,
                    void *context)
{
    struct h2_lab_stream *stream = h2_lab_stream(context, id);

    (void)session;
    stream->is_closed = true;
    stream->error = error;
    return 0;
}

void h2_lab_init(struct h2_lab *lab, const char *rules)
{
    memset(lab, 0, sizeof *lab);
    lab->table = quoted_table(
        &lab->states, "{'offwire': 1, 'hosts': ['a.test'], 'rules': [%s]}",
        rules);
    lab->odds = (struct ow_odds){.seed = 1};
    lab->env = (struct ow_serve_env){
        .table = lab->table,
        .states = &lab->states,
        .odds = &lab->odds,
        .clock = &lab->clock,
        .body_kept = OW_LIMIT_BODY_KEPT,
        .h2 = ow_h2_library_new(),
    };
    assert_int_equal(ow_journal_open(NULL, &lab->env.journal, NULL), 0);
    h2_lab_connect(lab, 0);
}

static void disconnect(struct h2_lab *lab)
{
    nghttp2_session_del(lab->client);
    lab->client = NULL;
    lab->serve = ow_serve_free(lab->serve);
    for (size_t i = 0; i < H2_LAB_STREAMS; i++) {
        struct h2_lab_stream *stream = &lab->streams[i];
        ow_buf_release(&stream->head);
        ow_buf_release(&stream->interim);
        ow_buf_release(&stream->trailers);
        ow_buf_release(&stream->body);
        ow_buf_release(&stream->frames);
        *stream = (struct h2_lab_stream){0};
    }
    lab->has_goaway = false;
    lab->failure = 0;
}

void h2_lab_release(struct h2_lab *lab)
{
    disconnect(lab);
    ow_table_free(lab->table);
    ow_states_release(&lab->states);
    ow_journal_free(lab->env.journal);
    ow_h2_library_free(lab->env.h2);
}

static void make_client(struct h2_lab *lab)
{
    nghttp2_session_callbacks *callbacks;
    nghttp2_option *option;

    assert_int_equal(nghttp2_session_callbacks_new(&callbacks), 0);
    assert_int_equal(nghttp2_option_new(&option), 0);
    nghttp2_option_set_no_auto_window_update(option, 1);
    nghttp2_option_set_max_send_header_block_length(option, 1 << 20);
    nghttp2_session_callbacks_set_on_header_callback(callbacks, on_header);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks,
                                                              on_data);
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, on_frame);
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, on_close);
    assert_int_equal(
        nghttp2_session_client_new2(&lab->client, callbacks, lab, option), 0);
    nghttp2_session_callbacks_del(callbacks);
    nghttp2_option_del(option);
}

void h2_lab_connect(struct h2_lab *lab, int32_t window)
{
    static const struct ow_program program = {.name = "test", .pid = 7};
    struct ow_serve_peer peer = {.host = "a.test",
                                 .port = 443,
                                 .tls = true,
                                 .protocol = OW_STR("h2"),
                                 .program = &program};
    nghttp2_settings_entry entry = {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE,
                                    (uint32_t)window};

    disconnect(lab);
    make_client(lab);
    nghttp2_submit_settings(lab->client, 0, &entry, window > 0 ? 1 : 0);
    lab->serve = ow_serve_new(&lab->env, &peer);
    assert_non_null(lab->serve);
}

static ssize_t read_upload(nghttp2_session *session, int32_t id, uint8_t *buf,
                           size_t len, uint32_t *flags,
                           nghttp2_data_source *source, void *context)
{
    struct h2_lab_stream *stream = h2_lab_stream(context, id);
    struct h2_lab *lab = context;
    size_t n = stream->left < len ? stream->left : len;

    if (n == 0 && lab->keeps_open)
        return NGHTTP2_ERR_DEFERRED;

    (void)session;
    (void)source;
    if (stream->upload)
        memcpy(buf, stream->upload, n);
    else
        memset(buf, 'x', n);
    stream->upload = stream->upload ? stream->upload + n : NULL;
    stream->left -= n;
    if (stream->left == 0 && !lab->keeps_open)
        *flags |= NGHTTP2_DATA_FLAG_EOF;
    return (ssize_t)n;
}

static nghttp2_nv make_field(const char *name, size_t name_len,
                             const char *value, size_t value_len)
{
    return (nghttp2_nv){(uint8_t *)name, (uint8_t *)value, name_len, value_len,
                        NGHTTP2_NV_FLAG_NONE};
}

static size_t put_fields(nghttp2_nv *all, size_t n, const char *fields)
{
    while (fields && *fields) {
        const char *end = strchr(fields, '\n');
        const char *colon = strstr(fields + 1, ": ");
        all[n++] = make_field(fields, (size_t)(colon - fields), colon + 2,
                              (size_t)(end - colon - 2));
        fields = end + 1;
    }
    return n;
}

static int submit(struct h2_lab *lab, const char *method, const char *path,
                  const char *fields, bool has_body)
{
    const nghttp2_data_provider provider = {{0}, read_upload};
    nghttp2_nv all[40];
    size_t n = 0;

    all[n++] = make_field(":method", 7, method, strlen(method));
    all[n++] = make_field(":scheme", 7, "https", 5);
    all[n++] = make_field(":authority", 10, "a.test", 6);
    all[n++] = make_field(":path", 5, path, strlen(path));
    n = put_fields(all, n, fields);
    int id = nghttp2_submit_request(lab->client, NULL, all, n,
                                    has_body ? &provider : NULL, NULL);
    assert_true(id > 0);
    return id;
}

int h2_lab_request(struct h2_lab *lab, const char *method, const char *path,
                   const char *fields, const char *body)
{
    int id = submit(lab, method, path, fields, body);

    h2_lab_stream(lab, id)->upload = body;
    h2_lab_stream(lab, id)->left = body ? strlen(body) : 0;
    return id;
}

int h2_lab_get(struct h2_lab *lab, const char *path)
{
    return h2_lab_request(lab, "GET", path, NULL, NULL);
}

int h2_lab_upload(struct h2_lab *lab, const char *path, size_t len)
{
    int id = submit(lab, "POST", path, NULL, true);

    h2_lab_stream(lab, id)->left = len;
    return id;
}

void h2_lab_send_raw(struct h2_lab *lab, const void *bytes, size_t len)
{
    ow_serve_feed(lab->serve, bytes, len);
}

static bool send_some(struct h2_lab *lab)
{
    const uint8_t *bytes;
    ssize_t n = 0;

    if (!lab->serve || !ow_serve_wants_read(lab->serve))
        return false;
    n = nghttp2_session_mem_send(lab->client, &bytes);
    assert_true(n >= 0);
    if (n > 0)
        ow_serve_feed(lab->serve, (const char *)bytes, (size_t)n);
    return n > 0;
}

void h2_lab_run(struct h2_lab *lab)
{
    bool moves = true;

    while (moves) {
        moves = send_some(lab);
        lab->due = ow_serve_run(lab->serve);
        struct ow_buf *out = ow_serve_out(lab->serve);
        if (out->len == 0)
            continue;
        ssize_t n = nghttp2_session_mem_recv(
            lab->client, (const uint8_t *)ow_buf_data(out), out->len);
        if (n < 0)
            lab->failure = (int)n;
        ow_buf_consume(out, out->len);
        moves = true;
    }
}

void h2_lab_wait(struct h2_lab *lab, int64_t ns)
{
    int64_t until = lab->clock.standing_ns + ns;

    h2_lab_run(lab);
    while (lab->due <= until) {
        lab->clock.standing_ns = lab->due;
        h2_lab_run(lab);
    }
    lab->clock.standing_ns = until;
    h2_lab_run(lab);
}

static const char *text_of(struct ow_buf *buf)
{
    *ow_buf_reserve(buf, 1) = '\0';
    return ow_buf_data(buf);
}

const char *h2_lab_body(struct h2_lab *lab, int id)
{
    return text_of(&h2_lab_stream(lab, id)->body);
}

const char *h2_lab_head(struct h2_lab *lab, int id)
{
    return text_of(&h2_lab_stream(lab, id)->head);
}

size_t h2_lab_journal(struct h2_lab *lab, const char *text)
{
    struct ow_str all = ow_journal_text(lab->env.journal);
    size_t n = 0, len = strlen(text);

    for (size_t i = 0; i + len <= all.len; i++)
        n += memcmp(all.ptr + i, text, len) == 0;
    return n;
}

void assert_has(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("\"%s\" has no \"%s\"", text, part);
}

void assert_has_not(const char *text, const char *part)
{
    if (strstr(text, part))
        fail_msg("\"%s\" has \"%s\"", text, part);
}

int h2_lab_set_up(void **state)
{
    *state = calloc(1, sizeof(struct h2_lab));
    return *state ? 0 : -1;
}

int h2_lab_tear_down(void **state)
{
    h2_lab_release(*state);
    free(*state);
    return 0;
}
