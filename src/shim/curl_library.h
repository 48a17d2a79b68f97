/*
 * curl_library: a libcurl of this process. There can be several (the OpenSSL
 * and the GnuTLS flavour, one of them loaded RTLD_LOCAL), so each handle is
 * bound to the one that made it, and all calls on it go there.
 */
#ifndef OW_SHIM_CURL_LIBRARY_H
#define OW_SHIM_CURL_LIBRARY_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "shim/hooks.h"

/* A function whose address is all that is known. */
typedef void ow_curl_any_fn(void);

/* The begin of what curl_version_info gives. */
struct ow_curl_version {
    int age;
    const char *text;
    unsigned number; /* 0x075800 is 7.88.0 */
};

/* The hooks of libcurl's functions, in the order of hooks.def. */
#define OW_CURL_HOOK_FIRST OW_HOOK_curl_easy_init
#define OW_CURL_HOOK_COUNT (OW_HOOK_curl_multi_cleanup - OW_CURL_HOOK_FIRST + 1)

struct ow_curl_library {
    _Atomic(bool) is_gone; /* it was unloaded */
    uintptr_t begin;       /* where it is loaded */
    uintptr_t end;
    const void *hooked[OW_CURL_HOOK_COUNT]; /* what hooks stand in front of */
    ow_curl_easy_init_fn *easy_init;
    ow_curl_easy_setopt_fn *easy_setopt;
    ow_curl_easy_perform_fn *easy_perform;
    ow_curl_easy_reset_fn *easy_reset;
    ow_curl_easy_duphandle_fn *easy_duphandle;
    ow_curl_easy_cleanup_fn *easy_cleanup;
    ow_curl_easy_getinfo_fn *easy_getinfo;
    ow_curl_multi_add_handle_fn *multi_add_handle;
    ow_curl_multi_remove_handle_fn *multi_remove_handle;
    ow_curl_multi_info_read_fn *multi_info_read;
    ow_curl_multi_cleanup_fn *multi_cleanup;
    const char *(*easy_strerror)(int code);
    const struct ow_curl_version *(*version_info)(int age);
    /* 7.83 and later. */
    int (*easy_header)(void *easy, const char *name, size_t index,
                       unsigned origin, int request, void **ret_header);
    /* 7.62 and later; all or none. */
    void *(*url)(void);
    void (*url_cleanup)(void *url);
    int (*url_set)(void *url, int part, const char *value, unsigned flags);
    int (*url_get)(void *url, int part, char **value, unsigned flags);
    void (*free)(void *memory);
};

/*
 * The library whose function of this name caller (a return address) would have
 * got without us; NULL if there is none. Kept for the life of the process.
 */
const struct ow_curl_library *ow_curl_library_for(enum ow_hook hook,
                                                  const void *caller);
/* Whether a return address lies in a libcurl that was found before: it calls
 * itself by name. */
bool ow_curl_library_is_caller(const void *caller);
/* An object has been unloaded: those that are not there any more are no
 * callers, and come back as they are loaded. Keeps errno. */
void ow_curl_library_forget(void);

#endif
