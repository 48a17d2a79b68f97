/*
 * url: request targets, queries, hosts. See url.h.
 */
#include "config.h"

#include "http/url.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

#include "base/limits.h"
#include "http/idn.h"

static struct ow_str from(struct ow_str s, size_t at)
{
    return (struct ow_str){s.ptr + at, s.len - at};
}

/* Offset of the first byte that is one of set; s.len if there is none. */
static size_t find_any(struct ow_str s, const char *set)
{
    size_t at = 0;

    while (at < s.len && (s.ptr[at] == '\0' || !strchr(set, s.ptr[at])))
        at++;
    return at;
}

/* Letters, digits and what else RFC 3986 allows in a reg-name; UTF-8 for IDN.
 * A table, since every request's Host goes through it. */
static const bool host_bytes[256] = {
    ['!'] = true,           ['$'] = true,         ['%' ... '+'] = true,
    ['-'] = true,           ['.'] = true,         ['0' ... '9'] = true,
    [';'] = true,           ['='] = true,         ['A' ... 'Z'] = true,
    ['_'] = true,           ['a' ... 'z'] = true, ['~'] = true,
    [0x80 ... 0xff] = true,
};

static bool is_host_byte(unsigned char c)
{
    return host_bytes[c];
}

static bool is_v6_byte(unsigned char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') ||
           (c >= 'A' && c <= 'F') || c == ':' || c == '.';
}

static int parse_port(struct ow_str s, uint16_t *ret)
{
    uint64_t port = 0;

    if (s.len > 0 && (ow_str_parse_u64(s, &port) < 0 || port > UINT16_MAX))
        return -EINVAL;
    *ret = (uint16_t)port;
    return 0;
}

static int split_literal(struct ow_str s, struct ow_str *ret_host,
                         uint16_t *ret_port)
{
    size_t end = ow_str_find_byte(s, ']', 0);
    struct ow_str host = {s.ptr + 1, end - 1};

    if (end == s.len || host.len == 0)
        return -EINVAL;
    for (size_t i = 0; i < host.len; i++)
        if (!is_v6_byte((unsigned char)host.ptr[i]))
            return -EINVAL;
    struct ow_str rest = from(s, end + 1);
    if (rest.len > 0 && rest.ptr[0] != ':')
        return -EINVAL;
    int r = parse_port(rest.len > 0 ? from(rest, 1) : rest, ret_port);
    if (r == 0)
        *ret_host = host;
    return r;
}

int ow_url_split_authority(struct ow_str authority, struct ow_str *ret_host,
                           uint16_t *ret_port)
{
    struct ow_str port = authority;

    if (authority.len > 0 && authority.ptr[0] == '[')
        return split_literal(authority, ret_host, ret_port);
    struct ow_str host = ow_str_cut(&port, ':');
    if (host.len == 0)
        return -EINVAL;
    for (size_t i = 0; i < host.len; i++)
        if (!is_host_byte((unsigned char)host.ptr[i]))
            return -EINVAL;
    int r = parse_port(port, ret_port);
    if (r == 0)
        *ret_host = host;
    return r;
}

/* Path and query of s, which begins with "/", "?", "#" or is empty. */
static void split_path(struct ow_str s, struct ow_url *url)
{
    s.len = ow_str_find_byte(s, '#', 0);
    url->query = s;
    url->path = ow_str_cut(&url->query, '?');
    if (url->path.len == 0)
        url->path = OW_STR("/");
}

static bool is_scheme(struct ow_str s)
{
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        bool other = (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
        if (!letter && !(i > 0 && other))
            return false;
    }
    return s.len > 0;
}

static int split_absolute(struct ow_str target, size_t colon,
                          struct ow_url *url)
{
    url->form = OW_URL_ABSOLUTE;
    url->scheme = (struct ow_str){target.ptr, colon};
    struct ow_str rest = from(target, colon + 3);
    size_t end = find_any(rest, "/?#");
    struct ow_str authority = {rest.ptr, end};
    const char *at = memrchr(authority.ptr, '@', authority.len);
    if (at)
        authority = from(authority, (size_t)(at + 1 - authority.ptr));
    split_path(from(rest, end), url);
    return is_scheme(url->scheme)
               ? ow_url_split_authority(authority, &url->host, &url->port)
               : -EINVAL;
}

int ow_url_split(struct ow_str target, struct ow_url *ret_url)
{
    struct ow_url url = {.form = OW_URL_ORIGIN};
    int r = 0;

    if (target.len == 0)
        return -EINVAL;
    size_t colon = ow_str_find_byte(target, ':', 0);
    if (target.ptr[0] == '/') {
        split_path(target, &url);
    } else if (ow_str_equal(target, OW_STR("*"))) {
        url.form = OW_URL_ASTERISK;
        url.path = target;
    } else if (ow_str_starts(from(target, colon), OW_STR("://"))) {
        r = split_absolute(target, colon, &url);
    } else {
        url.form = OW_URL_AUTHORITY;
        url.path = OW_STR("");
        r = ow_url_split_authority(target, &url.host, &url.port);
        if (url.port == 0)
            r = -EINVAL;
    }
    if (r == 0)
        *ret_url = url;
    return r;
}

static bool is_name(const char *s)
{
    while (*s && is_host_byte((unsigned char)*s))
        s++;
    return !*s;
}

/* Brings a literal to its shortest form. */
static int shorten_v6(char text[OW_LIMIT_NAME])
{
    struct in6_addr v6;

    if (inet_pton(AF_INET6, text, &v6) != 1)
        return -EINVAL;
    return inet_ntop(AF_INET6, &v6, text, OW_LIMIT_NAME) ? 0 : -EINVAL;
}

int ow_url_normal_host(struct ow_arena *arena, struct ow_str host,
                       struct ow_str *ret_host)
{
    char text[OW_LIMIT_NAME];

    if (host.len > 1 && host.ptr[0] == '[' && host.ptr[host.len - 1] == ']')
        host = (struct ow_str){host.ptr + 1, host.len - 2};
    int r = ow_idn_to_ascii(host, text);
    if (r == 0 && !is_name(text))
        r = shorten_v6(text);
    if (r < 0)
        return r;
    struct ow_str copy = ow_arena_copy(arena, ow_str_from(text));
    if (!copy.ptr)
        return -ENOMEM;
    *ret_host = copy;
    return 0;
}

uint16_t ow_url_default_port(struct ow_str scheme)
{
    if (ow_str_equal_case(scheme, OW_STR("https")) ||
        ow_str_equal_case(scheme, OW_STR("wss")))
        return 443;
    if (ow_str_equal_case(scheme, OW_STR("http")) ||
        ow_str_equal_case(scheme, OW_STR("ws")))
        return 80;
    return 0;
}

struct ow_str ow_url_decode(struct ow_arena *arena, struct ow_str s, bool plus)
{
    size_t n = 0;

    if (!s.ptr || (ow_str_find_byte(s, '%', 0) == s.len &&
                   (!plus || ow_str_find_byte(s, '+', 0) == s.len)))
        return s;
    char *out = ow_arena_alloc(arena, s.len + 1);
    if (!out)
        return (struct ow_str){NULL, 0};
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        if (c == '%' && s.len - i > 2 && ow_str_hex(s.ptr[i + 1]) >= 0 &&
            ow_str_hex(s.ptr[i + 2]) >= 0) {
            c = (char)(ow_str_hex(s.ptr[i + 1]) << 4 |
                       ow_str_hex(s.ptr[i + 2]));
            i += 2;
        } else if (c == '+' && plus) {
            c = ' ';
        }
        out[n++] = c;
    }
    out[n] = '\0';
    return (struct ow_str){out, n};
}

/* Where the authority of a URL ends; its length if there is nothing behind it,
 * or no authority. */
static size_t authority_end(struct ow_str url)
{
    const char *mark = memmem(url.ptr, url.len, "://", 3);

    if (!mark)
        return url.len;
    size_t at = (size_t)(mark - url.ptr) + 3;
    while (at < url.len && !memchr("/?#", url.ptr[at], 3))
        at++;
    return at;
}

/* From there on, %XX for what does not stand for itself. */
static struct ow_str escape(struct ow_arena *arena, struct ow_str s,
                            size_t from, bool (*is_plain)(unsigned char c))
{
    static const char digits[] = "0123456789ABCDEF";
    char *out = ow_arena_alloc(arena, 3 * s.len + 1);
    size_t n = 0;

    if (!out)
        return (struct ow_str){NULL, 0};
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        if (i < from || is_plain(c)) {
            out[n++] = (char)c;
            continue;
        }
        out[n++] = '%';
        out[n++] = digits[c >> 4];
        out[n++] = digits[c & 15];
    }
    out[n] = '\0';
    return (struct ow_str){out, n};
}

static bool is_visible(unsigned char c)
{
    return c > ' ' && c < 0x7f;
}

struct ow_str ow_url_escape(struct ow_arena *arena, struct ow_str url)
{
    return escape(arena, url, authority_end(url), is_visible);
}

static bool is_unreserved(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9') || (c != '\0' && strchr("-._~", c));
}

struct ow_str ow_url_encode(struct ow_arena *arena, struct ow_str text)
{
    return escape(arena, text, 0, is_unreserved);
}

int ow_url_parse_query(struct ow_str query, struct ow_arena *arena,
                       struct ow_fields *params)
{
    while (query.ptr) {
        struct ow_str value = ow_str_cut(&query, '&');
        if (value.len == 0)
            continue;
        struct ow_str name = ow_str_cut(&value, '=');
        if (!value.ptr)
            value = OW_STR("");
        if (params->n >= OW_LIMIT_PARAMS)
            return -E2BIG;
        name = ow_url_decode(arena, name, true);
        value = ow_url_decode(arena, value, true);
        if (!name.ptr || !value.ptr ||
            ow_fields_add(params, arena, name, value) < 0)
            return -ENOMEM;
    }
    return 0;
}
