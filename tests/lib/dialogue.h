/*
 * dialogue: a client's bytes into a whole connection in memory, and what comes
 * back: codec, matchers, plans, emitter, journal. The clock stands still and is
 * set to what is due, so that nothing waits. Stops the program when the
 * connection breaks its contract.
 *
 *     dialogue_begin(&d, dialogue_table(rules), &peer, NULL, 64);
 *     dialogue_talk(&d, bytes, 3);
 *     ...                          // d.out, d.env.journal
 *     dialogue_finish(&d);
 *     dialogue_release(&d);
 */
#ifndef OW_TESTS_LIB_DIALOGUE_H
#define OW_TESTS_LIB_DIALOGUE_H

#include "exchange/serve.h"

struct dialogue {
    struct ow_states states;
    struct ow_odds odds;
    struct ow_clock clock;
    struct ow_serve_env env;
    struct ow_serve *serve;
    struct ow_buf out; /* all that came back */
};

/* The table of a program's rules: of the text at the first call. */
const struct ow_table *dialogue_table(const char *rules);
/* h2 may be NULL: HTTP/2 is not spoken. So much of a request's body is kept.
 * All is borrowed. */
void dialogue_begin(struct dialogue *d, const struct ow_table *table,
                    const struct ow_serve_peer *peer, struct ow_h2_library *h2,
                    size_t body_kept);
/* Feeds step bytes at a time, then lets time pass until nothing is due. */
void dialogue_talk(struct dialogue *d, struct ow_str bytes, size_t step);
/* The client's FIN: the connection ends when all that is due has come. */
void dialogue_finish(struct dialogue *d);
void dialogue_release(struct dialogue *d);
/* "open", "close", ...: how the connection stands. */
const char *dialogue_end(const struct dialogue *d);

#endif
