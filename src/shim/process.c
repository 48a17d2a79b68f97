/*
 * process: the functions that start another program. Each of them is a hook of
 * its own, since libc's call one another inside. The environment that goes
 * along is inherit.c's matter. Runs in vfork children: where libc adds nothing
 * to the system call, that is made, which needs no look-up.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "shim/hooks.h"
#include "shim/inherit.h"
#include "shim/search.h"
#include "shim/shim.h"

/* What is to be started: path, or what fd is or has there. */
struct exec {
    int fd;
    int flags;
    const char *path;
    char *const *argv;
};

OW_INHERIT_VFORK static int run_path(char *const *env, void *call)
{
    const struct exec *exec = call;
    return (int)syscall(SYS_execve, exec->path, exec->argv, env);
}

OW_INHERIT_VFORK static int run_file(char *const *env, void *call)
{
    const struct exec *exec = call;
    return ow_search_exec(exec->path, exec->argv, env);
}

OW_INHERIT_VFORK static int run_at(char *const *env, void *call)
{
    const struct exec *exec = call;
    return (int)syscall(SYS_execveat, exec->fd, exec->path, exec->argv, env,
                        exec->flags);
}

OW_INHERIT_VFORK static int run(ow_inherit_fn *how, struct exec *exec,
                                char *const *envp)
{
    int result = ow_inherit_call(envp, how, exec);
    if (result != -ENOMEM)
        return result;
    errno = ENOMEM;
    return -1;
}

OW_INHERIT_VFORK static int exec_path(const char *path, char *const argv[],
                                      char *const envp[])
{
    struct exec exec = {.path = path, .argv = argv};
    return run(run_path, &exec, envp);
}

OW_INHERIT_VFORK static int exec_file(const char *file, char *const argv[],
                                      char *const envp[])
{
    struct exec exec = {.path = file, .argv = argv};
    return run(run_file, &exec, envp);
}

OW_INHERIT_VFORK static int exec_at(int fd, const char *path,
                                    char *const argv[], char *const envp[],
                                    int flags)
{
    struct exec exec = {fd, flags, path, argv};
    return run(run_at, &exec, envp);
}

int execve(const char *path, char *const argv[], char *const envp[])
{
    return exec_path(path, argv, envp);
}

int execv(const char *path, char *const argv[])
{
    return exec_path(path, argv, environ);
}

int execvp(const char *file, char *const argv[])
{
    return exec_file(file, argv, environ);
}

int execvpe(const char *file, char *const argv[], char *const envp[])
{
    return exec_file(file, argv, envp);
}

int execveat(int fd, const char *path, char *const argv[], char *const envp[],
             int flags)
{
    return exec_at(fd, path, argv, envp, flags);
}

int fexecve(int fd, char *const argv[], char *const envp[])
{
    if (fd < 0) {
        errno = EINVAL;
        return -1;
    }
    return exec_at(fd, "", argv, envp, AT_EMPTY_PATH);
}

/* The arguments of execl and its kin, gathered into a table. */
struct arguments {
    char *few[64];
    char **all;
    size_t size; /* of the mapping, or 0 */
};

/* Counts arg and what follows in list, without the NULL. */
static size_t count_arguments(const char *arg, va_list list)
{
    va_list copy;
    size_t count = 0;
    va_copy(copy, list);
    while (arg) {
        count++;
        arg = va_arg(copy, const char *);
    }
    va_end(copy);
    return count;
}

/* Leaves list behind the NULL, where execle has the environment. */
static bool gather(struct arguments *arguments, const char *arg, va_list *list)
{
    size_t count = count_arguments(arg, *list);
    arguments->all = arguments->few;
    arguments->size = 0;
    if (count >= sizeof(arguments->few) / sizeof(arguments->few[0])) {
        size_t size = (count + 1) * sizeof(char *);
        void *mapped = mmap(NULL, size, PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (mapped == MAP_FAILED)
            return false;
        arguments->all = mapped;
        arguments->size = size;
    }
    for (size_t i = 0; i < count; i++) {
        arguments->all[i] = (char *)(uintptr_t)arg;
        arg = va_arg(*list, const char *);
    }
    arguments->all[count] = NULL;
    return true;
}

static void let_go(struct arguments *arguments)
{
    int kept = errno;
    if (arguments->size)
        munmap(arguments->all, arguments->size);
    errno = kept;
}

OW_INHERIT_VFORK int execl(const char *path, const char *arg, ...)
{
    struct arguments arguments;
    va_list list;
    int result = -1;
    va_start(list, arg);
    if (gather(&arguments, arg, &list)) {
        result = exec_path(path, arguments.all, environ);
        let_go(&arguments);
    }
    va_end(list);
    return result;
}

OW_INHERIT_VFORK int execle(const char *path, const char *arg, ...)
{
    struct arguments arguments;
    va_list list;
    int result = -1;
    va_start(list, arg);
    if (gather(&arguments, arg, &list)) {
        char *const *envp = va_arg(list, char *const *);
        result = exec_path(path, arguments.all, envp);
        let_go(&arguments);
    }
    va_end(list);
    return result;
}

OW_INHERIT_VFORK int execlp(const char *file, const char *arg, ...)
{
    struct arguments arguments;
    va_list list;
    int result = -1;
    va_start(list, arg);
    if (gather(&arguments, arg, &list)) {
        result = exec_file(file, arguments.all, environ);
        let_go(&arguments);
    }
    va_end(list);
    return result;
}

/* Arguments of posix_spawn and posix_spawnp. */
struct spawn {
    ow_posix_spawn_fn *function;
    pid_t *pid;
    const char *file;
    const posix_spawn_file_actions_t *actions;
    const posix_spawnattr_t *attributes;
    char *const *argv;
};

static int spawn(char *const *env, void *call)
{
    const struct spawn *spawn = call;
    return spawn->function(spawn->pid, spawn->file, spawn->actions,
                           spawn->attributes, spawn->argv, env);
}

int posix_spawn(pid_t *restrict pid, const char *restrict path,
                const posix_spawn_file_actions_t *restrict actions,
                const posix_spawnattr_t *restrict attributes,
                char *const argv[restrict], char *const envp[restrict])
{
    struct spawn call = {OW_REAL(posix_spawn), pid, path, actions,
                         attributes,           argv};
    int error = ow_inherit_call(envp, spawn, &call);
    return error == -ENOMEM ? ENOMEM : error;
}

int posix_spawnp(pid_t *restrict pid, const char *restrict file,
                 const posix_spawn_file_actions_t *restrict actions,
                 const posix_spawnattr_t *restrict attributes,
                 char *const argv[restrict], char *const envp[restrict])
{
    struct spawn call = {
        OW_REAL(posix_spawnp), pid, file, actions, attributes, argv};
    int error = ow_inherit_call(envp, spawn, &call);
    return error == -ENOMEM ? ENOMEM : error;
}
