/*
 * brotli: bodies packed by libbrotlienc, for coding.h. A run whose rules do not
 * ask for it does not load the library.
 */
#ifndef OW_PLAN_BROTLI_H
#define OW_PLAN_BROTLI_H

#include <stdint.h>

#include "base/err.h"
#include "plan/pieces.h"

struct ow_brotli_state; /* the library's, one stream */

/* What is used of the library. */
struct ow_brotli {
#define OW_BROTLI(result, name, arguments) result(*name) arguments;
#include "plan/brotli_api.def"
#undef OW_BROTLI
};

/* 0, or -ELIBACC with a sentence. The library stays for good. */
int ow_brotli_load(struct ow_brotli *ret, struct ow_err *err);
/* Appends one stream, marked and flushed behind each piece. 0 or -ENOMEM. */
int ow_brotli_pack(const struct ow_brotli *brotli,
                   const struct ow_pieces *plain,
                   struct ow_pieces_maker *maker);

#endif
