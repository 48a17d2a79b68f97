/*
 * dir: the session's folder. See dir.h. Called by host.c at the begin and at
 * the end of a session.
 */
#include "config.h"

#include "host/dir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "control/control.h"
#include "control/place.h"

/* Bundles lie one folder deep; deeper than this is not ours. */
#define DEPTH_MAX 4

char *ow_dir_join(const char *dir, const char *name)
{
    char *path;

    return asprintf(&path, "%s/%s", dir, name) < 0 ? NULL : path;
}

static bool fits_socket_address(const char *dir)
{
    struct sockaddr_un address;

    return strlen(dir) + sizeof "/" OW_CONTROL_SOCKET <=
           sizeof address.sun_path;
}

/* A folder that others can read or exchange must not hold our socket. */
static int check_ours(const char *path, struct ow_err *err)
{
    struct stat st;

    if (lstat(path, &st) < 0)
        return ow_err_set(err, -errno, "cannot look at the folder \"%s\": %s",
                          path, strerror(errno));
    if (!S_ISDIR(st.st_mode))
        return ow_err_set(err, -ENOTDIR,
                          "cannot use \"%s\" for a session: not a folder",
                          path);
    if (!ow_place_is_own(&st, geteuid()))
        return ow_err_set(err, -EPERM,
                          "cannot use \"%s\" for a session: it must belong to "
                          "this user and be closed to others (0%o)",
                          path, ow_place_mode(geteuid()));
    return 0;
}

/* Once more than mkdir(), for a umask that takes from the owner. */
static int set_mode(const char *path)
{
    return chmod(path, ow_place_mode(geteuid())) < 0 ? -errno : 0;
}

static int make_at(const char *path, struct ow_err *err)
{
    if (!fits_socket_address(path))
        return ow_err_set(err, -ENAMETOOLONG,
                          "cannot use \"%s\" for a session: the name is too "
                          "long for a socket in it",
                          path);
    if (mkdir(path, 0700) == 0)
        return set_mode(path);
    if (errno != EEXIST)
        return ow_err_set(err, -errno, "cannot make the folder \"%s\": %s",
                          path, strerror(errno));
    int r = check_ours(path, err);
    return r < 0 ? r : set_mode(path);
}

static int make_in(const char *parent, char **ret_path, struct ow_err *err)
{
    char *path = ow_dir_join(parent, "offwire-XXXXXX");
    int r = 0;

    if (!path)
        return ow_err_set(err, -ENOMEM, "out of memory");
    if (!fits_socket_address(path))
        r = ow_err_set(err, -ENAMETOOLONG,
                       "the name of the folder \"%s\" is too long for a "
                       "socket in it",
                       parent);
    else if (!mkdtemp(path))
        r = ow_err_set(err, -errno,
                       "cannot make a folder for the session in \"%s\": %s; "
                       "TMPDIR may name another",
                       parent, strerror(errno));
    else
        r = set_mode(path);
    if (r < 0) {
        free(path);
        return r;
    }
    *ret_path = path;
    return 0;
}

static int make_anywhere(char **ret_path, struct ow_err *err)
{
    /* The first that is writable and not full; the sentence is the first's,
     * since that is the one the user can do something about. */
    const char *parents[OW_PLACE_MAX];
    size_t n = ow_place_list(geteuid(), getenv("TMPDIR"),
                             getenv("XDG_RUNTIME_DIR"), parents);
    int first = 0;

    for (size_t i = 0; i < n; i++) {
        int r = make_in(parents[i], ret_path, first ? NULL : err);
        if (r == 0)
            return 0;
        if (!first)
            first = r;
    }
    return first;
}

int ow_dir_make(const char *path, char **ret_path, struct ow_err *err)
{
    if (!path)
        return make_anywhere(ret_path, err);
    int r = make_at(path, err);
    if (r < 0)
        return r;
    /* The program may run anywhere, so the path has to be absolute. */
    char *absolute = realpath(path, NULL);
    if (!absolute)
        return ow_err_set(err, -errno, "cannot use the folder \"%s\": %s", path,
                          strerror(errno));
    if (!fits_socket_address(absolute)) {
        free(absolute);
        return ow_err_set(err, -ENAMETOOLONG,
                          "cannot use \"%s\" for a session: the name is too "
                          "long for a socket in it",
                          path);
    }
    *ret_path = absolute;
    return 0;
}

static void empty(int parent, const char *name, int depth)
{
    int fd =
        openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR *dir = fd < 0 ? NULL : fdopendir(fd);

    if (!dir) {
        if (fd >= 0)
            close(fd);
        return;
    }
    for (struct dirent *entry; (entry = readdir(dir));) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        if (unlinkat(fd, entry->d_name, 0) == 0 || depth == 0)
            continue;
        empty(fd, entry->d_name, depth - 1);
        unlinkat(fd, entry->d_name, AT_REMOVEDIR);
    }
    closedir(dir);
}

void ow_dir_remove(const char *path)
{
    if (!path)
        return;
    empty(AT_FDCWD, path, DEPTH_MAX);
    rmdir(path);
}
