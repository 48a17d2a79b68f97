/*
 * loader: the side of dlopen that is written in C. The assembly takes the
 * arguments, the mask and the next function, and leaves everything else of the
 * call as it came.
 */
#ifndef OW_SHIM_LOADER_H
#define OW_SHIM_LOADER_H

#include <stdatomic.h>

/* Read by the assembly, which looks at the mask after it saw next. */
extern _Atomic(void *) ow_loader_next;
extern _Atomic(int) ow_loader_mask;

/* Finds the real dlopen and fixes the mask; returns the former. */
void *ow_loader_resolve(void);

#endif
