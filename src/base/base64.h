/*
 * base64: RFC 4648. Decodes "base64" of rule files in both alphabets (4, 5),
 * and encodes for templates in the first.
 */
#ifndef OW_BASE_BASE64_H
#define OW_BASE_BASE64_H

#include "base/arena.h"
#include "base/buf.h"

/*
 * Decodes into the arena. White space is passed over, as text that was broken
 * into lines has it; padding may be left out. 0, -EINVAL, -ENOMEM.
 */
int ow_base64_decode(struct ow_str text, struct ow_arena *arena,
                     struct ow_str *ret);
/* Appends the bytes encoded, with padding. 0, -ENOMEM, -ENOBUFS. */
int ow_base64_encode(struct ow_str bytes, struct ow_buf *out);

#endif
