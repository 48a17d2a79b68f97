/*
 * jsonc_scan: the grammar of JSON with comments and trailing commas. Checks a
 * text and blanks, in place and at the same length, what plain JSON does not
 * have, so that cJSON can parse it and every offset stays true. jsonc.c is its
 * one caller.
 */
#ifndef OW_BASE_JSONC_SCAN_H
#define OW_BASE_JSONC_SCAN_H

#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"

/*
 * 0, or -EINVAL with "FILE:LINE:COLUMN: POINTER: sentence". text[len] must be
 * readable and is not looked at.
 */
int ow_jsonc_scan(const char *file, char *text, size_t len, struct ow_err *err);

/* Line and column, both from 1, of an offset; columns count characters. */
void ow_jsonc_scan_place(const char *text, size_t offset, size_t *ret_line,
                         size_t *ret_column);
/* Appends a raw key to a JSON pointer (RFC 6901): "/" and the escaped key. */
int ow_jsonc_scan_point(struct ow_buf *pointer, struct ow_str key);

#endif
