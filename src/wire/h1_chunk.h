/*
 * h1_chunk: the lines between the bytes of a chunked body (RFC 9112, 7.1): the
 * end of the chunk before and the size line with its extensions, which are
 * checked and dropped. Keeps no bytes, so memory is bounded whatever comes.
 * The inner part of h1: nobody else calls it.
 */
#ifndef OW_WIRE_H1_CHUNK_H
#define OW_WIRE_H1_CHUNK_H

#include "wire/h1_head.h"

enum ow_h1_chunk_state {
    OW_H1_CHUNK_SIZE_FIRST, /* a hex digit must come */
    OW_H1_CHUNK_SIZE,
    OW_H1_CHUNK_SPACE, /* behind the size; then ";" must come */
    OW_H1_CHUNK_EXTENSION,
    OW_H1_CHUNK_LF,     /* of the size line */
    OW_H1_CHUNK_WHOLE,  /* size is known, its bytes come next */
    OW_H1_CHUNK_END_CR, /* behind the bytes */
    OW_H1_CHUNK_END_LF,
};

struct ow_h1_chunk {
    enum ow_h1_chunk_state state;
    size_t line;     /* bytes of the size line so far */
    uint64_t number; /* of this chunk, from 1 */
    uint64_t left;   /* bytes of the chunk still to come */
};

/* At the begin of a body. */
void ow_h1_chunk_init(struct ow_h1_chunk *chunk);
/*
 * Takes bytes until the size line is whole (then state is WHOLE and left the
 * size, 0 for the last chunk). Bytes used or -EBADMSG.
 */
ssize_t ow_h1_chunk_feed(struct ow_h1_chunk *chunk, const char *data,
                         size_t len, struct ow_h1_problem *problem);
/* All bytes of the chunk were taken: its CR LF comes next. */
void ow_h1_chunk_end(struct ow_h1_chunk *chunk);

#endif
