/*
 * preload: the path by which programs of a session load the shim, where its own
 * will not do: the loader cuts LD_PRELOAD at colons and spaces, without a way
 * to quote, and programs of root's that become other users may not get to it.
 * Then it is reached through the session's folder, by a link or as a copy.
 */
#ifndef OW_CLI_PRELOAD_H
#define OW_CLI_PRELOAD_H

/*
 * dir is the session's folder. The caller frees. Where a copy cannot be made or
 * used (a full disk, noexec) the path is the one that was given: root itself
 * gets to it. NULL: there is no memory, or no link could be made.
 */
char *ow_preload_path(char *take_shim, const char *dir);

#endif
