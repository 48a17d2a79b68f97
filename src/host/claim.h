/*
 * claim: which host serves a folder that several may come to. Programs with a
 * bare preload name the folder of their session without asking anybody, so two
 * that begin at once start a host each for the same one, and one begins while
 * the last host of that folder ends. The kernel's lock on the folder decides,
 * since it ends with its holder, however that ends:
 *
 *     make the folder, lock it --- it is the one at that path still? ---> ours
 *         |                         no, its host removed it: once more
 *         '-- locked by another: does it answer at its socket? ---> leave
 *                                 not yet, or no more: wait, once more
 *
 * A folder with a socket that nobody holds was a host's that was killed: what
 * it knew is gone, so its session is not taken up by another in silence.
 */
#ifndef OW_HOST_CLAIM_H
#define OW_HOST_CLAIM_H

#include <stdbool.h>

#include "base/err.h"

/*
 * Makes the folder of a session (see ow_dir_make, path may be NULL) and claims
 * it. *ret_claim is a descriptor; closing it gives the claim up, which comes
 * after the folder's removal. 0; -EALREADY: another host serves this folder;
 * -ESTALE: one did and was killed; or another negative errno. With a sentence.
 */
int ow_claim_dir(const char *path, char **ret_path, int *ret_claim,
                 struct ow_err *err);
/*
 * Removes the folders that killed hosts of this user have left beside dir:
 * they have a socket, nobody holds them, and the process that they are named
 * after, if they are, has ended.
 */
void ow_claim_sweep(const char *dir);

#endif
