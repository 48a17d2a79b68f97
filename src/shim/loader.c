/*
 * loader: what dlopen in dlopen-MACHINE.S jumps to, and what it leaves of the
 * mode. Found at the first call, as all real functions are.
 */
#include "config.h"

#include "shim/loader.h"

#include <dlfcn.h>

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
