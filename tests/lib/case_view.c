/*
 * case_view: what a client received, as a case shows it. See case_view.h. The
 * decoder is the tests' own, so that the codec is not tested by itself.
 */
#include "config.h"

#include "case_view.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "case_file.h"

#define BIG_BODY 4096

static struct ow_str from(struct ow_str s, size_t at)
{
    return (struct ow_str){s.ptr + at, s.len - at};
}

/* The value of a field of the head; absent if it has none. */
static struct ow_str field_value(struct ow_str head, struct ow_str name)
{
    while (head.len > 0) {
        struct ow_str line = case_cut_line(&head);
        struct ow_str found = ow_str_cut(&line, ':');
        if (line.ptr && ow_str_equal_case(found, name)) {
            if (ow_str_ends(line, OW_STR("\r")))
                line.len--;
            return ow_str_trim(line);
        }
    }
    return (struct ow_str){NULL, 0};
}

/* Cuts a line that ends in CRLF; absent if it is not all there. */
static struct ow_str cut_crlf(struct ow_str *s)
{
    const char *end = memmem(s->ptr, s->len, "\r\n", 2);

    if (!end)
        return (struct ow_str){NULL, 0};
    struct ow_str line = {s->ptr, (size_t)(end - s->ptr)};
    *s = from(*s, line.len + 2);
    return line;
}

static void decode_trailers(struct ow_str rest, struct case_answer *answer)
{
    const char *begin = rest.ptr;
    struct ow_str line;

    while ((line = cut_crlf(&rest)).ptr) {
        if (line.len > 0)
            continue;
        answer->trailers = (struct ow_str){begin, (size_t)(line.ptr - begin)};
        answer->used += (size_t)(rest.ptr - begin);
        answer->is_whole = true;
        return;
    }
}

static void decode_chunks(struct ow_str rest, struct case_answer *answer)
{
    for (;;) {
        struct ow_str before = rest, line = cut_crlf(&rest);
        char digits[16] = "", *end = digits;
        if (!line.ptr || line.len == 0 || line.len >= sizeof digits)
            return;
        memcpy(digits, line.ptr, line.len);
        size_t size = strtoul(digits, &end, 16);
        if (*end)
            return;
        answer->used += before.len - rest.len;
        if (size == 0) {
            decode_trailers(rest, answer);
            return;
        }
        size_t there = size < rest.len ? size : rest.len;
        ow_buf_append(&answer->body, rest.ptr, there);
        answer->used += there;
        if (rest.len < size + 2)
            return;
        answer->used += 2;
        rest = from(rest, size + 2);
    }
}

static void decode_body(struct ow_str rest, struct case_answer *answer)
{
    struct ow_str length = field_value(answer->head, OW_STR("content-length"));
    uint64_t size = UINT64_MAX;

    if (field_value(answer->head, OW_STR("transfer-encoding")).ptr) {
        decode_chunks(rest, answer);
        return;
    }
    if (length.ptr && ow_str_parse_u64(length, &size) < 0)
        size = UINT64_MAX;
    size_t there = size < rest.len ? (size_t)size : rest.len;
    ow_buf_append(&answer->body, rest.ptr, there);
    answer->used += there;
    answer->is_whole = there == size;
}

/* 1xx, 204 and 304 have no body. */
static bool is_bodiless(struct ow_str head)
{
    return head.len > 12 &&
           (head.ptr[9] == '1' || memcmp(head.ptr + 9, "204", 3) == 0 ||
            memcmp(head.ptr + 9, "304", 3) == 0);
}

void case_answer_decode(struct ow_str received, bool to_head,
                        struct case_answer *ret)
{
    const char *end = memmem(received.ptr, received.len, "\r\n\r\n", 4);

    *ret = (struct case_answer){0};
    if (!end || !ow_str_starts(received, OW_STR("HTTP/1.")))
        return;
    ret->has_head = true;
    ret->head = (struct ow_str){received.ptr, (size_t)(end - received.ptr) + 2};
    ret->used = ret->head.len + 2;
    if (to_head || is_bodiless(ret->head))
        ret->is_whole = true;
    else
        decode_body(from(received, ret->used), ret);
}

void case_answer_release(struct case_answer *answer)
{
    ow_buf_release(&answer->body);
}

static void show_fields(struct ow_str head, struct ow_buf *out)
{
    struct ow_str line;

    while ((line = cut_crlf(&head)).ptr) {
        struct ow_str rest = line, name = ow_str_cut(&rest, ':');
        if (!rest.ptr || !ow_str_equal_case(name, OW_STR("date")))
            ow_buf_printf(out, "%.*s\n", OW_STR_ARGS(line));
    }
}

static int gunzip(struct ow_str packed, struct ow_buf *out)
{
    z_stream z = {.next_in = (Bytef *)(uintptr_t)packed.ptr,
                  .avail_in = (uInt)packed.len};
    int r = inflateInit2(&z, 15 + 16);

    while (r == Z_OK) {
        char *room = ow_buf_reserve(out, BIG_BODY);
        if (!room)
            break;
        z.next_out = (Bytef *)room;
        z.avail_out = BIG_BODY;
        r = inflate(&z, Z_NO_FLUSH);
        ow_buf_commit(out, BIG_BODY - z.avail_out);
    }
    inflateEnd(&z);
    return r == Z_STREAM_END ? 0 : -EBADMSG;
}

/* Text stays text; what a terminal would not show is escaped. */
static void show_text(struct ow_str bytes, struct ow_buf *out)
{
    for (size_t i = 0; i < bytes.len; i++) {
        unsigned char c = (unsigned char)bytes.ptr[i];
        if (c == '\r')
            ow_buf_append(out, "\\r", 2);
        else if ((c < 0x20 && c != '\n' && c != '\t') || c == 0x7f)
            ow_buf_printf(out, "\\x%02x", c);
        else
            ow_buf_append(out, &c, 1);
    }
    if (bytes.len > 0 && bytes.ptr[bytes.len - 1] != '\n')
        ow_buf_append(out, "\n", 1);
}

void case_answer_show(const struct case_answer *answer, struct ow_buf *out)
{
    struct ow_buf plain = {0};
    struct ow_str body = ow_buf_peek(&answer->body);
    struct ow_str coding =
        field_value(answer->head, OW_STR("content-encoding"));

    show_fields(answer->head, out);
    if (ow_str_equal(coding, OW_STR("gzip")) && gunzip(body, &plain) == 0)
        body = ow_buf_peek(&plain);
    if (body.len > 0)
        ow_buf_append(out, "\n", 1);
    if (body.len > BIG_BODY)
        ow_buf_printf(out, "(%zu bytes)\n", body.len);
    else
        show_text(body, out);
    if (answer->trailers.len > 0) {
        ow_buf_append(out, "(trailers)\n", 11);
        show_fields(answer->trailers, out);
    }
    ow_buf_release(&plain);
}

static void show_byte(unsigned char c, struct ow_buf *out)
{
    if (c == '\n')
        ow_buf_append(out, "\\n", 2);
    else if (c == '\r')
        ow_buf_append(out, "\\r", 2);
    else if (c == '\\')
        ow_buf_append(out, "\\\\", 2);
    else if (c < 0x20 || c >= 0x7f)
        ow_buf_printf(out, "\\x%02x", c);
    else
        ow_buf_append(out, &c, 1);
}

void case_show_escaped(struct ow_str bytes, struct ow_buf *out)
{
    for (size_t i = 0; i < bytes.len; i++)
        show_byte((unsigned char)bytes.ptr[i], out);
}

void case_show_wire(struct ow_str bytes, struct ow_buf *out)
{
    for (size_t i = 0; i < bytes.len; i++) {
        bool is_crlf = ow_str_starts(from(bytes, i), OW_STR("\r\n"));
        if (!is_crlf)
            show_byte((unsigned char)bytes.ptr[i], out);
        i += is_crlf;
        if (bytes.ptr[i] == '\n')
            ow_buf_append(out, "\n", 1);
    }
    if (bytes.len > 0 && bytes.ptr[bytes.len - 1] != '\n')
        ow_buf_append(out, "\\c\n", 3);
}
