/*
 * form: urlencoded and multipart bodies. See form.h. Called by request.
 *
 *   --boundary CRLF
 *   Content-Disposition: form-data; name="a"; filename="x.wav" CRLF
 *   CRLF
 *   value CRLF
 *   --boundary-- ...
 */
#include "config.h"

#include "http/form.h"

#include <errno.h>
#include <string.h>

#include "base/limits.h"
#include "http/param.h"
#include "http/url.h"

#define BOUNDARY_MAX (OW_LIMIT_DELIMITER - 4)

struct reader {
    struct ow_str rest;      /* of the body */
    struct ow_str delimiter; /* CR LF "--" boundary */
    bool whole;
    struct ow_arena *arena;
    struct ow_form *form;
};

static int add_part(struct ow_form *form, struct ow_arena *arena,
                    const struct ow_part *part)
{
    if (form->n == OW_LIMIT_PARAMS)
        return -E2BIG;
    if (form->n == form->cap) {
        size_t cap = form->cap ? form->cap * 2 : 8;
        struct ow_part *parts = ow_arena_alloc(arena, cap * sizeof *parts);
        if (!parts)
            return -ENOMEM;
        if (form->n > 0)
            memcpy(parts, form->parts, form->n * sizeof *parts);
        form->parts = parts;
        form->cap = cap;
    }
    form->parts[form->n] = *part;
    form->parts[form->n++].size = part->value.len;
    return 0;
}

static int parse_urlencoded(struct ow_str body, bool whole,
                            struct ow_arena *arena, struct ow_form *form)
{
    struct ow_fields pairs = {0};

    int r = ow_url_parse_query(body, arena, &pairs);
    int added = r == -E2BIG ? 0 : r;
    for (size_t i = 0; added == 0 && i < pairs.n; i++) {
        struct ow_part part = {
            .name = pairs.items[i].name,
            .value = pairs.items[i].value,
            .whole = whole || r < 0 || i + 1 < pairs.n,
        };
        added = add_part(form, arena, &part);
    }
    return added < 0 ? added : r;
}

static struct ow_str behind(struct ow_str s, size_t n)
{
    return (struct ow_str){s.ptr + n, s.len - n};
}

static size_t find(struct ow_str s, struct ow_str what)
{
    const char *at =
        s.len < what.len ? NULL : memmem(s.ptr, s.len, what.ptr, what.len);

    return at ? (size_t)(at - s.ptr) : s.len;
}

/* What s, behind a boundary's bytes, makes of them. */
enum delimiter {
    DELIMITER_NONE, /* they were part of the value */
    DELIMITER_NEXT, /* a part follows, at *ret_len */
    DELIMITER_LAST, /* "--" */
    DELIMITER_CUT,  /* s ends before it can be told */
};

static enum delimiter judge_delimiter(struct ow_str s, size_t *ret_len)
{
    size_t n = 0;

    if (ow_str_starts(s, OW_STR("--")))
        return DELIMITER_LAST;
    while (n < s.len && (s.ptr[n] == ' ' || s.ptr[n] == '\t'))
        n++; /* transport padding */
    *ret_len = n + 2;
    if (ow_str_starts(behind(s, n), OW_STR("\r\n")))
        return DELIMITER_NEXT;
    struct ow_str end = behind(s, n);
    bool open = end.len == 0 ||
                (end.len == 1 && (end.ptr[0] == '\r' || end.ptr[0] == '-'));
    return open ? DELIMITER_CUT : DELIMITER_NONE;
}

/*
 * Cuts everything before the next delimiter off reader->rest, and the
 * delimiter too. What it was is returned; CUT when there is none.
 */
static enum delimiter cut_value(struct reader *reader, struct ow_str *ret)
{
    struct ow_str all = reader->rest, rest = all;
    size_t len = 0;

    for (;;) {
        size_t at = find(rest, reader->delimiter);
        if (at == rest.len)
            break;
        struct ow_str value = {all.ptr, (size_t)(rest.ptr + at - all.ptr)};
        rest = behind(rest, at + reader->delimiter.len);
        enum delimiter kind = judge_delimiter(rest, &len);
        if (kind == DELIMITER_NONE)
            continue;
        *ret = value;
        reader->rest = kind == DELIMITER_NEXT ? behind(rest, len) : OW_STR("");
        return kind;
    }
    *ret = all;
    reader->rest = OW_STR("");
    return DELIMITER_CUT;
}

/* filename*=UTF-8''na%C3%AFve.txt (RFC 8187); other charsets are left alone. */
static int decode_filename(struct ow_arena *arena, struct ow_str value,
                           struct ow_str *ret)
{
    struct ow_str rest = value;
    struct ow_str charset = ow_str_cut(&rest, '\'');

    ow_str_cut(&rest, '\''); /* the language */
    if (!rest.ptr || !ow_str_equal_case(charset, OW_STR("UTF-8")))
        return 0;
    *ret = ow_url_decode(arena, rest, false);
    return ret->ptr ? 0 : -ENOMEM;
}

/* Name and file name, from the value of Content-Disposition. */
static int parse_disposition(struct ow_str rest, struct ow_arena *arena,
                             struct ow_part *part)
{
    struct ow_str name, value, extended = {NULL, 0};
    int r;

    if (!ow_str_equal_case(ow_param_cut_value(&rest), OW_STR("form-data")))
        return -EINVAL;
    while ((r = ow_param_next(&rest, arena, &name, &value)) > 0) {
        if (ow_str_equal_case(name, OW_STR("name")))
            part->name = value;
        else if (ow_str_equal_case(name, OW_STR("filename")))
            part->filename = value;
        else if (ow_str_equal_case(name, OW_STR("filename*")))
            r = decode_filename(arena, value, &extended);
        if (r < 0)
            return r;
    }
    if (extended.ptr)
        part->filename = extended;
    return r < 0 ? r : part->name.ptr ? 0 : -EINVAL;
}

/* Cuts a part's header lines with their blank one off *text. */
static int parse_part_fields(struct ow_str *text, struct ow_arena *arena,
                             struct ow_part *part)
{
    int r = 0;

    while (r == 0) {
        size_t end = find(*text, OW_STR("\r\n"));
        struct ow_str value = {text->ptr, end};
        if (end == text->len)
            return -EINVAL;
        *text = behind(*text, end + 2);
        if (end == 0)
            break;
        struct ow_str name = ow_str_trim(ow_str_cut(&value, ':'));
        if (!value.ptr)
            return -EINVAL;
        if (ow_str_equal_case(name, OW_STR("Content-Disposition")))
            r = parse_disposition(value, arena, part);
        else if (ow_str_equal_case(name, OW_STR("Content-Type")))
            part->type = ow_str_trim(value);
    }
    return r < 0 ? r : part->name.ptr ? 0 : -EINVAL;
}

/* A part's fields may be cut off in a body that is not whole: the part is then
 * left out, as if its delimiter had not come. */
static int read_part(struct reader *reader, enum delimiter *ret_end)
{
    struct ow_part part = {0};

    *ret_end = cut_value(reader, &part.value);
    part.whole = *ret_end != DELIMITER_CUT;
    int r = parse_part_fields(&part.value, reader->arena, &part);
    if (r == -EINVAL && !part.whole && !reader->whole)
        return 0;
    return r < 0 ? r : add_part(reader->form, reader->arena, &part);
}

/* The first delimiter may stand at the very front, without its CR LF. */
static enum delimiter cut_preamble(struct reader *reader)
{
    struct ow_str first = behind(reader->delimiter, 2), ignored;
    size_t len = 0;

    if (!ow_str_starts(reader->rest, first))
        return cut_value(reader, &ignored);
    struct ow_str rest = behind(reader->rest, first.len);
    enum delimiter kind = judge_delimiter(rest, &len);
    if (kind == DELIMITER_NONE)
        return cut_value(reader, &ignored);
    if (kind == DELIMITER_NEXT)
        reader->rest = behind(rest, len);
    return kind;
}

int ow_form_delimiter(struct ow_str content_type, struct ow_arena *arena,
                      struct ow_str *ret)
{
    struct ow_str params = content_type, boundary = {NULL, 0};

    if (!ow_str_equal_case(ow_param_cut_value(&params),
                           OW_STR("multipart/form-data")))
        return -ENOMSG;
    int r = ow_param_find(params, arena, OW_STR("boundary"), &boundary);
    if (r < 0)
        return r;
    if (boundary.len == 0 || boundary.len > BOUNDARY_MAX)
        return -EINVAL;
    *ret = ow_arena_printf(arena, "\r\n--%.*s", OW_STR_ARGS(boundary));
    return ret->ptr ? 0 : -ENOMEM;
}

static int parse_multipart(struct reader *reader)
{
    int r = 0;

    enum delimiter end = cut_preamble(reader);
    while (r == 0 && end == DELIMITER_NEXT)
        r = read_part(reader, &end);
    if (r == 0 && end == DELIMITER_CUT && reader->whole)
        r = -EINVAL;
    return r;
}

int ow_form_parse(struct ow_str content_type, struct ow_str body, bool whole,
                  struct ow_arena *arena, struct ow_form *ret_form)
{
    struct ow_str params = content_type;
    struct ow_str type = ow_param_cut_value(&params);
    struct ow_form form = {0};
    struct reader reader = {
        .rest = body, .whole = whole, .arena = arena, .form = &form};
    int r;

    if (ow_str_equal_case(type, OW_STR("application/x-www-form-urlencoded"))) {
        r = parse_urlencoded(body, whole, arena, &form);
    } else {
        r = ow_form_delimiter(content_type, arena, &reader.delimiter);
        r = r < 0 ? r : parse_multipart(&reader);
    }
    if (r == 0 || r == -E2BIG)
        *ret_form = form;
    return r;
}

static const struct ow_part *find_from(const struct ow_form *form, size_t from,
                                       struct ow_str name)
{
    for (size_t i = from; i < form->n; i++)
        if (ow_str_equal(form->parts[i].name, name))
            return &form->parts[i];
    return NULL;
}

const struct ow_part *ow_form_find(const struct ow_form *form,
                                   struct ow_str name)
{
    return find_from(form, 0, name);
}

const struct ow_part *ow_form_next(const struct ow_form *form,
                                   const struct ow_part *part)
{
    return find_from(form, (size_t)(part - form->parts) + 1, part->name);
}
