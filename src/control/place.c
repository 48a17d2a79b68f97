/*
 * place: folders of sessions. See place.h. Called by the shim's lineage.c and
 * by the host's dir.c and claim.c.
 */
#include "config.h"

#include "control/place.h"

#include <limits.h>
#include <string.h>
#include <sys/un.h>

mode_t ow_place_mode(uid_t user)
{
    return user == 0 ? 0711 : 0700;
}

bool ow_place_is_own(const struct stat *status, uid_t user)
{
    return S_ISDIR(status->st_mode) && status->st_uid == user &&
           (status->st_mode & 077 & ~ow_place_mode(user)) == 0;
}

/* part: a path of len bytes, cut off from behind. */
static bool is_open(char *part, size_t len)
{
    struct stat status;
    while (len > 1) {
        if (stat(part, &status) != 0 || !(status.st_mode & S_IXOTH))
            return false;
        while (len > 1 && part[len - 1] != '/')
            len--;
        while (len > 1 && part[len - 1] == '/')
            len--;
        part[len] = '\0';
    }
    return true;
}

bool ow_place_is_open(const char *path)
{
    char part[PATH_MAX];
    size_t len = strlen(path);
    if (len >= sizeof(part))
        return false;
    memcpy(part, path, len + 1);
    return is_open(part, len);
}

/* The same for what may hold a session: the socket's path has to be as short,
 * and the stack that this is asked on may be. */
static bool is_open_folder(const char *path)
{
    char part[sizeof(((struct sockaddr_un *)0)->sun_path)];
    size_t len = strlen(path);
    if (len >= sizeof(part))
        return false;
    memcpy(part, path, len + 1);
    return is_open(part, len);
}

size_t ow_place_list(uid_t user, const char *tmpdir, const char *runtime_dir,
                     const char *ret[OW_PLACE_MAX])
{
    /* Those that the environment names may be closed to others; the usual ones
     * are everybody's, and not looked at. */
    const char *const all[] = {tmpdir, "/tmp", runtime_dir, "/dev/shm",
                               "/var/tmp"};
    const char *closed[2];
    size_t count = 0;
    size_t closed_count = 0;
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        bool is_given = i == 0 || i == 2;
        if (!all[i] || all[i][0] != '/')
            continue;
        if (user == 0 && is_given && !is_open_folder(all[i]))
            closed[closed_count++] = all[i];
        else
            ret[count++] = all[i];
    }
    for (size_t i = 0; i < closed_count; i++)
        ret[count++] = closed[i];
    return count;
}
