/*
 * curl_library: finds the functions of a libcurl. See curl_library.h. Called
 * by curl.c and curl_multi.c; calls next.c.
 */
#include "config.h"

#include "shim/curl_library.h"

#include <errno.h>
#include <link.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>

#include "shim/next.h"
#include "shim/shim.h"

/* Two flavours, and some to spare. */
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

/* What dl_iterate_phdr is to find: the object that a function lies in. */
struct search {
    uintptr_t address;
    uintptr_t begin;
    uintptr_t end;
};

/* An object is mapped as one piece, from its first part to its last. */
static int look_at(struct dl_phdr_info *object, size_t size, void *context)
{
    struct search *search = context;
    uintptr_t begin = UINTPTR_MAX, end = 0;
    (void)size;
    for (int i = 0; i < object->dlpi_phnum; i++) {
        const ElfW(Phdr) *part = &object->dlpi_phdr[i];
        uintptr_t at = object->dlpi_addr + part->p_vaddr;
        if (part->p_type != PT_LOAD)
            continue;
        begin = at < begin ? at : begin;
        end = at + part->p_memsz > end ? at + part->p_memsz : end;
    }
    if (search->address < begin || search->address >= end)
        return 0;
    search->begin = begin;
    search->end = end;
    return 1;
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
    for (int i = 0; i < OW_CURL_HOOK_COUNT; i++)
        library->hooked[i] = ow_next_symbol(
            handle, ow_shim_name((enum ow_hook)(OW_CURL_HOOK_FIRST + i)));
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
    struct search search = {.address = (uintptr_t)function};
    if (is_whole && dl_iterate_phdr(look_at, &search)) {
        library->begin = search.begin;
        library->end = search.end;
        return library;
    }
    free(library);
    return NULL;
}

static bool is_gone(const struct ow_curl_library *library)
{
    return atomic_load_explicit(&library->is_gone, memory_order_relaxed);
}

bool ow_curl_library_is_caller(const void *caller)
{
    uintptr_t at = (uintptr_t)caller;
    for (int i = 0; i < LIBRARIES; i++) {
        const struct ow_curl_library *there =
            atomic_load_explicit(&libraries[i], memory_order_acquire);
        if (!there)
            return false;
        if (at >= there->begin && at < there->end && !is_gone(there))
            return true;
    }
    return false;
}

/* The one that function is of, or NULL. */
static struct ow_curl_library *find(enum ow_hook hook, const void *function)
{
    for (int i = 0; i < LIBRARIES; i++) {
        struct ow_curl_library *there =
            atomic_load_explicit(&libraries[i], memory_order_acquire);
        if (!there)
            return NULL;
        if (there->hooked[hook - OW_CURL_HOOK_FIRST] == function &&
            !is_gone(there))
            return there;
    }
    return NULL;
}

/* Handles that the program has not ended may lead to one that has gone: it is
 * left to lie. made, or what another thread was quicker with; NULL: no room. */
static struct ow_curl_library *keep(struct ow_curl_library *made)
{
    for (int i = 0; i < LIBRARIES;) {
        struct ow_curl_library *there = atomic_load(&libraries[i]);
        bool is_free = !there || is_gone(there);
        if (is_free &&
            atomic_compare_exchange_strong(&libraries[i], &there, made))
            return made;
        if (!is_free && there->easy_init == made->easy_init) {
            free(made);
            return there;
        }
        i += !is_free;
    }
    free(made);
    return NULL;
}

const struct ow_curl_library *ow_curl_library_for(enum ow_hook hook,
                                                  const void *caller)
{
    const void *function = ow_next_for(hook, caller);
    struct ow_curl_library *found = function ? find(hook, function) : NULL;
    if (found || !function)
        return found;
    found = make(function);
    return found ? keep(found) : NULL;
}

void ow_curl_library_forget(void)
{
    int kept = errno;
    for (int i = 0; i < LIBRARIES; i++) {
        struct ow_curl_library *there = atomic_load(&libraries[i]);
        struct search search = {.address = there ? there->begin : 0};
        if (!there)
            break;
        if (!dl_iterate_phdr(look_at, &search) || search.end != there->end)
            atomic_store(&there->is_gone, true);
    }
    errno = kept;
}
