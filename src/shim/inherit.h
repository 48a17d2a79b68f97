/*
 * inherit: the environment of a program that is about to be started. What
 * Offwire needs and the program left out is added: this library in LD_PRELOAD,
 * the OFFWIRE_ variables, and what points into the session's folder (the
 * bundles that runtimes trust). With OFFWIRE_SKIP in it, or another session,
 * it is left as it is but for LD_PRELOAD.
 *
 *     struct ow_inherit room;
 *     char *const *env = ow_inherit_begin(&room, envp);
 *     ... exec with env ...
 *     ow_inherit_end(&room);
 *
 * For vfork children: the parent's memory and stack are used, nothing is kept.
 */
#ifndef OW_SHIM_INHERIT_H
#define OW_SHIM_INHERIT_H

#include <stddef.h>

/*
 * Room for a new table and the strings made for it: 700 variables and a long
 * LD_PRELOAD. Small, since threads with 16 KiB of stack call posix_spawn; more
 * is mapped.
 */
#define OW_INHERIT_ROOM 6144

/* Private to inherit.c. The table grows up from at, the strings down. */
struct ow_inherit {
    _Alignas(char *) char stack[OW_INHERIT_ROOM];
    char *at;
    size_t size;
    void *mapped; /* NULL: at is stack */
    char **table;
    size_t count;
    char *strings;
};

/*
 * For the functions whose frame stands when a vfork child execs: it never
 * returns, so an address sanitizer would leave their frames poisoned in the
 * parent's stack, and the next exec would look like an overflow.
 */
#define OW_INHERIT_VFORK __attribute__((no_sanitize_address))

/* envp itself if it has all, or if memory is short; else a table in room. */
char *const *ow_inherit_begin(struct ow_inherit *room, char *const *envp);
/* After an exec that failed, or a spawn. Keeps errno. */
void ow_inherit_end(struct ow_inherit *room);

#endif
