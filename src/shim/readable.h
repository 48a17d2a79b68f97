/*
 * readable: whether a program's pointer leads anywhere. The kernel says EFAULT
 * of one that does not, so that hooks have to ask before they follow what they
 * were given to hand on.
 */
#ifndef OW_SHIM_READABLE_H
#define OW_SHIM_READABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Whether size bytes, 8 or more, can be read at address. A system call for each
 * page that is new to this thread; pages that could be read once are believed.
 * Keeps errno.
 */
bool ow_readable(const void *address, size_t size);

/*
 * The same at a glance, for data, of which there is much: not NULL, nor a small
 * number, nor a negative one. Nothing is mapped below 64 KiB (mmap_min_addr).
 */
static inline bool ow_readable_seems(const void *address)
{
    return (intptr_t)address >= 65536;
}

#endif
