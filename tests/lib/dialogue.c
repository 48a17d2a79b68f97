/*
 * dialogue: see dialogue.h.
 */
#include "config.h"

#include "dialogue.h"

#include <string.h>

#include "must.h"

/* More than any rule of these tests plays. */
#define TIMES_MAX 1000

const struct ow_table *dialogue_table(const char *rules)
{
    static struct ow_table *table;
    struct ow_err err = {.text = ""};

    if (!table)
        ow_table_load_text("/rules.json", rules, strlen(rules), &table, &err);
    must(table, err.text);
    return table;
}

void dialogue_begin(struct dialogue *d, const struct ow_table *table,
                    const struct ow_serve_peer *peer, struct ow_h2_library *h2,
                    size_t body_kept)
{
    struct ow_state_shape shape;

    *d = (struct dialogue){.odds = {.seed = 1},
                           .env = {.table = table,
                                   .states = &d->states,
                                   .odds = &d->odds,
                                   .clock = &d->clock,
                                   .h2 = h2,
                                   .body_kept = body_kept}};
    ow_table_shape(table, &shape);
    must(ow_states_init(&d->states, &shape) == 0 &&
             ow_journal_open(NULL, &d->env.journal, NULL) == 0,
         "no memory");
    d->serve = ow_serve_new(&d->env, peer);
    must(d->serve, "no memory");
}

/* Takes what comes out; gives when something is due again. */
static int64_t drain(struct dialogue *d)
{
    struct ow_buf *out = ow_serve_out(d->serve);
    int64_t due = ow_serve_run(d->serve);

    while (out->len > 0) {
        ow_buf_append_str(&d->out, ow_buf_peek(out));
        ow_buf_consume(out, out->len);
        due = ow_serve_run(d->serve);
    }
    return due;
}

/* Lets time pass until nothing is due any more. */
static int64_t wait_all(struct dialogue *d, int64_t due)
{
    for (int i = 0; due != OW_SERVE_NEVER && i < TIMES_MAX; i++) {
        must(due > d->clock.standing_ns, "due in the past");
        d->clock.standing_ns = due;
        due = drain(d);
    }
    return due;
}

void dialogue_talk(struct dialogue *d, struct ow_str bytes, size_t step)
{
    int64_t due = OW_SERVE_NEVER;

    for (size_t at = 0; at < bytes.len; at += step) {
        size_t left = bytes.len - at;
        ow_serve_feed(d->serve, bytes.ptr + at, left < step ? left : step);
        due = drain(d);
    }
    wait_all(d, due);
}

void dialogue_finish(struct dialogue *d)
{
    ow_serve_eof(d->serve);
    must(wait_all(d, drain(d)) == OW_SERVE_NEVER,
         "something to come after the end");
    must(ow_serve_end(d->serve) != OW_SERVE_OPEN, "open after the end");
}

void dialogue_release(struct dialogue *d)
{
    ow_serve_free(d->serve);
    ow_journal_free(d->env.journal);
    ow_states_release(&d->states);
    ow_buf_release(&d->out);
}

const char *dialogue_end(const struct dialogue *d)
{
    static const char *const ends[] = {
        [OW_SERVE_OPEN] = "open",
        [OW_SERVE_CLOSE] = "close",
        [OW_SERVE_RESET] = "reset",
        [OW_SERVE_CUT] = "cut",
    };

    return ends[ow_serve_end(d->serve)];
}
