/*
 * next: finds functions behind the hooks. See next.h. Called by shim.c,
 * loader.c, trust.c and others. The loader's lock is taken inside dlsym and
 * dlopen, hence the cache: each calling place is looked up once.
 */
#include "config.h"

#include "shim/next.h"

#include <dlfcn.h>
#include <link.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "shim/shim.h"

/* Since glibc 2.35; musl has none. */
#ifdef DLFO_EH_SEGMENT_TYPE
#pragma weak _dl_find_object
#endif

/* Calling places kept per hook: a program sets libcurl's options at a hundred.
 * A power of two. */
#define CACHE_BITS 7
#define CACHE_SIZE (1u << CACHE_BITS)

struct seen {
    _Atomic(const void *) caller;
    _Atomic(unsigned) age; /* of what next is; 0: nothing is known yet */
    _Atomic(void *) next;
};

/* Only grows; a full table costs a look-up per call, no more. */
static struct seen cache[OW_HOOK_COUNT][CACHE_SIZE];

/* What an object has unloaded says of another at its place is not so: a library
 * that comes back need not come to the same one. */
static _Atomic(unsigned) age = 1;

void *ow_next_symbol(void *handle, const char *name)
{
    void *found = dlsym(handle, name);
    return found && !ow_shim_owns(found) ? found : NULL;
}

void *ow_next_in_libc(const char *name)
{
    void *found = ow_next_symbol(RTLD_NEXT, name);
    /* RTLD_NEXT has nothing after an object that was loaded by dlopen. The
     * handle stays: libc never goes. */
    void *libc = found || name == ow_shim_name(OW_HOOK_dlopen)
                     ? NULL
                     : OW_REAL(dlopen)("libc.so.6", RTLD_LAZY | RTLD_NOLOAD);
    return libc ? ow_next_symbol(libc, name) : found;
}

/*
 * The path of the object that address lies in; NULL or "": the program itself.
 * dladdr() walks the symbols of the object, and calls the program by argv[0],
 * which dlopen() then looks for in all folders of libraries.
 */
static const char *path_of(const void *address)
{
    Dl_info info;
#ifdef DLFO_EH_SEGMENT_TYPE
    struct dl_find_object object;
    if (_dl_find_object)
        return _dl_find_object((void *)(uintptr_t)address, &object) == 0
                   ? object.dlfo_link_map->l_name
                   : NULL;
#endif
    return dladdr(address, &info) ? info.dli_fname : NULL;
}

void *ow_next_open(const void *address)
{
    const char *path = path_of(address);
    void *handle =
        path && *path ? OW_REAL(dlopen)(path, RTLD_LAZY | RTLD_NOLOAD) : NULL;
    return handle ? handle : OW_REAL(dlopen)(NULL, RTLD_LAZY | RTLD_NOLOAD);
}

void ow_next_close(void *handle)
{
    if (handle)
        OW_REAL(dlclose)(handle);
}

/* All objects of the process, in the order they were loaded. */
static void *search_everywhere(const char *name)
{
    void *found = NULL;
    void *program = OW_REAL(dlopen)(NULL, RTLD_LAZY | RTLD_NOLOAD);
    struct link_map *map = NULL;
    if (!program)
        return NULL;
    if (dlinfo(program, RTLD_DI_LINKMAP, &map) != 0)
        map = NULL;
    for (; map && !found; map = map->l_next) {
        void *handle = NULL;
        if (map->l_name && *map->l_name)
            handle = OW_REAL(dlopen)(map->l_name, RTLD_LAZY | RTLD_NOLOAD);
        if (handle)
            found = ow_next_symbol(handle, name);
        ow_next_close(handle);
    }
    ow_next_close(program);
    return found;
}

static void *search(const char *name, const void *caller)
{
    void *found = NULL;
    void *handle = ow_next_open(caller);
    if (handle)
        found = ow_next_symbol(handle, name);
    ow_next_close(handle);
    if (!found)
        found = ow_next_symbol(RTLD_NEXT, name);
    return found ? found : search_everywhere(name);
}

static size_t slot_of(const void *caller)
{
    uint64_t hash = (uint64_t)(uintptr_t)caller * UINT64_C(0x9e3779b97f4a7c15);
    return (size_t)(hash >> (64 - CACHE_BITS));
}

/* The caller's place in the cache, taken if it is new; NULL: no room. */
static struct seen *place_of(enum ow_hook hook, const void *caller)
{
    size_t at = slot_of(caller);
    for (size_t i = 0; i < CACHE_SIZE; i++) {
        struct seen *seen = &cache[hook][(at + i) % CACHE_SIZE];
        const void *there =
            atomic_load_explicit(&seen->caller, memory_order_acquire);
        if (!there &&
            atomic_compare_exchange_strong(&seen->caller, &there, caller))
            return seen;
        if (there == caller)
            return seen;
    }
    return NULL;
}

/* What seen says, if that holds still; else NULL. */
static void *recall(const struct seen *seen)
{
    unsigned now = atomic_load_explicit(&age, memory_order_acquire);
    if (atomic_load_explicit(&seen->age, memory_order_acquire) != now)
        return NULL;
    return atomic_load_explicit(&seen->next, memory_order_relaxed);
}

/* Out of line: what follows is a few instructions for most calls. */
__attribute__((noinline)) static void *find(enum ow_hook hook,
                                            const void *caller)
{
    unsigned now = atomic_load_explicit(&age, memory_order_acquire);
    struct seen *seen = place_of(hook, caller);
    void *found = seen ? recall(seen) : NULL;
    if (found)
        return found;
    found = search(ow_shim_name(hook), caller);
    if (seen && found) {
        atomic_store_explicit(&seen->next, found, memory_order_relaxed);
        atomic_store_explicit(&seen->age, now, memory_order_release);
    }
    return found;
}

void *ow_next_for(enum ow_hook hook, const void *caller)
{
    struct seen *seen = &cache[hook][slot_of(caller)];
    void *found = NULL;
    if (atomic_load_explicit(&seen->caller, memory_order_acquire) == caller)
        found = recall(seen);
    return found ? found : find(hook, caller);
}

void ow_next_forget(void)
{
    /* 0 is the age of what is not known. */
    if (atomic_fetch_add(&age, 1) + 1 == 0)
        atomic_fetch_add(&age, 1);
}
