/*
 * bundles: the hooks of OpenSSL's calls that load trusted roots into a store.
 * The bundles that may wait do (roots.h); what lists a store's certificates
 * gets them first. libssl calls these by name, too, so that all of its own
 * (SSL_CTX_load_verify_locations, SSL_CTX_set_default_verify_paths) are seen.
 */
#include "config.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include "shim/hooks.h"
#include "shim/next.h"
#include "shim/roots.h"
#include "shim/shim.h"
#include "shim/vars.h"

/* X509_L_ADD_DIR and X509_FILETYPE_DEFAULT. */
#define ADD_DIR      2
#define TYPE_DEFAULT 3

static bool defer(void *store, const char *file, const void *next)
{
    return store && file && ow_shim_awake() && ow_roots_can_wait(file) &&
           ow_roots_defer(store, file, next);
}

int X509_STORE_load_file(void *store, const char *file)
{
    ow_X509_STORE_load_file_fn *next =
        ow_next_for(OW_HOOK_X509_STORE_load_file, __builtin_return_address(0));
    if (!next || defer(store, file, (const void *)(uintptr_t)next))
        return next != NULL;
    return next(store, file);
}

/* A context of its own may read certificates in its own way. */
int X509_STORE_load_file_ex(void *store, const char *file, void *context,
                            const char *properties)
{
    ow_X509_STORE_load_file_ex_fn *next = ow_next_for(
        OW_HOOK_X509_STORE_load_file_ex, __builtin_return_address(0));
    if (!next || (!context && !properties &&
                  defer(store, file, (const void *)(uintptr_t)next)))
        return next != NULL;
    return next(store, file, context, properties);
}

int X509_STORE_load_locations(void *store, const char *file, const char *dir)
{
    ow_X509_STORE_load_locations_fn *next = ow_next_for(
        OW_HOOK_X509_STORE_load_locations, __builtin_return_address(0));
    if (!next)
        return 0;
    if (!defer(store, file, (const void *)(uintptr_t)next))
        return next(store, file, dir);
    return dir ? next(store, NULL, dir) : 1;
}

int X509_STORE_load_locations_ex(void *store, const char *file, const char *dir,
                                 void *context, const char *properties)
{
    ow_X509_STORE_load_locations_ex_fn *next = ow_next_for(
        OW_HOOK_X509_STORE_load_locations_ex, __builtin_return_address(0));
    if (!next)
        return 0;
    if (context || properties ||
        !defer(store, file, (const void *)(uintptr_t)next))
        return next(store, file, dir, context, properties);
    return dir ? next(store, NULL, dir, context, properties) : 1;
}

/* The folder of the default paths: it is only remembered by OpenSSL. */
static bool add_default_dir(void *handle, void *store)
{
    void *(*hash_dir)(void);
    void *(*add_lookup)(void *, void *);
    int (*ctrl)(void *, int, const char *, long, char **);
    *(void **)&hash_dir = ow_next_symbol(handle, "X509_LOOKUP_hash_dir");
    *(void **)&add_lookup = ow_next_symbol(handle, "X509_STORE_add_lookup");
    *(void **)&ctrl = ow_next_symbol(handle, "X509_LOOKUP_ctrl");
    void *lookup =
        hash_dir && add_lookup && ctrl ? add_lookup(store, hash_dir()) : NULL;
    if (!lookup)
        return false;
    ctrl(lookup, ADD_DIR, NULL, TYPE_DEFAULT, NULL);
    return true;
}

/* As OpenSSL does it: the file of the environment or its own, and the folder.
 */
static bool defer_default(void *store, const void *next)
{
    const char *(*default_file)(void);
    if (!store || !ow_shim_awake())
        return false;
    void *handle = ow_next_open(next);
    if (!handle)
        return false;
    const char *file = ow_vars_find(environ, "SSL_CERT_FILE");
    *(void **)&default_file =
        ow_next_symbol(handle, "X509_get_default_cert_file");
    if (!file && default_file)
        file = default_file();
    bool is_done = file && ow_roots_can_wait(file) &&
                   ow_roots_defer(store, file, next) &&
                   add_default_dir(handle, store);
    ow_next_close(handle);
    return is_done;
}

int X509_STORE_set_default_paths(void *store)
{
    ow_X509_STORE_set_default_paths_fn *next = ow_next_for(
        OW_HOOK_X509_STORE_set_default_paths, __builtin_return_address(0));
    if (!next || defer_default(store, (const void *)(uintptr_t)next))
        return next != NULL;
    return next(store);
}

int X509_STORE_set_default_paths_ex(void *store, void *context,
                                    const char *properties)
{
    ow_X509_STORE_set_default_paths_ex_fn *next = ow_next_for(
        OW_HOOK_X509_STORE_set_default_paths_ex, __builtin_return_address(0));
    if (!next || (!context && !properties &&
                  defer_default(store, (const void *)(uintptr_t)next)))
        return next != NULL;
    return next(store, context, properties);
}

/* Who locks a store means to look at its objects, and behind the lock nothing
 * can be added. libcrypto locks, too: it asks look-ups when it misses one. */
int X509_STORE_lock(void *store)
{
    const void *caller = __builtin_return_address(0);
    ow_X509_STORE_lock_fn *next = ow_next_for(OW_HOOK_X509_STORE_lock, caller);
    if (!next)
        return 0;
    ow_roots_load_for(store, (const void *)(uintptr_t)next, caller);
    return next(store);
}

void *X509_STORE_get0_objects(const void *store)
{
    ow_X509_STORE_get0_objects_fn *next = ow_next_for(
        OW_HOOK_X509_STORE_get0_objects, __builtin_return_address(0));
    if (!next)
        return NULL;
    ow_roots_load((void *)(uintptr_t)store, (const void *)(uintptr_t)next);
    return next(store);
}

void *X509_STORE_get1_objects(void *store)
{
    ow_X509_STORE_get1_objects_fn *next = ow_next_for(
        OW_HOOK_X509_STORE_get1_objects, __builtin_return_address(0));
    if (!next)
        return NULL;
    ow_roots_load(store, (const void *)(uintptr_t)next);
    return next(store);
}

void *X509_STORE_get1_all_certs(void *store)
{
    ow_X509_STORE_get1_all_certs_fn *next = ow_next_for(
        OW_HOOK_X509_STORE_get1_all_certs, __builtin_return_address(0));
    if (!next)
        return NULL;
    ow_roots_load(store, (const void *)(uintptr_t)next);
    return next(store);
}
