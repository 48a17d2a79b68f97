/*
 * info: what /proc tells of a program: its executable's name, its command
 * line, its environment. See info.h. Called by programs.c.
 */
#include "config.h"

#include "host/info.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/limits.h"

static int open_proc(int pid, const char *name)
{
    char path[64];

    snprintf(path, sizeof path, "/proc/%d/%s", pid, name);
    return open(path, O_RDONLY | O_CLOEXEC);
}

/* Files of /proc have no size: read until the end or the limit. */
static void read_proc(int pid, const char *name, struct ow_buf *buf)
{
    int fd = open_proc(pid, name);
    ssize_t n = 1;

    if (fd < 0)
        return;
    while (n > 0 && buf->len < OW_LIMIT_PROC) {
        char *room = ow_buf_reserve(buf, 4096);
        n = room ? read(fd, room, 4096) : -1;
        if (n > 0)
            ow_buf_commit(buf, (size_t)n);
    }
    close(fd);
}

/* The first of a file's bytes that fit, as a string. */
static void read_begin(int pid, const char *name, char *text, size_t size)
{
    int fd = open_proc(pid, name);
    ssize_t n = fd < 0 ? 0 : read(fd, text, size - 1);

    text[n > 0 ? n : 0] = '\0';
    if (fd >= 0)
        close(fd);
}

/*
 * Last component of the executable's path. That of another user's is told only
 * to who may trace it, which root in a container may not; its name, of which
 * the kernel keeps 15 bytes, is told to all. "" if /proc does not say.
 */
static void read_name(int pid, char *name, size_t size)
{
    char link[64], path[PATH_MAX];

    snprintf(link, sizeof link, "/proc/%d/exe", pid);
    ssize_t n = readlink(link, path, sizeof path - 1);
    if (n > 0)
        path[n] = '\0';
    else
        read_begin(pid, "comm", path, sizeof path);
    path[strcspn(path, "\n")] = '\0';
    char *deleted = strstr(path, " (deleted)");
    if (deleted && deleted[sizeof " (deleted)" - 1] == '\0')
        *deleted = '\0';
    char *slash = strrchr(path, '/');
    snprintf(name, size, "%.*s", (int)size - 1, slash ? slash + 1 : path);
}

static struct ow_info *assemble(int pid, const char *name,
                                const struct ow_buf *argv,
                                const struct ow_buf *env)
{
    size_t name_size = strlen(name) + 1;
    struct ow_info *info =
        calloc(1, sizeof *info + name_size + argv->len + env->len);

    if (!info)
        return NULL;
    char *at = (char *)(info + 1);
    info->refs = 1;
    info->program.pid = pid;
    info->program.name = memcpy(at, name, name_size);
    at += name_size;
    if (argv->len > 0) {
        info->program.argv = memcpy(at, ow_buf_data(argv), argv->len);
        info->program.argv_len = argv->len;
        at += argv->len;
    }
    if (env->len > 0) {
        info->program.env = memcpy(at, ow_buf_data(env), env->len);
        info->program.env_len = env->len;
    }
    return info;
}

struct ow_info *ow_info_read(int pid)
{
    struct ow_buf argv, env;
    char name[NAME_MAX + 1];

    ow_buf_init(&argv, OW_LIMIT_PROC + 4096);
    ow_buf_init(&env, OW_LIMIT_PROC + 4096);
    read_name(pid, name, sizeof name);
    read_proc(pid, "cmdline", &argv);
    read_proc(pid, "environ", &env);
    struct ow_info *info = assemble(pid, name, &argv, &env);
    ow_buf_release(&argv);
    ow_buf_release(&env);
    return info;
}

bool ow_info_runs_as(int pid, uid_t uid)
{
    unsigned ids[4];
    char text[2048];

    read_begin(pid, "status", text, sizeof text);
    const char *at = strstr(text, "\nUid:");
    if (!at || sscanf(at, "\nUid: %u %u %u %u", &ids[0], &ids[1], &ids[2],
                      &ids[3]) != 4)
        return false;
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++)
        if (ids[i] == uid)
            return true;
    return false;
}

struct ow_info *ow_info_ref(struct ow_info *info)
{
    info->refs++;
    return info;
}

struct ow_info *ow_info_unref(struct ow_info *info)
{
    if (info && --info->refs == 0)
        free(info);
    return NULL;
}
