/*
 * maps: from which file an address of this process is mapped, as the kernel
 * tells it: absolute, also where the loader was given a relative path and the
 * program has changed its directory since.
 */
#ifndef OW_SHIM_MAPS_H
#define OW_SHIM_MAPS_H

#include <stdbool.h>
#include <stddef.h>

/* The path, with its NUL, in buf. False: /proc cannot be read, nothing of a
 * file is mapped there, or size is too small; buf is then untouched. System
 * calls alone: safe in signal handlers and vfork children. */
bool ow_maps_find(const void *address, char *buf, size_t size);

#endif
