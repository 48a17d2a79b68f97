/*
 * h1_head: request line, field lines, and what they say about the message's
 * length and connection. See h1_head.h. Called by h1.
 */
#include "config.h"

#include "wire/h1_head.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "http/url.h"

/* tchar of RFC 9110, 5.6.2. */
static const bool is_token[256] = {
    ['!'] = true,         ['#' ... '\''] = true, ['*'] = true,
    ['+'] = true,         ['-'] = true,          ['.'] = true,
    ['|'] = true,         ['~'] = true,          ['0' ... '9'] = true,
    ['A' ... 'Z'] = true, ['^' ... 'z'] = true,
};

/* Fields that decide on framing and connection. */
enum known {
    KNOWN_NONE,
    KNOWN_CONNECTION = 1 << 0,
    KNOWN_EXPECT = 1 << 1,
    KNOWN_HOST = 1 << 2,
    KNOWN_LENGTH = 1 << 3,
    KNOWN_TRANSFER = 1 << 4,
    KNOWN_UPGRADE = 1 << 5,
};

int ow_h1_head_fail(struct ow_h1_problem *problem, int status,
                    const char *format, ...)
{
    va_list args;

    problem->status = status;
    va_start(args, format);
    vsnprintf(problem->text, sizeof problem->text, format, args);
    va_end(args);
    return -EBADMSG;
}

/* Cuts the next line off text, without its CR LF. */
static struct ow_str cut_line(struct ow_str *text)
{
    struct ow_str line = ow_str_cut(text, '\n');

    line.len--;
    return line;
}

static size_t token_length(struct ow_str s)
{
    size_t n = 0;

    while (n < s.len && is_token[(unsigned char)s.ptr[n]])
        n++;
    return n;
}

static int parse_version(struct ow_str s, int *ret_minor,
                         struct ow_h1_problem *problem)
{
    if (s.len != 8 || !ow_str_starts(s, OW_STR("HTTP/")) || s.ptr[6] != '.' ||
        s.ptr[5] < '0' || s.ptr[5] > '9' || s.ptr[7] < '0' || s.ptr[7] > '9')
        return ow_h1_head_fail(problem, 400,
                               "no HTTP version behind the target (line 1)");
    if (s.ptr[5] != '1')
        return ow_h1_head_fail(problem, 505,
                               "version is %.8s, not 1.x (line 1)", s.ptr);
    /* A higher minor is to be read as the highest known (RFC 9110, 2.5). */
    *ret_minor = s.ptr[7] == '0' ? 0 : 1;
    return 0;
}

/* Bytes above 0x7f pass: curl sends a URL's UTF-8 as it was typed. */
static int check_target(struct ow_str method, struct ow_str target,
                        struct ow_h1_problem *problem)
{
    struct ow_url url;

    for (size_t i = 0; i < target.len; i++) {
        unsigned char c = (unsigned char)target.ptr[i];
        if (c <= ' ' || c == 0x7f)
            return ow_h1_head_fail(problem, 400,
                                   "byte 0x%02x in the target (line 1)", c);
    }
    if (ow_url_split(target, &url) < 0)
        return ow_h1_head_fail(problem, 400,
                               "target is neither path nor URL (line 1)");
    bool connect = ow_str_equal(method, OW_STR("CONNECT"));
    if (connect != (url.form == OW_URL_AUTHORITY))
        return ow_h1_head_fail(problem, 400,
                               "host:port goes with CONNECT alone (line 1)");
    if (url.form == OW_URL_ASTERISK && !ow_str_equal(method, OW_STR("OPTIONS")))
        return ow_h1_head_fail(problem, 400,
                               "target * goes with OPTIONS alone (line 1)");
    return 0;
}

int ow_h1_head_parse_line(struct ow_str text, struct ow_h1_head *head,
                          struct ow_h1_problem *problem)
{
    struct ow_str rest = cut_line(&text);
    struct ow_str method = ow_str_cut(&rest, ' ');
    size_t token = token_length(method);

    if (method.len == 0 || token < method.len)
        return ow_h1_head_fail(problem, 400,
                               "request does not begin with a method (line 1)");
    const char *space = rest.ptr ? memrchr(rest.ptr, ' ', rest.len) : NULL;
    if (!space)
        return ow_h1_head_fail(problem, 400,
                               "no HTTP version behind the target (line 1)");
    struct ow_str target = {rest.ptr, (size_t)(space - rest.ptr)};
    struct ow_str version = {space + 1, rest.len - target.len - 1};
    int r = parse_version(version, &head->minor, problem);
    if (r == 0)
        r = check_target(method, target, problem);
    if (r < 0)
        return r;
    head->method = method;
    head->target = target;
    return 0;
}

/* The sentence for a line whose name does not end in a colon at `at`. */
static int fail_name(struct ow_str line, size_t at, unsigned no,
                     struct ow_h1_problem *problem)
{
    unsigned char c = at < line.len ? (unsigned char)line.ptr[at] : 0;

    if (at == 0 && (c == ' ' || c == '\t'))
        return ow_h1_head_fail(problem, 400, "folded field line (line %u)", no);
    if (at == line.len)
        return ow_h1_head_fail(problem, 400, "field without a colon (line %u)",
                               no);
    if (at == 0 && c == ':')
        return ow_h1_head_fail(problem, 400, "field without a name (line %u)",
                               no);
    if (c == ' ' || c == '\t')
        return ow_h1_head_fail(problem, 400,
                               "field name with a space (line %u)", no);
    return ow_h1_head_fail(problem, 400,
                           "byte 0x%02x in a field name (line %u)", c, no);
}

static int parse_field(struct ow_str line, unsigned no, struct ow_field *ret,
                       struct ow_h1_problem *problem)
{
    size_t colon = token_length(line);

    if (colon == 0 || colon == line.len || line.ptr[colon] != ':')
        return fail_name(line, colon, no, problem);
    struct ow_str value = {line.ptr + colon + 1, line.len - colon - 1};
    value = ow_str_trim(value);
    for (size_t i = 0; i < value.len; i++) {
        unsigned char c = (unsigned char)value.ptr[i];
        if ((c < ' ' && c != '\t') || c == 0x7f)
            return ow_h1_head_fail(
                problem, 400, "byte 0x%02x in the value of %.*s (line %u)", c,
                (int)(colon < 64 ? colon : 64), line.ptr, no);
    }
    *ret = (struct ow_field){{line.ptr, colon}, value};
    return 0;
}

/* Tells by the length first: most fields are settled by one comparison. */
static enum known known_field(struct ow_str name)
{
    switch (name.len) {
    case 4:
        return ow_str_equal_case(name, OW_STR("Host")) ? KNOWN_HOST : 0;
    case 6:
        return ow_str_equal_case(name, OW_STR("Expect")) ? KNOWN_EXPECT : 0;
    case 7:
        return ow_str_equal_case(name, OW_STR("Upgrade")) ? KNOWN_UPGRADE : 0;
    case 10:
        return ow_str_equal_case(name, OW_STR("Connection")) ? KNOWN_CONNECTION
                                                             : 0;
    case 14:
        return ow_str_equal_case(name, OW_STR("Content-Length")) ? KNOWN_LENGTH
                                                                 : 0;
    case 17:
        return ow_str_equal_case(name, OW_STR("Transfer-Encoding"))
                   ? KNOWN_TRANSFER
                   : 0;
    default:
        return KNOWN_NONE;
    }
}

/* Adds the field lines up to the blank one; which of the known ones there were
 * is left in *ret_known. */
static int parse_fields(struct ow_str text, unsigned no,
                        struct ow_fields *fields, struct ow_arena *arena,
                        unsigned *ret_known, struct ow_h1_problem *problem)
{
    unsigned known = 0;

    for (;; no++) {
        struct ow_field field = {{NULL, 0}, {NULL, 0}};
        struct ow_str line = cut_line(&text);
        if (line.len == 0)
            break;
        int r = parse_field(line, no, &field, problem);
        if (r == 0)
            r = ow_fields_add(fields, arena, field.name, field.value);
        if (r < 0)
            return r;
        known |= known_field(field.name);
    }
    *ret_known = known;
    return 0;
}

/* A problem with a field that was found well-formed: its line is named. */
static int fail_field(const struct ow_h1_head *head,
                      const struct ow_field *field, int status,
                      const char *what, struct ow_h1_problem *problem)
{
    size_t line = (size_t)(field - head->fields.items) + 2;

    return ow_h1_head_fail(problem, status, "%s (line %zu)", what, line);
}

/* Exactly one in 1.1; an empty one is allowed (RFC 9112, 3.2). */
static int check_host(const struct ow_h1_head *head,
                      struct ow_h1_problem *problem)
{
    const struct ow_field *host = ow_fields_find(&head->fields, OW_STR("Host"));
    struct ow_str name;
    uint16_t port;

    if (!host && head->minor == 0)
        return 0;
    if (!host)
        return ow_h1_head_fail(problem, 400, "no Host field");
    const struct ow_field *second = ow_fields_next(&head->fields, host);
    if (second)
        return fail_field(head, second, 400, "a second Host field", problem);
    if (host->value.len > 0 &&
        ow_url_split_authority(host->value, &name, &port) < 0)
        return fail_field(head, host, 400, "Host is no host", problem);
    return 0;
}

/* "5", "5, 5" and two equal lines say the same; anything else is refused. */
static int parse_lengths(struct ow_h1_head *head, struct ow_h1_problem *problem)
{
    const struct ow_field *field =
        ow_fields_find(&head->fields, OW_STR("Content-Length"));

    for (; field; field = ow_fields_next(&head->fields, field)) {
        struct ow_str rest = field->value;
        while (rest.ptr) {
            uint64_t length = 0;
            int r =
                ow_str_parse_u64(ow_str_trim(ow_str_cut(&rest, ',')), &length);
            if (r == -ERANGE || (r == 0 && length > INT64_MAX))
                return fail_field(head, field, 413,
                                  "Content-Length is out of range", problem);
            if (r < 0)
                return fail_field(head, field, 400,
                                  "Content-Length is no number", problem);
            if (head->has_length && head->length != length)
                return fail_field(head, field, 400,
                                  "Content-Lengths that differ", problem);
            head->has_length = true;
            head->length = length;
        }
    }
    return 0;
}

/* "chunked", once and last, is the one coding there is. */
static int parse_codings(struct ow_h1_head *head, struct ow_h1_problem *problem)
{
    const struct ow_field *field =
        ow_fields_find(&head->fields, OW_STR("Transfer-Encoding"));
    bool unknown = false;

    if (head->minor == 0)
        return ow_h1_head_fail(problem, 400, "Transfer-Encoding in HTTP/1.0");
    if (head->has_length)
        return ow_h1_head_fail(problem, 400,
                               "both Content-Length and Transfer-Encoding");
    for (; field; field = ow_fields_next(&head->fields, field)) {
        struct ow_str rest = field->value;
        while (rest.ptr) {
            struct ow_str coding = ow_str_trim(ow_str_cut(&rest, ','));
            if (coding.len == 0)
                continue;
            if (head->chunked)
                return fail_field(head, field, 400, "a coding behind chunked",
                                  problem);
            head->chunked = ow_str_equal_case(coding, OW_STR("chunked"));
            unknown = unknown || !head->chunked;
        }
    }
    if (unknown)
        return ow_h1_head_fail(problem, 501, "transfer coding is not chunked");
    if (!head->chunked)
        return ow_h1_head_fail(problem, 400, "Transfer-Encoding is empty");
    return 0;
}

static void parse_connection(struct ow_h1_head *head, unsigned known)
{
    const struct ow_str name = OW_STR("Connection");
    const struct ow_fields *fields = &head->fields;

    head->keep_alive = head->minor > 0;
    if (!(known & KNOWN_CONNECTION))
        return;
    if (ow_fields_has_token(fields, name, OW_STR("close")))
        head->keep_alive = false;
    else if (ow_fields_has_token(fields, name, OW_STR("keep-alive")))
        head->keep_alive = true;
    head->upgrade = head->minor > 0 && (known & KNOWN_UPGRADE) &&
                    ow_fields_has_token(fields, name, OW_STR("upgrade"));
}

int ow_h1_head_parse(struct ow_h1_head *head, struct ow_arena *arena,
                     struct ow_h1_problem *problem)
{
    struct ow_str text = head->raw;
    unsigned known = 0;

    int r = ow_h1_head_parse_line(text, head, problem);
    if (r < 0)
        return r;
    cut_line(&text);
    r = parse_fields(text, 2, &head->fields, arena, &known, problem);
    if (r == 0)
        r = check_host(head, problem);
    if (r == 0 && (known & KNOWN_LENGTH))
        r = parse_lengths(head, problem);
    if (r == 0 && (known & KNOWN_TRANSFER))
        r = parse_codings(head, problem);
    if (r < 0)
        return r;
    parse_connection(head, known);
    head->expects_continue =
        (known & KNOWN_EXPECT) && head->minor > 0 &&
        (head->chunked || head->length > 0) &&
        ow_fields_has_token(&head->fields, OW_STR("Expect"),
                            OW_STR("100-continue"));
    return 0;
}

int ow_h1_head_parse_trailers(struct ow_str text, struct ow_fields *fields,
                              struct ow_arena *arena,
                              struct ow_h1_problem *problem)
{
    unsigned known = 0;

    return parse_fields(text, 1, fields, arena, &known, problem);
}
