/*
 * info: what is known of a program, from /proc: the last component of its
 * executable's path, its command line, its environment. Counted, because a
 * connection can outlive both the process and what it was before an exec.
 */
#ifndef OW_HOST_INFO_H
#define OW_HOST_INFO_H

#include "http/request.h"

struct ow_info {
    unsigned refs;
    struct ow_program program; /* its strings lie behind the struct */
};

/* With one reference. What /proc does not tell is left empty; NULL means that
 * memory is out. */
struct ow_info *ow_info_read(int pid);
struct ow_info *ow_info_ref(struct ow_info *info);
struct ow_info *ow_info_unref(struct ow_info *info); /* NULL */

#endif
