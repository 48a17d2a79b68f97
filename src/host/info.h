/*
 * info: what is known of a program, from /proc: the last component of its
 * executable's path, its command line, its environment. Counted, because a
 * connection can outlive both the process and what it was before an exec.
 */
#ifndef OW_HOST_INFO_H
#define OW_HOST_INFO_H

#include <sys/types.h>

#include "http/request.h"

struct ow_info {
    unsigned refs;
    struct ow_program program; /* its strings lie behind the struct */
};

/* With one reference. What /proc does not tell is left empty; NULL means that
 * memory is out. */
struct ow_info *ow_info_read(int pid);
/* Whether the process has this user among its four: real, effective, saved, of
 * files. Readable for all, also where the kernel hides the rest. */
bool ow_info_runs_as(int pid, uid_t uid);
struct ow_info *ow_info_ref(struct ow_info *info);
struct ow_info *ow_info_unref(struct ow_info *info); /* NULL */

#endif
