/*
 * jsonc_place: see jsonc_place.h.
 */
#include "config.h"

#include "base/jsonc_place.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

/* The sentence behind it must stay visible. */
#define POINTER_MAX 400

bool ow_jsonc_pointer_begin(struct ow_buf *pointer)
{
    ow_buf_init(pointer, POINTER_MAX);
    return ow_buf_reserve(pointer, POINTER_MAX) != NULL;
}

void ow_jsonc_pointer_key(struct ow_buf *pointer, struct ow_str key)
{
    int r = ow_buf_append(pointer, "/", 1);

    for (size_t i = 0; r == 0 && i < key.len; i++) {
        if (key.ptr[i] == '~')
            r = ow_buf_append(pointer, "~0", 2);
        else if (key.ptr[i] == '/')
            r = ow_buf_append(pointer, "~1", 2);
        else
            r = ow_buf_append(pointer, key.ptr + i, 1);
    }
}

void ow_jsonc_pointer_index(struct ow_buf *pointer, size_t index)
{
    char digits[24];
    int len = snprintf(digits, sizeof digits, "%zu", index);

    ow_jsonc_pointer_key(pointer, (struct ow_str){digits, (size_t)len});
}

static void find(const char *text, size_t offset, size_t *ret_line,
                 size_t *ret_column)
{
    const char *at = text, *end = text + offset, *newline;
    size_t line = 1, column = 1;

    for (; (newline = memchr(at, '\n', (size_t)(end - at))); line++)
        at = newline + 1;
    for (; at < end; at++)
        column += !ow_utf8_is_inside(*at) && *at != OW_JSONC_FILLER;
    *ret_line = line;
    *ret_column = column;
}

int ow_jsonc_place_fail(const char *file, const char *text, size_t offset,
                        const struct ow_buf *pointer, struct ow_err *err,
                        const char *sentence)
{
    struct ow_str path = ow_buf_peek(pointer);
    size_t line, column;

    find(text, offset, &line, &column);
    return ow_err_set(err, -EINVAL, "%s:%zu:%zu: %.*s%s%s", file, line, column,
                      OW_STR_ARGS(path), path.len > 0 ? ": " : "", sentence);
}
