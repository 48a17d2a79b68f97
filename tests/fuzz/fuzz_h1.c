/*
 * fuzz_h1: any bytes into the h1 decoder. However they are cut, the same comes
 * out: whole, byte by byte, and at places that the bytes themselves choose.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>

#include "fuzz.h"
#include "h1_trace.h"

static void must_equal(const struct ow_buf *a, const struct ow_buf *b)
{
    if (ow_str_equal(ow_buf_peek(a), ow_buf_peek(b)))
        return;
    fprintf(stderr, "two cuts, two stories:\n%.*s-- and --\n%.*s",
            OW_STR_ARGS(ow_buf_peek(a)), OW_STR_ARGS(ow_buf_peek(b)));
    abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *bytes = (const char *)data;
    struct ow_buf whole, cut;
    size_t cuts[3] = {0};

    ow_buf_init(&whole, 0);
    ow_buf_init(&cut, 0);
    h1_trace(bytes, size, NULL, 0, 0, &whole);
    for (size_t i = 0; i < 3 && i < size; i++)
        cuts[i] = (i ? cuts[i - 1] : 0) + data[size - 1 - i] % (size + 1);
    h1_trace(bytes, size, cuts, 3, 0, &cut);
    must_equal(&whole, &cut);
    ow_buf_clear(&cut, SIZE_MAX);
    h1_trace(bytes, size, NULL, 0, 1, &cut);
    must_equal(&whole, &cut);
    ow_buf_release(&whole);
    ow_buf_release(&cut);
    return 0;
}
