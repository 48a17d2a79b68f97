/*
 * diff_h1: h1 against http-parser (which Node used for ten years) on the same
 * bytes: all cases of tests/wire/h1 and the corpus of the fuzzer. What is told
 * apart: whether a message is taken, its method, target, version, fields,
 * body, trailers. Where the two are meant to differ stands in the tables
 * below, with the reason; a row that no input needs is a fault too. Emits TAP.
 */
#include "config.h"

#include <http_parser.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "h1_trace.h"
#include "wire_case.h"

struct difference {
    const char *sign; /* how the refusal begins */
    const char *reason;
    bool used;
};

/* Ours refuses, http-parser takes: by the sentence. */
static struct difference stricter[] = {
    {"line ends in LF without CR", "it takes LF as a line's end", false},
    {"byte 0x0a where a request should begin", "it skips any LF", false},
    {"byte 0x47 where a request should begin", "it skips any CR", false},
    {"folded field line", "it joins folded lines (RFC 7230, 3.2.4 allowed it)",
     false},
    {"no Host field", "it leaves Host to its caller", false},
    {"a second Host field", "it leaves Host to its caller", false},
    {"Host is no host", "it leaves Host to its caller", false},
    {"fields over 65536 bytes", "its limit is 80 KiB", false},
    {"request line over 65536 bytes", "its limit is 80 KiB", false},
    {"more than 256 fields", "it has no limit on their number", false},
    {"version is HTTP/", "it takes any version below 10", false},
    {"target * goes with OPTIONS", "it does not look at the method", false},
    {"Transfer-Encoding in HTTP/1.0", "it reads 1.0 as 1.1", false},
    {"chunk size line too long", "it has no limit of its own", false},
    {"control byte in a chunk extension", "it skips extensions unread", false},
    {"chunk size is no hexadecimal", "it takes space behind the size", false},
    {"transfer coding is not chunked", "it decodes chunks of any coding",
     false},
    {"CR without LF in a chunk size", "it skips the byte behind CR", false},
    {"chunk size out of range", "its sizes have 64 bits, ours 63", false},
    {"a coding behind chunked",
     "it looks at the last coding alone, and after "
     "the head was told",
     false},
    {"byte 0x0b in the value", "it takes control bytes in values", false},
    {"byte 0x0d in a field name", "it takes CR alone for the blank line",
     false},
    {"field name with a space", "it takes the space for a part of the name",
     false},
    {"host:port goes with CONNECT", "it does not look at the method", false},
    {"more bytes than the chunk size",
     "it skips two bytes behind a chunk, whatever they are", false},
    {"Content-Length is out of range", "its lengths have 64 bits, ours 63",
     false},
    {"target is neither path nor URL", "it looks at a URL less closely", false},
    {"byte 0x20 in the target", "it takes several spaces", false},
    {"no HTTP version", "it waits for more of an HTTP/0.9 request", false},
    {"Transfer-Encoding is empty", "it takes it for none", false},
};

/* http-parser refuses, ours takes: by its error's name. */
static struct difference looser[] = {
    {"HPE_INVALID_HEADER_TOKEN",
     "ours judges fields when the head is whole: here it is not", false},
    {"HPE_INVALID_METHOD", "methods are an open set (RFC 9110, 9.1)", false},
    {"HPE_UNEXPECTED_CONTENT_LENGTH",
     "equal lengths may be repeated (RFC 9112, 6.3)", false},
    {"HPE_INVALID_CONTENT_LENGTH",
     "a list of equal lengths is a length (RFC 9112, 6.3)", false},
};

/* What http-parser tells of the message under way. */
struct peer {
    struct ow_buf *out;
    struct ow_buf target;
    struct ow_buf fields; /* lines, as they are traced */
    struct ow_buf body;
    bool in_value;
    bool after_head;
    bool open;
    unsigned method;
    unsigned minor;
};

static void put(struct ow_buf *buf, const char *text)
{
    if (ow_buf_append(buf, text, strlen(text)) < 0)
        abort();
}

static int on_begin(http_parser *parser)
{
    struct peer *peer = parser->data;

    ow_buf_clear(&peer->target, SIZE_MAX);
    ow_buf_clear(&peer->fields, SIZE_MAX);
    ow_buf_clear(&peer->body, SIZE_MAX);
    peer->in_value = peer->after_head = false;
    peer->open = true;
    return 0;
}

static int on_url(http_parser *parser, const char *at, size_t len)
{
    struct peer *peer = parser->data;

    return ow_buf_append(&peer->target, at, len);
}

static void end_value(struct peer *peer)
{
    if (peer->in_value)
        put(&peer->fields, "\n");
    peer->in_value = false;
}

static int on_name(http_parser *parser, const char *at, size_t len)
{
    struct peer *peer = parser->data;

    end_value(peer);
    struct ow_str s = ow_buf_peek(&peer->fields);
    if (len > 0 && (s.len == 0 || s.ptr[s.len - 1] == '\n'))
        put(&peer->fields, peer->after_head ? "trailer " : "field ");
    h1_trace_escape(&peer->fields, (struct ow_str){at, len});
    return 0;
}

static int on_value(http_parser *parser, const char *at, size_t len)
{
    struct peer *peer = parser->data;

    if (!peer->in_value)
        put(&peer->fields, ": ");
    peer->in_value = true;
    h1_trace_value(&peer->fields, ow_str_trim((struct ow_str){at, len}));
    return 0;
}

static int on_head(http_parser *parser)
{
    struct peer *peer = parser->data;

    end_value(peer);
    put(peer->out, "head ");
    put(peer->out, http_method_str(parser->method));
    put(peer->out, " ");
    h1_trace_value(peer->out, ow_buf_peek(&peer->target));
    put(peer->out, parser->http_minor > 0 ? " 1.1\n" : " 1.0\n");
    if (ow_buf_append_str(peer->out, ow_buf_peek(&peer->fields)) < 0)
        abort();
    ow_buf_clear(&peer->fields, SIZE_MAX);
    peer->after_head = true;
    parser->upgrade = 0; /* go on as HTTP/1, as ours does */
    return 0;
}

static int on_body(http_parser *parser, const char *at, size_t len)
{
    struct peer *peer = parser->data;

    return ow_buf_append(&peer->body, at, len);
}

static void end_body(struct peer *peer)
{
    if (peer->body.len == 0)
        return;
    put(peer->out, "body ");
    h1_trace_value(peer->out, ow_buf_peek(&peer->body));
    put(peer->out, "\n");
    ow_buf_clear(&peer->body, SIZE_MAX);
}

static int on_end(http_parser *parser)
{
    struct peer *peer = parser->data;

    end_value(peer);
    end_body(peer);
    if (ow_buf_append_str(peer->out, ow_buf_peek(&peer->fields)) < 0)
        abort();
    put(peer->out, "end\n");
    peer->open = false;
    return 0;
}

static const http_parser_settings settings = {
    .on_message_begin = on_begin,
    .on_url = on_url,
    .on_header_field = on_name,
    .on_header_value = on_value,
    .on_headers_complete = on_head,
    .on_body = on_body,
    .on_message_complete = on_end,
};

/* The trace of http-parser, in the same words. */
static void trace_peer(struct ow_str in, struct ow_buf *out)
{
    struct peer peer = {.out = out};
    http_parser parser;

    http_parser_init(&parser, HTTP_REQUEST);
    parser.data = &peer;
    http_parser_execute(&parser, &settings, in.ptr, in.len);
    if (peer.open && peer.after_head)
        end_body(&peer);
    if (HTTP_PARSER_ERRNO(&parser) != HPE_OK) {
        put(out, "fail ");
        put(out, http_errno_name(HTTP_PARSER_ERRNO(&parser)));
        put(out, "\n");
    } else if (peer.open) {
        put(out, "open\n");
    }
    ow_buf_release(&peer.target);
    ow_buf_release(&peer.fields);
    ow_buf_release(&peer.body);
}

/* A head line without what http-parser does not tell, a failure without its
 * status: "head GET / 1.1", "fail folded field line (line 3)". */
static struct ow_str shorten(struct ow_str line)
{
    struct ow_str rest = line;

    if (ow_str_starts(line, OW_STR("fail ")) && line.len > 9 &&
        line.ptr[5] >= '1' && line.ptr[5] <= '9')
        return (struct ow_str){line.ptr + 9, line.len - 9};
    if (!ow_str_starts(line, OW_STR("head ")))
        return line;
    for (int i = 0; i < 2; i++)
        ow_str_cut(&rest, ' ');
    /* The target may be "(70000 bytes, sum ...)". */
    while (rest.ptr && !ow_str_starts(rest, OW_STR("1.")))
        ow_str_cut(&rest, ' ');
    ow_str_cut(&rest, ' ');
    if (rest.ptr)
        line.len = (size_t)(rest.ptr - 1 - line.ptr);
    return line;
}

static const char *find_reason(struct difference *table, size_t n,
                               struct ow_str sign)
{
    for (size_t i = 0; i < n; i++) {
        if (!ow_str_starts(sign, ow_str_from(table[i].sign)))
            continue;
        table[i].used = true;
        return table[i].reason;
    }
    return NULL;
}

#define LENGTH(array) (sizeof(array) / sizeof *(array))

/* NULL when they agree, else the reason, or "" if there is none. */
static const char *compare(struct ow_str ours, struct ow_str theirs)
{
    for (;;) {
        struct ow_str a_line = ow_str_cut(&ours, '\n');
        struct ow_str b = ow_str_cut(&theirs, '\n');
        struct ow_str a = shorten(a_line);
        bool a_fails = ow_str_starts(a_line, OW_STR("fail "));
        bool b_fails = ow_str_starts(b, OW_STR("fail "));
        const char *reason = NULL;
        if ((a_fails && b_fails) || (!a.ptr && !b.ptr))
            return NULL;
        if (a.ptr && b.ptr && ow_str_equal(a, b))
            continue;
        if (a_fails)
            reason = find_reason(stricter, LENGTH(stricter), a);
        else if (b_fails)
            reason = find_reason(looser, LENGTH(looser),
                                 (struct ow_str){b.ptr + 5, b.len - 5});
        return reason ? reason : "";
    }
}

static void show(const char *who, struct ow_str text)
{
    printf("# %s:\n", who);
    while (text.len > 0) {
        struct ow_str line = ow_str_cut(&text, '\n');
        printf("#   %.*s\n", (int)(line.len < 200 ? line.len : 200), line.ptr);
    }
}

static bool run(const char *name, struct ow_str in, int no)
{
    struct ow_buf ours, theirs;

    ow_buf_init(&ours, 0);
    ow_buf_init(&theirs, 0);
    h1_trace(in.ptr, in.len, NULL, 0, 0, &ours);
    trace_peer(in, &theirs);
    const char *reason = compare(ow_buf_peek(&ours), ow_buf_peek(&theirs));
    bool ok = !reason || *reason;
    printf("%sok %d - %s%s%s\n", ok ? "" : "not ", no, name,
           reason ? ": differ: " : "", reason ? reason : "");
    if (!ok) {
        show("ours", ow_buf_peek(&ours));
        show("http-parser's", ow_buf_peek(&theirs));
    }
    ow_buf_release(&ours);
    ow_buf_release(&theirs);
    return ok;
}

/* All files of a folder; those ending in .case are unpacked. */
static bool run_folder(const char *folder, const char *suffix, int *no)
{
    const char *srcdir = getenv("srcdir");
    struct ow_buf text, in, out;
    char path[4096];
    bool ok = true;

    snprintf(path, sizeof path, "%s/%s", srcdir ? srcdir : ".", folder);
    char **list = wire_case_list(path, suffix);
    ow_buf_init(&text, 0);
    ow_buf_init(&in, 0);
    ow_buf_init(&out, 0);
    for (int i = 0; list && list[i]; i++) {
        struct ow_str bytes;
        ow_buf_clear(&text, SIZE_MAX);
        ow_buf_clear(&in, SIZE_MAX);
        if (wire_case_read(list[i], &text) < 0 ||
            (*suffix && wire_case_parse(ow_buf_peek(&text), &in, &out) < 0))
            abort();
        bytes = ow_buf_peek(*suffix ? &in : &text);
        ok = run(strrchr(list[i], '/') + 1, bytes, ++*no) && ok;
    }
    wire_case_free_list(list);
    ow_buf_release(&text);
    ow_buf_release(&in);
    ow_buf_release(&out);
    return ok && *no > 0;
}

static bool check_used(const struct difference *table, size_t n, int *no)
{
    bool ok = true;

    for (size_t i = 0; i < n; i++) {
        printf("%sok %d - a case shows: %s\n", table[i].used ? "" : "not ",
               ++*no, table[i].sign);
        ok = ok && table[i].used;
    }
    return ok;
}

int main(void)
{
    int no = 0;
    bool ok = run_folder("tests/wire/h1", ".case", &no);

    ok = run_folder("tests/fuzz/corpus/h1", "", &no) && ok;
    ok = check_used(stricter, LENGTH(stricter), &no) && ok;
    ok = check_used(looser, LENGTH(looser), &no) && ok;
    printf("1..%d\n", no);
    return !ok;
}
