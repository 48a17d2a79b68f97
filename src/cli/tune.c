/*
 * tune: how a process that serves sets itself up. See tune.h.
 */
#include "config.h"

#include "cli/tune.h"

#include <linux/close_range.h>
#include <malloc.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

/* Memory that is free at the heap's end goes back above this: a burst of
 * connections leaves nothing behind. */
#define TRIM (256 * 1024)
/* Buffers of large bodies are mapped by themselves, so that they go back. */
#define MAPPED (128 * 1024)

void ow_tune_process(void)
{
    struct rlimit files;

    mallopt(M_ARENA_MAX, 1);
    mallopt(M_TRIM_THRESHOLD, TRIM);
    mallopt(M_MMAP_THRESHOLD, MAPPED);
    signal(SIGPIPE, SIG_IGN);
    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max;
        setrlimit(RLIMIT_NOFILE, &files);
    }
}

ow_tune_handler_fn ow_tune_bear_limits(void)
{
    return signal(SIGXFSZ, SIG_IGN);
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
