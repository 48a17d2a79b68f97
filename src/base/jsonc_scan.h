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
#include "base/jsonc_place.h"

/*
 * 0, -EINVAL with "FILE:LINE:COLUMN: POINTER: sentence", or -ENOMEM. text[len]
 * must be readable and is not looked at. Appends to places those of all values,
 * in the order of the text: an object's before those of its members.
 */
int ow_jsonc_scan(const char *file, char *text, size_t len,
                  struct ow_buf *places, struct ow_err *err);

#endif
