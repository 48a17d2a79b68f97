/*
 * h1_chunk: chunk size lines. See h1_chunk.h. Called by h1.
 */
#include "config.h"

#include "wire/h1_chunk.h"

#include <errno.h>

#include "base/limits.h"

void ow_h1_chunk_init(struct ow_h1_chunk *chunk)
{
    *chunk = (struct ow_h1_chunk){.number = 1};
}

static int fail(const struct ow_h1_chunk *chunk, int status, const char *what,
                struct ow_h1_problem *problem)
{
    return ow_h1_head_fail(problem, status, "%s (chunk %llu)", what,
                           (unsigned long long)chunk->number);
}

static int take_digit(struct ow_h1_chunk *chunk, int digit,
                      struct ow_h1_problem *problem)
{
    if (chunk->left > (uint64_t)INT64_MAX >> 4)
        return fail(chunk, 413, "chunk size out of range", problem);
    chunk->left = chunk->left << 4 | (unsigned)digit;
    chunk->state = OW_H1_CHUNK_SIZE;
    return 0;
}

/* What may come behind the digits, and behind what comes there. */
static int take_behind_size(struct ow_h1_chunk *chunk, char c,
                            struct ow_h1_problem *problem)
{
    bool extension = chunk->state == OW_H1_CHUNK_EXTENSION;

    if (c == '\r' && chunk->state != OW_H1_CHUNK_SPACE)
        chunk->state = OW_H1_CHUNK_LF;
    else if (extension && ((unsigned char)c < ' ' || c == 0x7f) && c != '\t')
        return fail(chunk, 400, "control byte in a chunk extension", problem);
    else if (!extension && (c == ' ' || c == '\t'))
        chunk->state = OW_H1_CHUNK_SPACE;
    else if (!extension && c == ';')
        chunk->state = OW_H1_CHUNK_EXTENSION;
    else if (!extension)
        return fail(chunk, 400, "chunk size is no hexadecimal number", problem);
    return 0;
}

static int take_size_line(struct ow_h1_chunk *chunk, char c,
                          struct ow_h1_problem *problem)
{
    int digit = ow_str_hex(c);

    if (++chunk->line > OW_LIMIT_CHUNK_LINE)
        return fail(chunk, 400, "chunk size line too long", problem);
    if (chunk->state <= OW_H1_CHUNK_SIZE && digit >= 0)
        return take_digit(chunk, digit, problem);
    if (chunk->state == OW_H1_CHUNK_SIZE_FIRST)
        return fail(chunk, 400, "chunk without a size", problem);
    return take_behind_size(chunk, c, problem);
}

static int take(struct ow_h1_chunk *chunk, char c,
                struct ow_h1_problem *problem)
{
    switch (chunk->state) {
    case OW_H1_CHUNK_SIZE_FIRST:
    case OW_H1_CHUNK_SIZE:
    case OW_H1_CHUNK_SPACE:
    case OW_H1_CHUNK_EXTENSION:
        return take_size_line(chunk, c, problem);
    case OW_H1_CHUNK_LF:
        if (c != '\n')
            return fail(chunk, 400, "CR without LF in a chunk size", problem);
        chunk->state = OW_H1_CHUNK_WHOLE;
        return 0;
    case OW_H1_CHUNK_END_CR:
        if (c != '\r')
            return fail(chunk, 400, "more bytes than the chunk size", problem);
        chunk->state = OW_H1_CHUNK_END_LF;
        return 0;
    case OW_H1_CHUNK_END_LF:
        if (c != '\n')
            return fail(chunk, 400, "CR without LF behind a chunk", problem);
        chunk->state = OW_H1_CHUNK_SIZE_FIRST;
        chunk->line = 0;
        chunk->number++;
        return 0;
    case OW_H1_CHUNK_WHOLE:
        break;
    }
    return 0;
}

ssize_t ow_h1_chunk_feed(struct ow_h1_chunk *chunk, const char *data,
                         size_t len, struct ow_h1_problem *problem)
{
    size_t used = 0;

    while (used < len && chunk->state != OW_H1_CHUNK_WHOLE) {
        int r = take(chunk, data[used], problem);
        if (r < 0)
            return r;
        used++;
    }
    return (ssize_t)used;
}

void ow_h1_chunk_end(struct ow_h1_chunk *chunk)
{
    chunk->state = OW_H1_CHUNK_END_CR;
}
