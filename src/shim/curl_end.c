/*
 * curl_end: ends transfers. See curl_end.h. Called by curl.c and curl_multi.c.
 */
#include "config.h"

#include "shim/curl_end.h"

#include "shim/curl_known.h"
#include "shim/curl_report.h"
#include "shim/curl_result.h"
#include "shim/curl_way.h"
#include "shim/member.h"

#define INFO_REDIRECT_COUNT 0x200014

/* The known host that the transfer began with, or else ended with. */
static const struct ow_curl_host *host_of(const struct ow_curl_handle *handle,
                                          void *easy)
{
    const struct ow_curl_host *host = ow_curl_way_host(handle);
    long redirects = 0;
    if (host || !ow_member_is_diverted() ||
        !ow_curl_handle_number(handle, OW_CURL_FOLLOWLOCATION, 0))
        return host;
    handle->library->easy_getinfo(easy, INFO_REDIRECT_COUNT, &redirects);
    return redirects > 0 ? ow_curl_known_next(handle, easy, NULL) : NULL;
}

int ow_curl_end(struct ow_curl_handle *handle, void *easy, int code)
{
    const struct ow_curl_host *host = host_of(handle, easy);
    if (host) {
        code = ow_curl_result(handle, easy, code);
        ow_curl_report(handle, host, easy, code);
    }
    ow_curl_way_end(handle, easy);
    return code;
}
