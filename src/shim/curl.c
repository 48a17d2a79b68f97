/*
 * curl: the hooks of libcurl's easy interface (D6). libcurl's own machinery
 * runs; a transfer to a known host gets its way cleared (curl_way.h) and its
 * result from the rules (curl_result.h). In a process that is not served only
 * the library of each handle is remembered, so that all calls on it go there.
 *
 * libcurl calls itself by these names, too: handles that it keeps for itself
 * have no entry, and of those that it works on the entry says so.
 */
#include "config.h"

#include <stdarg.h>
#include <stddef.h>

#include "shim/curl_bind.h"
#include "shim/curl_report.h"
#include "shim/curl_result.h"
#include "shim/curl_way.h"
#include "shim/shim.h"

/* Codes that the shim gives itself. */
#define OK            0
#define FAILED_INIT   2
#define OUT_OF_MEMORY 27

#define INFO_OS_ERRNO 0x200019

struct ow_curl_handle *ow_curl_bind(const void *key, enum ow_hook hook,
                                    const void *caller,
                                    const struct ow_curl_library **ret)
{
    struct ow_curl_handle *handle = ow_curl_handle_find(key);
    const struct ow_curl_library *library =
        handle ? handle->library : ow_curl_library_for(hook, caller);
    *ret = library;
    if (handle || !library || !key || ow_curl_library_has(library, caller))
        return handle;
    return ow_curl_handle_take(key, library, false);
}

void *curl_easy_init(void)
{
    const void *caller = __builtin_return_address(0);
    const struct ow_curl_library *library =
        ow_curl_library_for(OW_HOOK_curl_easy_init, caller);
    void *easy = library ? library->easy_init() : NULL;
    if (easy && !ow_curl_library_has(library, caller))
        ow_curl_handle_take(easy, library, true);
    return easy;
}

/*
 * One argument of any kind goes on as 64 bits: on both machines numbers,
 * pointers and off_t are passed to a variadic function in the same register,
 * and no option takes a double.
 */
int curl_easy_setopt(void *easy, int option, ...)
{
    const struct ow_curl_library *library;
    va_list args;
    va_start(args, option);
    void *arg = va_arg(args, void *);
    va_end(args);
    struct ow_curl_handle *handle = ow_curl_bind(
        easy, OW_HOOK_curl_easy_setopt, __builtin_return_address(0), &library);
    if (!library)
        return FAILED_INIT;
    int row = handle && ow_shim_awake() ? ow_curl_option_find(option) : -1;
    if (row < 0)
        return library->easy_setopt(easy, option, arg);
    int code = OK;
    if (!ow_curl_way_holds(handle, (enum ow_curl_option)row))
        code = library->easy_setopt(easy, option, arg);
    if (code == OK &&
        ow_curl_handle_set(handle, (enum ow_curl_option)row, arg) < 0)
        code = OUT_OF_MEMORY;
    return code;
}

int curl_easy_perform(void *easy)
{
    const struct ow_curl_library *library;
    struct ow_curl_handle *handle = ow_curl_bind(
        easy, OW_HOOK_curl_easy_perform, __builtin_return_address(0), &library);
    if (!library)
        return FAILED_INIT;
    /* libcurl refuses a handle that is in use; then nothing is ours to do. */
    if (!handle || handle->in_perform || handle->multi || !ow_shim_awake())
        return library->easy_perform(easy);
    ow_curl_way_begin(handle, easy);
    handle->in_perform = true;
    int code = library->easy_perform(easy);
    handle->in_perform = false;
    if (!handle->way)
        return code;
    code = ow_curl_result(handle, easy, code);
    ow_curl_report(handle, easy, code);
    ow_curl_way_end(handle, easy);
    return code;
}

void curl_easy_reset(void *easy)
{
    const struct ow_curl_library *library;
    struct ow_curl_handle *handle = ow_curl_bind(
        easy, OW_HOOK_curl_easy_reset, __builtin_return_address(0), &library);
    if (library)
        library->easy_reset(easy);
    if (handle)
        ow_curl_handle_clear(handle);
}

void *curl_easy_duphandle(void *easy)
{
    const struct ow_curl_library *library;
    struct ow_curl_handle *handle =
        ow_curl_bind(easy, OW_HOOK_curl_easy_duphandle,
                     __builtin_return_address(0), &library);
    void *copy = library ? library->easy_duphandle(easy) : NULL;
    if (!copy || !handle)
        return copy;
    struct ow_curl_handle *copied = ow_curl_handle_take(copy, library, true);
    if (!copied || ow_curl_handle_copy(copied, handle) < 0) {
        ow_curl_handle_drop(copied);
        library->easy_cleanup(copy);
        return NULL;
    }
    ow_curl_way_end_copy(handle, copy, copied);
    return copy;
}

/* Forgotten first: the next handle of another thread may get its address. */
void curl_easy_cleanup(void *easy)
{
    const struct ow_curl_library *library;
    struct ow_curl_handle *handle = ow_curl_bind(
        easy, OW_HOOK_curl_easy_cleanup, __builtin_return_address(0), &library);
    ow_curl_handle_drop(handle);
    if (library)
        library->easy_cleanup(easy);
}

int curl_easy_getinfo(void *easy, int info, ...)
{
    const struct ow_curl_library *library;
    va_list args;
    va_start(args, info);
    void *arg = va_arg(args, void *);
    va_end(args);
    const struct ow_curl_handle *handle = ow_curl_bind(
        easy, OW_HOOK_curl_easy_getinfo, __builtin_return_address(0), &library);
    if (!library)
        return FAILED_INIT;
    int code = library->easy_getinfo(easy, info, arg);
    if (code == OK && info == INFO_OS_ERRNO && handle && handle->has_errno)
        *(long *)arg = handle->os_errno;
    return code;
}
