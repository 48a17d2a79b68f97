/*
 * programs: the processes of the session. See programs.h. Asked by the control
 * server (who joins) and by the connections (who is it).
 */
#include "config.h"

#include "host/programs.h"

#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <unistd.h>

#include "base/limits.h"

/* A failed addition leaves the entry out and says so, instead of exiting. */
#define HASH_NONFATAL_OOM          1
#define uthash_nonfatal_oom(entry) ((entry)->lost = true)
#include <uthash.h>

#define NET      0x7f540000u /* 127.84.0.0 */
#define NET_MASK 0xffff0000u
#define SOURCES  0x10000u

/* How often a process is looked at where the kernel refuses pidfds. */
#define POLL_MS 100

struct entry {
    struct ow_joined joined; /* first: an entry is found from it */
    struct ow_programs *programs;
    struct event *gone;
    int pidfd; /* -1: polled */
    bool lost; /* the hash had no memory for it */
    UT_hash_handle hh;
};

struct ow_programs {
    struct event_base *base;
    ow_programs_gone_fn gone;
    ow_programs_leave_fn leave;
    void *leave_context;
    void *context;
    struct entry *by_pid;
    struct entry **by_source; /* sparse: pages that are not used cost nothing */
    uint32_t last;            /* the source handed out last */
};

struct ow_programs *ow_programs_new(struct event_base *base,
                                    ow_programs_gone_fn gone, void *context)
{
    struct ow_programs *programs = calloc(1, sizeof *programs);

    if (!programs)
        return NULL;
    programs->by_source = calloc(SOURCES, sizeof *programs->by_source);
    if (!programs->by_source) {
        free(programs);
        return NULL;
    }
    programs->base = base;
    programs->gone = gone;
    programs->context = context;
    return programs;
}

void ow_programs_on_leave(struct ow_programs *programs,
                          ow_programs_leave_fn leave, void *context)
{
    programs->leave = leave;
    programs->leave_context = context;
}

static uint32_t source_index(struct in_addr source)
{
    return ntohl(source.s_addr) & ~NET_MASK;
}

static void free_entry(struct entry *entry)
{
    if (entry->gone)
        event_free(entry->gone);
    if (entry->pidfd >= 0)
        close(entry->pidfd);
    if (entry->joined.stderr_fd >= 0)
        close(entry->joined.stderr_fd);
    ow_info_unref(entry->joined.info);
    free(entry);
}

static void drop(struct entry *entry)
{
    struct ow_programs *programs = entry->programs;

    HASH_DEL(programs->by_pid, entry);
    programs->by_source[source_index(entry->joined.source)] = NULL;
    free_entry(entry);
}

struct ow_programs *ow_programs_free(struct ow_programs *programs)
{
    if (!programs)
        return NULL;
    while (programs->by_pid)
        drop(programs->by_pid);
    free(programs->by_source);
    free(programs);
    return NULL;
}

/* A zombie has ended too: it asks nothing any more. */
static bool has_ended(const struct entry *entry)
{
    struct pollfd ended = {.fd = entry->pidfd, .events = POLLIN};

    if (entry->pidfd >= 0)
        return poll(&ended, 1, 0) == 1;
    return kill(entry->joined.pid, 0) < 0 && errno == ESRCH;
}

static void leave(struct entry *entry)
{
    struct ow_programs *programs = entry->programs;

    if (programs->leave)
        programs->leave(programs->leave_context, &entry->joined.info->program);
    drop(entry);
}

static void on_gone(evutil_socket_t fd, short what, void *context)
{
    struct entry *entry = context;
    struct ow_programs *programs = entry->programs;

    (void)fd;
    (void)what;
    if (!has_ended(entry))
        return;
    leave(entry);
    if (!programs->by_pid && programs->gone)
        programs->gone(programs->context);
}

static int watch(struct entry *entry)
{
    struct timeval interval = {0, POLL_MS * 1000};
    bool polled;

    entry->pidfd = pidfd_open(entry->joined.pid, 0);
    /* A sandbox may refuse pidfds; then the process is looked at instead. */
    polled = entry->pidfd < 0;
    if (polled && has_ended(entry))
        return -ESRCH;
    entry->gone =
        event_new(entry->programs->base, entry->pidfd,
                  EV_PERSIST | (polled ? EV_TIMEOUT : EV_READ), on_gone, entry);
    if (!entry->gone || event_add(entry->gone, polled ? &interval : NULL) < 0)
        return -ENOMEM;
    return 0;
}

/* The next free one in turn, so that one just freed is not used again soon. */
static int choose_source(struct ow_programs *programs, uint32_t *ret_index)
{
    uint32_t index = programs->last;

    for (uint32_t i = 0; i < SOURCES; i++) {
        index = (index + 1) % SOURCES;
        if (index == 0 || programs->by_source[index])
            continue;
        *ret_index = index;
        return 0;
    }
    return -ENOSPC;
}

static int add(struct ow_programs *programs, int pid, struct entry **ret_entry)
{
    uint32_t index;
    int r = choose_source(programs, &index);
    struct entry *entry = r < 0 ? NULL : calloc(1, sizeof *entry);

    if (!entry)
        return r < 0 ? r : -ENOMEM;
    entry->programs = programs;
    entry->pidfd = -1;
    entry->joined = (struct ow_joined){
        .pid = pid,
        .source.s_addr = htonl(NET | index),
        .uid = (uid_t)-1,
        .stderr_fd = -1,
    };
    r = watch(entry);
    if (r == 0) {
        entry->joined.info = ow_info_read(pid);
        HASH_ADD_INT(programs->by_pid, joined.pid, entry);
        r = entry->lost ? -ENOMEM : 0;
    }
    if (r == 0 && !entry->joined.info) {
        HASH_DEL(programs->by_pid, entry);
        r = -ENOMEM;
    }
    if (r < 0) {
        free_entry(entry);
        return r;
    }
    programs->by_source[index] = entry;
    programs->last = index;
    entry->joined.is_fresh = true;
    *ret_entry = entry;
    return 0;
}

static struct entry *find(const struct ow_programs *programs, int pid)
{
    struct entry *entry;

    HASH_FIND_INT(programs->by_pid, &pid, entry);
    return entry;
}

int ow_programs_join(struct ow_programs *programs, int pid,
                     struct ow_joined **ret_joined)
{
    struct entry *entry = find(programs, pid);

    /* The number may be another process's by now. */
    if (entry && has_ended(entry)) {
        leave(entry);
        entry = NULL;
    }
    if (!entry) {
        int r = add(programs, pid, &entry);
        if (r < 0)
            return r;
    }
    *ret_joined = &entry->joined;
    return 0;
}

bool ow_programs_is_own_user(uid_t uid)
{
    return uid == 0 || uid == geteuid();
}

bool ow_programs_has(const struct ow_programs *programs, int pid)
{
    const struct entry *entry = find(programs, pid);

    return entry && !has_ended(entry);
}

bool ow_programs_runs_as(struct ow_joined *joined, uid_t uid)
{
    if (joined->uid != uid && ow_info_runs_as(joined->pid, uid))
        joined->uid = uid;
    return joined->uid == uid;
}

struct ow_joined *ow_programs_find_user(const struct ow_programs *programs,
                                        uid_t uid)
{
    for (struct entry *entry = programs->by_pid; entry; entry = entry->hh.next)
        if (entry->joined.uid == uid)
            return &entry->joined;
    return NULL;
}

void ow_programs_refresh(struct ow_joined *joined)
{
    /* What joins with its hello was read a moment ago. */
    bool is_fresh = joined->is_fresh;
    struct ow_info *info = is_fresh ? NULL : ow_info_read(joined->pid);

    joined->is_fresh = false;
    if (!info)
        return;
    ow_info_unref(joined->info);
    joined->info = info;
}

void ow_programs_lend(struct ow_joined *joined, int take_fd)
{
    if (joined->stderr_fd >= 0)
        close(joined->stderr_fd);
    joined->stderr_fd = take_fd;
}

struct ow_joined *ow_programs_find_pid(const struct ow_programs *programs,
                                       int pid)
{
    struct entry *entry = find(programs, pid);

    return entry ? &entry->joined : NULL;
}

struct ow_joined *ow_programs_find_source(const struct ow_programs *programs,
                                          struct in_addr source)
{
    if ((ntohl(source.s_addr) & NET_MASK) != NET)
        return NULL;
    struct entry *entry = programs->by_source[source_index(source)];
    return entry ? &entry->joined : NULL;
}

static bool holds_socket(int pid, const char *wanted)
{
    char path[64], target[64];
    bool found = false;

    snprintf(path, sizeof path, "/proc/%d/fd", pid);
    DIR *dir = opendir(path);
    if (!dir)
        return false;
    for (struct dirent *entry; !found && (entry = readdir(dir));) {
        ssize_t n =
            readlinkat(dirfd(dir), entry->d_name, target, sizeof target - 1);
        target[n > 0 ? n : 0] = '\0';
        found = strcmp(target, wanted) == 0;
    }
    closedir(dir);
    return found;
}

struct ow_joined *ow_programs_find_socket(const struct ow_programs *programs,
                                          unsigned long inode)
{
    char wanted[64];

    snprintf(wanted, sizeof wanted, "socket:[%lu]", inode);
    for (struct entry *entry = programs->by_pid; entry; entry = entry->hh.next)
        if (holds_socket(entry->joined.pid, wanted))
            return &entry->joined;
    return NULL;
}

bool ow_programs_has_other(const struct ow_programs *programs,
                           const struct ow_joined *joined)
{
    for (struct entry *entry = programs->by_pid; entry; entry = entry->hh.next)
        if (&entry->joined != joined && entry->joined.has_greeted &&
            !has_ended(entry))
            return true;
    return false;
}

size_t ow_programs_count(const struct ow_programs *programs)
{
    return HASH_COUNT(programs->by_pid);
}
