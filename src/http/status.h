/*
 * status: the reason phrases of HTTP status codes (http/status.def).
 */
#ifndef OW_HTTP_STATUS_H
#define OW_HTTP_STATUS_H

#include "base/str.h"

/* "Not Found" for 404; empty, never absent, for a code that is not known. */
struct ow_str ow_status_reason(int status);

#endif
