/*
 * run_h1: every case in tests/wire/h1, fed whole, a byte at a time, in threes,
 * and in two halves at every place; the same must come out. Emits TAP. With
 * arguments, runs those files alone and prints what comes out.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

static bool try_all(struct ow_str in, const struct ow_buf *want)
{
    size_t stride = in.len > EVERY_CUT_MAX ? FAR_STEP : 1;
    bool ok = try_cut(in, want, 0, 0);

    ok = ok && try_cut(in, want, 0, 1) && try_cut(in, want, 0, 3);
    for (size_t cut = 1; ok && cut < in.len; cut += stride)
        ok = try_cut(in, want, cut, 0);
    return ok;
}

static bool run(const char *path, bool show)
{
    struct ow_buf text, in, want;
    bool ok = false;

    ow_buf_init(&text, 0);
    ow_buf_init(&in, 0);
    ow_buf_init(&want, 0);
    if (wire_case_read(path, &text) < 0 ||
        wire_case_parse(ow_buf_peek(&text), &in, &want) < 0)
        printf("# %s: cannot be read as a case\n", path);
    else
        ok = try_all(ow_buf_peek(&in), &want);
    if (show) {
        ow_buf_clear(&want, 0);
        h1_trace(ow_buf_peek(&in).ptr, in.len, NULL, 0, 0, &want);
        printf("%.*s", OW_STR_ARGS(ow_buf_peek(&want)));
    }
    ow_buf_release(&text);
    ow_buf_release(&in);
    ow_buf_release(&want);
    return ok;
}

int main(int argc, char **argv)
{
    const char *srcdir = getenv("srcdir");
    char folder[4096];
    int n = 0, bad = 0;

    for (int i = 1; i < argc; i++)
        bad += !run(argv[i], true);
    if (argc > 1)
        return bad > 0;
    snprintf(folder, sizeof folder, "%s/tests/wire/h1", srcdir ? srcdir : ".");
    char **list = wire_case_list(folder, ".case");
    for (; list && list[n]; n++) {
        bool ok = run(list[n], false);
        printf("%sok %d - %s\n", ok ? "" : "not ", n + 1,
               strrchr(list[n], '/') + 1);
        bad += !ok;
    }
    wire_case_free_list(list);
    if (n == 0)
        printf("not ok 1 - no cases in %s\n", folder);
    printf("1..%d\n", n ? n : 1);
    return bad > 0 || n == 0;
}
