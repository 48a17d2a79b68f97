/*
 * suggest: the nearest known word, for "did you mean".
 */
#ifndef OW_BASE_SUGGEST_H
#define OW_BASE_SUGGEST_H

#include "base/str.h"

/*
 * The word of the NULL-terminated list nearest to s by edit distance, or NULL
 * if none is near enough to be meant. The result points into the list.
 */
const char *ow_suggest(struct ow_str s, const char *const *words);

#endif
