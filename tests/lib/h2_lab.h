/*
 * h2_lab: a client of HTTP/2 and the host's side of its connection in one
 * memory: no socket, and a clock that stands still until it is moved.
 *
 *     h2_lab_init(&lab, "{'then': {'text': 'x'}}");
 *     int id = h2_lab_get(&lab, "/");
 *     h2_lab_run(&lab);                      // both ways, until nothing moves
 *     assert_string_equal(h2_lab_body(&lab, id), "x");
 */
#ifndef OW_TESTS_H2_LAB_H
#define OW_TESTS_H2_LAB_H

#include <nghttp2/nghttp2.h>

#include "exchange/serve.h"
#include "wire/h2_library.h"

#define H2_LAB_STREAMS 600

/* What the client got on one stream. */
struct h2_lab_stream {
    int status;
    struct ow_buf head;     /* "name: value\n" for each field */
    struct ow_buf interim;  /* of 1xx */
    struct ow_buf trailers; /* the same */
    struct ow_buf body;
    struct ow_buf frames; /* the size of each DATA frame: "5 3 " */
    bool is_closed;
    uint32_t error;
    const char *upload; /* what is still to be sent, or NULL */
    size_t left;
};

struct h2_lab {
    struct ow_table *table;
    struct ow_states states;
    struct ow_odds odds;
    struct ow_clock clock;
    struct ow_serve_env env;
    struct ow_serve *serve;
    int64_t due;

    nghttp2_session *client;
    bool holds_windows; /* the client gives no window back */
    bool keeps_open;    /* it does not end what it uploads */
    int32_t window;     /* its initial window; 0: the usual one */
    struct h2_lab_stream streams[H2_LAB_STREAMS]; /* by id / 2 */
    bool has_goaway;
    uint32_t goaway_error;
    int32_t goaway_last;
    char goaway_text[64];
    int failure; /* nghttp2's number, of what the client could not read */
};

/* A lab for a test of cmocka, not yet initialized. */
int h2_lab_set_up(void **state);
int h2_lab_tear_down(void **state);

/* Rules with single quotes for double ones, for https://a.test. */
void h2_lab_init(struct h2_lab *lab, const char *rules);
void h2_lab_release(struct h2_lab *lab);
/* Ends the connection and makes a new one; window is what the client gives
 * each stream, 0 for 64 KiB. */
void h2_lab_connect(struct h2_lab *lab, int32_t window);

/* The stream's id. fields: "name: value\n" for each beside the pseudo ones. */
int h2_lab_request(struct h2_lab *lab, const char *method, const char *path,
                   const char *fields, const char *body);
int h2_lab_get(struct h2_lab *lab, const char *path);
/* A body of that many 'x'. */
int h2_lab_upload(struct h2_lab *lab, const char *path, size_t len);
void h2_lab_run(struct h2_lab *lab);
/* Lets time pass, playing what falls due. */
void h2_lab_wait(struct h2_lab *lab, int64_t ns);
/* Bytes to the server past the client's codec. */
void h2_lab_send_raw(struct h2_lab *lab, const void *bytes, size_t len);

struct h2_lab_stream *h2_lab_stream(struct h2_lab *lab, int id);
/* With a NUL behind it. */
const char *h2_lab_body(struct h2_lab *lab, int id);
const char *h2_lab_head(struct h2_lab *lab, int id);
/* How often the text is in the journal. */
size_t h2_lab_journal(struct h2_lab *lab, const char *text);

void assert_has(const char *text, const char *part);
void assert_has_not(const char *text, const char *part);

#endif
