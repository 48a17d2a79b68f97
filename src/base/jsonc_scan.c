/*
 * jsonc_scan: the grammar of JSON with comments and trailing commas. See
 * jsonc_scan.h. One function per production, recursive, at most
 * OW_LIMIT_JSON_DEPTH deep; called by jsonc.c.
 */
#include "config.h"

#include "base/jsonc_scan.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "base/utf8.h"

/* cJSON copies a number into 64 bytes and would cut a longer one. */
#define NUMBER_MAX 63

/* Where in the document the scan is, for the pointer of an error. */
struct frame {
    const struct frame *up;
    struct ow_str key; /* as written, without quotes; absent in an array */
    size_t index;
    size_t key_at;   /* offset of the key; unset in an array */
    uint32_t number; /* of the place of the object or array */
    int depth;
};

struct scan {
    const char *file;
    char *text;
    size_t len;
    size_t at;
    uint32_t line;
    struct ow_buf *places; /* the last is of what is being scanned */
    const struct frame *frame;
    struct ow_err *err;
};

static void point(struct ow_buf *pointer, const struct frame *frame)
{
    if (!frame)
        return;
    point(pointer, frame->up);
    if (frame->key.ptr)
        ow_jsonc_pointer_key(pointer, frame->key);
    else
        ow_jsonc_pointer_index(pointer, frame->index);
}

/* Says what is wrong at an offset. */
__attribute__((format(printf, 3, 4))) static int fail(struct scan *s, size_t at,
                                                      const char *format, ...)
{
    char sentence[512];
    struct ow_buf pointer;
    va_list args;

    va_start(args, format);
    vsnprintf(sentence, sizeof sentence, format, args);
    va_end(args);
    if (ow_jsonc_pointer_begin(&pointer))
        point(&pointer, s->frame);
    ow_jsonc_place_fail(s->file, s->text, at, &pointer, s->err, sentence);
    ow_buf_release(&pointer);
    return -EINVAL;
}

struct got {
    char text[48];
};

/* What stands at the scan's place, for "expected X, got Y". */
static struct got got(const struct scan *s)
{
    struct got g;
    size_t len = 1;

    if (s->at >= s->len) {
        snprintf(g.text, sizeof g.text, "the end of the file");
        return g;
    }
    while (len < 4 && s->at + len < s->len &&
           ow_utf8_is_inside(s->text[s->at + len]))
        len++;
    if ((unsigned char)s->text[s->at] < 0x20)
        snprintf(g.text, sizeof g.text, "the byte 0x%02x", s->text[s->at]);
    else
        snprintf(g.text, sizeof g.text, "'%.*s'", (int)len, s->text + s->at);
    return g;
}

static bool at_byte(const struct scan *s, char c)
{
    return s->at < s->len && s->text[s->at] == c;
}

static int scan_character(struct scan *s)
{
    const char *p = s->text + s->at;
    size_t len = ow_utf8_length(p, s->len - s->at);

    if (len == 0)
        return fail(s, s->at, "invalid UTF-8: the byte 0x%02x",
                    (unsigned char)p[0]);
    s->at += len;
    return 0;
}

static void blank(struct scan *s, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++) {
        if (ow_utf8_is_inside(s->text[i]))
            s->text[i] = OW_JSONC_FILLER;
        else if (s->text[i] != '\n')
            s->text[i] = ' ';
    }
}

static int skip_comment(struct scan *s)
{
    size_t start = s->at;
    bool block = s->text[start + 1] == '*';

    s->at += 2;
    while (s->at < s->len) {
        if (!block && s->text[s->at] == '\n')
            break;
        s->line += s->text[s->at] == '\n';
        if (block && s->text[s->at] == '*' && s->at + 1 < s->len &&
            s->text[s->at + 1] == '/') {
            s->at += 2;
            blank(s, start, s->at);
            return 0;
        }
        int r = scan_character(s);
        if (r < 0)
            return r;
    }
    if (block)
        return fail(s, start, "this comment has no end: \"*/\" is missing");
    blank(s, start, s->at);
    return 0;
}

/* White space and comments. */
static int skip(struct scan *s)
{
    for (;;) {
        while (s->at < s->len &&
               (s->text[s->at] == ' ' || s->text[s->at] == '\t' ||
                s->text[s->at] == '\n' || s->text[s->at] == '\r'))
            s->line += s->text[s->at++] == '\n';
        if (!at_byte(s, '/') || s->at + 1 >= s->len ||
            (s->text[s->at + 1] != '/' && s->text[s->at + 1] != '*'))
            return 0;
        int r = skip_comment(s);
        if (r < 0)
            return r;
    }
}

/* Four hex digits behind "\u"; the value, or -1. */
static long hex4(const struct scan *s, size_t at)
{
    long value = 0;

    if (at + 4 > s->len)
        return -1;
    for (size_t i = at; i < at + 4; i++) {
        char c = s->text[i];
        if (c >= '0' && c <= '9')
            value = value * 16 + (c - '0');
        else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
            value = value * 16 + ((c | 0x20) - 'a' + 10);
        else
            return -1;
    }
    return value;
}

/* At the "u" of "\u". */
static int scan_unicode_escape(struct scan *s)
{
    size_t start = s->at - 1;
    long first = hex4(s, s->at + 1);

    if (first < 0)
        return fail(s, start, "\"\\u\" wants four hexadecimal digits");
    if (first == 0)
        return fail(s, start, "a string cannot hold \\u0000");
    s->at += 5;
    if (first < 0xd800 || first > 0xdfff)
        return 0;
    long second =
        at_byte(s, '\\') && s->at + 1 < s->len && s->text[s->at + 1] == 'u'
            ? hex4(s, s->at + 2)
            : -1;
    if (first > 0xdbff || second < 0xdc00 || second > 0xdfff)
        return fail(s, start, "half of a surrogate pair: \"%.*s\"", 6,
                    s->text + start);
    s->at += 6;
    return 0;
}

static int scan_escape(struct scan *s)
{
    s->at++;
    if (at_byte(s, 'u'))
        return scan_unicode_escape(s);
    if (s->at < s->len && s->text[s->at] != '\0' &&
        strchr("\"\\/bfnrt", s->text[s->at])) {
        s->at++;
        return 0;
    }
    return fail(s, s->at - 1,
                "unknown escape in a string, \"\\\" before %s; a backslash "
                "itself is written \"\\\\\"",
                got(s).text);
}

/* The byte eight times over. */
#define EIGHT(byte) (UINT64_C(0x0101010101010101) * (byte))

/* Whether these eight bytes all stand for themselves; may say no of some that
 * do behind one that does not. In each term the top bit of a byte is set where
 * it is negative, below ' ', a quote, or a backslash. */
static bool are_plain(const char *p)
{
    uint64_t eight;

    memcpy(&eight, p, sizeof eight);
    uint64_t found = eight | (eight - EIGHT(' ')) |
                     ((eight ^ EIGHT('"')) - EIGHT(1)) |
                     ((eight ^ EIGHT('\\')) - EIGHT(1));
    return (found & EIGHT(0x80)) == 0;
}

/* Most of any rule file: what stands for itself and needs no look. */
static void skip_plain(struct scan *s)
{
    const char *p = s->text + s->at, *end = s->text + s->len;

    while (end - p >= 8 && are_plain(p))
        p += 8;
    while (p < end && (signed char)*p >= ' ' && *p != '"' && *p != '\\')
        p++; /* signed, the bytes of longer characters are negative */
    s->at = (size_t)(p - s->text);
}

/* At the opening quote; ret_raw is what is between the quotes. */
static int scan_string(struct scan *s, struct ow_str *ret_raw)
{
    size_t start = s->at++;
    int r = 0;

    for (skip_plain(s); r == 0 && s->at < s->len && s->text[s->at] != '"';
         skip_plain(s)) {
        if (s->text[s->at] == '\\')
            r = scan_escape(s);
        else if (s->text[s->at] == '\n')
            return fail(s, start,
                        "this string has no end on its line; a line break in "
                        "it is written \"\\n\"");
        else if ((unsigned char)s->text[s->at] < 0x20)
            return fail(s, s->at,
                        "a control character in a string (%s) is written as "
                        "an escape",
                        got(s).text);
        else
            r = scan_character(s);
    }
    if (r < 0)
        return r;
    if (s->at >= s->len)
        return fail(s, start, "this string has no end");
    *ret_raw = (struct ow_str){s->text + start + 1, s->at - start - 1};
    s->at++;
    return 0;
}

static size_t skip_digits(struct scan *s)
{
    size_t start = s->at;

    while (s->at < s->len && s->text[s->at] >= '0' && s->text[s->at] <= '9')
        s->at++;
    return s->at - start;
}

/* RFC 8259, 6: no leading zeros, no "+", digits on both sides of the point. */
static int scan_number(struct scan *s)
{
    size_t start = s->at;
    bool good;

    if (at_byte(s, '-'))
        s->at++;
    bool zero = at_byte(s, '0');
    size_t digits = skip_digits(s);
    good = digits > 0 && !(zero && digits > 1);
    if (good && at_byte(s, '.')) {
        s->at++;
        good = skip_digits(s) > 0;
    }
    if (good && (at_byte(s, 'e') || at_byte(s, 'E'))) {
        s->at++;
        if (at_byte(s, '+') || at_byte(s, '-'))
            s->at++;
        good = skip_digits(s) > 0;
    }
    if (good && s->at - start <= NUMBER_MAX)
        return 0;
    return fail(s, start,
                good ? "this number is too long"
                     : "this is no number as JSON writes it");
}

static bool is_word_byte(char c)
{
    return ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '_';
}

static size_t word_length(const struct scan *s)
{
    size_t end = s->at;

    while (end < s->len && is_word_byte(s->text[end]))
        end++;
    return end - s->at;
}

static int scan_word(struct scan *s)
{
    struct ow_str word = {s->text + s->at, word_length(s)};

    if (ow_str_equal(word, OW_STR("true")) ||
        ow_str_equal(word, OW_STR("false")) ||
        ow_str_equal(word, OW_STR("null"))) {
        s->at += word.len;
        return 0;
    }
    if (word.len > 0 && word.len < 64)
        return fail(s, s->at,
                    "expected a value, got %.*s; strings are "
                    "written in double quotes",
                    OW_STR_ARGS(word));
    if (at_byte(s, '\''))
        return fail(s, s->at, "strings are written in double quotes");
    return fail(s, s->at, "expected a value, got %s", got(s).text);
}

static int scan_value(struct scan *s);

/*
 * Behind an element: a comma, the end, or both. *ret_more tells whether
 * another element follows; a trailing comma is blanked.
 */
static int scan_separator(struct scan *s, char close, bool *ret_more)
{
    int r = skip(s);

    if (r < 0)
        return r;
    *ret_more = false;
    if (at_byte(s, ',')) {
        size_t comma = s->at++;
        r = skip(s);
        if (r < 0)
            return r;
        if (!at_byte(s, close)) {
            *ret_more = true;
            return 0;
        }
        s->text[comma] = ' ';
    }
    if (!at_byte(s, close))
        return fail(s, s->at, "expected ',' or '%c', got %s", close,
                    got(s).text);
    s->at++;
    return 0;
}

static int scan_member(struct scan *s, struct frame *frame)
{
    struct ow_str key;
    int r;

    if (!at_byte(s, '"'))
        return fail(s, s->at, "expected a key in double quotes, got %s",
                    got(s).text);
    frame->key_at = s->at;
    r = scan_string(s, &key);
    if (r == 0)
        r = skip(s);
    if (r < 0)
        return r;
    if (!at_byte(s, ':'))
        return fail(s, s->at, "expected ':' behind the key \"%.*s\", got %s",
                    key.len > 60 ? 60 : (int)key.len, key.ptr, got(s).text);
    s->at++;
    frame->key = key;
    s->frame = frame;
    r = scan_value(s);
    s->frame = frame->up;
    return r;
}

static int scan_element(struct scan *s, struct frame *frame)
{
    s->frame = frame;
    int r = scan_value(s);
    s->frame = frame->up;
    return r;
}

static uint32_t count_places(const struct scan *s)
{
    return (uint32_t)(s->places->len / sizeof(struct ow_jsonc_place));
}

/* At "{" or "[". */
static int scan_container(struct scan *s, bool object)
{
    struct frame frame = {.up = s->frame,
                          .number = count_places(s) - 1,
                          .depth = s->frame ? s->frame->depth + 1 : 1};
    char close = object ? '}' : ']';
    bool more = true;

    if (frame.depth > OW_LIMIT_JSON_DEPTH)
        return fail(s, s->at, "nested deeper than %d levels",
                    OW_LIMIT_JSON_DEPTH);
    s->at++;
    int r = skip(s);
    if (r == 0 && at_byte(s, close)) {
        s->at++;
        return 0;
    }
    for (; r == 0 && more; frame.index++) {
        r = object ? scan_member(s, &frame) : scan_element(s, &frame);
        if (r == 0)
            r = scan_separator(s, close, &more);
    }
    return r;
}

/* The value that begins here. */
static int add_place(struct scan *s)
{
    const struct frame *frame = s->frame;
    const struct ow_jsonc_place place = {
        .parent = frame ? frame->number : OW_JSONC_NOWHERE,
        .key = (uint32_t)(frame && frame->key.ptr ? frame->key_at : s->at),
        .value = (uint32_t)s->at,
        .line = s->line,
    };

    return ow_buf_append(s->places, &place, sizeof place) < 0 ? -ENOMEM : 0;
}

static int scan_value(struct scan *s)
{
    struct ow_str raw;
    int r = skip(s);

    if (r == 0)
        r = add_place(s);
    if (r < 0)
        return r;
    if (at_byte(s, '{') || at_byte(s, '['))
        return scan_container(s, s->text[s->at] == '{');
    if (at_byte(s, '"'))
        return scan_string(s, &raw);
    if (s->at < s->len && (s->text[s->at] == '-' ||
                           (s->text[s->at] >= '0' && s->text[s->at] <= '9')))
        return scan_number(s);
    return scan_word(s);
}

int ow_jsonc_scan(const char *file, char *text, size_t len,
                  struct ow_buf *places, struct ow_err *err)
{
    struct scan s = {.file = file,
                     .text = text,
                     .len = len,
                     .line = 1,
                     .places = places,
                     .err = err};

    /* A byte order mark, as some editors leave it. */
    if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
        text[0] = ' ';
        text[1] = text[2] = OW_JSONC_FILLER;
        s.at = 3;
    }
    int r = scan_value(&s);
    if (r == 0)
        r = skip(&s);
    if (r == 0 && s.at < s.len)
        r = fail(&s, s.at, "expected the end of the file, got %s",
                 got(&s).text);
    return r;
}
