/*
 * curl: the hooks of libcurl's easy interface (D6). libcurl's own machinery
 * runs; a transfer to a known host gets its way cleared (curl_way.h) and its
 * result from the rules (curl_result.h). In a process that is not served each
 * call goes on as it came, and nothing is kept.
 *
 * libcurl calls itself by these names, too: handles that it keeps for itself
 * have no entry, and of those that it works on the entry says so. What acts on
 * a connection that is there (curl_easy_send, curl_ws_recv, curl_easy_pause)
 * needs no hook.
 */
#include "config.h"

#include <stdarg.h>
#include <stddef.h>

#include "shim/curl_bind.h"
#include "shim/curl_end.h"
#include "shim/curl_traces.h"
#include "shim/curl_way.h"
#include "shim/next.h"
#include "shim/shim.h"

/* Codes that the shim gives itself. */
#define OK            0
#define FAILED_INIT   2
#define OUT_OF_MEMORY 27

#define INFO_OS_ERRNO 0x200019

/* A handle that was not seen when it was made. */
__attribute__((noinline)) static struct ow_curl_handle *
bind_new(const void *key, enum ow_hook hook, const void *caller)
{
    if (!key || ow_curl_library_is_caller(caller))
        return NULL;
    const struct ow_curl_library *library = ow_curl_library_for(hook, caller);
    if (!library || ow_curl_library_is_caller(caller))
        return NULL;
    return ow_curl_handle_take(key, library, false);
}

struct ow_curl_handle *ow_curl_bind(const void *key, enum ow_hook hook,
                                    const void *caller)
{
    if (!ow_shim_awake())
        return NULL;
    struct ow_curl_handle *handle = ow_curl_handle_find(key);
    return handle ? handle : bind_new(key, hook, caller);
}

void *curl_easy_init(void)
{
    const void *caller = __builtin_return_address(0);
    ow_curl_easy_init_fn *next = ow_next_for(OW_HOOK_curl_easy_init, caller);
    void *easy = next ? next() : NULL;
    if (!easy || !ow_shim_awake())
        return easy;
    const struct ow_curl_library *library =
        ow_curl_library_for(OW_HOOK_curl_easy_init, caller);
    if (library && !ow_curl_library_is_caller(caller))
        ow_curl_handle_take(easy, library, true);
    return easy;
}

/* Remembers an option that matters, and hands it on unless it is held back. */
__attribute__((noinline)) static int set_option(struct ow_curl_handle *handle,
                                                void *easy,
                                                enum ow_curl_option option,
                                                void *arg)
{
    int code = OK;
    if (option == OW_CURL_RESOLVE)
        return ow_curl_way_set_resolve(handle, easy, arg);
    if (!ow_curl_way_holds(handle, option))
        code = handle->library->easy_setopt(easy, ow_curl_option_number(option),
                                            arg);
    if (code == OK && ow_curl_handle_set(handle, option, arg) < 0)
        code = OUT_OF_MEMORY;
    return code;
}

static int set_any(struct ow_curl_handle *handle, void *easy, int option,
                   void *arg)
{
    int row = ow_curl_option_find(option);
    if (row < 0)
        return handle->library->easy_setopt(easy, option, arg);
    if (handle->way || !ow_curl_option_is_plain((enum ow_curl_option)row))
        return set_option(handle, easy, (enum ow_curl_option)row, arg);
    int code = handle->library->easy_setopt(easy, option, arg);
    if (code == OK)
        ow_curl_handle_keep(handle, (enum ow_curl_option)row, arg);
    return code;
}

/*
 * One argument of any kind goes on as 64 bits: on both machines numbers,
 * pointers and off_t are passed to a variadic function in the same register,
 * and no option takes a double.
 */
int curl_easy_setopt(void *easy, int option, ...)
{
    const void *caller = __builtin_return_address(0);
    va_list args;
    va_start(args, option);
    void *arg = va_arg(args, void *);
    va_end(args);
    struct ow_curl_handle *handle =
        ow_curl_bind(easy, OW_HOOK_curl_easy_setopt, caller);
    if (handle)
        return set_any(handle, easy, option, arg);
    ow_curl_easy_setopt_fn *next =
        ow_next_for(OW_HOOK_curl_easy_setopt, caller);
    return next ? next(easy, option, arg) : FAILED_INIT;
}

int curl_easy_perform(void *easy)
{
    const void *caller = __builtin_return_address(0);
    struct ow_curl_handle *handle =
        ow_curl_bind(easy, OW_HOOK_curl_easy_perform, caller);
    if (!handle) {
        ow_curl_easy_perform_fn *next =
            ow_next_for(OW_HOOK_curl_easy_perform, caller);
        return next ? next(easy) : FAILED_INIT;
    }
    /* libcurl refuses a handle that is in use; then nothing is ours to do. */
    if (handle->in_perform || handle->multi)
        return handle->library->easy_perform(easy);
    ow_curl_way_begin(handle, easy);
    handle->in_perform = true;
    int code = handle->library->easy_perform(easy);
    handle->in_perform = false;
    return ow_curl_end(handle, easy, code);
}

void curl_easy_reset(void *easy)
{
    const void *caller = __builtin_return_address(0);
    struct ow_curl_handle *handle =
        ow_curl_bind(easy, OW_HOOK_curl_easy_reset, caller);
    ow_curl_easy_reset_fn *next =
        handle ? handle->library->easy_reset
               : ow_next_for(OW_HOOK_curl_easy_reset, caller);
    if (next)
        next(easy);
    if (handle)
        ow_curl_handle_clear(handle);
}

void *curl_easy_duphandle(void *easy)
{
    const void *caller = __builtin_return_address(0);
    struct ow_curl_handle *handle =
        ow_curl_bind(easy, OW_HOOK_curl_easy_duphandle, caller);
    if (!handle) {
        ow_curl_easy_duphandle_fn *next =
            ow_next_for(OW_HOOK_curl_easy_duphandle, caller);
        return next ? next(easy) : NULL;
    }
    void *copy = handle->library->easy_duphandle(easy);
    if (!copy)
        return NULL;
    struct ow_curl_handle *copied =
        ow_curl_handle_take(copy, handle->library, true);
    if (!copied || ow_curl_handle_copy(copied, handle) < 0) {
        ow_curl_handle_drop(copied);
        handle->library->easy_cleanup(copy);
        return NULL;
    }
    ow_curl_way_end_copy(handle, copy, copied);
    return copy;
}

/* Forgotten first: the next handle of another thread may get its address. */
void curl_easy_cleanup(void *easy)
{
    const void *caller = __builtin_return_address(0);
    struct ow_curl_handle *handle =
        ow_curl_bind(easy, OW_HOOK_curl_easy_cleanup, caller);
    ow_curl_easy_cleanup_fn *next =
        handle ? handle->library->easy_cleanup
               : ow_next_for(OW_HOOK_curl_easy_cleanup, caller);
    struct ow_curl_traces *traces = ow_curl_traces_begin(handle);
    ow_curl_handle_drop(handle);
    if (next)
        next(easy);
    ow_curl_traces_end(traces);
}

int curl_easy_getinfo(void *easy, int info, ...)
{
    const void *caller = __builtin_return_address(0);
    va_list args;
    va_start(args, info);
    void *arg = va_arg(args, void *);
    va_end(args);
    const struct ow_curl_handle *handle =
        ow_curl_bind(easy, OW_HOOK_curl_easy_getinfo, caller);
    ow_curl_easy_getinfo_fn *next =
        handle ? handle->library->easy_getinfo
               : ow_next_for(OW_HOOK_curl_easy_getinfo, caller);
    int code = next ? next(easy, info, arg) : FAILED_INIT;
    if (handle && handle->has_errno && code == OK && info == INFO_OS_ERRNO)
        *(long *)arg = handle->os_errno;
    return code;
}
