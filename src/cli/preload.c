/*
 * preload: where the shim is loaded from. See preload.h. Called by join.c.
 */
#include "config.h"

#include "cli/preload.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"
#include "control/place.h"
#include "host/dir.h"

#define NAME "liboffwire.so"

/* Whether others get to a file by this path, which is absolute. */
static bool is_open(const char *path)
{
    struct stat st;
    const char *slash = strrchr(path, '/');
    char *folder = slash ? strndup(path, (size_t)(slash - path)) : NULL;
    bool open = folder && stat(path, &st) == 0 && st.st_mode & S_IROTH &&
                ow_place_is_open(folder);

    free(folder);
    return open;
}

/* By all links on the way, too: others have to pass both ways. */
static bool others_read(const char *path)
{
    char *real = realpath(path, NULL);
    bool open = real && is_open(path) && is_open(real);

    free(real);
    return open;
}

/* The loader cuts LD_PRELOAD there. */
static bool is_cut(const char *path)
{
    return strpbrk(path, ": ");
}

/* A loader maps no code from a file system that may have none, and none by a
 * path that it cuts. */
static bool can_hold_code(const char *dir)
{
    struct statvfs fs;

    return !is_cut(dir) && statvfs(dir, &fs) == 0 && !(fs.f_flag & ST_NOEXEC);
}

static int copy(const char *from, const char *to)
{
    struct ow_buf bytes;

    ow_buf_init(&bytes, OW_LIMIT_SHIM_FILE);
    int r = ow_file_read(from, &bytes);
    struct ow_str part = ow_buf_peek(&bytes);
    if (r == 0)
        r = ow_file_write_new(to, &part, 1);
    ow_buf_release(&bytes);
    return r;
}

char *ow_preload_path(char *take_shim, const char *dir)
{
    bool needs_copy =
        geteuid() == 0 && !others_read(take_shim) && can_hold_code(dir);
    bool needs_link = is_cut(take_shim);

    if (!needs_copy && !needs_link)
        return take_shim;
    char *path = ow_dir_join(dir, NAME);
    if (path && needs_copy && copy(take_shim, path) == 0) {
        free(take_shim);
        return path;
    }
    if (path && needs_link && symlink(take_shim, path) < 0 && errno != EEXIST) {
        free(path);
        path = NULL;
    }
    if (!needs_link) {
        free(path);
        return take_shim;
    }
    free(take_shim);
    return path;
}
