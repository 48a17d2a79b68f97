/*
 * run_h1: every case in tests/wire/h1, fed whole, a byte at a time, in threes,
 * and in two halves at every place; the same must come out. Emits TAP. With
 * arguments, runs those files alone and prints what comes out.
 */
#include "config.h"

#include <stdio.h>

#include "h1_trace.h"
#include "wire_case.h"

/* Longer inputs (of the limits) are not cut at every byte: it takes minutes. */
#define EVERY_CUT_MAX 2048
#define FAR_STEP      4099

static bool same(const struct ow_buf *a, const struct ow_buf *b)
{
    return ow_str_equal(ow_buf_peek(a), ow_buf_peek(b));
}

static void complain(const char *how, size_t at, const struct ow_buf *want,
                     const struct ow_buf *got)
{
    struct ow_str texts[2] = {ow_buf_peek(want), ow_buf_peek(got)};

    for (int i = 0; i < 2; i++) {
        printf("# %s, %s at %zu:\n", i ? "got" : "wanted", how, at);
        while (texts[i].len > 0) {
            struct ow_str line = ow_str_cut(&texts[i], '\n');
            printf("#   %.*s\n", (int)(line.len < 200 ? line.len : 200),
                   line.ptr);
        }
    }
}

static bool try_cut(struct ow_str in, const struct ow_buf *want, size_t cut,
                    size_t step)
{
    struct ow_buf got;

    ow_buf_init(&got, 0);
    h1_trace(in.ptr, in.len, &cut, 1, step, &got);
    bool ok = same(want, &got);
    if (!ok)
        complain(step ? "fed in steps" : "cut", step ? step : cut, want, &got);
    ow_buf_release(&got);
    return ok;
}

static void show(struct ow_str in)
{
    struct ow_buf got;

    ow_buf_init(&got, 0);
    h1_trace(in.ptr, in.len, NULL, 0, 0, &got);
    printf("%.*s", OW_STR_ARGS(ow_buf_peek(&got)));
    ow_buf_release(&got);
}

static bool try_all(struct ow_str in, const struct ow_buf *want, bool shows)
{
    size_t stride = in.len > EVERY_CUT_MAX ? FAR_STEP : 1;
    bool ok = try_cut(in, want, 0, 0);

    ok = ok && try_cut(in, want, 0, 1) && try_cut(in, want, 0, 3);
    for (size_t cut = 1; ok && cut < in.len; cut += stride)
        ok = try_cut(in, want, cut, 0);
    if (shows)
        show(in);
    return ok;
}

int main(int argc, char **argv)
{
    return wire_case_main(argc, argv, "h1", try_all);
}
