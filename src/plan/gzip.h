/*
 * gzip: "encoding" of a rule. Bodies are compressed when rules are loaded and
 * kept in both forms: a client that takes gzip (Accept-Encoding) gets it, the
 * others get the body as it is, as from a real server.
 */
#ifndef OW_PLAN_GZIP_H
#define OW_PLAN_GZIP_H

#include "plan/action.h"
#include "plan/pieces.h"

/* Whether "encoding" asks for it; "br" is refused as not there yet. */
int ow_gzip_parse(const struct ow_action_input *in, bool *ret);
/*
 * One gzip stream, flushed behind each piece, so that a client can unpack
 * each as it arrives. 0 or -ENOMEM.
 */
int ow_gzip_pieces(const struct ow_pieces *plain, struct ow_arena *arena,
                   struct ow_pieces *ret);
/* Whether a request's headers take gzip (RFC 9110, 12.5.3). */
bool ow_gzip_is_taken(const struct ow_fields *headers);

#endif
