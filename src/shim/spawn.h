/*
 * spawn: starts a host for a program that runs with a bare LD_PRELOAD.
 *
 * The program must not notice: no child to wait for, no SIGCHLD, no descriptor
 * and no memory left behind, no handler run meanwhile.
 *
 *     program --clone--> intermediate --clone--> host (setsid, exec)
 *        |  <--- reaped by __WCLONE ---'            |
 *        '------- reads "ok" from a pipe -----------'
 *
 * Both clones share memory (CLONE_VM | CLONE_VFORK), so that a program with
 * gigabytes of memory starts a host as fast as a small one; exit signal 0, so
 * that wait() does not see the intermediate.
 */
#ifndef OW_SHIM_SPAWN_H
#define OW_SHIM_SPAWN_H

#include <stddef.h>

/*
 * Starts `offwire host --rules RULES --dir DIR --for PID --for OWNER`, which
 * makes the folder dir, and waits until it is ready: then some host serves
 * that folder, this one or another that was faster. Call in a quiet stretch
 * (quiet.h). 0, or a negative errno and the reason in text (size bytes).
 */
int ow_spawn_host(const char *dir, int owner, const char *rules, char *text,
                  size_t size);

#endif
