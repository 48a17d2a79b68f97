/*
 * search: execvpe without libc's. Finding libc's would take the loader's lock,
 * which a fork in a threaded process can leave taken for ever, and it is
 * between fork and exec that execvp is called.
 */
#ifndef OW_SHIM_SEARCH_H
#define OW_SHIM_SEARCH_H

/*
 * As execvpe(3) of glibc: a file without slash is looked for along PATH, one
 * that the kernel does not know is given to /bin/sh. Returns -1 with errno.
 */
int ow_search_exec(const char *file, char *const argv[], char *const envp[]);

#endif
