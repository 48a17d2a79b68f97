/*
 * claim: one host a folder. See claim.h. Called by session.c.
 */
#include "config.h"

#include "host/claim.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/limits.h"
#include "control/control.h"
#include "control/place.h"
#include "host/dir.h"

/* Between two looks at a host that begins or ends. */
#define WAIT_MS 5
/* Field 22 of /proc/PID/stat, counted from the one after the name. */
#define FIELD_START 19

enum { RETRY = 1 };

/* Whether somebody listens at the socket in this folder; *ret_exists: whether
 * there is one. */
static bool is_served(int dir_fd, bool *ret_exists)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    *ret_exists =
        faccessat(dir_fd, OW_CONTROL_SOCKET, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
    snprintf(address.sun_path, sizeof address.sun_path, "/proc/self/fd/%d/%s",
             dir_fd, OW_CONTROL_SOCKET);
    int r =
        fd < 0 ? -1 : connect(fd, (struct sockaddr *)&address, sizeof address);
    /* A full backlog is somebody's. */
    bool served = r == 0 || errno == EAGAIN;
    if (fd >= 0)
        close(fd);
    return served;
}

static bool is_still_at(int fd, const char *path)
{
    struct stat held, named;

    return fstat(fd, &held) == 0 && lstat(path, &named) == 0 &&
           held.st_dev == named.st_dev && held.st_ino == named.st_ino;
}

static int open_dir(const char *path)
{
    return open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

/* 0: the folder is ours; RETRY: it was gone by then, or who holds it is about
 * to begin or to end. */
static int claim_once(int fd, const char *path, struct ow_err *err)
{
    bool exists;

    if (flock(fd, LOCK_EX | LOCK_NB) < 0 && errno == EWOULDBLOCK) {
        if (is_served(fd, &exists))
            return ow_err_set(err, -EALREADY,
                              "another host serves the session in \"%s\"",
                              path);
        return RETRY;
    }
    /* A filesystem without locks leaves it to the socket: two cannot bind. */
    if (!is_still_at(fd, path))
        return RETRY;
    if (!is_served(fd, &exists) && exists)
        return ow_err_set(err, -ESTALE,
                          "the host of session \"%s\" was killed, and what it "
                          "knew is lost; to begin that session anew, remove "
                          "the folder",
                          path);
    return 0;
}

int ow_claim_dir(const char *path, char **ret_path, int *ret_claim,
                 struct ow_err *err)
{
    char *made;
    int fd = -1;
    int r = RETRY;

    for (int waited = 0; waited < OW_LIMIT_START_MS / 2; waited += WAIT_MS) {
        r = ow_dir_make(path, &made, err);
        if (r < 0)
            return r;
        fd = open_dir(made);
        r = fd < 0 ? RETRY : claim_once(fd, made, err);
        if (r == 0)
            break;
        free(made);
        if (fd >= 0)
            close(fd);
        if (r < 0)
            return r;
        usleep(WAIT_MS * 1000);
    }
    if (r != 0)
        return ow_err_set(err, -EBUSY,
                          "the host of session \"%s\" neither serves nor ends",
                          path);
    *ret_path = made;
    *ret_claim = fd;
    return 0;
}

/* When a process began, in the kernel's ticks; 0 if there is none. */
static unsigned long long start_of(unsigned pid)
{
    char text[1024];

    snprintf(text, sizeof text, "/proc/%u/stat", pid);
    FILE *file = fopen(text, "re");
    if (!file)
        return 0;
    size_t len = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    text[len] = '\0';
    /* The name is in parentheses and can hold anything. */
    char *at = strrchr(text, ')');
    at = at && at[1] == ' ' ? at + 2 : NULL;
    for (int i = 0; at && i < FIELD_START; i++) {
        at = strchr(at, ' ');
        at = at ? at + 1 : NULL;
    }
    return at ? strtoull(at, NULL, 10) : 0;
}

/* Whether a folder has a name that Offwire gives: mkdtemp's, or that of a
 * process (shim/lineage.h) that has ended. */
static bool is_leftover_name(const char *name)
{
    unsigned uid, pid, key;
    unsigned long long start;
    int end = 0;

    if (strncmp(name, "offwire-", 8) != 0)
        return false;
    if (sscanf(name, "offwire-%u-%u-%llx-%8x%n", &uid, &pid, &start, &key,
               &end) == 4 &&
        (name[end] == '\0' || name[end] == '-'))
        return start_of(pid) != start;
    return strlen(name) == 8 + 6 &&
           strspn(name + 8,
                  "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUV"
                  "WXYZ0123456789") == 6;
}

/* Whether it is a session's folder of ours whose host has been killed; then it
 * is locked, and *ret_fd holds the lock. */
static bool is_leftover(int parent, const char *name, int *ret_fd)
{
    struct stat st;
    bool exists = false;

    if (!is_leftover_name(name))
        return false;
    int fd =
        openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return false;
    if (fstat(fd, &st) == 0 && ow_place_is_own(&st, geteuid()) &&
        flock(fd, LOCK_EX | LOCK_NB) == 0 && !is_served(fd, &exists) &&
        exists) {
        *ret_fd = fd;
        return true;
    }
    close(fd);
    return false;
}

void ow_claim_sweep(const char *dir)
{
    const char *slash = strrchr(dir, '/');
    struct dirent *entry;
    char *path;
    int fd;

    if (!slash || slash == dir)
        return;
    char *parent = strndup(dir, (size_t)(slash - dir));
    DIR *entries = parent ? opendir(parent) : NULL;
    while (entries && (entry = readdir(entries))) {
        if (!is_leftover(dirfd(entries), entry->d_name, &fd))
            continue;
        path = ow_dir_join(parent, entry->d_name);
        ow_dir_remove(path);
        free(path);
        close(fd);
    }
    if (entries)
        closedir(entries);
    free(parent);
}
