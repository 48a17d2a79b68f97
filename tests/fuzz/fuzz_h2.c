/*
 * fuzz_h2: any bytes behind the preface into a connection of HTTP/2, whole and
 * in pieces. The server's own frames stay frames, the journal stays JSON, and
 * the connection ends when its client has (h2_trace.c).
 */
#include "config.h"

#include <string.h>

#include "fuzz.h"
#include "h2_trace.h"
#include "wire/h2.h"

#define BEGIN OW_H2_PREFACE "\0\0\0\4\0\0\0\0\0"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ow_buf all, out;

    ow_buf_init(&all, 0);
    ow_buf_init(&out, 0);
    ow_buf_append(&all, BEGIN, sizeof BEGIN - 1);
    ow_buf_append(&all, data, size);
    h2_trace(ow_buf_data(&all), all.len, 0, &out);
    h2_trace(ow_buf_data(&all), all.len, size ? data[size - 1] % 7 + 1 : 1,
             &out);
    ow_buf_release(&all);
    ow_buf_release(&out);
    return 0;
}
