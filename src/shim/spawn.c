/*
 * spawn: starts a host. See spawn.h. Called by member.c. What runs in the
 * clones shares the program's memory: system calls alone there.
 */
#include "config.h"

#include "shim/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/limits.h"
#include "control/control.h"
#include "shim/quiet.h"
#include "shim/shim.h"
#include "shim/vars.h"

#define STACK_SIZE    (16 * 1024)
#define ARG_MAX_COUNT 20
/* Where the host finds the pipe's end; its --ready-fd. */
#define READY_FD 3

/* What runs in the clones leaves its stack by exec: AddressSanitizer would
 * keep its marks on memory that is unmapped and used again. */
#define IN_CLONE __attribute__((no_sanitize("address")))

/* All that the clones need; one mapping, gone when the host is ready. */
struct spawn {
    char stacks[2][STACK_SIZE] __attribute__((aligned(16)));
    char path[4096];
    char pid[16];
    char owner[16];
    char *argv[ARG_MAX_COUNT];
    int ready_fd;
    int error;   /* of execve, as the host's clone saw it */
    char **env;  /* stands behind this struct */
    size_t size; /* of the whole mapping */
};

static void add_arg(struct spawn *spawn, size_t *at, const char *arg)
{
    spawn->argv[(*at)++] = (char *)(uintptr_t)arg;
}

static void fill_argv(struct spawn *spawn, const char *dir, int owner,
                      const char *rules, char *const *env)
{
    size_t at = 0;
    const char *isolate = ow_vars_find(env, OW_ENV_ISOLATE);
    snprintf(spawn->pid, sizeof(spawn->pid), "%ld", syscall(SYS_getpid));
    snprintf(spawn->owner, sizeof(spawn->owner), "%d", owner);
    add_arg(spawn, &at, spawn->path);
    add_arg(spawn, &at, "host");
    add_arg(spawn, &at, "--rules");
    add_arg(spawn, &at, rules);
    add_arg(spawn, &at, "--dir");
    add_arg(spawn, &at, dir);
    add_arg(spawn, &at, "--for");
    add_arg(spawn, &at, spawn->pid);
    add_arg(spawn, &at, "--for");
    add_arg(spawn, &at, spawn->owner);
    add_arg(spawn, &at, "--lend-stderr");
    add_arg(spawn, &at, "--ready-fd");
    add_arg(spawn, &at, "3");
    if (isolate && *isolate)
        add_arg(spawn, &at, "--isolate");
}

/* The host runs without the shim. */
static void fill_env(struct spawn *spawn, char *const *env)
{
    size_t at = 0;
    for (; env && *env; env++)
        if (!ow_vars_is(*env, "LD_PRELOAD"))
            spawn->env[at++] = *env;
    spawn->env[at] = NULL;
}

static bool is_program(const char *path)
{
    return syscall(SYS_faccessat, AT_FDCWD, path, X_OK) == 0;
}

/* The command: where the user says, else near the shim. */
static int find_command(struct spawn *spawn, char *const *env, char *text,
                        size_t size)
{
    static const char near[][20] = {"/offwire", "/../offwire",
                                    "/../bin/offwire", "/../../bin/offwire"};
    const char *named = ow_vars_find(env, OW_ENV_HOST);
    if (named && *named) {
        snprintf(spawn->path, sizeof(spawn->path), "%s", named);
        return 0;
    }
    const char *shim = ow_shim_path();
    const char *slash = shim ? strrchr(shim, '/') : NULL;
    int dir_len = slash ? (int)(slash - shim) : 1;
    const char *dir = slash ? shim : ".";
    for (size_t i = 0; i < sizeof(near) / sizeof(near[0]); i++) {
        snprintf(spawn->path, sizeof(spawn->path), "%.*s%s", dir_len, dir,
                 near[i]);
        if (is_program(spawn->path))
            return 0;
    }
    snprintf(text, size,
             "cannot start a host: there is no offwire command near \"%s\"; "
             "set " OW_ENV_HOST " to its path",
             shim ? shim : "liboffwire.so");
    return -ENOENT;
}

IN_CLONE static void reset_signals(void)
{
    /* The kernel's struct sigaction, all zero: SIG_DFL, no flags, no mask. */
    uint64_t action[8] = {0};
    uint64_t none = 0;
    for (int signal = 1; signal <= 64; signal++)
        syscall(SYS_rt_sigaction, signal, action, NULL, sizeof(none));
    syscall(SYS_rt_sigprocmask, SIG_SETMASK, &none, NULL, sizeof(none));
}

/* Every descriptor but 0 to 3; close_range is in Linux 5.9. */
IN_CLONE static void close_inherited(void)
{
    if (syscall(SYS_close_range, READY_FD + 1, ~0u, 0) == 0)
        return;
    struct rlimit limit = {0, 0};
    syscall(SYS_prlimit64, 0, RLIMIT_NOFILE, NULL, &limit);
    if (limit.rlim_cur > OW_LIMIT_SHIM_CLOSE)
        limit.rlim_cur = OW_LIMIT_SHIM_CLOSE;
    for (unsigned fd = READY_FD + 1; fd < limit.rlim_cur; fd++)
        syscall(SYS_close, fd);
}

IN_CLONE static int become_host(void *arg)
{
    struct spawn *spawn = arg;
    syscall(SYS_setsid);
    if (spawn->ready_fd == READY_FD)
        syscall(SYS_fcntl, READY_FD, F_SETFD, 0);
    else
        syscall(SYS_dup3, spawn->ready_fd, READY_FD, 0);
    int null = (int)syscall(SYS_openat, AT_FDCWD, "/dev/null", O_RDWR);
    for (int fd = 0; fd <= STDERR_FILENO; fd++)
        if (null >= 0 && null != fd)
            syscall(SYS_dup3, null, fd, 0);
    close_inherited();
    reset_signals();
    syscall(SYS_execve, spawn->path, spawn->argv, spawn->env);
    spawn->error = errno;
    syscall(SYS_exit_group, 127);
    return 127;
}

static int start_on(int (*run)(void *), struct spawn *spawn, int stack)
{
    return clone(run, spawn->stacks[stack] + STACK_SIZE, CLONE_VM | CLONE_VFORK,
                 spawn);
}

IN_CLONE static int be_intermediate(void *arg)
{
    struct spawn *spawn = arg;
    if (start_on(become_host, spawn, 1) < 0)
        spawn->error = errno;
    syscall(SYS_exit_group, 0);
    return 0;
}

/* With the fewest descriptors it cannot even load its libraries, to say so. */
static void tell_early_end(const char *path, char *text, size_t size)
{
    struct rlimit files = {0, RLIM_INFINITY};
    syscall(SYS_prlimit64, 0, RLIMIT_NOFILE, NULL, &files);
    if (files.rlim_max < OW_LIMIT_HOST_FILES)
        snprintf(text, size,
                 "the host ended before it was ready: it needs %d file "
                 "descriptors, and may have %llu here; raise that limit "
                 "(ulimit -n)",
                 OW_LIMIT_HOST_FILES, (unsigned long long)files.rlim_max);
    else
        snprintf(text, size,
                 "the host ended before it was ready; \"%.150s --version\" may "
                 "tell why",
                 path);
}

/* What the host says on the pipe: "ok", or "error: SENTENCE". */
static int await_ready(int fd, const char *path, char *text, size_t size)
{
    int64_t deadline = ow_quiet_now_ms() + OW_LIMIT_START_MS;
    size_t len = 0;
    while (len + 1 < size && !memchr(text, '\n', len)) {
        int64_t left = deadline - ow_quiet_now_ms();
        struct timespec wait = {left / 1000, left % 1000 * 1000000};
        struct pollfd watched = {.fd = fd, .events = POLLIN};
        if (left <= 0 || syscall(SYS_ppoll, &watched, 1, &wait, NULL, 8) == 0) {
            snprintf(text, size,
                     "the host that was started has not become "
                     "ready in %d seconds",
                     OW_LIMIT_START_MS / 1000);
            return -ETIMEDOUT;
        }
        long got = syscall(SYS_read, fd, text + len, size - 1 - len);
        if (got <= 0)
            break;
        len += (size_t)got;
    }
    text[len] = '\0';
    text[strcspn(text, "\n")] = '\0';
    if (strcmp(text, "ok") == 0)
        return 0;
    static const char error[] = "error: ";
    if (strncmp(text, error, sizeof(error) - 1) == 0)
        memmove(text, text + sizeof(error) - 1, len - sizeof(error) + 2);
    else
        tell_early_end(path, text, size);
    return -EIO;
}

static int run_clones(struct spawn *spawn, char *text, size_t size)
{
    int ends[2];
    if (syscall(SYS_pipe2, ends, O_CLOEXEC) != 0) {
        snprintf(text, size,
                 "cannot start a host: %s; the program's limit can be raised "
                 "(ulimit -n)",
                 strerror(errno));
        return -EMFILE;
    }
    /* 0 to 2 become /dev/null in the host; the end must stand above. */
    spawn->ready_fd = (int)syscall(SYS_fcntl, ends[1], F_DUPFD_CLOEXEC, 3);
    syscall(SYS_close, ends[1]);
    int pid = start_on(be_intermediate, spawn, 0);
    if (pid < 0)
        spawn->error = errno;
    syscall(SYS_close, spawn->ready_fd);
    if (pid > 0)
        syscall(SYS_wait4, pid, NULL, __WCLONE, NULL);
    int error;
    if (spawn->error) {
        error = -spawn->error;
        snprintf(text, size, "cannot start the host \"%.300s\": %s",
                 spawn->path, strerror(spawn->error));
    } else {
        error = await_ready(ends[0], spawn->path, text, size);
    }
    syscall(SYS_close, ends[0]);
    return error;
}

int ow_spawn_host(const char *dir, int owner, const char *rules, char *text,
                  size_t size)
{
    char *const *env = ow_vars_ours();
    size_t count = 1;
    while (env && env[count - 1])
        count++;
    size_t mapped = sizeof(struct spawn) + count * sizeof(char *);
    struct spawn *spawn = mmap(NULL, mapped, PROT_READ | PROT_WRITE,
                               MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (spawn == MAP_FAILED) {
        snprintf(text, size, "cannot start a host: out of memory");
        return -ENOMEM;
    }
    spawn->size = mapped;
    spawn->env = (char **)(spawn + 1);
    fill_env(spawn, env);
    int error = find_command(spawn, env, text, size);
    if (!error) {
        fill_argv(spawn, dir, owner, rules, env);
        error = run_clones(spawn, text, size);
    }
    munmap(spawn, mapped);
    return error;
}
