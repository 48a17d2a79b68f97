/*
 * cookies: the pairs of a request's Cookie fields (RFC 6265, 4.2), in the
 * order sent. Names and values as sent: quotes and escapes stay, since no two
 * servers agree on them.
 */
#ifndef OW_HTTP_COOKIES_H
#define OW_HTTP_COOKIES_H

#include "http/fields.h"

/* Adds at most OW_LIMIT_PARAMS pairs. 0, -E2BIG, -ENOMEM. */
int ow_cookies_parse(const struct ow_fields *headers, struct ow_arena *arena,
                     struct ow_fields *cookies);
/* The first cookie of that name, which has case; or NULL. */
const struct ow_field *ow_cookies_find(const struct ow_fields *cookies,
                                       struct ow_str name);

#endif
