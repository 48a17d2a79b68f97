/*
 * shim: what all hooks stand on: is this process to be served at all, and
 * where are the functions that the hooks stand in front of.
 *
 * Everything is found at the first call that needs it; there is no
 * constructor, since other objects' constructors call hooks before ours would
 * run. There is no recursion counter either: a siglongjmp out of getaddrinfo
 * (libcurl's alarm does that) would leave it set, and the thread would then
 * talk to the real API. The shim's own work instead calls nothing that is a
 * hook: it makes system calls (ask.c, spawn.c), and calls real functions by
 * OW_REAL.
 *
 *     int listen(int fd, int backlog)
 *     {
 *         if (!ow_shim_awake())
 *             return OW_REAL(listen)(fd, backlog);
 *         ...
 *     }
 */
#ifndef OW_SHIM_SHIM_H
#define OW_SHIM_SHIM_H

#include <stdbool.h>

#include "shim/hooks.h"

/* The function that a hook of libc stands in front of. */
#define OW_REAL(name) ((ow_##name##_fn *)ow_shim_real(OW_HOOK_##name))

/*
 * Whether this process is served: OFFWIRE_SESSION or OFFWIRE_RULES is set,
 * OFFWIRE_SKIP is not, and OFFWIRE_MODE is not "live". The answer is kept.
 * Safe at any time, in signal handlers and vfork children too.
 */
bool ow_shim_awake(void);
/* Whether nothing at all is to be done here, nor to be said. */
bool ow_shim_inert(void);
/* Where a connection goes out unserved: says so, once, if OFFWIRE_MODE is why.
 */
void ow_shim_tell_live(void);
/*
 * Never NULL: for what libc lacks (musl has no getaddrinfo_a) a function that
 * returns -1 with ENOSYS.
 */
void *ow_shim_real(enum ow_hook hook);
const char *ow_shim_name(enum ow_hook hook);
/* Whether an address lies in this very object. */
bool ow_shim_owns(const void *address);
/* The path by which this object was loaded, made absolute where it was not;
 * NULL if it cannot be told. Safe in vfork children. */
const char *ow_shim_path(void);
/* "offwire: TEXT" on stderr, in one write, once in the life of the process. */
void ow_shim_say(const char *text);
/*
 * Whether there is one, and somebody at its other end. A daemon that has closed
 * it gets its number for what it opens next: a connection, say, to which
 * nothing is to be said. Keeps errno.
 */
bool ow_shim_has_stderr(void);

#endif
