/*
 * lineage: the session folder of this process's line. See lineage.h. Called by
 * member.c.
 */
#include "config.h"

#include "shim/lineage.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/limits.h"
#include "control/control.h"
#include "control/place.h"
#include "shim/shim.h"
#include "shim/vars.h"

/* Fields of /proc/PID/stat, counted from the one after the name, "state". */
#define FIELD_PARENT 1
#define FIELD_START  19

#define PREFIX       "offwire-"
/* UID-PID-START-KEY. */
#define NAME_SIZE 64
/* Of a folder's path, so that the socket in it can be bound; "-N" may be added
 * to the path. */
#define PATH_LEN_MAX                                                           \
    (sizeof(((struct sockaddr_un *)0)->sun_path) -                             \
     sizeof("-9/" OW_CONTROL_SOCKET))
/* How many names are tried where others have taken the first. */
#define NAMES 10

struct process {
    int pid;
    int parent; /* 0: there is none that can be seen */
    unsigned long long start;
};

static uint32_t hash(const char *text)
{
    uint32_t sum = 2166136261u; /* FNV-1a */
    for (; *text; text++)
        sum = (sum ^ (unsigned char)*text) * 16777619u;
    return sum;
}

static unsigned long long read_number(const char *at)
{
    unsigned long long number = 0;
    for (; *at >= '0' && *at <= '9'; at++)
        number = number * 10 + (unsigned)(*at - '0');
    return number;
}

/* The field'th word of text, counted from 0; "" if there are fewer. */
static const char *find_field(const char *text, int field)
{
    while (field-- > 0) {
        text += strcspn(text, " ");
        text += strspn(text, " ");
    }
    return text;
}

static bool read_stat(struct process *process)
{
    char text[512];
    snprintf(text, sizeof(text), "/proc/%d/stat", process->pid);
    int fd = (int)syscall(SYS_openat, AT_FDCWD, text, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    long len = syscall(SYS_read, fd, text, sizeof(text) - 1);
    syscall(SYS_close, fd);
    if (len <= 0)
        return false;
    text[len] = '\0';
    /* The name is in parentheses and can hold anything. */
    const char *rest = strrchr(text, ')');
    if (!rest || rest[1] != ' ')
        return false;
    process->parent = (int)read_number(find_field(rest + 2, FIELD_PARENT));
    process->start = read_number(find_field(rest + 2, FIELD_START));
    return process->start > 0;
}

/* Variables that say where a session is and who may join, not what it is. */
static bool is_about_place(const char *entry)
{
    return ow_vars_is(entry, OW_ENV_SESSION) ||
           ow_vars_is(entry, OW_ENV_TICKET) || ow_vars_is(entry, OW_ENV_HOST);
}

/* The sum of hashes: in whatever order, without those that are empty. */
static uint32_t key_of(char *const *env)
{
    uint32_t sum = 0;
    for (; env && *env; env++) {
        const char *value = strchr(*env, '=');
        if (strncmp(*env, "OFFWIRE_", 8) == 0 && value && value[1] &&
            !is_about_place(*env))
            sum += hash(*env);
    }
    return sum;
}

/* Whether LD_PRELOAD names this library, by whatever path. */
static bool preloads_us(char *const *env)
{
    const char *list = ow_vars_find(env, "LD_PRELOAD");
    const char *path = ow_shim_path();
    const char *slash = path ? strrchr(path, '/') : NULL;
    const char *name = slash ? slash + 1 : path;
    return list && name && strstr(list, name);
}

/* Whether dir is a folder that is this user's alone. */
static bool is_private(const char *dir, uid_t user, bool *ret_exists)
{
    struct stat status;
    *ret_exists = lstat(dir, &status) == 0;
    return *ret_exists && ow_place_is_own(&status, user);
}

/* Where a process with this environment has a folder of this name. */
static const char *choose_parent(char *const *env, uid_t user, const char *name)
{
    const char *parents[OW_PLACE_MAX];
    size_t count = ow_place_list(user, ow_vars_find(env, "TMPDIR"),
                                 ow_vars_find(env, "XDG_RUNTIME_DIR"), parents);
    for (size_t i = 0; i < count; i++)
        if (strlen(parents[i]) + 1 + strlen(name) <= PATH_LEN_MAX &&
            syscall(SYS_faccessat, AT_FDCWD, parents[i], W_OK | X_OK) == 0)
            return parents[i];
    return "/tmp"; /* the host will say what is wrong with it */
}

/*
 * The first path that nobody else has taken: /tmp is everybody's. The same for
 * all who ask, so that they meet. Whether there is such a folder.
 */
static bool name_dir(const struct process *process, char *const *env,
                     uint32_t key, char *buf)
{
    char name[NAME_SIZE];
    bool exists;
    bool is_there;
    uid_t user = (uid_t)syscall(SYS_geteuid);
    snprintf(name, sizeof(name), PREFIX "%u-%d-%llx-%08x", user, process->pid,
             process->start, key);
    const char *parent = choose_parent(env, user, name);
    int len = snprintf(buf, OW_LINEAGE_DIR_MAX, "%s/%s", parent, name);
    is_there = is_private(buf, user, &exists);
    for (int i = 1; exists && !is_there && i < NAMES; i++) {
        snprintf(buf + len, OW_LINEAGE_DIR_MAX - (size_t)len, "-%d", i);
        is_there = is_private(buf, user, &exists);
    }
    return is_there;
}

/*
 * What a process began with, if it began with this library, or is this one;
 * *ret_mapped is to be unmapped. One that has changed its user may not read its
 * own: what it has now is as good.
 */
static char *const *get_env(struct process *process, bool is_self,
                            char ***ret_mapped)
{
    *ret_mapped = NULL;
    if (process->pid <= 0 || !read_stat(process))
        return NULL;
    char **env = ow_vars_map(process->pid);
    if (!env)
        return is_self ? ow_vars_ours() : NULL;
    if (is_self || preloads_us(env)) {
        *ret_mapped = env;
        return env;
    }
    ow_vars_unmap(env);
    return NULL;
}

bool ow_lineage_find(char ret_dir[OW_LINEAGE_DIR_MAX], int *ret_owner,
                     bool *ret_exists)
{
    struct process process = {.parent = (int)syscall(SYS_getpid)};
    char named[OW_LINEAGE_DIR_MAX];
    uint32_t key = key_of(ow_vars_ours());
    bool is_same = true;
    *ret_owner = 0;
    *ret_exists = false;
    for (int i = 0; !*ret_exists && i < OW_LIMIT_SHIM_LINEAGE; i++) {
        process.pid = process.parent;
        char **mapped;
        char *const *env = get_env(&process, i == 0, &mapped);
        if (!env)
            break;
        is_same = is_same && (i == 0 || key_of(env) == key);
        *ret_exists = name_dir(&process, env, key, named);
        if (*ret_exists || is_same) {
            memcpy(ret_dir, named, sizeof(named));
            *ret_owner = process.pid;
        }
        if (mapped)
            ow_vars_unmap(mapped);
    }
    return *ret_owner > 0;
}

bool ow_lineage_is_name(const char *dir)
{
    const char *slash = strrchr(dir, '/');
    const char *name = slash ? slash + 1 : dir;
    if (strncmp(name, PREFIX, sizeof(PREFIX) - 1) != 0)
        return false;
    name += sizeof(PREFIX) - 1;
    size_t uid_len = strspn(name, "0123456789");
    return uid_len > 0 && name[uid_len] == '-';
}
