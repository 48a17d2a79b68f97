/*
 * date: the Date field's value (RFC 9110, 5.6.7), formatted once a second.
 *
 *     struct ow_date date = {0};
 *     ow_date_get(&date, wall_ns)  ->  "Sat, 21 Nov 2026 05:46:44 GMT"
 */
#ifndef OW_HTTP_DATE_H
#define OW_HTTP_DATE_H

#include "base/str.h"

struct ow_date {
    int64_t second; /* the one that text tells */
    char text[sizeof "Sun, 06 Nov 1994 08:49:37 GMT"];
};

/* wall_ns is since the epoch. Borrowed until the next call. */
struct ow_str ow_date_get(struct ow_date *date, int64_t wall_ns);

#endif
