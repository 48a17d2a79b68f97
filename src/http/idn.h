/*
 * idn: host names as they go over the wire: ASCII, lower-case, labels outside
 * ASCII as Punycode A-labels (RFC 3492, RFC 5891). Rules may name a host in
 * either form; both are brought to this one and then compared as bytes.
 *
 * Lower-casing covers ASCII and the capitals of Latin-1, Greek and Cyrillic.
 * Not done: the rest of Unicode's case folding, NFC, and the mappings of UTS
 * 46 (full-width letters, sharp s to "ss"). A name that needs them is encoded
 * as it stands; writing it in its xn-- form always works.
 */
#ifndef OW_HTTP_IDN_H
#define OW_HTTP_IDN_H

#include "base/limits.h"
#include "base/str.h"

/*
 * The A-form of a name in UTF-8, with a NUL; a dot at its end is dropped.
 * 0, -EINVAL for bad UTF-8, spaces and controls, an empty label, one over 63
 * bytes or a name over 253. Other ASCII is not judged: "_", "*" and ":" pass.
 */
int ow_idn_to_ascii(struct ow_str name, char ret[OW_LIMIT_NAME]);

#endif
