/*
 * programs: the processes of the session. A process joins with its first
 * question and leaves when it ends (a pidfd in the loop says so). Each has a
 * source address in 127.84.0.0/16, by which a connection tells who made it
 * (D4), and, in a session that the shim started, the stderr it lent.
 *
 *   pid  <->  source address 127.84.x.y  ->  info (name, argv, env)
 *
 * What is known of a program is read from /proc when it says hello, that is,
 * at its start and again after each exec. Connections hold a reference to it,
 * since they can outlive the process.
 */
#ifndef OW_HOST_PROGRAMS_H
#define OW_HOST_PROGRAMS_H

#include <event2/event.h>
#include <netinet/in.h>

#include "host/info.h"

struct ow_programs;

/* A process of the session; valid until it is gone (see the callback). */
struct ow_joined {
    int pid;
    uid_t uid; /* who it ran as when it asked last, by SO_PEERCRED */
    struct in_addr source;
    int stderr_fd;        /* lent; -1 if there is none */
    struct ow_info *info; /* never NULL */
    bool is_fresh;        /* info was read when it joined, and not since */
    bool has_greeted;     /* said hello, and is not just waited for */
};

/* Called when the last process has gone. */
typedef void (*ow_programs_gone_fn)(void *context);

/* Called when one process has gone; program is what it was. */
typedef void (*ow_programs_leave_fn)(void *context,
                                     const struct ow_program *program);

/* gone may be NULL. NULL: no memory. */
struct ow_programs *ow_programs_new(struct event_base *base,
                                    ow_programs_gone_fn gone, void *context);
struct ow_programs *ow_programs_free(struct ow_programs *programs);

/* Who else wants to know; NULL: nobody. */
void ow_programs_on_leave(struct ow_programs *programs,
                          ow_programs_leave_fn leave, void *context);

/*
 * The process's entry, made if it has none yet. 0, -ESRCH (it has ended),
 * -ENOSPC (no source address is left), -ENOMEM.
 */
int ow_programs_join(struct ow_programs *programs, int pid,
                     struct ow_joined **ret_joined);
/* Whether it is the host's user, or root, whose processes need show nothing. */
bool ow_programs_is_own_user(uid_t uid);
/* Whether a process that has joined has this number, and not another by now. */
bool ow_programs_has(const struct ow_programs *programs, int pid);
/* Whether it runs as this user: it may have changed since it asked. */
bool ow_programs_runs_as(struct ow_joined *joined, uid_t uid);
/* One that ran as this user when it asked last; NULL: none did. */
struct ow_joined *ow_programs_find_user(const struct ow_programs *programs,
                                        uid_t uid);
/* Reads again what the program is: it may have become another by exec. */
void ow_programs_refresh(struct ow_joined *joined);
/* Takes a descriptor of the program's stderr; an older one is closed. */
void ow_programs_lend(struct ow_joined *joined, int take_fd);

struct ow_joined *ow_programs_find_pid(const struct ow_programs *programs,
                                       int pid);
struct ow_joined *ow_programs_find_source(const struct ow_programs *programs,
                                          struct in_addr source);
/* The process that holds this socket (its inode), by looking into /proc. */
struct ow_joined *ow_programs_find_socket(const struct ow_programs *programs,
                                          unsigned long inode);
/* Whether a program but this one has said hello. */
bool ow_programs_has_other(const struct ow_programs *programs,
                           const struct ow_joined *joined);
size_t ow_programs_count(const struct ow_programs *programs);

#endif
