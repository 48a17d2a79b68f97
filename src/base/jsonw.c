/*
 * jsonw: writes JSON into a buffer. See jsonw.h. Called by journal/ and
 * exchange/ on the hot path: clean runs of bytes are copied in one piece.
 */
#include "config.h"

#include "base/jsonw.h"

#include <string.h>

#include "base/utf8.h"

static void put(struct ow_jsonw *w, const void *bytes, size_t len)
{
    if (w->error == 0)
        w->error = ow_buf_append(w->buf, bytes, len);
}

static void put_comma(struct ow_jsonw *w)
{
    if (w->comma)
        put(w, ",", 1);
    w->comma = true;
}

void ow_jsonw_begin(struct ow_jsonw *w, char opening)
{
    put_comma(w);
    put(w, &opening, 1);
    w->comma = false;
}

void ow_jsonw_end(struct ow_jsonw *w, char closing)
{
    put(w, &closing, 1);
    w->comma = true;
}

/* ASCII that stands for itself. */
static const bool is_plain[256] = {
    [0x20 ... '"' - 1] = true,
    ['"' + 1 ... '\\' - 1] = true,
    ['\\' + 1 ... 0x7e] = true,
};

/* How many bytes at the front of s need no escape. */
static size_t clean_run(const char *s, size_t len)
{
    size_t at = 0;

    while (at < len) {
        unsigned char c = (unsigned char)s[at];
        if (is_plain[c]) {
            at++;
            continue;
        }
        if (c < 0x80)
            break;
        size_t n = ow_utf8_length(s + at, len - at);
        if (n == 0)
            break;
        at += n;
    }
    return at;
}

static void put_escaped(struct ow_jsonw *w, unsigned char c)
{
    static const char hex[] = "0123456789abcdef";
    static const char letters[] = "\"\"\\\\\nn\rr\tt\bb\ff";

    if (c >= 0x80) {
        put(w, "\\ufffd", 6);
        return;
    }
    for (const char *l = letters; *l; l += 2)
        if (*l == (char)c) {
            put(w, (char[]){'\\', l[1]}, 2);
            return;
        }
    put(w, (char[]){'\\', 'u', '0', '0', hex[c >> 4], hex[c & 15]}, 6);
}

/* Room for len bytes, a comma before them if it is due; NULL: none. What is
 * written there is committed. */
static char *open_piece(struct ow_jsonw *w, size_t len)
{
    size_t all = w->comma + len;
    char *at = w->error == 0 ? ow_buf_reserve(w->buf, all) : NULL;

    if (!at)
        return NULL;
    if (w->comma)
        *at++ = ',';
    ow_buf_commit(w->buf, all);
    w->comma = true;
    return at;
}

/* In quotes, and behind them end. */
static char *copy_quoted(char *at, struct ow_str s, struct ow_str end)
{
    *at++ = '"';
    if (s.len > 0)
        memcpy(at, s.ptr, s.len);
    at += s.len;
    *at++ = '"';
    memcpy(at, end.ptr, end.len);
    return at + end.len;
}

/* The first run bytes need no escape. Most strings go in one piece. */
static void put_run(struct ow_jsonw *w, struct ow_str s, size_t run,
                    struct ow_str end)
{
    char *piece = run == s.len ? open_piece(w, s.len + 2 + end.len) : NULL;
    size_t at = run;

    if (piece) {
        copy_quoted(piece, s, end);
        return;
    }
    put_comma(w);
    put(w, "\"", 1);
    put(w, s.ptr, run);
    while (at < s.len && w->error == 0) {
        put_escaped(w, (unsigned char)s.ptr[at++]);
        run = clean_run(s.ptr + at, s.len - at);
        put(w, s.ptr + at, run);
        at += run;
    }
    put(w, "\"", 1);
    put(w, end.ptr, end.len);
}

void ow_jsonw_plain_name(struct ow_jsonw *w, struct ow_str name)
{
    put_run(w, name, name.len, OW_STR(":"));
    w->comma = false;
}

void ow_jsonw_string(struct ow_jsonw *w, struct ow_str s)
{
    put_run(w, s, clean_run(s.ptr, s.len), OW_STR(""));
}

void ow_jsonw_name(struct ow_jsonw *w, struct ow_str name)
{
    put_run(w, name, clean_run(name.ptr, name.len), OW_STR(":"));
    w->comma = false;
}

void ow_jsonw_text(struct ow_jsonw *w, const char *key, struct ow_str text)
{
    struct ow_str name = ow_str_from(key);
    size_t run = clean_run(text.ptr, text.len);

    if (!text.ptr)
        return;
    char *piece =
        run == text.len ? open_piece(w, name.len + 3 + text.len + 2) : NULL;
    if (piece) {
        copy_quoted(copy_quoted(piece, name, OW_STR(":")), text, OW_STR(""));
        return;
    }
    ow_jsonw_plain_name(w, name);
    put_run(w, text, run, OW_STR(""));
}

void ow_jsonw_u64(struct ow_jsonw *w, uint64_t number)
{
    char digits[OW_STR_U64];

    ow_jsonw_raw(w, ow_str_u64(number, digits));
}

void ow_jsonw_ms(struct ow_jsonw *w, int64_t ns)
{
    uint64_t us = ns > 0 ? ((uint64_t)ns + 500) / 1000 : 0;
    unsigned rest = (unsigned)(us % 1000);
    char fraction[] = {'.', (char)('0' + rest / 100),
                       (char)('0' + rest / 10 % 10), (char)('0' + rest % 10)};
    size_t len = rest == 0 ? 0 : rest % 100 == 0 ? 2 : rest % 10 == 0 ? 3 : 4;

    ow_jsonw_u64(w, us / 1000);
    put(w, fraction, len);
}

void ow_jsonw_null(struct ow_jsonw *w)
{
    put_comma(w);
    put(w, "null", 4);
}

void ow_jsonw_raw(struct ow_jsonw *w, struct ow_str json)
{
    put_comma(w);
    put(w, json.ptr, json.len);
}
