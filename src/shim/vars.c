/*
 * vars: reads the environment. See vars.h. Called by shim.c, member.c,
 * lineage.c and process.c; runs in vfork children, so it holds no lock and
 * keeps what it allocates.
 */
#include "config.h"

#include "shim/vars.h"

#include <fcntl.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/limits.h"
#include "control/control.h"
#include "control/mode.h"

/* A block from /proc/PID/environ: its table, then the strings and a NUL. */
#define TABLE_SIZE (OW_LIMIT_SHIM_VARS * sizeof(char *))
#define BLOCK_SIZE (TABLE_SIZE + OW_LIMIT_SHIM_ENVIRON + 1)

static _Atomic(char **) initial;
static char *no_initial[1];

bool ow_vars_is(const char *entry, const char *name)
{
    size_t len = strlen(name);
    return strncmp(entry, name, len) == 0 && entry[len] == '=';
}

const char *ow_vars_find(char *const *env, const char *name)
{
    size_t len = strlen(name);

    /* Every process that starts asks for some: the first letter settles it for
     * most entries. */
    for (; env && *env; env++)
        if (**env == *name && strncmp(*env, name, len) == 0 &&
            (*env)[len] == '=')
            return *env + len + 1;
    return NULL;
}

/* What decides whether this process is served, or says that it is not to be.
 */
static bool has_ours(char *const *env)
{
    return ow_vars_find(env, OW_ENV_SESSION) ||
           ow_vars_find(env, OW_ENV_RULES) || ow_vars_find(env, OW_ENV_SKIP) ||
           ow_mode_parse(ow_vars_find(env, OW_ENV_MODE)) == OW_MODE_LIVE;
}

static size_t read_all(int fd, char *buf, size_t size)
{
    size_t len = 0;
    while (len < size) {
        long got = syscall(SYS_read, fd, buf + len, size - len);
        if (got <= 0)
            break;
        len += (size_t)got;
    }
    return len;
}

/* The strings stand in block from text on; the table goes before them. */
static void index_strings(char **table, size_t room, char *text, size_t len)
{
    size_t count = 0;
    for (size_t at = 0; at < len && count + 1 < room;
         at += strlen(text + at) + 1)
        table[count++] = text + at;
    table[count] = NULL;
}

char **ow_vars_map(int pid)
{
    char path[32];
    int fd;
    snprintf(path, sizeof(path), "/proc/%d/environ", pid);
    fd = (int)syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return NULL;
    char *block = mmap(NULL, BLOCK_SIZE, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (block != MAP_FAILED) {
        size_t len = read_all(fd, block + TABLE_SIZE, OW_LIMIT_SHIM_ENVIRON);
        index_strings((char **)(void *)block, OW_LIMIT_SHIM_VARS,
                      block + TABLE_SIZE, len);
    }
    syscall(SYS_close, fd);
    return block == MAP_FAILED ? NULL : (char **)(void *)block;
}

void ow_vars_unmap(char **env)
{
    munmap(env, BLOCK_SIZE);
}

static char **read_initial(void)
{
    char **env = ow_vars_map((int)syscall(SYS_getpid));
    if (!env || has_ours(env))
        return env ? env : no_initial;
    ow_vars_unmap(env);
    return no_initial;
}

static char **get_initial(void)
{
    char **found = atomic_load_explicit(&initial, memory_order_acquire);
    if (found)
        return found;
    /* Two threads at once both read; the later block stays unused. */
    found = read_initial();
    atomic_store_explicit(&initial, found, memory_order_release);
    return found;
}

void ow_vars_keep(void)
{
    (void)get_initial();
}

char *const *ow_vars_ours(void)
{
    if (has_ours(environ))
        return environ;
    char **begun = get_initial();
    return begun == no_initial ? environ : begun;
}
