/*
 * run_h2: every case in tests/wire/h2, fed whole, a byte at a time and in
 * threes; the same must come out. Emits TAP. With arguments, runs those files
 * alone and prints what comes out. \(PREFACE) is not needed: what a connection
 * begins with (the preface and an empty SETTINGS) is put before each input.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

static bool run(const char *path, bool shows)
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
        ok = try_step(ow_buf_peek(&in), &want, 0, shows);
    if (ok && in.len < EVERY_BYTE_MAX)
        ok = try_step(ow_buf_peek(&in), &want, 1, false) &&
             try_step(ow_buf_peek(&in), &want, 3, false);
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
    snprintf(folder, sizeof folder, "%s/tests/wire/h2", srcdir ? srcdir : ".");
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
