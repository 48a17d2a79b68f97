/*
 * corpus: main() of a harness without libFuzzer. Runs the files given, or
 * those of tests/fuzz/corpus/<module> when there are none. Emits TAP; an input
 * that stops the program is the one that was announced last.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "wire/wire_case.h"

static bool run(const char *path)
{
    struct ow_buf bytes;

    ow_buf_init(&bytes, 0);
    bool ok = wire_case_read(path, &bytes) == 0;
    if (ok) {
        /* Memory of its very size: a sanitizer sees what is read beyond. */
        struct ow_str s = ow_buf_peek(&bytes);
        uint8_t *copy = malloc(s.len ? s.len : 1);
        ok = copy != NULL;
        if (copy) {
            memcpy(copy, s.ptr, s.len);
            LLVMFuzzerTestOneInput(copy, s.len);
        }
        free(copy);
    }
    ow_buf_release(&bytes);
    return ok;
}

/* ".../fuzz_h1" (or lt-fuzz_h1) has its corpus in tests/fuzz/corpus/h1. */
static char **list_corpus(const char *program)
{
    const char *srcdir = getenv("srcdir");
    const char *name = strstr(program, "fuzz_");
    char path[4096];

    for (const char *next = name; next; next = strstr(next + 1, "fuzz_"))
        name = next;
    snprintf(path, sizeof path, "%s/tests/fuzz/corpus/%s",
             srcdir ? srcdir : ".", name ? name + strlen("fuzz_") : "");
    return wire_case_list(path, "");
}

int main(int argc, char **argv)
{
    char **list = argc > 1 ? NULL : list_corpus(argv[0]);
    char **files = argc > 1 ? argv + 1 : list;
    int n = 0, bad = 0;

    for (; files && files[n]; n++) {
        printf("# %s\n", files[n]);
        fflush(stdout);
        bool ok = run(files[n]);
        printf("%sok %d - %s\n", ok ? "" : "not ", n + 1, files[n]);
        bad += !ok;
    }
    wire_case_free_list(list);
    if (n == 0)
        printf("not ok 1 - no corpus\n");
    printf("1..%d\n", n ? n : 1);
    return bad > 0 || n == 0;
}
