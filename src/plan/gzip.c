/*
 * gzip: bodies packed by zlib. See gzip.h. Called by coding.c.
 */
#include "config.h"

#include "plan/gzip.h"

#include <errno.h>
#include <limits.h>
#include <zlib.h>

#include "base/limits.h"

#define GZIP 16 /* added to zlib's window bits: gzip, not zlib format */

/* Compresses what z has as input; appends to out. */
static int deflate_all(z_stream *z, int flush, struct ow_buf *out)
{
    do {
        char *room = ow_buf_reserve(out, OW_LIMIT_IO);
        if (!room)
            return -ENOMEM;
        z->next_out = (Bytef *)room;
        z->avail_out = OW_LIMIT_IO;
        if (deflate(z, flush) == Z_STREAM_ERROR)
            return -EINVAL;
        ow_buf_commit(out, OW_LIMIT_IO - z->avail_out);
    } while (z->avail_out == 0);
    return 0;
}

static int add_pieces(z_stream *z, const struct ow_pieces *plain,
                      struct ow_pieces_maker *maker)
{
    int r = 0;

    for (size_t i = 0; i < plain->n && r == 0; i++) {
        struct ow_str piece = plain->items[i];
        if (piece.len > UINT_MAX) /* a rule file is far smaller */
            return -EINVAL;
        z->next_in = (Bytef *)(uintptr_t)piece.ptr;
        z->avail_in = (uInt)piece.len;
        r = deflate_all(z, i + 1 < plain->n ? Z_SYNC_FLUSH : Z_FINISH,
                        &maker->bytes);
        if (r == 0)
            r = ow_pieces_mark(maker);
    }
    return r;
}

int ow_gzip_pack(const struct ow_pieces *plain, struct ow_pieces_maker *maker)
{
    z_stream z = {0};

    if (deflateInit2(&z, Z_DEFAULT_COMPRESSION, Z_DEFLATED, MAX_WBITS + GZIP,
                     MAX_MEM_LEVEL, Z_DEFAULT_STRATEGY) != Z_OK)
        return -ENOMEM;
    int r = add_pieces(&z, plain, maker);
    deflateEnd(&z);
    return r;
}
