/*
 * fuzz_session: see fuzz_session.h.
 */
#include "config.h"

#include "fuzz_session.h"

#include "base/limits.h"
#include "lib/dialogue.h"
#include "lib/must.h"

/* A plan may go on for hours and gigabytes; this much of it is looked at. */
#define TURNS_MAX 2000
#define OUT_MAX   (4 * 1024 * 1024)

/* Plays on until nothing is due any more, now or, if time passes, ever; what
 * comes out is taken. */
static void run(struct dialogue *d, bool time_passes, struct ow_buf *out)
{
    for (int turn = 0; turn < TURNS_MAX; turn++) {
        int64_t due = ow_serve_run(d->serve);
        struct ow_buf *made = ow_serve_out(d->serve);
        bool any = made->len > 0;
        if (out->len < OUT_MAX)
            must(ow_buf_append_str(out, ow_buf_peek(made)) == 0, "no memory");
        ow_buf_consume(made, made->len);
        bool is_later = due != OW_SERVE_NEVER && due > d->clock.standing_ns;
        if (!any && (due == OW_SERVE_NEVER || (is_later && !time_passes)))
            return;
        if (is_later && time_passes)
            d->clock.standing_ns = due;
    }
}

void fuzz_session_play(const struct ow_table *table, struct ow_str client,
                       size_t step, bool time_passes, struct ow_buf *out)
{
    static const struct ow_program program = {.pid = 7,
                                              .name = "curl",
                                              .argv = "curl",
                                              .argv_len = 5,
                                              .env = "A=B",
                                              .env_len = 4};
    static const struct ow_serve_peer peer = {
        .host = "a.test", .port = 443, .tls = true, .program = &program};
    struct dialogue d;

    dialogue_begin(&d, table, &peer, NULL, 512);
    if (step == 0 || step > client.len)
        step = client.len;
    while (client.len > 0) {
        size_t n = step < client.len ? step : client.len;
        ow_serve_feed(d.serve, client.ptr, n);
        client = (struct ow_str){client.ptr + n, client.len - n};
        run(&d, time_passes, out);
    }
    ow_serve_eof(d.serve);
    run(&d, true, out);
    must(ow_buf_printf(out, "\n[%s]\n", dialogue_end(&d)) == 0, "no memory");
    dialogue_release(&d);
}
