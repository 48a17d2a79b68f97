/*
 * tune: how a process that serves sets itself up. See tune.h.
 */
#include "config.h"

#include "cli/tune.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <malloc.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/limits.h"

/* Memory that is free at the heap's end goes back above this: a burst of
 * connections leaves nothing behind. */
#define TRIM (256 * 1024)
/* Buffers of large bodies are mapped by themselves, so that they go back. */
#define MAPPED (128 * 1024)

void ow_tune_stdio(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        if (fcntl(fd, F_GETFD) >= 0 || errno != EBADF)
            continue;
        /* The lowest that is free, and the other way round: to use it still is
         * an error. */
        int mode = fd == STDIN_FILENO ? O_WRONLY : O_RDONLY;
        if (open("/dev/null", mode | O_CLOEXEC) < 0)
            return;
    }
}

void ow_tune_process(void)
{
    mallopt(M_ARENA_MAX, 1);
    mallopt(M_TRIM_THRESHOLD, TRIM);
    mallopt(M_MMAP_THRESHOLD, MAPPED);
    signal(SIGPIPE, SIG_IGN);
}

int ow_tune_limits(struct ow_tune_limits *ret_before, struct ow_err *err)
{
    struct rlimit files;

    if (getrlimit(RLIMIT_NOFILE, &files) < 0)
        return ow_err_set(err, -errno,
                          "cannot tell how many files may be "
                          "open: %s",
                          strerror(errno));
    if (files.rlim_max < OW_LIMIT_HOST_FILES)
        return ow_err_set(err, -EMFILE,
                          "a host needs %d file descriptors, and may have %llu "
                          "here; raise that limit (ulimit -n)",
                          OW_LIMIT_HOST_FILES,
                          (unsigned long long)files.rlim_max);
    ret_before->files = files;
    ret_before->on_full = signal(SIGXFSZ, SIG_IGN);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    return 0;
}

void ow_tune_close_inherited(int keep_fd)
{
    unsigned first = STDERR_FILENO + 1;

    if (keep_fd < (int)first) {
        close_range(first, ~0u, 0);
        return;
    }
    if ((unsigned)keep_fd > first)
        close_range(first, (unsigned)keep_fd - 1, 0);
    close_range((unsigned)keep_fd + 1, ~0u, 0);
}
