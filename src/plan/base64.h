/*
 * base64: decodes "base64" of rule files (RFC 4648, 4 and 5: both alphabets).
 */
#ifndef OW_PLAN_BASE64_H
#define OW_PLAN_BASE64_H

#include "base/arena.h"

/*
 * Decodes into the arena. White space is passed over, as text that was broken
 * into lines has it; padding may be left out. 0, -EINVAL, -ENOMEM.
 */
int ow_base64_decode(struct ow_str text, struct ow_arena *arena,
                     struct ow_str *ret);

#endif
