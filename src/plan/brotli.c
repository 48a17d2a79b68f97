/*
 * brotli: bodies packed by libbrotlienc. See brotli.h. Called by coding.c.
 */
#include "config.h"

#include "plan/brotli.h"

#include <errno.h>

#include "base/library.h"

/* Of <brotli/encode.h>, whose package is not needed for these few. */
#define PARAMETER_QUALITY 1
#define OPERATION_FLUSH   1
#define OPERATION_FINISH  2

/* Of 0 to 11: what servers use for answers that they make; 11 takes a second
 * for a megabyte. */
#define QUALITY 5

static const char *const files[] = {"libbrotlienc.so.1", NULL};

static const char *const names[] = {
#define OW_BROTLI(result, name, arguments) "BrotliEncoder" #name,
#include "plan/brotli_api.def"
#undef OW_BROTLI
};

static const struct ow_library library = {"\"br\" needs", "libbrotli1", files,
                                          names, sizeof names / sizeof *names};

int ow_brotli_load(struct ow_brotli *ret, struct ow_err *err)
{
    return ow_library_load(&library, ret, NULL, err);
}

/* Appends what the state has ready; it keeps its own buffers. */
static int take(const struct ow_brotli *brotli, struct ow_brotli_state *state,
                struct ow_buf *out)
{
    while (brotli->HasMoreOutput(state)) {
        size_t len = 0; /* as much as there is */
        const uint8_t *bytes = brotli->TakeOutput(state, &len);
        if (ow_buf_append(out, bytes, len) < 0)
            return -ENOMEM;
    }
    return 0;
}

static int add(const struct ow_brotli *brotli, struct ow_brotli_state *state,
               struct ow_str piece, int operation, struct ow_buf *out)
{
    const uint8_t *in = (const uint8_t *)piece.ptr;
    size_t in_len = piece.len;
    size_t out_len = 0;
    int r = 0;

    do {
        if (!brotli->CompressStream(state, operation, &in_len, &in, &out_len,
                                    NULL, NULL))
            return -ENOMEM;
        r = take(brotli, state, out);
    } while (r == 0 && in_len > 0);
    return r;
}

int ow_brotli_pack(const struct ow_brotli *brotli,
                   const struct ow_pieces *plain, struct ow_pieces_maker *maker)
{
    struct ow_brotli_state *state = brotli->CreateInstance(NULL, NULL, NULL);
    int r = state ? 0 : -ENOMEM;

    if (state)
        brotli->SetParameter(state, PARAMETER_QUALITY, QUALITY);
    for (size_t i = 0; i < plain->n && r == 0; i++) {
        r = add(brotli, state, plain->items[i],
                i + 1 < plain->n ? OPERATION_FLUSH : OPERATION_FINISH,
                &maker->bytes);
        if (r == 0)
            r = ow_pieces_mark(maker);
    }
    if (state)
        brotli->DestroyInstance(state);
    return r;
}
