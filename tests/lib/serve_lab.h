/*
 * serve_lab: one connection in memory: no socket, and a clock that stands still
 * until it is moved.
 *
 *     serve_lab_open(lab, "a.test", "{'then': {'text': 'x'}}");
 *     serve_lab_feed(lab, "GET / HTTP/1.1\r\nHost: a.test\r\n\r\n");
 *     ow_serve_run(lab->serve);               // ow_serve_out(lab->serve)
 */
#ifndef OW_TESTS_LIB_SERVE_LAB_H
#define OW_TESTS_LIB_SERVE_LAB_H

#include "exchange/serve.h"

struct serve_lab {
    struct ow_table *table;
    struct ow_states states;
    struct ow_odds odds;
    struct ow_clock clock;
    struct ow_serve_env env;
    struct ow_serve *serve; /* NULL before open */
    int64_t due;            /* for tests that ask when */
    struct ow_buf said;     /* to the user, a sentence a line */
};

/* For cmocka: *state is a lab of its own. */
int serve_lab_set_up(void **state);
int serve_lab_tear_down(void **state);
/* A list of rules with ' for ", and a connection to https://HOST. */
void serve_lab_open(struct serve_lab *lab, const char *host, const char *rules);
void serve_lab_feed(struct serve_lab *lab, const char *text);

#endif
