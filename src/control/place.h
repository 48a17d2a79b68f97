/*
 * place: where sessions have their folders, and who may enter them. The shim
 * names a folder that a host makes, so the two have to agree.
 *
 * A user's folder is closed to others (0700). Root's can be entered (0711), so
 * that programs of its session which have changed their user reach the control
 * socket and the bundles; who is served is the host's to decide (ticket.h).
 *
 * Used by the shim: system calls and libc's string functions alone.
 */
#ifndef OW_CONTROL_PLACE_H
#define OW_CONTROL_PLACE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>
#include <sys/types.h>

/* The mode of a session's folder that this user makes. */
mode_t ow_place_mode(uid_t user);
/* Whether it is a folder of this user's, open to others no more than that. */
bool ow_place_is_own(const struct stat *status, uid_t user);

/* Whether others may enter a folder, passing through all above it; path is
 * absolute. */
bool ow_place_is_open(const char *path);

/* How many folders ow_place_list gives at most. */
#define OW_PLACE_MAX 8
/*
 * Folders that may hold a session of this user's, the best first: TMPDIR, the
 * usual ones; what is not absolute is left out. For root those stand last that
 * others cannot enter. tmpdir and runtime_dir are the values of TMPDIR and
 * XDG_RUNTIME_DIR, or NULL. Returns how many; ret borrows from them.
 */
size_t ow_place_list(uid_t user, const char *tmpdir, const char *runtime_dir,
                     const char *ret[OW_PLACE_MAX]);

#endif
