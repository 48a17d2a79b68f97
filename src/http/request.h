/*
 * request: one HTTP request as rules see it, whatever version carried it.
 * Made by a codec's driver (exchange/), read by matchers and actions. All
 * strings are borrowed from the exchange's arena.
 */
#ifndef OW_HTTP_REQUEST_H
#define OW_HTTP_REQUEST_H

#include <cjson/cJSON.h>

#include "base/err.h"
#include "http/body.h"
#include "http/fields.h"
#include "http/form.h"

/* Who asks: the process at the other end, as the host knows it. */
struct ow_program {
    int pid;          /* 0 if not known */
    const char *name; /* last component of its executable, or "" */
    const char *argv; /* NUL-separated, argv_len bytes; NULL if not known */
    size_t argv_len;
    const char *env; /* the same for its environment */
    size_t env_len;
    bool is_other_user; /* runs as somebody else than the host, and not root */
    bool has_libcurl;   /* its libcurl asks us how transfers end */
};

struct ow_request {
    struct ow_str method;   /* as sent: methods have case */
    struct ow_str scheme;   /* "http" or "https" */
    struct ow_str host;     /* the name meant, lower-case, no port, no [] */
    uint16_t port;          /* the original one */
    struct ow_str target;   /* the request line's, as sent */
    struct ow_str path;     /* decoded, dot segments left alone, begins "/" */
    struct ow_str raw_path; /* as sent */
    struct ow_str query;    /* raw, without "?"; absent if there is none */
    int version;            /* 10 for HTTP/1.0, 11 for 1.1, 20 for h2 */
    struct ow_str upgrade;  /* what the connection is to become, "websocket";
                               absent: nothing. h1: Upgrade; h2: :protocol */
    struct ow_fields headers;
    struct ow_fields trailers;
    struct ow_str raw_head; /* request line and fields as they came */
    struct ow_body *body;
    const struct ow_program *program; /* never NULL */
    struct ow_arena *arena;           /* of the exchange */

    /* Of ow_request_url, kept by who asks again and again; absent before. */
    struct ow_str url;

    /* Parsed on first use by the functions below; zero before. */
    cJSON *json;
    struct ow_fields params;
    struct ow_fields cookies;
    struct ow_form form;
    bool json_tried;
    bool
        is_json_much; /* not looked at: beyond OW_LIMIT_JSON_DEPTH or _VALUES */
    bool params_tried;
    bool cookies_tried;
    bool form_tried;
    bool is_form;
};

/* "https://api.openai.com/v1/models?limit=1", default ports left out. */
struct ow_str ow_request_url(const struct ow_request *request);
/*
 * The body as JSON, parsed once whatever the Content-Type says; NULL if it is
 * not JSON or not wholly kept. Owned by the request.
 */
const cJSON *ow_request_json(struct ow_request *request);
/* Whether the Content-Type says that the body is JSON: "application/json",
 * "application/merge-patch+json". */
bool ow_request_says_json(const struct ow_request *request);
/*
 * Whether somebody has asked for a body's JSON that says it is JSON, and got
 * none, because it is larger than what is kept, or than what is looked at. 1
 * with a sentence about the body, 0.
 */
int ow_request_lost_json(const struct ow_request *request,
                         struct ow_err *ret_why);
/* Any text as JSON, in the same bounds; NULL if it is none. The caller's. */
cJSON *ow_request_parse_json(struct ow_str text);
/*
 * The decoded pairs of the query, the cookies, and the fields and files of a
 * form, parsed once. The lists are never NULL and may be empty; they end where
 * memory or OW_LIMIT_PARAMS does. The form is NULL if the body is none by its
 * Content-Type, or a broken one.
 */
const struct ow_fields *ow_request_params(struct ow_request *request);
const struct ow_fields *ow_request_cookies(struct ow_request *request);
const struct ow_form *ow_request_form(struct ow_request *request);
/*
 * To be called before the body is fed: of a multipart one, by its Content-Type,
 * the form is then known however long it is. 0 or -ENOMEM.
 */
int ow_request_divide(struct ow_request *request);
/* Frees what was parsed lazily; the arena is the exchange's. */
void ow_request_release(struct ow_request *request);

#endif
