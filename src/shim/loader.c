/*
 * loader: what dlopen in dlopen-MACHINE.S jumps to, and what it leaves of the
 * mode, found at the first call, as all real functions are; and dlclose, behind
 * which nothing that was found in an object need be there any more.
 */
#include "config.h"

#include "shim/loader.h"

#include <dlfcn.h>

#include "shim/curl_library.h"
#include "shim/hooks.h"
#include "shim/next.h"
#include "shim/shim.h"

_Atomic(void *) ow_loader_next;
_Atomic(int) ow_loader_mask = ~0;

void *ow_loader_resolve(void)
{
    void *next = ow_shim_real(OW_HOOK_dlopen);
    /* A process that is not served keeps its modes. */
    int mask = ow_shim_awake() ? ~RTLD_DEEPBIND : ~0;
    atomic_store_explicit(&ow_loader_mask, mask, memory_order_relaxed);
    atomic_store_explicit(&ow_loader_next, next, memory_order_release);
    return next;
}

/* Destructors run inside, which call hooks; and other threads may load what
 * has just gone before this one is back: both before and after. */
int dlclose(void *handle)
{
    ow_next_forget();
    int result = OW_REAL(dlclose)(handle);
    ow_next_forget();
    ow_curl_library_forget();
    return result;
}
