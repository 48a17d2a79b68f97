/*
 * quiet: signals blocked, and time. See quiet.h. System calls alone: libc's
 * sigprocmask leaves out its two internal signals, and sanitizers put
 * interceptors before it. Called by ask.c, spawn.c and member.c.
 */
#include "config.h"

#include "shim/quiet.h"

#include <errno.h>
#include <signal.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

void ow_quiet_begin(struct ow_quiet *quiet)
{
    uint64_t all = UINT64_MAX;
    quiet->kept_errno = errno;
    quiet->mask = 0;
    syscall(SYS_rt_sigprocmask, SIG_BLOCK, &all, &quiet->mask, sizeof(all));
}

void ow_quiet_end(const struct ow_quiet *quiet)
{
    syscall(SYS_rt_sigprocmask, SIG_SETMASK, &quiet->mask, NULL,
            sizeof(quiet->mask));
    errno = quiet->kept_errno;
}

int64_t ow_quiet_now_ms(void)
{
    struct timespec now = {0, 0};
    syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void ow_quiet_sleep_ms(uint32_t ms)
{
    struct timespec left = {ms / 1000, (long)(ms % 1000) * 1000000};
    while (ms && syscall(SYS_nanosleep, &left, &left) != 0 && errno == EINTR)
        continue;
}
