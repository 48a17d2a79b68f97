/*
 * coding: "encoding" of a rule. Bodies are packed when rules are loaded and
 * kept in both forms: a client that takes the coding (Accept-Encoding) gets
 * it, the others get the body as it is, as from a real server.
 */
#ifndef OW_PLAN_CODING_H
#define OW_PLAN_CODING_H

#include "plan/action.h"
#include "plan/pieces.h"

struct ow_brotli;

/* What a rule asks for; lies in the table's arena with its rule. */
struct ow_coding {
    struct ow_str name; /* "gzip", "br"; absent: none */
    const struct ow_brotli *brotli;
};

/* Leaves *ret as it is where the rule asks for none. */
int ow_coding_parse(const struct ow_action_input *in, struct ow_coding *ret);
/*
 * One packed stream, flushed behind each piece, so that a client can unpack
 * each as it arrives. 0, -EINVAL (pieces too large) or -ENOMEM.
 */
int ow_coding_pieces(const struct ow_coding *coding,
                     const struct ow_pieces *plain, struct ow_arena *arena,
                     struct ow_pieces *ret);
/* Whether a request's headers take it (RFC 9110, 12.5.3). */
bool ow_coding_is_taken(const struct ow_coding *coding,
                        const struct ow_fields *headers);

#endif
