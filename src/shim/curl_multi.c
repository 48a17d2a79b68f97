/*
 * curl_multi: the hooks of libcurl's multi interface. The way is cleared when
 * a handle is added and put back when its end is read, or when it is removed.
 * What drives the transfers (curl_multi_perform, curl_multi_socket_action)
 * needs no hook. See curl.c.
 */
#include "config.h"

#include "shim/curl_bind.h"
#include "shim/curl_end.h"
#include "shim/curl_way.h"
#include "shim/next.h"
#include "shim/shim.h"

/* CURLM_INTERNAL_ERROR, and the only kind of message there is. */
#define INTERNAL_ERROR 4
#define DONE           1

/* The entry of an easy handle, if there is one. */
static struct ow_curl_handle *find_easy(const void *easy)
{
    return ow_shim_awake() ? ow_curl_handle_find(easy) : NULL;
}

int curl_multi_add_handle(void *multi, void *easy)
{
    const void *caller = __builtin_return_address(0);
    struct ow_curl_handle *handle = find_easy(easy);
    /* curl_easy_perform has a multi handle of its own. */
    if (handle && handle->in_perform)
        return handle->library->multi_add_handle(multi, easy);
    struct ow_curl_handle *entry =
        ow_curl_bind(multi, OW_HOOK_curl_multi_add_handle, caller);
    if (!entry) {
        ow_curl_multi_add_handle_fn *next =
            ow_next_for(OW_HOOK_curl_multi_add_handle, caller);
        return next ? next(multi, easy) : INTERNAL_ERROR;
    }
    if (!handle || handle->multi)
        return entry->library->multi_add_handle(multi, easy);
    ow_curl_way_begin(handle, easy);
    handle->multi = multi;
    entry->in_multi++;
    int code = entry->library->multi_add_handle(multi, easy);
    if (code == 0)
        return 0;
    handle->multi = NULL;
    entry->in_multi--;
    ow_curl_way_end(handle, easy);
    return code;
}

int curl_multi_remove_handle(void *multi, void *easy)
{
    const void *caller = __builtin_return_address(0);
    struct ow_curl_handle *handle = find_easy(easy);
    if (handle && handle->in_perform)
        return handle->library->multi_remove_handle(multi, easy);
    struct ow_curl_handle *entry =
        ow_curl_bind(multi, OW_HOOK_curl_multi_remove_handle, caller);
    ow_curl_multi_remove_handle_fn *next =
        entry ? entry->library->multi_remove_handle
              : ow_next_for(OW_HOOK_curl_multi_remove_handle, caller);
    int code = next ? next(multi, easy) : INTERNAL_ERROR;
    if (entry && code == 0 && handle && handle->multi == multi) {
        handle->multi = NULL;
        entry->in_multi--;
        ow_curl_way_end(handle, easy);
    }
    return code;
}

struct ow_curl_message *curl_multi_info_read(void *multi, int *ret_left)
{
    const void *caller = __builtin_return_address(0);
    struct ow_curl_handle *entry =
        ow_curl_bind(multi, OW_HOOK_curl_multi_info_read, caller);
    ow_curl_multi_info_read_fn *next =
        entry ? entry->library->multi_info_read
              : ow_next_for(OW_HOOK_curl_multi_info_read, caller);
    struct ow_curl_message *message = next ? next(multi, ret_left) : NULL;
    if (!entry || !message || message->kind != DONE)
        return message;
    struct ow_curl_handle *handle = find_easy(message->easy);
    if (handle && handle->multi == multi)
        message->data.code =
            ow_curl_end(handle, message->easy, message->data.code);
    return message;
}

/* Handles that are still in it stay the program's, out of any multi. */
int curl_multi_cleanup(void *multi)
{
    const void *caller = __builtin_return_address(0);
    struct ow_curl_handle *entry =
        ow_curl_bind(multi, OW_HOOK_curl_multi_cleanup, caller);
    ow_curl_multi_cleanup_fn *next =
        entry ? entry->library->multi_cleanup
              : ow_next_for(OW_HOOK_curl_multi_cleanup, caller);
    int left = entry ? entry->in_multi : 0;
    struct ow_curl_handle *handle;
    ow_curl_handle_drop(entry);
    int code = next ? next(multi) : INTERNAL_ERROR;
    while (left-- > 0 && (handle = ow_curl_handle_in_multi(multi))) {
        handle->multi = NULL;
        ow_curl_way_end(handle, (void *)(uintptr_t)handle->key);
    }
    return code;
}
