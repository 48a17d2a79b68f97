/*
 * curl_multi: the hooks of libcurl's multi interface. The way is cleared when
 * a handle is added and put back when its end is read, or when it is removed.
 * What drives the transfers (curl_multi_perform, curl_multi_socket_action)
 * needs no hook. See curl.c.
 */
#include "config.h"

#include "shim/curl_bind.h"
#include "shim/curl_report.h"
#include "shim/curl_result.h"
#include "shim/curl_way.h"
#include "shim/shim.h"

/* CURLM_INTERNAL_ERROR, and the only kind of message there is. */
#define INTERNAL_ERROR 4
#define DONE           1

int curl_multi_add_handle(void *multi, void *easy)
{
    const struct ow_curl_library *library;
    ow_curl_bind(multi, OW_HOOK_curl_multi_add_handle,
                 __builtin_return_address(0), &library);
    struct ow_curl_handle *handle = ow_curl_handle_find(easy);
    if (!library)
        return INTERNAL_ERROR;
    if (!handle || handle->in_perform || handle->multi || !ow_shim_awake())
        return library->multi_add_handle(multi, easy);
    ow_curl_way_begin(handle, easy);
    handle->multi = multi;
    int code = library->multi_add_handle(multi, easy);
    if (code == 0)
        return 0;
    handle->multi = NULL;
    ow_curl_way_end(handle, easy);
    return code;
}

int curl_multi_remove_handle(void *multi, void *easy)
{
    const struct ow_curl_library *library;
    ow_curl_bind(multi, OW_HOOK_curl_multi_remove_handle,
                 __builtin_return_address(0), &library);
    if (!library)
        return INTERNAL_ERROR;
    int code = library->multi_remove_handle(multi, easy);
    struct ow_curl_handle *handle = ow_curl_handle_find(easy);
    if (code == 0 && handle && handle->multi == multi) {
        handle->multi = NULL;
        ow_curl_way_end(handle, easy);
    }
    return code;
}

struct ow_curl_message *curl_multi_info_read(void *multi, int *ret_left)
{
    const struct ow_curl_library *library;
    ow_curl_bind(multi, OW_HOOK_curl_multi_info_read,
                 __builtin_return_address(0), &library);
    struct ow_curl_message *message =
        library ? library->multi_info_read(multi, ret_left) : NULL;
    if (!message || message->kind != DONE)
        return message;
    struct ow_curl_handle *handle = ow_curl_handle_find(message->easy);
    if (!handle || handle->in_perform || !handle->way)
        return message;
    message->data.code =
        ow_curl_result(handle, message->easy, message->data.code);
    ow_curl_report(handle, message->easy, message->data.code);
    ow_curl_way_end(handle, message->easy);
    return message;
}

/* Handles that are still in it stay the program's, out of any multi. */
int curl_multi_cleanup(void *multi)
{
    const struct ow_curl_library *library;
    struct ow_curl_handle *entry =
        ow_curl_bind(multi, OW_HOOK_curl_multi_cleanup,
                     __builtin_return_address(0), &library);
    struct ow_curl_handle *handle;
    if (!library)
        return INTERNAL_ERROR;
    ow_curl_handle_drop(entry);
    int code = library->multi_cleanup(multi);
    if (!entry || !ow_shim_awake())
        return code;
    while ((handle = ow_curl_handle_in_multi(multi))) {
        handle->multi = NULL;
        ow_curl_way_end(handle, (void *)(uintptr_t)handle->key);
    }
    return code;
}
