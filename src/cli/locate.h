/*
 * locate: where the pieces of Offwire are, installed or in a build folder:
 * found from where this command itself lies.
 */
#ifndef OW_CLI_LOCATE_H
#define OW_CLI_LOCATE_H

#include <limits.h>

#include "base/err.h"

/* Absolute path of this command; NULL with a sentence. The caller frees. */
char *ow_locate_self(struct ow_err *err);
/* Absolute path of liboffwire.so; NULL with a sentence. The caller frees. */
char *ow_locate_shim(struct ow_err *err);
/* The folder of the shipped rule packs, which need not be there. */
struct ow_locate_folder {
    char path[PATH_MAX];
};
struct ow_locate_folder ow_locate_packs(void);
/* Calls each for the packs in a folder, by their names, in order, until it
 * returns something else than 0, which is returned. A folder that is not there
 * is one sentence on stderr. */
int ow_locate_each_pack(const char *folder,
                        int (*each)(const char *folder, const char *pack,
                                    void *context),
                        void *context);
/* A colon-separated list with each path that exists made absolute, since the
 * program may change its folder. The caller frees; NULL: no memory. */
char *ow_locate_absolute(const char *list);

#endif
