/*
 * next: finds the function that a hook stands in front of.
 *
 * For libc it is what RTLD_NEXT gives. For libraries that can be in a process
 * more than once, or that were loaded RTLD_LOCAL (Python's _ssl), RTLD_NEXT
 * gives the wrong one or none: there the caller's own object is asked, by the
 * return address. A tail call (Perl's XS) shows the wrong caller, so that a
 * result inside this object is never believed, and other ways follow.
 */
#ifndef OW_SHIM_NEXT_H
#define OW_SHIM_NEXT_H

#include "shim/hooks.h"

/* libc's function of that name; NULL if there is none. */
void *ow_next_in_libc(const char *name);
/*
 * The function that caller (a return address) would have got without us; what
 * was found is kept for that caller. NULL if no object has it.
 */
void *ow_next_for(enum ow_hook hook, const void *caller);
/* An object has been unloaded: nothing that was kept may be believed. */
void ow_next_forget(void);
/*
 * A handle of the object that address lies in, for dlsym; NULL if it cannot be
 * had. Give it back to ow_next_close.
 */
void *ow_next_open(const void *address);
void ow_next_close(void *handle);
/* name as the object of handle sees it, if it is not ours; else NULL. */
void *ow_next_symbol(void *handle, const char *name);

#endif
