/*
 * inherit: the environment of a program that is about to be started. What
 * Offwire needs and the program left out is added: this library in LD_PRELOAD,
 * the OFFWIRE_ variables, and what points into the session's folder (the
 * bundles that runtimes trust). With OFFWIRE_SKIP in it, or another session,
 * it is left as it is but for LD_PRELOAD.
 *
 *     static int run(char *const *env, void *call)
 *     {
 *         const struct exec *exec = call;
 *         return execve(exec->path, exec->argv, env);
 *     }
 *     ...
 *     result = ow_inherit_call(envp, run, &exec);
 *
 * For vfork children: the parent's memory and stack are used, nothing is kept.
 */
#ifndef OW_SHIM_INHERIT_H
#define OW_SHIM_INHERIT_H

/*
 * For the functions whose frame stands when a vfork child execs: it never
 * returns, so an address sanitizer would leave their frames poisoned in the
 * parent's stack, and the next exec would look like an overflow.
 */
#define OW_INHERIT_VFORK __attribute__((no_sanitize_address))

/* Starts the program, with env. */
typedef int ow_inherit_fn(char *const *env, void *call);

/*
 * Calls start with envp itself if it has all, else with a table that is gone
 * behind the call; what it returned. -ENOMEM: there is no memory for the table,
 * and without it the program would leave the session: it is not started.
 */
int ow_inherit_call(char *const *envp, ow_inherit_fn *start, void *call);

#endif
