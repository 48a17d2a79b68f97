/*
 * run_h2: every case in tests/wire/h2, fed whole, a byte at a time and in
 * threes; the same must come out. Emits TAP. With arguments, runs those files
 * alone and prints what comes out. \(PREFACE) is not needed: what a connection
 * begins with (the preface and an empty SETTINGS) is put before each input.
 */
#include "config.h"

#include <stdio.h>

#include "h2_trace.h"
#include "wire/h2.h"
#include "wire_case.h"

#define BEGIN OW_H2_PREFACE "\0\0\0\4\0\0\0\0\0"
/* Longer inputs (of the limits) are not fed a byte at a time. */
#define EVERY_BYTE_MAX 4096

static bool try_step(struct ow_str in, const struct ow_buf *want, size_t step,
                     bool shows)
{
    struct ow_buf all, got;

    ow_buf_init(&all, 0);
    ow_buf_init(&got, 0);
    ow_buf_append(&all, BEGIN, sizeof BEGIN - 1);
    ow_buf_append_str(&all, in);
    h2_trace(ow_buf_data(&all), all.len, step, &got);
    bool ok = ow_str_equal(ow_buf_peek(want), ow_buf_peek(&got));
    if (!ok || shows)
        printf("# by %zu:\n%.*s", step, OW_STR_ARGS(ow_buf_peek(&got)));
    ow_buf_release(&all);
    ow_buf_release(&got);
    return ok;
}

static bool try_all(struct ow_str in, const struct ow_buf *want, bool shows)
{
    bool ok = try_step(in, want, 0, shows);

    if (in.len < EVERY_BYTE_MAX)
        ok = ok && try_step(in, want, 1, false) && try_step(in, want, 3, false);
    return ok;
}

int main(int argc, char **argv)
{
    return wire_case_main(argc, argv, "h2", try_all);
}
