/*
 * dir: the session's folder: the control socket, the journal, the CA's bundles.
 * Others cannot read it, and enter it only if it is root's (0700, 0711; see
 * control/place.h). It is made in TMPDIR or, where that cannot be used, in the
 * next of a few usual places, and it is removed whole at the session's end.
 *
 *     char *dir;
 *     int r = ow_dir_make(NULL, &dir, &err);
 *     ...
 *     ow_dir_remove(dir), free(dir);
 */
#ifndef OW_HOST_DIR_H
#define OW_HOST_DIR_H

#include "base/err.h"

/*
 * Makes a new folder, or, with a path, that one (it may be there already if
 * it is ours and closed to others). A path whose control socket's name
 * would be too long for a socket address is refused. The caller frees
 * *ret_path. 0 or a negative errno with a sentence.
 */
int ow_dir_make(const char *path, char **ret_path, struct ow_err *err);
/* "DIR/NAME" in new memory; NULL when that is out. */
char *ow_dir_join(const char *dir, const char *name);
/* Removes the folder and what is in it; what cannot be removed is left. */
void ow_dir_remove(const char *path);

#endif
