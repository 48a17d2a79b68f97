/*
 * readable: asks the kernel. See readable.h. Called by target.c and
 * datagrams.c.
 */
#include "config.h"

#include "shim/readable.h"

#include <errno.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The smallest that there are: where pages are larger it is asked more often.
 */
#define PAGE_BITS 12
/* Stack, heap, a struct in static memory: a few pages in turn. */
#define KEPT 4

/* Pages of this thread that could be read; 0 is none. */
static __thread uintptr_t kept[KEPT] __attribute__((tls_model("initial-exec")));

/*
 * Signals are blocked by the bits that lie there, and let through again: the
 * cheapest call that does nothing but read, which programs that shut themselves
 * in (seccomp) are let make, and of which valgrind has nothing to say.
 */
static bool can_read(uintptr_t address)
{
    uint64_t before;
    if (syscall(SYS_rt_sigprocmask, SIG_BLOCK, address, &before,
                sizeof(before)) != 0)
        return errno != EFAULT;
    syscall(SYS_rt_sigprocmask, SIG_SETMASK, &before, NULL, sizeof(before));
    return true;
}

/* Eight bytes, which may lie in two pages. */
static bool is_readable(uintptr_t address)
{
    uintptr_t page = address >> PAGE_BITS;
    bool is_one = (address + sizeof(uint64_t) - 1) >> PAGE_BITS == page;
    if (is_one && kept[page % KEPT] == page)
        return true;
    int kept_errno = errno;
    bool is_there = can_read(address);
    errno = kept_errno;
    if (is_there && is_one)
        kept[page % KEPT] = page;
    return is_there;
}

bool ow_readable(const void *address, size_t size)
{
    uintptr_t at = (uintptr_t)address;
    return ow_readable_seems(address) && is_readable(at) &&
           is_readable(at + size - sizeof(uint64_t));
}
