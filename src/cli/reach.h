/*
 * reach: whether a preload can reach a program at all: not if it is statically
 * linked, written in Go, of another machine, or gets privileges when it starts
 * (the loader then drops LD_PRELOAD).
 */
#ifndef OW_CLI_REACH_H
#define OW_CLI_REACH_H

#include <stdbool.h>

#include "base/err.h"

/*
 * The file that exec would run for this name (PATH is searched), which the
 * caller frees; NULL and errno if there is none: ENOENT, or EACCES where those
 * of that name may not be run. A name with a slash is taken as it is.
 */
char *ow_reach_find(const char *program);
/* 0, or -ENOTSUP with a sentence. What cannot be looked at gets 0: exec says
 * what is wrong with it. Of a script the interpreter is looked at. */
int ow_reach_check(const char *path, struct ow_err *err);
/*
 * A program that the shim cannot get into would reach the real API: that is
 * said on stderr. 0, or -ENOTSUP if it is not to be started, as it is not
 * allowed. path may be NULL, which is for exec to complain of.
 */
int ow_reach_check_or_say(const char *path, bool is_allowed);

#endif
