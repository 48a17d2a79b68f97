/*
 * gzip: bodies packed by zlib, for coding.h.
 */
#ifndef OW_PLAN_GZIP_H
#define OW_PLAN_GZIP_H

#include "plan/pieces.h"

/* Appends one gzip stream, marked and flushed behind each piece. 0, -EINVAL or
 * -ENOMEM. */
int ow_gzip_pack(const struct ow_pieces *plain, struct ow_pieces_maker *maker);

#endif
