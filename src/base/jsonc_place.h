/*
 * jsonc_place: where something stands in a JSON text, and how an error says it:
 * "FILE:LINE:COLUMN: POINTER: sentence". jsonc_scan.c notes places and fails
 * with them while it reads; jsonc.c does so when the tree is there.
 */
#ifndef OW_BASE_JSONC_PLACE_H
#define OW_BASE_JSONC_PLACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

#define OW_JSONC_NOWHERE UINT32_MAX
/*
 * Stands for the second and later bytes of a character in a blanked comment:
 * cJSON skips it as white space, and it counts for no column.
 */
#define OW_JSONC_FILLER '\x1f'

/* Where a value stands in the text. */
struct ow_jsonc_place {
    uint32_t parent; /* number of its place; OW_JSONC_NOWHERE for the root */
    uint32_t key;    /* offset of the key; of the value where there is none */
    uint32_t value;
    uint32_t line; /* of the value, from 1 */
};

/*
 * A JSON pointer (RFC 6901) for a message: begun, a step appended for each
 * level, and released by its owner. False: there is no memory for it, and no
 * step is to follow, since a part would be another place.
 */
bool ow_jsonc_pointer_begin(struct ow_buf *pointer);
void ow_jsonc_pointer_key(struct ow_buf *pointer, struct ow_str key);
void ow_jsonc_pointer_index(struct ow_buf *pointer, size_t index);

/* The error of what stands at the offset of the text; lines and columns count
 * from 1, columns characters. Returns -EINVAL. */
int ow_jsonc_place_fail(const char *file, const char *text, size_t offset,
                        const struct ow_buf *pointer, struct ow_err *err,
                        const char *sentence);

#endif
