/*
 * fuzz_session: see fuzz_session.h.
 */
#include "config.h"

#include "fuzz_session.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/limits.h"
#include "exchange/serve.h"

/* A plan may go on for hours and gigabytes; this much of it is looked at. */
#define TURNS_MAX 2000
#define OUT_MAX   (4 * 1024 * 1024)

static void must(bool ok, const char *what)
{
    if (ok)
        return;
    fprintf(stderr, "session: %s\n", what);
    abort();
}

/* Plays on until nothing is due any more; what comes out is taken. */
static void run(struct ow_serve *serve, struct ow_clock *clock,
                struct ow_buf *out)
{
    for (int turn = 0; turn < TURNS_MAX; turn++) {
        int64_t due = ow_serve_run(serve);
        struct ow_buf *made = ow_serve_out(serve);
        bool any = made->len > 0;
        if (out->len < OUT_MAX)
            must(ow_buf_append_str(out, ow_buf_peek(made)) == 0, "memory");
        ow_buf_consume(made, made->len);
        if (due == OW_SERVE_NEVER && !any)
            return;
        if (due != OW_SERVE_NEVER && due > clock->standing_ns)
            clock->standing_ns = due;
    }
}

static void play(struct ow_serve *serve, struct ow_clock *clock,
                 struct ow_str client, size_t step, struct ow_buf *out)
{
    static const char *const ends[] = {
        [OW_SERVE_OPEN] = "open",
        [OW_SERVE_CLOSE] = "close",
        [OW_SERVE_RESET] = "reset",
        [OW_SERVE_CUT] = "cut",
    };

    if (step == 0 || step > client.len)
        step = client.len;
    while (client.len > 0) {
        size_t n = step < client.len ? step : client.len;
        ow_serve_feed(serve, client.ptr, n);
        client = (struct ow_str){client.ptr + n, client.len - n};
        run(serve, clock, out);
    }
    ow_serve_eof(serve);
    run(serve, clock, out);
    must(ow_buf_printf(out, "\n[%s]\n", ends[ow_serve_end(serve)]) == 0,
         "memory");
}

void fuzz_session_play(const struct ow_table *table, struct ow_str client,
                       size_t step, struct ow_buf *out)
{
    static const struct ow_program program = {.pid = 7,
                                              .name = "curl",
                                              .argv = "curl",
                                              .argv_len = 5,
                                              .env = "A=B",
                                              .env_len = 4};
    static const struct ow_serve_peer peer = {
        .host = "a.test", .port = 443, .tls = true, .program = &program};
    struct ow_clock clock = {.speed = 0};
    struct ow_state_shape shape;
    struct ow_states states;
    struct ow_odds odds = {.seed = 1};
    struct ow_serve_env env = {
        .table = table,
        .states = &states,
        .odds = &odds,
        .clock = &clock,
        .body_kept = 512,
    };

    ow_table_shape(table, &shape);
    must(ow_states_init(&states, &shape) == 0 &&
             ow_journal_open(NULL, &env.journal, NULL) == 0,
         "memory");
    struct ow_serve *serve = ow_serve_new(&env, &peer);
    must(serve, "memory");
    play(serve, &clock, client, step, out);
    ow_serve_free(serve);
    ow_journal_free(env.journal);
    ow_states_release(&states);
}
