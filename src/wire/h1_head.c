/*
 * h1_head: request line, field lines, and what they say about the message's
 * length and connection. See h1_head.h. Called by h1.
 */
#include "config.h"

#include "wire/h1_head.h"

#include <arpa/inet.h>
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
    KNOWN_CONNECTION,
    KNOWN_EXPECT,
    KNOWN_HOST,
    KNOWN_LENGTH,
    KNOWN_TRANSFER,
    KNOWN_UPGRADE,
    KNOWN_COUNT, /* none of them */
};

/* Where they are, noted while the lines are read, so that nobody has to look
 * for them again. */
struct facts {
    unsigned count[KNOWN_COUNT];
    size_t first[KNOWN_COUNT]; /* index in fields */
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

/* How many bytes at the front of s are no controls; tab is none here. Values
 * are the most of a head: eight bytes are looked at in one go. */
static size_t plain_length(struct ow_str s)
{
    const uint64_t ones = 0x0101010101010101u;
    size_t n = 0;

    while (n < s.len) {
        for (uint64_t word; s.len - n >= sizeof word; n += sizeof word) {
            memcpy(&word, s.ptr + n, sizeof word);
            uint64_t low = (word - ones * 0x20) & ~word;
            uint64_t del = word ^ ones * 0x7f;
            del = (del - ones) & ~del;
            if ((low | del) & ones * 0x80)
                break;
        }
        for (size_t end = n + 8; n < end && n < s.len; n++) {
            unsigned char c = (unsigned char)s.ptr[n];
            if ((c < ' ' && c != '\t') || c == 0x7f)
                return n;
        }
    }
    return n;
}

/* Cuts the next field line off *text, which ends in CR LF. */
static int parse_field(struct ow_str *text, unsigned no, struct ow_field *ret,
                       struct ow_h1_problem *problem)
{
    size_t colon = token_length(*text);
    struct ow_str name = {text->ptr, colon};

    if (colon == 0 || name.ptr[colon] != ':')
        return fail_name(cut_line(text), colon, no, problem);
    struct ow_str value = {name.ptr + colon + 1, text->len - colon - 1};
    size_t end = plain_length(value);
    if (value.ptr[end] != '\r' || value.ptr[end + 1] != '\n')
        return ow_h1_head_fail(problem, 400,
                               "byte 0x%02x in the value of %.*s (line %u)",
                               (unsigned char)value.ptr[end],
                               (int)(colon < 64 ? colon : 64), name.ptr, no);
    *text = (struct ow_str){value.ptr + end + 2, value.len - end - 2};
    value.len = end;
    *ret = (struct ow_field){name, ow_str_trim(value)};
    return 0;
}

/* Tells by the length first: most fields are settled by one comparison. */
static enum known known_field(struct ow_str name)
{
    static const struct {
        struct ow_str name;
        enum known known;
    } by_length[] = {
        [4] = {{"Host", 4}, KNOWN_HOST},
        [6] = {{"Expect", 6}, KNOWN_EXPECT},
        [7] = {{"Upgrade", 7}, KNOWN_UPGRADE},
        [10] = {{"Connection", 10}, KNOWN_CONNECTION},
        [14] = {{"Content-Length", 14}, KNOWN_LENGTH},
        [17] = {{"Transfer-Encoding", 17}, KNOWN_TRANSFER},
    };

    if (name.len >= sizeof by_length / sizeof *by_length ||
        !ow_str_equal_case(name, by_length[name.len].name))
        return KNOWN_COUNT;
    return by_length[name.len].known;
}

/* Adds the field lines up to the blank one, which ends the text. facts may be
 * NULL. */
static int parse_fields(struct ow_str text, unsigned no,
                        struct ow_fields *fields, struct ow_arena *arena,
                        struct facts *facts, struct ow_h1_problem *problem)
{
    for (; text.len > 2; no++) {
        struct ow_field field = {{NULL, 0}, {NULL, 0}};
        int r = parse_field(&text, no, &field, problem);
        if (r == 0)
            r = ow_fields_add(fields, arena, field.name, field.value);
        if (r < 0)
            return r;
        enum known known = facts ? known_field(field.name) : KNOWN_COUNT;
        if (known != KNOWN_COUNT && facts->count[known]++ == 0)
            facts->first[known] = fields->n - 1;
    }
    return 0;
}

/* The fields of one kind: a view that begins with the first of them and holds
 * others only if there is more than one. */
static struct ow_fields known_fields(const struct ow_h1_head *head,
                                     const struct facts *facts,
                                     enum known known)
{
    size_t first = facts->first[known];

    if (facts->count[known] == 0)
        return (struct ow_fields){0};
    size_t n = facts->count[known] > 1 ? head->fields.n - first : 1;
    return (struct ow_fields){head->fields.items + first, n, n};
}

/* A problem with a field that was found well-formed: its line is named. */
static int fail_field(const struct ow_h1_head *head,
                      const struct ow_field *field, int status,
                      const char *what, struct ow_h1_problem *problem)
{
    size_t line = (size_t)(field - head->fields.items) + 2;

    return ow_h1_head_fail(problem, status, "%s (line %zu)", what, line);
}

/* "2001:db8::1": without its brackets, as Ruby's Net::HTTP (3.1) has it. */
static bool is_bare_v6(struct ow_str value)
{
    char text[INET6_ADDRSTRLEN];
    struct in6_addr address;

    if (value.len >= sizeof text)
        return false;
    memcpy(text, value.ptr, value.len);
    text[value.len] = '\0';
    return inet_pton(AF_INET6, text, &address) == 1;
}

/* Exactly one in 1.1; an empty one is allowed (RFC 9112, 3.2). */
static int check_host(const struct ow_h1_head *head, struct ow_fields fields,
                      struct ow_h1_problem *problem)
{
    const struct ow_field *host = fields.items;
    struct ow_str name;
    uint16_t port;

    if (fields.n == 0)
        return head->minor == 0
                   ? 0
                   : ow_h1_head_fail(problem, 400, "no Host field");
    if (fields.n > 1)
        return fail_field(head, ow_fields_next(&fields, host), 400,
                          "a second Host field", problem);
    if (host->value.len > 0 &&
        ow_url_split_authority(host->value, &name, &port) < 0 &&
        !is_bare_v6(host->value))
        return fail_field(head, host, 400, "Host is no host", problem);
    return 0;
}

/* "5", "5, 5" and two equal lines say the same; anything else is refused. */
static int parse_lengths(struct ow_h1_head *head, struct ow_fields fields,
                         struct ow_h1_problem *problem)
{
    const struct ow_field *field = fields.items;

    for (; field; field = ow_fields_next(&fields, field)) {
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
static int parse_codings(struct ow_h1_head *head, struct ow_fields fields,
                         struct ow_h1_problem *problem)
{
    const struct ow_field *field = fields.items;
    bool unknown = false;

    if (head->minor == 0)
        return ow_h1_head_fail(problem, 400, "Transfer-Encoding in HTTP/1.0");
    if (head->has_length)
        return ow_h1_head_fail(problem, 400,
                               "both Content-Length and Transfer-Encoding");
    for (; field; field = ow_fields_next(&fields, field)) {
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

static void parse_connection(struct ow_h1_head *head, const struct facts *facts)
{
    struct ow_fields fields = known_fields(head, facts, KNOWN_CONNECTION);
    const struct ow_str name = OW_STR("Connection");

    head->keep_alive = head->minor > 0;
    if (fields.n == 0)
        return;
    if (ow_fields_has_token(&fields, name, OW_STR("close")))
        head->keep_alive = false;
    else if (ow_fields_has_token(&fields, name, OW_STR("keep-alive")))
        head->keep_alive = true;
    head->upgrade = head->minor > 0 && facts->count[KNOWN_UPGRADE] > 0 &&
                    ow_fields_has_token(&fields, name, OW_STR("upgrade"));
}

static void parse_expect(struct ow_h1_head *head, const struct facts *facts)
{
    struct ow_fields fields = known_fields(head, facts, KNOWN_EXPECT);

    head->expects_continue =
        fields.n > 0 && head->minor > 0 &&
        (head->chunked || head->length > 0) &&
        ow_fields_has_token(&fields, OW_STR("Expect"), OW_STR("100-continue"));
}

int ow_h1_head_parse(struct ow_h1_head *head, struct ow_arena *arena,
                     struct ow_h1_problem *problem)
{
    struct ow_str text = head->raw;
    struct facts facts = {0};

    int r = ow_h1_head_parse_line(text, head, problem);
    if (r < 0)
        return r;
    cut_line(&text);
    r = parse_fields(text, 2, &head->fields, arena, &facts, problem);
    if (r == 0)
        r = check_host(head, known_fields(head, &facts, KNOWN_HOST), problem);
    if (r == 0 && facts.count[KNOWN_LENGTH] > 0)
        r = parse_lengths(head, known_fields(head, &facts, KNOWN_LENGTH),
                          problem);
    if (r == 0 && facts.count[KNOWN_TRANSFER] > 0)
        r = parse_codings(head, known_fields(head, &facts, KNOWN_TRANSFER),
                          problem);
    if (r < 0)
        return r;
    parse_connection(head, &facts);
    parse_expect(head, &facts);
    return 0;
}

int ow_h1_head_parse_trailers(struct ow_str text, struct ow_fields *fields,
                              struct ow_arena *arena,
                              struct ow_h1_problem *problem)
{
    return parse_fields(text, 1, fields, arena, NULL, problem);
}
