/*
 * jsonc_scan: the grammar of JSON with comments and trailing commas. Checks a
 * text and blanks, in place and at the same length, what plain JSON does not
 * have, so that cJSON can parse it and every offset stays true. jsonc.c is its
 * one caller.
 */
#ifndef OW_BASE_JSONC_SCAN_H
#define OW_BASE_JSONC_SCAN_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

#define OW_JSONC_NOWHERE UINT32_MAX

/* Where a value stands in the text. */
struct ow_jsonc_place {
    uint32_t parent; /* number of its place; OW_JSONC_NOWHERE for the root */
    uint32_t key;    /* offset of the key; of the value where there is none */
    uint32_t value;
    uint32_t line; /* of the value, from 1 */
};

/*
 * 0, -EINVAL with "FILE:LINE:COLUMN: POINTER: sentence", or -ENOMEM. text[len]
 * must be readable and is not looked at. Appends to places those of all values,
 * in the order of the text: an object's before those of its members.
 */
int ow_jsonc_scan(const char *file, char *text, size_t len,
                  struct ow_buf *places, struct ow_err *err);

/* Line and column, both from 1, of an offset; columns count characters. */
void ow_jsonc_scan_place(const char *text, size_t offset, size_t *ret_line,
                         size_t *ret_column);
/* Appends a raw key to a JSON pointer (RFC 6901): "/" and the escaped key. */
int ow_jsonc_scan_point(struct ow_buf *pointer, struct ow_str key);

#endif
