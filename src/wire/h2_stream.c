/*
 * h2_stream: one stream of a connection: its memory and the head of its
 * request. See h2_inner.h. Called by h2.c.
 */
#include "config.h"

#include "wire/h2_inner.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"

/* What a stream that waits for reuse holds on to. */
#define KEEP_BETWEEN (16 * 1024)
/* What RFC 9113, 6.5.2 counts for each field beside its bytes. */
#define FIELD_COST 32

struct ow_h2_stream *ow_h2_stream_new(struct ow_h2 *h2, int32_t id)
{
    struct ow_h2_stream *stream = TAILQ_FIRST(&h2->pool);

    if (stream) {
        TAILQ_REMOVE(&h2->pool, stream, link);
        h2->pooled--;
    } else {
        stream = calloc(1, sizeof *stream);
        if (!stream)
            return NULL;
        ow_arena_init(&stream->arena);
        ow_buf_init(&stream->queue, OW_LIMIT_H2_QUEUE);
    }
    stream->h2 = h2;
    stream->id = id;
    TAILQ_INSERT_TAIL(&h2->streams, stream, link);
    return stream;
}

static void free_stream(struct ow_h2_stream *stream)
{
    ow_arena_release(&stream->arena);
    ow_buf_release(&stream->queue);
    free(stream);
}

void ow_h2_stream_drop(struct ow_h2_stream *stream)
{
    struct ow_h2 *h2 = stream->h2;
    struct ow_arena arena = stream->arena;
    struct ow_buf queue = stream->queue;

    if (h2->pooled >= OW_LIMIT_H2_POOL) {
        free_stream(stream);
        return;
    }
    ow_arena_reset(&arena);
    ow_buf_clear(&queue, KEEP_BETWEEN);
    *stream = (struct ow_h2_stream){.arena = arena, .queue = queue};
    TAILQ_INSERT_HEAD(&h2->pool, stream, link);
    h2->pooled++;
}

void ow_h2_stream_free_all(struct ow_h2_streams *streams)
{
    while (!TAILQ_EMPTY(streams)) {
        struct ow_h2_stream *stream = TAILQ_FIRST(streams);
        TAILQ_REMOVE(streams, stream, link);
        free_stream(stream);
    }
}

static struct ow_str *find_pseudo(struct ow_h2_head *head, struct ow_str name)
{
    struct {
        struct ow_str name;
        struct ow_str *value;
    } known[] = {
        {OW_STR(":method"), &head->method},
        {OW_STR(":scheme"), &head->scheme},
        {OW_STR(":authority"), &head->authority},
        {OW_STR(":path"), &head->path},
        {OW_STR(":protocol"), &head->protocol},
    };

    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (ow_str_equal(name, known[i].name))
            return known[i].value;
    return NULL;
}

int ow_h2_stream_add(struct ow_h2_stream *stream, struct ow_str name,
                     struct ow_str value)
{
    struct ow_fields *fields =
        stream->has_head ? &stream->trailers : &stream->head.fields;

    stream->head_size += name.len + value.len + FIELD_COST;
    if (stream->head_size > OW_LIMIT_HEAD || fields->n >= OW_LIMIT_FIELDS)
        stream->head.is_too_big = true;
    if (stream->head.is_too_big)
        return 0;
    value = ow_arena_copy(&stream->arena, value);
    if (!value.ptr)
        return -ENOMEM;
    if (name.len > 0 && name.ptr[0] == ':') {
        struct ow_str *pseudo = find_pseudo(&stream->head, name);
        if (pseudo)
            *pseudo = value;
        return 0;
    }
    name = ow_arena_copy(&stream->arena, name);
    if (!name.ptr)
        return -ENOMEM;
    return ow_fields_add(fields, &stream->arena, name, value);
}

/* Cookie may come in crumbs, to compress better (RFC 9113, 8.2.3); rules see
 * the one field that HTTP/1.1 would have. */
static int join_cookies(struct ow_h2_stream *stream)
{
    struct ow_fields *fields = &stream->head.fields;
    const struct ow_str name = OW_STR("cookie");
    size_t first = fields->n, kept = 0, len = 0, n = 0;

    for (size_t i = 0; i < fields->n; i++)
        if (ow_str_equal(fields->items[i].name, name)) {
            first = n++ == 0 ? i : first;
            len += fields->items[i].value.len + 2;
        }
    if (n < 2)
        return 0;
    char *text = ow_arena_alloc(&stream->arena, len), *at = text;
    if (!text)
        return -ENOMEM;
    for (size_t i = 0; i < fields->n; i++) {
        struct ow_field *field = &fields->items[i];
        if (!ow_str_equal(field->name, name)) {
            fields->items[kept++] = *field;
            continue;
        }
        memcpy(at, field->value.ptr, field->value.len);
        at += field->value.len;
        *at++ = ';';
        *at++ = ' ';
        if (i == first)
            fields->items[kept++] = *field;
    }
    fields->items[first].value = (struct ow_str){text, len - 2};
    fields->n = kept;
    return 0;
}

/* Host, first as HTTP/1.1's clients send it, from :authority (RFC 9113, 8.3.1:
 * what Host says beside it does not count). */
static int put_host(struct ow_h2_stream *stream)
{
    struct ow_h2_head *head = &stream->head;
    const struct ow_str name = OW_STR("host");
    struct ow_fields all = {NULL, 0, 0};

    if (!head->authority.ptr)
        return 0;
    int r = ow_fields_add(&all, &stream->arena, name, head->authority);
    for (size_t i = 0; i < head->fields.n && r == 0; i++) {
        const struct ow_field *field = &head->fields.items[i];
        if (!ow_str_equal(field->name, name))
            r = ow_fields_add(&all, &stream->arena, field->name, field->value);
    }
    head->fields = all;
    return r;
}

int ow_h2_stream_finish_head(struct ow_h2_stream *stream, bool ends)
{
    struct ow_h2_head *head = &stream->head;
    int r = join_cookies(stream);

    if (r == 0)
        r = put_host(stream);
    head->ends = ends;
    head->expects_continue =
        !ends && ow_fields_has_token(&head->fields, OW_STR("expect"),
                                     OW_STR("100-continue"));
    return r;
}
