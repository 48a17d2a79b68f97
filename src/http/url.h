/*
 * url: request targets and URLs (RFC 9112, 3.2; RFC 3986), split without
 * copying; percent-decoding; queries; hosts. Lenient as web servers are: bytes
 * that a URL should have escaped ("{", "|", UTF-8) stand for themselves.
 *
 *     struct ow_url url;
 *     if (ow_url_split(target, &url) < 0) ...           // 400
 *     path = ow_url_decode(arena, url.path, false);
 *     r = ow_url_parse_query(url.query, arena, &params);
 */
#ifndef OW_HTTP_URL_H
#define OW_HTTP_URL_H

#include "http/fields.h"

enum ow_url_form {
    OW_URL_ORIGIN,    /* "/path?query" */
    OW_URL_ABSOLUTE,  /* "http://host:port/path?query" */
    OW_URL_AUTHORITY, /* "host:port", of CONNECT */
    OW_URL_ASTERISK,  /* "*", of OPTIONS */
};

/* Pieces of what was split, borrowed from it. */
struct ow_url {
    enum ow_url_form form;
    struct ow_str scheme; /* as written; absolute form only */
    struct ow_str host;   /* as written, without []; absent if there is none */
    uint16_t port;        /* 0 if there is none */
    struct ow_str path;   /* raw; "/" if an absolute URL has none; "*" */
    struct ow_str query;  /* raw, without "?"; absent if there is none */
};

/*
 * Splits a request target or a URL of any of the four forms. A fragment and
 * user information are left out. 0 or -EINVAL.
 */
int ow_url_split(struct ow_str target, struct ow_url *ret_url);
/*
 * Splits "host", "host:port", "[v6]" or "[v6]:port", as in a Host field. An
 * empty host is refused; an empty port is none. 0 or -EINVAL.
 */
int ow_url_split_authority(struct ow_str authority, struct ow_str *ret_host,
                           uint16_t *ret_port);
/*
 * The host as it is compared: lower-case, A-labels, no brackets, no dot at the
 * end, IPv6 literals in their shortest form. In the arena, with a NUL. 0,
 * -EINVAL or -ENOMEM.
 */
int ow_url_normal_host(struct ow_arena *arena, struct ow_str host,
                       struct ow_str *ret_host);
/* 443 for "https" and "wss", 80 for "http" and "ws", else 0. */
uint16_t ow_url_default_port(struct ow_str scheme);

/*
 * s with its %XX decoded, and "+" as a space if plus is set. What is no escape
 * ("%zz") stands for itself. Returns s when there is nothing to decode, else a
 * copy in the arena; absent when memory is out (or s is absent).
 */
struct ow_str ow_url_decode(struct ow_arena *arena, struct ow_str s, bool plus);
/*
 * A URL as a request can have it: what is no ASCII behind the host, and spaces,
 * become %XX (RFC 3986, 2.1); escapes that are there stay, and what has no
 * host. In the arena, with a NUL; absent when memory is out.
 */
struct ow_str ow_url_escape(struct ow_arena *arena, struct ow_str url);
/* Any text as a query's value: all but what RFC 3986, 2.3 calls unreserved
 * becomes %XX. The same results. */
struct ow_str ow_url_encode(struct ow_arena *arena, struct ow_str text);
/*
 * Adds the decoded name=value pairs of a query or a urlencoded body. A name
 * without "=" has an empty value. At most OW_LIMIT_PARAMS pairs: -E2BIG, with
 * those before it added. 0, -E2BIG, -ENOMEM.
 */
int ow_url_parse_query(struct ow_str query, struct ow_arena *arena,
                       struct ow_fields *params);

#endif
