/*
 * embedding: a vector for a text, as a model for texts gives it: of unit
 * length, the same for the same text, and near to those of texts that have
 * words, or parts of words, in common.
 */
#ifndef OW_PLAN_EMBEDDING_H
#define OW_PLAN_EMBEDDING_H

#include <stddef.h>

#include "base/str.h"

/* What a vector has at most. */
#define OW_EMBEDDING_MAX 4096

/*
 * n numbers, from 1 to OW_EMBEDDING_MAX. A shorter vector is the begin of a
 * longer one, made one long again: how the models that can be asked for fewer
 * dimensions do it.
 */
void ow_embedding_make(struct ow_str text, float *ret, size_t n);

#endif
