/*
 * lineage: which session a program with a bare preload belongs to, found
 * without being told: the session of the topmost process above it that was
 * started with this library in LD_PRELOAD and the same Offwire variables. So
 * the commands of a script share one, though none of them knows the others.
 *
 *     make  (not ours)
 *      '-- sh    LD_PRELOAD, OFFWIRE_RULES=a     <- the owner
 *           |-- curl
 *           '-- sh
 *                '-- curl, with rules of its own <- its own owner
 *
 * The folder is TMPDIR/offwire-UID-PID-START-KEY of the owner: START, the
 * time the process began, tells it from a later one with its number; KEY is a
 * hash of the variables. TMPDIR is the one that the owner began with; where
 * that cannot be used, /tmp and others are taken, as `offwire run` does.
 */
#ifndef OW_SHIM_LINEAGE_H
#define OW_SHIM_LINEAGE_H

#include <stdbool.h>

/* A folder's path, with its NUL; with the socket's name it fits an address. */
#define OW_LINEAGE_DIR_MAX 108

/*
 * Names the folder of this process's session. *ret_owner is the process
 * that it is named after, *ret_exists whether the folder is there. False if
 * /proc cannot be read. A folder that is there already is preferred: a program
 * that sets OFFWIRE_RULES for itself is the owner of what it starts.
 */
bool ow_lineage_find(char ret_dir[OW_LINEAGE_DIR_MAX], int *ret_owner,
                     bool *ret_exists);
/* Whether dir is named so, and not as `offwire run` names its folders. */
bool ow_lineage_is_name(const char *dir);

#endif
