/*
 * status: reason phrases. See status.h.
 */
#include "config.h"

#include "http/status.h"

struct ow_str ow_status_reason(int status)
{
    switch (status) {
#define OW_STATUS(code, reason)                                                \
    case code:                                                                 \
        return OW_STR(reason);
#include "http/status.def"
#undef OW_STATUS
    }
    return OW_STR("");
}
