/*
 * locate: where the pieces of Offwire are. See locate.h.
 */
#include "config.h"

#include "cli/locate.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "cli/cli.h"

#define SHIM "liboffwire.so"

char *ow_locate_self(struct ow_err *err)
{
    char *path = realpath("/proc/self/exe", NULL);

    if (!path)
        ow_err_set(err, -errno,
                   "cannot tell where this command lies: /proc/self/exe: %s "
                   "(is /proc there?)",
                   strerror(errno));
    return path;
}

char *ow_locate_shim(struct ow_err *err)
{
    /* A build folder, libtool's folder in it, a prefix, and the libdir that
     * configure was told. */
    static const char *const places[] = {"/" SHIM, "/.libs/" SHIM,
                                         "/../lib/" SHIM, NULL};
    char *self = ow_locate_self(err);
    char path[PATH_MAX];

    if (!self)
        return NULL;
    *strrchr(self, '/') = '\0';
    for (int i = 0; places[i]; i++) {
        snprintf(path, sizeof path, "%s%s", self, places[i]);
        if (access(path, R_OK) == 0) {
            free(self);
            return realpath(path, NULL);
        }
    }
    if (access(OW_LIBDIR "/" SHIM, R_OK) == 0) {
        free(self);
        return strdup(OW_LIBDIR "/" SHIM);
    }
    ow_err_set(err, -ENOENT,
               "cannot find " SHIM " next to \"%s\" nor in " OW_LIBDIR, self);
    free(self);
    return NULL;
}

struct ow_locate_folder ow_locate_packs(void)
{
    /* A build folder, a prefix that was moved; else what configure was told. */
    static const char *const places[] = {"/rules", "/../share/offwire/rules",
                                         NULL};
    struct ow_locate_folder folder;
    char *self = ow_locate_self(NULL);

    if (self)
        *strrchr(self, '/') = '\0';
    for (int i = 0; self && places[i]; i++) {
        snprintf(folder.path, sizeof folder.path, "%s%s", self, places[i]);
        if (access(folder.path, R_OK) == 0) {
            free(self);
            return folder;
        }
    }
    free(self);
    return (struct ow_locate_folder){OW_PKGDATADIR "/rules"};
}

static int is_pack(const struct dirent *entry)
{
    return entry->d_name[0] != '.' && !strchr(entry->d_name, '.');
}

int ow_locate_each_pack(const char *folder,
                        int (*each)(const char *folder, const char *pack,
                                    void *context),
                        void *context)
{
    struct dirent **packs;
    int n = scandir(folder, &packs, is_pack, alphasort), status = 0;

    if (n < 0)
        return ow_cli_fail(OW_EXIT_INTERNAL, "no packs in \"%s\": %s", folder,
                           strerror(errno));
    for (int i = 0; i < n; i++) {
        if (status == 0)
            status = each(folder, packs[i]->d_name, context);
        free(packs[i]);
    }
    free(packs);
    return status;
}

static int append_absolute(struct ow_buf *list, struct ow_str item)
{
    char path[PATH_MAX], absolute[PATH_MAX];

    if (item.len < sizeof path) {
        snprintf(path, sizeof path, "%.*s", OW_STR_ARGS(item));
        if (realpath(path, absolute))
            item = ow_str_from(absolute);
    }
    return ow_buf_append_str(list, item);
}

char *ow_locate_absolute(const char *list)
{
    struct ow_str rest = ow_str_from(list);
    struct ow_buf out;
    int r = 0;

    ow_buf_init(&out, 0);
    while (rest.ptr && r == 0) {
        r = append_absolute(&out, ow_str_cut(&rest, ':'));
        if (r == 0 && rest.ptr)
            r = ow_buf_append(&out, ":", 1);
    }
    if (r == 0)
        r = ow_buf_append(&out, "", 1);
    char *result = r == 0 ? strdup(ow_buf_data(&out)) : NULL;
    ow_buf_release(&out);
    return result;
}
