/*
 * vars: the environment, read without getenv: bash and others export a getenv
 * of their own, which allocates.
 *
 * Programs that clear their environment (clearenv, daemons) do not leave the
 * session by it: what the kernel was given at exec, /proc/self/environ, is the
 * fallback. OFFWIRE_SKIP is the way to leave.
 */
#ifndef OW_SHIM_VARS_H
#define OW_SHIM_VARS_H

#include <stdbool.h>
#include <stddef.h>

/* The value of name in env (NULL is an empty one), or NULL. */
const char *ow_vars_find(char *const *env, const char *name);
/* Whether entry is name=anything. */
bool ow_vars_is(const char *entry, const char *name);
/*
 * The environment that holds Offwire's variables: environ, or the one that the
 * process began with, or environ when neither has them. Borrowed, for as long
 * as the program leaves environ alone.
 */
char *const *ow_vars_ours(void);
/* Reads what the process began with, while it may: a change of its user can
 * close that to itself. */
void ow_vars_keep(void);
/*
 * The environment that a process began with; NULL if it may not be read. The
 * caller unmaps it.
 */
char **ow_vars_map(int pid);
void ow_vars_unmap(char **env);

#endif
