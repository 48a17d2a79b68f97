/*
 * curl_library: finds the functions of a libcurl. See curl_library.h. Called
 * by curl.c and curl_multi.c; calls next.c.
 */
#include "config.h"

#include "shim/curl_library.h"

#include <dlfcn.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>

#include "shim/next.h"

/* Two flavours, and some that were unloaded and came back elsewhere. */
#define LIBRARIES 8

static struct ow_curl_library *_Atomic libraries[LIBRARIES];

static const struct symbol {
    const char *name;
    size_t offset;
} symbols[] = {
    {"curl_easy_init", offsetof(struct ow_curl_library, easy_init)},
    {"curl_easy_setopt", offsetof(struct ow_curl_library, easy_setopt)},
    {"curl_easy_perform", offsetof(struct ow_curl_library, easy_perform)},
    {"curl_easy_reset", offsetof(struct ow_curl_library, easy_reset)},
    {"curl_easy_duphandle", offsetof(struct ow_curl_library, easy_duphandle)},
    {"curl_easy_cleanup", offsetof(struct ow_curl_library, easy_cleanup)},
    {"curl_easy_getinfo", offsetof(struct ow_curl_library, easy_getinfo)},
    {"curl_multi_add_handle",
     offsetof(struct ow_curl_library, multi_add_handle)},
    {"curl_multi_remove_handle",
     offsetof(struct ow_curl_library, multi_remove_handle)},
    {"curl_multi_info_read", offsetof(struct ow_curl_library, multi_info_read)},
    {"curl_multi_cleanup", offsetof(struct ow_curl_library, multi_cleanup)},
    {"curl_easy_strerror", offsetof(struct ow_curl_library, easy_strerror)},
    {"curl_version_info", offsetof(struct ow_curl_library, version_info)},
    {"curl_free", offsetof(struct ow_curl_library, free)},
    /* From here on they may be missing. */
    {"curl_easy_header", offsetof(struct ow_curl_library, easy_header)},
    {"curl_url", offsetof(struct ow_curl_library, url)},
    {"curl_url_cleanup", offsetof(struct ow_curl_library, url_cleanup)},
    {"curl_url_set", offsetof(struct ow_curl_library, url_set)},
    {"curl_url_get", offsetof(struct ow_curl_library, url_get)},
};
#define SYMBOLS  (sizeof(symbols) / sizeof(symbols[0]))
#define OPTIONAL 5

static const void *base_of(const void *address)
{
    Dl_info info;
    return dladdr(address, &info) ? info.dli_fbase : NULL;
}

/* Fills all of it from the object of handle. False: it is no libcurl. */
static bool fill(struct ow_curl_library *library, void *handle)
{
    for (size_t i = 0; i < SYMBOLS; i++) {
        void *found = ow_next_symbol(handle, symbols[i].name);
        if (!found && i < SYMBOLS - OPTIONAL)
            return false;
        *(void **)((char *)library + symbols[i].offset) = found;
    }
    if (!library->url_cleanup || !library->url_set || !library->url_get)
        library->url = NULL;
    return true;
}

static struct ow_curl_library *make(const void *function)
{
    struct ow_curl_library *library = calloc(1, sizeof(*library));
    void *handle = ow_next_open(function);
    bool is_whole = library && handle && fill(library, handle);
    ow_next_close(handle);
    if (is_whole) {
        library->base = base_of(function);
        return library;
    }
    free(library);
    return NULL;
}

const struct ow_curl_library *ow_curl_library_for(enum ow_hook hook,
                                                  const void *caller)
{
    const void *function = ow_next_for(hook, caller);
    const void *base = function ? base_of(function) : NULL;
    struct ow_curl_library *made = NULL;
    if (!base)
        return NULL;
    for (int i = 0; i < LIBRARIES; i++) {
        struct ow_curl_library *there =
            atomic_load_explicit(&libraries[i], memory_order_acquire);
        if (!there && !made)
            made = make(function);
        if (!there && !made)
            return NULL;
        if (!there &&
            atomic_compare_exchange_strong(&libraries[i], &there, made))
            return made;
        if (there->base == base) {
            free(made);
            return there;
        }
    }
    free(made);
    return NULL;
}

bool ow_curl_library_has(const struct ow_curl_library *library,
                         const void *address)
{
    return base_of(address) == library->base;
}
